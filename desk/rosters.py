"""The page of who is on call: the weeks ahead, what is uncovered, the turns, the people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.queries import on_call_wanted
from clients.models import AuditEntry, Client, OnCallPerson, OnCallShift
from clients.queries import turns_within
from clients.rules.rosters import Stretch, stretches
from clients.services.rosters import last_change
from core.periods import Period, intersect
from core.wall_clock import day_bounds
from desk.queries.board import rounded_hue
from desk.roster_form import ShiftForm
from desk.wording import hour_words, long_day, long_moment

AHEAD = timedelta(weeks=4)
# On a line's own page.
SOON = timedelta(weeks=1)
_HISTORY = 20


@dataclass(frozen=True)
class RosterRow:
    """A stretch of the weeks ahead in words: who is on call, or nobody where it is wanted."""

    when: str
    people: tuple[OnCallPerson, ...]
    is_now: bool

    @property
    def is_uncovered(self) -> bool:
        """Whether a line would ask for somebody, and nobody is there."""
        return not self.people


@dataclass(frozen=True)
class ShiftRow:
    """A turn as it was written, in words."""

    shift: OnCallShift
    words: str


def zone_of_client(client: Client) -> ZoneInfo:
    """Give the zone in which a client's turns count."""
    return ZoneInfo(client.timezone)


def roster_rows(client: Client, now: datetime, ahead: timedelta = AHEAD) -> list[RosterRow]:
    """Give who is on call in the time ahead, from now on, and where nobody is but should be."""
    zone = zone_of_client(client)
    last = (now + ahead).astimezone(zone).date()
    window = Period(now, day_bounds(last, zone)[1])
    turns = turns_within([client], window).get(client.pk, [])
    if not turns and not client.on_call_shifts.exists():
        return []
    people = {one.pk: one for one in client.on_call_people.all()}
    wanted = on_call_wanted(client, window)
    return [
        RosterRow(span_words(period, window, zone), _people(stretch, people), period.holds(now))
        for stretch in stretches(turns, window)
        for period in ([stretch.period] if stretch.turns else intersect([stretch.period], wanted))
    ]


def _people(stretch: Stretch, people: dict[int, OnCallPerson]) -> tuple[OnCallPerson, ...]:
    return tuple(people[one] for one in dict.fromkeys(turn.person_id for turn in stretch.turns))


def span_words(period: Period, window: Period, zone: ZoneInfo) -> str:
    """« du vendredi 27 novembre à 18 h au lundi 30 novembre à 8 h », open where the list is cut."""
    told = {"begins": _moment(period.start, zone), "ends": _moment(period.end, zone)}
    if period.start <= window.start and period.end >= window.end:
        return _("all the time shown here")
    if period.start <= window.start:
        return _("until %(ends)s") % told
    if period.end >= window.end:
        return _("from %(begins)s on") % told
    return _("from %(begins)s until %(ends)s") % told


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return long_moment(at, zone)


def shift_words(shift: OnCallShift) -> str:
    """« du vendredi à 18 h au lundi à 8 h, toutes les 2 semaines à partir du 27 novembre 2026 »"""
    if not shift.every_weeks:
        return _("from %(first)s at %(starts)s until %(last)s at %(ends)s") % {
            "first": _dated(shift.first_day),
            "starts": hour_words(shift.starts),
            "last": _dated(shift.last_day),
            "ends": hour_words(shift.ends),
        }
    return ", ".join(_repeating(shift))


def _dated(day: date) -> str:
    return date_format(day, "l ") + long_day(day)


def _repeating(shift: OnCallShift) -> Iterator[str]:
    days = (shift.last_day - shift.first_day).days
    told = {
        "first": date_format(shift.first_day, "l"),
        "starts": hour_words(shift.starts),
        "last": date_format(shift.last_day, "l"),
        "ends": hour_words(shift.ends),
    }
    if days == 0:
        yield _("on %(first)s from %(starts)s until %(ends)s") % told
    elif days < 7:
        yield _("from %(first)s at %(starts)s until %(last)s at %(ends)s") % told
    elif days == 7:
        yield _("from %(first)s at %(starts)s until the next %(last)s at %(ends)s") % told
    else:
        later = ngettext("%(days)d day later", "%(days)d days later", days) % {"days": days}
        told["later"] = later
        yield _("from %(first)s at %(starts)s until %(last)s at %(ends)s, %(later)s") % told
    if shift.every_weeks == 1:
        yield _("every week")
    else:
        yield _("every %(count)d weeks") % {"count": shift.every_weeks}
    yield _("from %(day)s on") % {"day": long_day(shift.first_day)}
    if shift.repeats_until:
        yield _("up to %(day)s") % {"day": long_day(shift.repeats_until)}


def roster_context(client: Client, now: datetime, form: ShiftForm | None = None) -> dict[str, Any]:
    """What `desk/roster.html` needs."""
    rows = roster_rows(client, now)
    people = list(client.on_call_people.order_by("name", "pk"))
    with_turns = set(client.on_call_shifts.values_list("person", flat=True))
    return {
        "page": "lines",
        "client": client,
        "hue": rounded_hue(client),
        "rows": rows,
        "uncovered": [row for row in rows if row.is_uncovered],
        "is_wanted": bool(on_call_wanted(client, Period(now, now + AHEAD))),
        "shifts": [ShiftRow(one, shift_words(one)) for one in _shifts(client, now)],
        "people": [{"person": one, "has_turns": one.pk in with_turns} for one in people],
        "form": form or _new_turn(client, now, people),
        "changes": changes_of_roster(client),
        "seen": last_change(client),
        "zone": zone_of_client(client),
    }


def _new_turn(client: Client, now: datetime, people: Sequence[OnCallPerson]) -> ShiftForm:
    initial = next_week_end(client, now, people) | {"seen": last_change(client)}
    return ShiftForm(people=people, initial=initial)


def _shifts(client: Client, now: datetime) -> Sequence[OnCallShift]:
    """Give the turns that are not over, what is once first."""
    today = now.astimezone(zone_of_client(client)).date()
    rows = client.on_call_shifts.select_related("person").exclude(every_weeks=0, last_day__lt=today)
    ordered = rows.order_by("every_weeks", "first_day", "starts", "pk")
    return [one for one in ordered if not _has_stopped(one, today)]


def _has_stopped(shift: OnCallShift, today: date) -> bool:
    if not shift.repeats_until:
        return False
    return shift.repeats_until + (shift.last_day - shift.first_day) < today


def next_week_end(client: Client, now: datetime, people: Sequence[OnCallPerson]) -> dict[str, Any]:
    """Give what the form of a new turn begins with: the coming week-end, for one."""
    today = now.astimezone(zone_of_client(client)).date()
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    return {
        "person": str(people[0].uuid) if people else "new",
        "first_day": friday,
        "starts": time(18),
        "last_day": friday + timedelta(days=3),
        "ends": time(8),
        "every_weeks": 0,
    }


def changes_of_roster(client: Client) -> list[AuditEntry]:
    """Give the last changes of a client's roster, newest first."""
    kept = AuditEntry.objects.filter(client=client, action__startswith="roster.")
    return list(kept.select_related("by").order_by("-at", "-pk")[:_HISTORY])
