"""What a caller asked of the moment of her visit: read from the form, and kept while she calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from agenda.models import Calendar
from agenda.rules.wishes import PartOfDay, Wishes
from calls.models import Call
from core.days import written_day
from core.wall_clock import instant_of
from desk.rules.said import Said, understand
from desk.slots import WantedSlot
from desk.wording import hours_words, locale, short_day, short_weekday

SESSION = "wishes"
# Calls whose wishes are remembered: the one in hand, and those put aside for it.
CALLS_KEPT = 5
_A_MONDAY = date(2026, 11, 23)
Kept = dict[str, Any]


@dataclass(frozen=True)
class Pill:
    """One thing that may be wished, or is."""

    value: str
    label: str
    is_on: bool
    title: str = ""


@dataclass(frozen=True)
class Asked:
    """What is asked of the moment; `at` is one moment that was typed or pointed at."""

    wishes: Wishes
    at: tuple[date, time] | None = None
    calendar: str = ""
    is_unclear: bool = False
    text: str = ""

    @property
    def hours(self) -> list[Pill]:
        """The parts of the day, and the hours that were said if they are none of them."""
        wanted = self.wishes.after, self.wishes.before
        pills = [
            Pill(_span(*part.hours), label, part.hours == wanted, title)
            for part, label, title in _parts()
        ]
        if not any(pill.is_on for pill in pills):
            pills.append(Pill(_span(*wanted), hours_words(*wanted), True))
        return pills

    @property
    def weekdays(self) -> list[Pill]:
        """The days of the week, Sunday only where it is asked for."""
        days = range(7 if 6 in self.wishes.weekdays else 6)
        named = [(day, _A_MONDAY.replace(day=_A_MONDAY.day + day)) for day in days]
        return [
            Pill(str(n), _letter(day), n in self.wishes.weekdays, short_weekday(day))
            for n, day in named
        ]

    @property
    def bounds(self) -> list[tuple[str, Pill]]:
        """The first and the last day wished, each to be taken back by its own name."""
        first, last = self.wishes.first_day, self.wishes.last_day
        if first and first == last:
            return [("wish_on", Pill(str(first), short_day(first), True))]
        found = []
        if first:
            words = _("from %(day)s") % {"day": short_day(first)}
            found.append(("wish_from", Pill(str(first), words, True)))
        if last:
            words = _("until %(day)s") % {"day": short_day(last)}
            found.append(("wish_until", Pill(str(last), words, True)))
        return found

    @property
    def written_at(self) -> str:
        """The moment as the form carries it."""
        if self.at is None:
            return ""
        day, moment = self.at
        return f"{self.calendar} {day} {moment:%H:%M}".strip()

    def moment_in(self, calendars: Sequence[Calendar]) -> list[WantedSlot]:
        """Give the moment in the calendar pointed at, or in each of those shown."""
        if self.at is None:
            return []
        pointed = [one for one in calendars if str(one.uuid) == self.calendar]
        return [WantedSlot(one, instant_of(*self.at, one.zone)) for one in pointed or calendars]


def asked_of(request: HttpRequest, call: Call) -> Asked:
    """Read what is asked; a form without a word about it leaves what was asked in this call."""
    sent = request.POST if "wish_sent" in request.POST else request.GET
    kept = request.session.get(SESSION, {})
    if "wish_sent" not in sent:
        return Asked(_wishes_of(kept.get(str(call.uuid), {})))
    asked = _read(sent, call)
    _keep(request, call, asked.wishes)
    return asked


def _read(sent: QueryDict, call: Call) -> Asked:
    text = sent.get("wish_text", "").strip()[:80]
    kept = {
        "hours": sent.get("wish_hours", ""),
        "days": sent.getlist("wish_day"),
        "first": sent.get("wish_on") or sent.get("wish_from", ""),
        "last": sent.get("wish_on") or sent.get("wish_until", ""),
    }
    wishes = _wishes_of(kept)
    if not text:
        at, calendar = _pointed(sent.get("wish_at", ""))
        return Asked(wishes, at, calendar)
    wall = timezone.localtime(timezone.now(), ZoneInfo(call.client.timezone)).replace(tzinfo=None)
    said = understand(text, now=wall)
    return _as_said(said, wishes, text)


def _as_said(said: Said | None, wishes: Wishes, text: str) -> Asked:
    if said is None:
        return Asked(wishes, is_unclear=True, text=text)
    if said.moment is not None:
        return Asked(wishes, (said.moment.date(), said.moment.time()))
    return Asked(said.wishes)


def _pointed(written: str) -> tuple[tuple[date, time] | None, str]:
    """Read « calendar 2026-11-24 14:10 », the calendar left out or not."""
    calendar, _sep, rest = written.rpartition(" ")[0].rpartition(" ")
    day, moment = written_day(rest), _clock(written.rpartition(" ")[2])
    return ((day, moment) if day and moment else None), calendar


def _keep(request: HttpRequest, call: Call, wishes: Wishes) -> None:
    before: dict[str, Kept] = request.session.get(SESSION, {})
    now = _kept(wishes)
    if before.get(str(call.uuid), _kept(Wishes())) == now:
        return
    others = {uuid: one for uuid, one in before.items() if uuid != str(call.uuid)}
    latest = list(others.items())[-(CALLS_KEPT - 1) :]
    request.session[SESSION] = dict(latest) | {str(call.uuid): now}


def _kept(wishes: Wishes) -> Kept:
    return {
        "hours": _span(wishes.after, wishes.before),
        "days": [str(day) for day in sorted(wishes.weekdays)],
        "first": str(wishes.first_day or ""),
        "last": str(wishes.last_day or ""),
    }


def _wishes_of(kept: Mapping[str, Any]) -> Wishes:
    after, _sep, before = str(kept.get("hours", "")).partition("-")
    days = frozenset(int(day) for day in kept.get("days", ()) if day in set("0123456"))
    first, last = (written_day(str(kept.get(name, ""))) for name in ("first", "last"))
    return Wishes(_clock(after), _clock(before), days, first, last)


def _clock(written: str) -> time | None:
    try:
        return time.fromisoformat(written).replace(tzinfo=None) if ":" in written else None
    except ValueError:
        return None


def _span(after: time | None, before: time | None) -> str:
    """Write hours as the form carries them: « 17:00- », « -10:00 »."""
    parts = [f"{one:%H:%M}" if one else "" for one in (after, before)]
    return "-".join(parts) if any(parts) else ""


def _parts() -> list[tuple[PartOfDay, str, str]]:
    """Give the parts of the day as pills write them, where room is short, and in words."""
    return [
        (PartOfDay.ANY, _("any"), _("any time")),
        (PartOfDay.EARLY, "< 10", _("before 10")),
        (PartOfDay.MORNING, _("a.m."), _("in the morning")),
        (PartOfDay.AFTERNOON, _("p.m."), _("in the afternoon")),
        (PartOfDay.LATE, "> 17", _("after 5")),
    ]


def _letter(day: date) -> str:
    return format_date(day, "EEEEE", locale=locale())
