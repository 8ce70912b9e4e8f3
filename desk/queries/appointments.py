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
from agenda.queries import OpenSlot, appointments_of, refusals
from agenda.queries.wished import wished_slots
from agenda.reasons import sentence
from agenda.rules import Reason, Refusal
from agenda.rules.wishes import Wishes
from calls.models import Call
from clients.models import Client, Correspondent, User
from desk.slots import WantedSlot, slot_name, wanted_slot
from desk.wording import locale, short_day, short_moment

FIRST_SLOTS = 4
MOST_REASONS = 2
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
    advice: str = ""


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
class Pointed:
    """A moment that was typed, or pointed at in the week, and what stands in its way."""

    value: str
    when: str
    who: str
    why: Sequence[str]

    @property
    def is_free(self) -> bool:
        return not self.why


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
    why: str = ""  # the address that says why a moment can't be had

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
        advice=appointment.motive.advice if appointment.motive else "",
    )


def booked_in(call: Call) -> list[Visit]:
    """Give the appointments that a call led to and that still stand."""
    made = Appointment.objects.active().filter(call_files__call=call)
    linked = made.select_related("calendar", "motive", "correspondent")
    return [visit(one) for one in linked.order_by("starts_at", "pk")]


def first_slots(
    client: Client,
    calendars: Sequence[Calendar],
    motive: Motive | None,
    now: datetime,
    user: User,
    *,
    wishes: Wishes,
    person: Correspondent | None = None,
) -> list[SlotChoice]:
    """Give the first free slots for a motive that are wished, whoever is free first."""
    if motive is None or not calendars:
        return []
    today = now.astimezone(ZoneInfo(client.timezone)).date()
    found = wished_slots(
        calendars,
        motive,
        wishes,
        first_day=today,
        now=now,
        limit=FIRST_SLOTS,
        viewer=user,
        person=person,
    )
    return [_choice(slot, with_name=len(calendars) > 1) for slot in found]


def pointed_at(
    moments: Sequence[WantedSlot],
    motive: Motive | None,
    now: datetime,
    user: User,
    *,
    person: Correspondent | None = None,
) -> Pointed | None:
    """Say of a moment why it can't be had; of several calendars, the first that has it."""
    if motive is None or not moments:
        return None
    found = (_pointed(one, motive, now, user, person, len(moments) > 1) for one in moments)
    tried = list(found)
    return next((one for one in tried if one.is_free), tried[0])


def _pointed(
    wanted: WantedSlot,
    motive: Motive,
    now: datetime,
    user: User,
    person: Correspondent | None,
    with_name: bool,
) -> Pointed:
    return Pointed(
        value=slot_name(str(wanted.calendar.uuid), wanted.starts_at),
        when=short_moment(wanted.starts_at, wanted.calendar.zone),
        who=wanted.calendar.name if with_name else "",
        why=why_not_there(wanted, motive, now, user, person),
    )


def why_not_there(
    wanted: WantedSlot, motive: Motive, now: datetime, user: User, person: Correspondent | None
) -> list[str]:
    """Give, in words, the rules that refuse a moment, the weightiest first."""
    calendar = wanted.calendar
    if not motive.is_for(calendar):
        return [sentence(Refusal(Reason.OTHER_MOTIVES), calendar.zone)]
    found = refusals(calendar, motive, wanted.starts_at, now=now, viewer=user, person=person)
    return [sentence(one, calendar.zone) for one in found[:MOST_REASONS]]


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
