"""What the desk shows of the agenda: the week, the first free slots, a person's visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.urls import reverse
from django.utils.translation import gettext as _

from agenda.models import Appointment, Calendar, Motive
from agenda.queries import OpenSlot, appointments_of, open_slots
from calls.models import Call
from clients.models import Client, Correspondent, User
from desk.slots import slot_name, wanted_slot
from desk.wording import locale, short_day, short_moment

FIRST_SLOTS = 4
ALL = "all"
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Visit:
    """An appointment in a person's file."""

    when: str
    who: str
    what: str
    detail: str
    url: str


@dataclass(frozen=True)
class Visits:
    """A person's appointments."""

    coming: Sequence[Visit]
    past: Sequence[Visit]


@dataclass(frozen=True)
class SlotChoice:
    """A free slot in the list beside the week."""

    value: str
    when: str
    who: str
    kind: str


@dataclass(frozen=True)
class Choice:
    """One of a switch's places."""

    href: str
    label: str
    current: bool


@dataclass(frozen=True)
class WeekShown:
    """What the screen adds to the week's grid."""

    client: UUID
    monday: date
    shown_day: date
    chosen: str
    base: str
    wanted: str  # the calendar shown, or ALL
    motive: str
    calendars: Sequence[Calendar]
    move_name: str = "desk:move"
    open_name: str = "desk:appointment"
    form: str = "booking"  # the form that a chosen slot belongs to

    @property
    def sunday(self) -> date:
        """The last day of the week."""
        return self.monday + WEEK - timedelta(days=1)

    @property
    def title(self) -> str:
        """« 23 – 29 nov. »"""
        first, last = self.monday, self.sunday
        form = "d" if first.month == last.month else "d MMM"
        start = format_date(first, form, locale=locale())
        return f"{start} – {format_date(last, 'd MMM', locale=locale())}"

    def _address(self, day: date, calendar: str) -> str:
        query = {"day": day.isoformat(), "calendar": calendar, "motive": self.motive}
        return f"{self.base}?{urlencode({k: v for k, v in query.items() if v})}"

    @property
    def here(self) -> str:
        """The address of this very week."""
        return self._address(self.monday, self.wanted)

    @property
    def previous(self) -> str:
        """The week before."""
        return self._address(self.monday - WEEK, self.wanted)

    @property
    def next(self) -> str:
        """The week after."""
        return self._address(self.monday + WEEK, self.wanted)

    @property
    def today(self) -> str:
        """This week."""
        query = {"calendar": self.wanted, "motive": self.motive}
        return f"{self.base}?{urlencode({k: v for k, v in query.items() if v})}"

    @property
    def choices(self) -> list[Choice]:
        """One practitioner at a time, or all."""
        names = [(str(calendar.uuid), calendar.name) for calendar in self.calendars]
        if len(names) > 1:
            names.append((ALL, _("both") if len(names) == 2 else _("all")))
        return [
            Choice(self._address(self.monday, value), label, value == self.wanted)
            for value, label in names
        ]


def last_and_next_visit(correspondent: Correspondent, now: datetime) -> list[str]:
    """« dernier : lun. 12 oct. », « prochain : mar. 24 nov. 9:40 »"""
    visits = appointments_of(correspondent, now=now)
    words = []
    if visits.last is not None:
        words.append(_("last: %(day)s") % {"day": short_day(visits.last.local_day)})
    if visits.next is not None:
        moment = short_moment(visits.next.starts_at, visits.next.zone)
        words.append(_("next: %(moment)s") % {"moment": moment})
    return words


def visits_of(correspondent: Correspondent, now: datetime) -> Visits:
    """Give a person's appointments, to come and past."""
    found = appointments_of(correspondent, now=now)
    return Visits([visit(one) for one in found.coming], [visit(one) for one in found.past])


def visit(appointment: Appointment) -> Visit:
    """Word an appointment."""
    motive = appointment.motive.name if appointment.motive else _("Appointment")
    status = ""
    if appointment.status == Appointment.Status.NO_SHOW:
        status = str(appointment.get_status_display())
    return Visit(
        when=short_moment(appointment.starts_at, appointment.zone),
        who=appointment.shown_name,
        what=motive,
        detail=" · ".join(part for part in (appointment.calendar.name, status) if part),
        url=reverse("desk:appointment", args=[appointment.uuid]),
    )


def booked_in(call: Call) -> list[Visit]:
    """Give the appointments that a call led to and that still stand."""
    made = Appointment.objects.active().filter(call_files__call=call)
    linked = made.select_related("calendar", "motive", "correspondent")
    return [visit(one) for one in linked.order_by("starts_at", "pk")]


def first_slots(
    client: Client, calendars: Sequence[Calendar], motive: Motive | None, now: datetime, user: User
) -> list[SlotChoice]:
    """Give the first free slots for a motive, whoever is free first."""
    if motive is None or not calendars:
        return []
    today = now.astimezone(ZoneInfo(client.timezone)).date()
    found = open_slots(
        calendars, motive, first_day=today, days=60, now=now, limit=FIRST_SLOTS, viewer=user
    )
    return [_choice(slot, with_name=len(calendars) > 1) for slot in found]


def with_chosen(client: Client, listed: list[SlotChoice], chosen: str) -> list[SlotChoice]:
    """Add the slot that was chosen in the week, where the list does not hold it."""
    wanted = None if chosen in [one.value for one in listed] else wanted_slot(client, chosen)
    if wanted is None:
        return listed
    when = short_moment(wanted.starts_at, wanted.calendar.zone)
    return [*listed, SlotChoice(chosen, when, "", _("in the week"))]


def _choice(slot: OpenSlot, *, with_name: bool) -> SlotChoice:
    kind = _("released") if slot.is_released else _("%(minutes)d min") % {"minutes": slot.minutes}
    return SlotChoice(
        value=slot_name(str(slot.calendar.uuid), slot.starts_at),
        when=short_moment(slot.starts_at, slot.calendar.zone),
        who=slot.calendar.name if with_name else "",
        kind=kind,
    )


def monday_of(day: date) -> date:
    """Give the Monday of a day's week."""
    return day - timedelta(days=day.weekday())
