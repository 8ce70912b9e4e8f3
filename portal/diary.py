"""One day of one calendar as a list of cards."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from agenda.models import Appointment, Calendar, Side
from agenda.queries import Closure, DayList, EmergencyRange, OpenSlot
from agenda.reasons import holiday_words
from portal.agenda_wording import emergency_words, news_tag

Status = Appointment.Status


@dataclass(frozen=True)
class Entry:
    """One card: `kind` is visit, emergency, absence (or holiday) or free; `state` adds to it."""

    key: str
    kind: str
    starts_at: datetime
    time: str
    title: str
    detail: str = ""
    tag: str = ""
    state: str = ""
    href: str = ""


def day_entries(
    listed: DayList, slots: Sequence[OpenSlot], news: Mapping[int, str], now: datetime
) -> list[Entry]:
    """Give the day's cards in order: visits, emergency hours still kept, what closes, free time.

    `news` says, by appointment, what the other side did and this one has not seen yet.
    """
    entries = [
        *(_visit(one, news.get(one.pk, ""), now) for one in listed.appointments),
        *(_emergency(one) for one in listed.emergencies if not one.is_released),
        *(_closure(one, listed) for one in listed.closures),
        *(_free(run) for run in runs(slots)),
    ]
    return sorted(entries, key=lambda entry: (entry.starts_at, entry.kind))


def runs(slots: Iterable[OpenSlot]) -> list[list[OpenSlot]]:
    """Put free slots that touch or overlap, and are of one kind, together."""
    together: list[list[OpenSlot]] = []
    for slot in slots:
        last = together[-1][-1] if together else None
        if last and slot.starts_at <= last.ends_at and slot.kind == last.kind:
            together[-1].append(slot)
        else:
            together.append([slot])
    return together


def wall(instant: datetime, zone: ZoneInfo) -> str:
    """Write a time as lists do, on the calendar's wall: « 9:40 »."""
    local = instant.astimezone(zone)
    return f"{local.hour}:{local.minute:02}"


def slot_name(calendar: Calendar, starts_at: datetime) -> str:
    """Name a slot as the week's grid does: its calendar and its instant."""
    return f"{calendar.uuid}@{starts_at:%Y-%m-%dT%H:%M:%S%z}"


def _visit(appointment: Appointment, change: str, now: datetime) -> Entry:
    return Entry(
        key=f"a-{appointment.uuid}",
        kind="visit",
        starts_at=appointment.starts_at,
        time=wall(appointment.starts_at, appointment.zone),
        title=appointment.shown_name or _("Appointment"),
        detail=_visit_detail(appointment, change),
        tag=news_tag(change) if change else _status_tag(appointment),
        state=_visit_state(appointment, change, now),
        href=reverse("portal:appointment", args=[appointment.uuid]),
    )


def _visit_detail(appointment: Appointment, change: str) -> str:
    """The motive, why it stands against the rules; a confirmation where news take the tag."""
    motive = appointment.motive.name if appointment.motive else ""
    confirmed = _("confirmed") if change and appointment.is_confirmed else ""
    reason = appointment.override_reason
    forced = _("against the rules: %(reason)s") % {"reason": reason} if reason else ""
    return " · ".join(part for part in (motive, forced, confirmed) if part)


def _status_tag(appointment: Appointment) -> str:
    if appointment.status in (Status.CAME, Status.NO_SHOW):
        return str(appointment.get_status_display())
    return _("confirmed") if appointment.is_confirmed else ""


def _visit_state(appointment: Appointment, change: str, now: datetime) -> str:
    states = []
    if change:
        states.append("changed")
    if appointment.status == Status.NO_SHOW:
        states.append("no-show")
    elif appointment.ends_at <= now:
        states.append("past")
    if appointment.motive and appointment.motive.is_urgent:
        states.append("urgent")
    return " ".join(states)


def _emergency(hours: EmergencyRange) -> Entry:
    return Entry(
        key=f"e-{hours.starts_at:%Y%m%d%H%M}",
        kind="emergency",
        starts_at=hours.starts_at,
        time=f"{hours.local_start.hour}:{hours.local_start.minute:02}",
        title=_("Emergency hours"),
        detail=emergency_words(hours),
    )


def _closure(closure: Closure, listed: DayList) -> Entry:
    zone = listed.calendar.zone
    start, end = closure.starts_at.astimezone(zone), closure.ends_at.astimezone(zone)
    starts_before = start.date() < listed.day
    return Entry(
        key=_closure_key(closure, start),
        kind="absence",
        starts_at=closure.starts_at,
        time="" if starts_before or closure.holiday else wall(start, zone),
        title=_closure_title(closure),
        detail=_closed_until(start, end, listed.day, zone),
        href=reverse("portal:absence", args=[closure.uuid]) if closure.uuid else "",
    )


def _closure_key(closure: Closure, start: datetime) -> str:
    """Name the card; each time of a recurring absence has its own."""
    if closure.absence is None:
        return f"h-{start:%Y%m%d}"
    once = f"b-{closure.uuid}"
    return f"{once}-{start:%Y%m%d}" if closure.absence.is_recurring else once


def _closure_title(closure: Closure) -> str:
    if closure.holiday:
        words = holiday_words(closure.holiday)
        return words[:1].upper() + words[1:]
    return closure.reason_for(Side.PORTAL) or _("Blocked")


def _closed_until(start: datetime, end: datetime, day: date, zone: ZoneInfo) -> str:
    starts_before, ends_after = start.date() < day, end.date() > day
    if ends_after and (starts_before or start.time() == time()):
        return _("all day")
    if ends_after:
        return _("until the evening")
    return _("until %(time)s") % {"time": wall(end, zone)}


def _free(run: Sequence[OpenSlot]) -> Entry:
    first, last = run[0], run[-1]
    zone, calendar = first.calendar.zone, first.calendar
    several = {"end": wall(last.ends_at, zone)}
    query = {"slot": slot_name(calendar, first.starts_at), "until": last.ends_at.isoformat()}
    base = reverse("portal:free", args=[calendar.client.uuid])
    return Entry(
        key=f"f-{first.starts_at:%Y%m%d%H%M}",
        kind="free",
        starts_at=first.starts_at,
        time=wall(first.starts_at, zone),
        title=_("Free until %(end)s") % several if len(run) > 1 else _("Free slot"),
        detail=_("Press to block or book"),
        tag=_("released") if first.is_released else "",
        href=f"{base}?{urlencode(query)}",
    )
