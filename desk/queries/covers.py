"""Hand-overs as both desks show them: what is asked, what holds, what was agreed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agenda.reasons import clock
from clients.models import Client, Cover, User
from clients.queries import clients_of_cover
from desk.wording import long_moment

# What has just ended, or was declined, is said for so long.
SAID_FOR = timedelta(hours=1)
# What was agreed for later is announced so long before.
ANNOUNCED = timedelta(hours=12)
NAMED = 3


@dataclass(frozen=True)
class Band:
    """One line about one hand-over; `kind` decides what can be done with it.

    asked, holds_mine, holds_hers, waits, coming, declined or over.
    """

    uuid: UUID
    kind: str
    text: str
    whose: str
    note: str
    url: str


def bands(user: User, now: datetime) -> list[Band]:
    """Give what this person must know of hand-overs at this moment, what asks her first."""
    rows = Cover.objects.of(user.pk).filter(_to_show(now)).select_related("principal", "deputy")
    shown = [(kind, one) for one in rows if (kind := kind_of(one, user, now))]
    order = ("asked", "holds_mine", "holds_hers", "waits", "declined", "over", "coming")
    in_turn = sorted(shown, key=lambda pair: (order.index(pair[0]), pair[1].starts_at))
    return [band_of(one, kind, user, now) for kind, one in in_turn]


def _to_show(now: datetime) -> Q:
    lately = now - SAID_FOR
    standing = Q(state__in=(Cover.State.PROPOSED, Cover.State.ACCEPTED))
    return standing | Q(declined_at__gt=lately) | Q(ended_at__gt=lately)


def kind_of(cover: Cover, user: User, now: datetime) -> str:
    """Name what a hand-over is to this person now; empty where there is nothing to say."""
    is_hers = cover.principal_id == user.pk
    if cover.holds(now):
        return "holds_mine" if is_hers else "holds_hers"
    is_over = cover.ends_at is not None and cover.ends_at <= now
    if cover.state == Cover.State.ENDED or (cover.state == Cover.State.ACCEPTED and is_over):
        return "over"
    if cover.state == Cover.State.PROPOSED and not is_over:
        return "waits" if is_hers else "asked"
    if cover.state == Cover.State.DECLINED:
        return "declined" if is_hers else ""
    is_soon = cover.state == Cover.State.ACCEPTED and cover.starts_at - now <= ANNOUNCED
    return "coming" if is_soon else ""


def band_of(cover: Cover, kind: str, user: User, now: datetime) -> Band:
    """Say one hand-over in one line."""
    is_hers = cover.principal_id == user.pk
    other = cover.deputy if is_hers else cover.principal
    return Band(
        uuid=cover.uuid,
        kind=kind,
        text=_sentence(kind, is_hers)
        % {"name": other.called, "when": when_words(cover, now, user)},
        whose=whose_words(cover),
        note=cover.note,
        url=reverse("desk:cover", args=[cover.uuid]),
    )


def _sentence(kind: str, is_hers: bool) -> str:
    if kind == "over":
        mine = _("%(name)s answered for you %(when)s.")
        return mine if is_hers else _("You answered for %(name)s %(when)s.")
    if kind == "coming":
        mine = _("%(name)s will answer for you %(when)s.")
        return mine if is_hers else _("You will answer for %(name)s %(when)s.")
    return {
        "asked": _("%(name)s asks you to answer for her %(when)s."),
        "holds_mine": _("%(name)s answers for you %(when)s."),
        "holds_hers": _("You answer for %(name)s %(when)s."),
        "waits": _("%(name)s has not said yet whether she answers for you %(when)s."),
    }.get(kind, _("%(name)s can’t answer for you %(when)s."))


def when_words(cover: Cover, now: datetime, user: User) -> str:
    """« jusqu’à 14 h », « de 12 h à 14 h », « jusqu’au mardi 24 novembre à 9 h »"""
    zone = ZoneInfo(timezone.get_current_timezone_name())
    begins, ends = cover.starts_at, cover.ended_at or cover.ends_at
    if ends is None:
        back = _("until you come back") if cover.principal_id == user.pk else _("until she is back")
        return _until_the_return(begins, back, zone, now)
    if begins <= now < ends:
        if _is_same_day(ends, now, zone):
            return _("until %(end)s") % {"end": clock(ends, zone)}
        return _("until %(moment)s") % {"moment": long_moment(ends, zone)}
    if _is_same_day(begins, now, zone) and _is_same_day(ends, now, zone):
        return _("from %(start)s to %(end)s") % {
            "start": clock(begins, zone),
            "end": clock(ends, zone),
        }
    if _is_same_day(begins, ends, zone):
        on = {"start": long_moment(begins, zone), "end": clock(ends, zone)}
        return _("on %(start)s, until %(end)s") % on
    span = {"first": long_moment(begins, zone), "last": long_moment(ends, zone)}
    return _("from %(first)s to %(last)s") % span


def _until_the_return(begins: datetime, back: str, zone: ZoneInfo, now: datetime) -> str:
    if begins <= now:
        return back
    if _is_same_day(begins, now, zone):
        return _("from %(start)s %(until_back)s") % {
            "start": clock(begins, zone),
            "until_back": back,
        }
    said = {"moment": long_moment(begins, zone), "until_back": back}
    return _("from %(moment)s %(until_back)s") % said


def _is_same_day(one: datetime, other: datetime, zone: ZoneInfo) -> bool:
    return one.astimezone(zone).date() == other.astimezone(zone).date()


def whose_words(cover: Cover) -> str:
    """« tous ses clients (4) », « Dr Martin, Maître Durand »"""
    return named_clients(cover, [one.short_name or one.name for one in clients_of_cover(cover)])


def named_clients(cover: Cover, names: Sequence[str]) -> str:
    """Say whom a hand-over is about, who are known to be these."""
    if cover.for_all:
        words = ngettext("all clients (%(count)d)", "all clients (%(count)d)", len(names))
        return words % {"count": len(names)}
    return listed(names)


def listed(names: Sequence[str]) -> str:
    """Name some, and say how many more there are."""
    shown, more = list(names[:NAMED]), len(names) - NAMED
    if more > 0:
        shown.append(ngettext("%(count)d more", "%(count)d more", more) % {"count": more})
    return ", ".join(shown)


def covers_ahead(user: User, now: datetime) -> list[Band]:
    """Give all that stands of hers and for her, however far ahead."""
    rows = Cover.objects.of(user.pk).standing(now).select_related("principal", "deputy")
    return [band_of(one, kind_of(one, user, now) or "coming", user, now) for one in rows]


def clients_shown(cover: Cover, user: User) -> QuerySet[Client]:
    """Give the clients of a hand-over that this person answers at this moment."""
    covered: Iterable[int] = clients_of_cover(cover).values_list("pk", flat=True)
    return Client.objects.answered_by(user).filter(pk__in=list(covered))


def can_withdraw(cover: Cover, user: User, now: datetime) -> bool:
    """Tell whether she may take back what she asked: it stands, and has not begun."""
    is_agreed = cover.state == Cover.State.ACCEPTED and cover.starts_at > now
    stands = is_agreed or kind_of(cover, user, now) == "waits"
    return cover.principal_id == user.pk and stands
