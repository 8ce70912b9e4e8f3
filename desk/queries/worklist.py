"""The page « to reschedule »: who can't be seen when she was to, how to reach her, what is free.

An absence covers her visit, or the practitioner has other hours by now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agenda.models import Absence, Appointment, Displaced, Side
from agenda.queries import (
    OpenSlot,
    Progress,
    count_displaced,
    displaced_to_deal_with,
    progress_of,
    slots_nearby,
)
from agenda.queries.worklist import REMEMBERED
from agenda.services.worklist import TAKEN_FOR
from clients.models import Client, User
from desk.queries.board import rounded_hue
from desk.slots import slot_name
from desk.wording import long_moment, short_day, short_moment

Cause = tuple[str, int]
# More at once than anybody rings in a day; the others follow as these are dealt with.
SHOWN = 60
LINKED = (
    "absence__calendar",
    "appointment__calendar__client",
    "appointment__motive",
    "appointment__correspondent",
    "appointment__caller",
    "client",
    "taken_by",
)
NUMBERS = (
    "appointment__correspondent__numbers",
    "appointment__caller__numbers",
    "appointment__waited_for",
)


@dataclass(frozen=True)
class Number:
    """A number to ring, and whose it is where that is not plain."""

    number: str
    label: str = ""


@dataclass(frozen=True)
class SlotKey:
    """A free slot, one key away."""

    value: str
    when: str
    action: str


@dataclass(frozen=True)
class ToReplace:
    """One appointment to find another moment for."""

    uuid: UUID
    who: str
    when: str
    what: str
    url: str
    numbers: Sequence[Number]
    slots: Sequence[SlotKey]
    state: str
    state_label: str
    note: str
    tried: str
    colleague: str


@dataclass(frozen=True)
class Work:
    """What one absence, or the hours of one calendar, give to do."""

    client: str
    client_url: str
    hue: int
    title: str
    reason: str
    progress: Progress
    items: list[ToReplace] = field(default_factory=list)


@dataclass(frozen=True)
class Worklist:
    """The page: what makes work, by its first visit, and how many visits stand on later ones."""

    works: Sequence[Work]
    further: int

    @property
    def is_empty(self) -> bool:
        return not self.works


def worklist(user: User, now: datetime) -> Worklist:
    """Give this person's appointments to reschedule, the next first."""
    to_do = displaced_to_deal_with(Client.objects.answered_by(user), now)
    rows = _once_each(to_do.select_related(*LINKED).prefetch_related(*NUMBERS))
    shown = rows[:SHOWN]
    slots = slots_nearby([one.appointment for one in shown], now=now, viewer=user)
    progress = _progress(shown, now)
    works: dict[Cause, Work] = {}
    for one in shown:
        cause = _cause(one)
        if cause not in works:
            works[cause] = _work(one, progress[cause])
        item = _item(one, slots.get(one.appointment_id, ()), user, now)
        works[cause].items.append(item)
    return Worklist(list(works.values()), len(rows) - len(shown))


def count_to_replace(user: User, now: datetime) -> int:
    """Count them."""
    return count_displaced(Client.objects.answered_by(user), now)


def _once_each(rows: Iterable[Displaced]) -> list[Displaced]:
    """Leave out what stands under a second absence as well."""
    by_appointment: dict[int, Displaced] = {}
    for one in rows:
        by_appointment.setdefault(one.appointment_id, one)
    return list(by_appointment.values())


def _cause(one: Displaced) -> Cause:
    """The absence, or the calendar whose hours are others."""
    return ("absence", one.absence_id) if one.absence_id else ("hours", one.appointment.calendar_id)


def _progress(rows: Iterable[Displaced], now: datetime) -> Mapping[Cause, Progress]:
    """Sum up, by cause, what is done and to be done; of hours, about the visits still to come."""
    causes = {_cause(one) for one in rows}
    absences = Q(absence__in=[key for kind, key in causes if kind == "absence"])
    of_calendars = Q(appointment__calendar__in=[key for kind, key in causes if kind == "hours"])
    hours = Q(absence=None, was_at__gt=now - REMEMBERED) & of_calendars
    found: dict[Cause, list[Displaced]] = {cause: [] for cause in causes}
    for one in Displaced.objects.filter(absences | hours).select_related("appointment"):
        found[_cause(one)].append(one)
    return {cause: progress_of(these) for cause, these in found.items()}


def _work(one: Displaced, progress: Progress) -> Work:
    return Work(
        client=one.client.short_name or one.client.name,
        client_url=reverse("desk:client", args=[one.client.uuid]),
        hue=rounded_hue(one.client),
        title=_title(one.absence) if one.absence else _title_of_hours(one),
        reason=one.absence.reason_for(Side.DESK) if one.absence else "",
        progress=progress,
    )


def _title_of_hours(one: Displaced) -> str:
    """« Dr Martin n’a plus d’horaires à ces moments »"""
    words = _("%(calendar)s no longer has hours at these times")
    return words % {"calendar": one.appointment.calendar.name}


def _title(absence: Absence) -> str:
    """« Dr Martin est absent mar. 24 nov. de 9:00 à 12:00 »"""
    zone = absence.calendar.zone
    start, end = absence.starts_at.astimezone(zone), absence.ends_at.astimezone(zone)
    span = {
        "calendar": absence.calendar.name,
        "day": short_day(start.date()),
        "start": f"{start:%-H:%M}",
        "end": f"{end:%-H:%M}",
        "from": short_moment(absence.starts_at, zone),
        "until": short_moment(absence.ends_at, zone),
    }
    if absence.is_recurring:
        return _("%(calendar)s is away again and again, first on %(day)s") % span
    if start.date() == end.date():
        return _("%(calendar)s is away on %(day)s from %(start)s to %(end)s") % span
    return _("%(calendar)s is away from %(from)s to %(until)s") % span


def _item(one: Displaced, slots: Sequence[OpenSlot], user: User, now: datetime) -> ToReplace:
    visit = one.appointment
    return ToReplace(
        uuid=one.uuid,
        who=visit.shown_name or _("Appointment"),
        when=long_moment(visit.starts_at, visit.zone),
        what=visit.motive.name if visit.motive else "",
        url=reverse("desk:appointment", args=[visit.uuid]),
        numbers=numbers_of(visit),
        slots=[_slot_key(nth, slot) for nth, slot in enumerate(slots, start=1)],
        state=one.state,
        state_label=str(one.get_state_display()),
        note=one.note,
        tried=_tried(one),
        colleague=_colleague(one, user, now),
    )


def _slot_key(nth: int, slot: OpenSlot) -> SlotKey:
    """A slot's key is the digit of its place, as it is for the faces of a call."""
    value = slot_name(str(slot.calendar.uuid), slot.starts_at)
    return SlotKey(value, short_moment(slot.starts_at, slot.calendar.zone), f"face_{nth}")


def numbers_of(visit: Appointment) -> list[Number]:
    """Give the numbers of who comes, of who asked for it, and of who waited for it, each once."""
    found: dict[str, str] = {}
    for person in (visit.correspondent, visit.caller):
        label = person.listed_name if person and person != visit.correspondent else ""
        for one in person.numbers.all() if person else ():
            found.setdefault(str(one.number), one.label or label)
    for entry in visit.waited_for.all():
        if entry.number:
            found.setdefault(str(entry.number), "")
    return [Number(number, label) for number, label in found.items()]


def _tried(one: Displaced) -> str:
    if not one.tries or one.tried_at is None:
        return ""
    words = ngettext(
        "%(count)d try, the last %(moment)s", "%(count)d tries, the last %(moment)s", one.tries
    )
    zone = one.appointment.zone
    return words % {"count": one.tries, "moment": short_moment(one.tried_at, zone)}


def _colleague(one: Displaced, user: User, now: datetime) -> str:
    """Name the colleague who rings her at this moment."""
    if one.taken_by is None or one.taken_by_id == user.pk or one.taken_at is None:
        return ""
    is_at_it = one.state == Displaced.State.REACHED or one.taken_at > now - TAKEN_FOR
    return one.taken_by.called if is_at_it else ""
