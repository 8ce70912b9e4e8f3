"""How she stands, and how her colleagues do, in the words of the desk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls.models import Presence, StandIn
from calls.queries import Standing, standings
from clients.models import Assignment, Client, Endpoint, User

LABELS: dict[str, str | Promise] = {
    "available": gettext_lazy("available"),
    "busy": gettext_lazy("on a call"),
    "wrap_up": gettext_lazy("writing up"),
    "paused": gettext_lazy("on a break"),
    "away": gettext_lazy("away"),
    "gone": gettext_lazy("unreachable"),
}
# What breaks are usually for; a person may say it in her own words as well.
REASONS: dict[str, str | Promise] = {
    "coffee": gettext_lazy("coffee"),
    "lunch": gettext_lazy("lunch"),
    "errand": gettext_lazy("a moment away"),
    "files": gettext_lazy("catching up on files"),
    "meeting": gettext_lazy("meeting or training"),
}


# What the key asks for to end a wrap-up.
WRITTEN = "written"


@dataclass(frozen=True)
class PresencePill:
    """What she says of herself, and what the key would do next.

    `next` is the state that the key asks for, `WRITTEN` to end a wrap-up, or empty where she has to
    choose. `until` ends a wrap-up; `gone_at` is when the house set her away.
    """

    label: str
    next: str
    hint: str
    is_available: bool
    is_busy: bool
    takes_calls: bool
    since: datetime | None = None
    until: datetime | None = None
    gone_at: datetime | None = None


@dataclass(frozen=True)
class DeputyPill:
    """Who would take over."""

    text: str
    is_available: bool


@dataclass(frozen=True)
class Colleague:
    """Somebody who shares clients with her, and how she stands."""

    name: str
    words: str
    state: str
    since: datetime | None


@dataclass(frozen=True)
class Telephone:
    """A colleague's telephone at which one might work, and who does."""

    uuid: UUID
    name: str
    kind: str
    occupant: str
    is_asked: bool


@dataclass(frozen=True)
class Stay:
    """Somebody at a telephone, as one of the two sees it.

    `matter` is asked_of_me, at_mine, i_asked or i_work. `own` tells of her own telephones while she
    works elsewhere: silent, rings, or empty where she has none.
    """

    uuid: UUID
    matter: str
    name: str
    since: datetime
    own: str = ""


@dataclass(frozen=True)
class HeaderPresence:
    """What the header says of people."""

    own: PresencePill
    deputy: DeputyPill | None = None
    gone: Sequence[Colleague] = field(default=())
    stays: Sequence[Stay] = field(default=())


def header_presence(user: User, now: datetime) -> HeaderPresence:
    """Say how she stands, who would take over, and which colleagues can't be reached."""
    colleagues = _people_who_share_clients(user)
    found = standings([user.pk, *(one.pk for one in colleagues)], now)
    return HeaderPresence(
        own=_pill(found[user.pk]),
        deputy=_deputy(colleagues[0], found[colleagues[0].pk]) if colleagues else None,
        gone=[one for one in _colleagues(colleagues, found) if one.state == "gone"],
        stays=_stays(user),
    )


def _stays(user: User) -> list[Stay]:
    """Give where she works, and who works or asks to work at her telephones."""
    concerned = Q(user=user) | Q(endpoint__user=user)
    rows = StandIn.objects.open().filter(concerned).select_related("user", "endpoint__user")
    return [_stay(row, user) for row in rows]


def _stay(row: StandIn, user: User) -> Stay:
    is_mine = row.user_id == user.pk
    other = row.endpoint.user if is_mine else row.user
    matters = {
        (True, True): "i_asked",
        (True, False): "i_work",
        (False, True): "asked_of_me",
        (False, False): "at_mine",
    }
    since = row.began_at or row.asked_at
    own = _own_telephones(row) if is_mine and not row.is_asked else ""
    return Stay(row.uuid, matters[is_mine, row.is_asked], other.called, since, own)


def _own_telephones(row: StandIn) -> str:
    """Say whether her own telephones ring while she works at a colleague's."""
    if not Endpoint.objects.filter(user=row.user, is_active=True, occupant=None).exists():
        return ""
    return "rings" if row.rings_own else "silent"


def telephones_to_take(user: User) -> list[Telephone]:
    """Give the telephones of those who share clients with her."""
    rows = colleagues_telephones(user).exclude(user=user)
    stays = {one.endpoint_id: one for one in StandIn.objects.open().select_related("user")}
    return [_telephone(row, stays.get(row.pk)) for row in rows]


def _telephone(row: Endpoint, stay: StandIn | None) -> Telephone:
    return Telephone(
        uuid=row.uuid,
        name=row.user.called,
        kind=str(row.get_kind_display()),
        occupant=stay.user.called if stay else "",
        is_asked=stay.is_asked if stay else False,
    )


def colleagues_telephones(user: User) -> QuerySet[Endpoint]:
    """Keep the telephones of everybody assigned to a client that she answers."""
    clients = Client.objects.answered_by(user).in_service()
    people = Assignment.objects.filter(client__in=clients).values("user")
    rows = Endpoint.objects.filter(user__in=people, user__is_active=True, is_active=True)
    return rows.select_related("user").order_by("user__full_name", "pk")


def colleagues_of(user: User, now: datetime) -> list[Colleague]:
    """Give those who share clients with her, most clients first, and how they stand."""
    people = _people_who_share_clients(user)
    return _colleagues(people, standings([one.pk for one in people], now))


def _colleagues(people: Iterable[User], found: dict[int, Standing]) -> list[Colleague]:
    return [
        Colleague(
            name=one.called,
            words=standing_words(found[one.pk]),
            state=found[one.pk].state,
            since=found[one.pk].since,
        )
        for one in people
    ]


def _people_who_share_clients(user: User) -> list[User]:
    hers = Assignment.objects.filter(user=user).values("client")
    others = User.objects.filter(assignments__client__in=hers, is_active=True).exclude(pk=user.pk)
    return list(others.annotate(shared=Count("assignments")).order_by("-shared", "pk"))


def standing_words(standing: Standing) -> str:
    """« en pause, déjeuner »"""
    label = str(LABELS[standing.state])
    return f"{label}, {reason_words(standing.reason)}" if standing.reason else label


def reason_words(reason: str) -> str:
    """A usual reason in the reader's language; other words as they were written."""
    return str(REASONS.get(reason, reason))


def _pill(standing: Standing) -> PresencePill:
    state = standing.state
    takes_calls = standing.said == Presence.State.AVAILABLE
    label = standing_words(standing)
    if state == "busy" and not takes_calls:
        label = _("%(now)s, then %(after)s") % {"now": label, "after": LABELS[standing.said]}
    return PresencePill(
        label=label[:1].upper() + label[1:],
        next=_next(state, takes_calls),
        hint=_hint(state, takes_calls),
        is_available=state == "available",
        is_busy=state in ("busy", "wrap_up"),
        takes_calls=takes_calls,
        since=standing.since if state in ("paused", "away", "gone") else None,
        until=standing.until,
        gone_at=standing.since if state == "gone" else None,
    )


def _next(state: str, takes_calls: bool) -> str:
    if state == "wrap_up":
        return WRITTEN
    return "" if takes_calls else Presence.State.AVAILABLE


def _hint(state: str, takes_calls: bool) -> str:
    if state == "wrap_up":
        return _("Written up: take calls")
    return _("Take a break or leave") if takes_calls else _("Take calls")


def _deputy(deputy: User, standing: Standing) -> DeputyPill:
    is_available = standing.state == "available"
    words = {
        "available": _("Deputy: %(name)s, ready"),
        "busy": _("Deputy: %(name)s, on a call"),
        "wrap_up": _("Deputy: %(name)s, writing up"),
        "paused": _("Deputy: %(name)s, on a break"),
        "gone": _("Deputy: %(name)s, unreachable since %(time)s"),
    }
    since = timezone.localtime(standing.since) if standing.since else None
    told = {"name": deputy.called, "time": f"{since:%-H:%M}" if since else ""}
    text = words.get(standing.state, _("Deputy: %(name)s, away")) % told
    return DeputyPill(text=text, is_available=is_available)
