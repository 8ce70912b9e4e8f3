"""Why a service refuses, as exceptions; `agenda.reasons` puts each into a sentence."""

from collections.abc import Sequence
from typing import ClassVar

from django.db import DatabaseError

from agenda.overlap_guard import OVERLAP_TEXT
from agenda.rules import Reason, Refusal

_EXCLUSION_VIOLATED = "23P01"
_DEADLOCK = "40P01"
_LOCK_TIMEOUT = "55P03"


class AgendaRefusal(Exception):
    """The agenda stays as it was; `refusal` says what stood in the way, where that is known."""

    reason: ClassVar[str]

    def __init__(self, refusal: Refusal | None = None) -> None:
        super().__init__(self.reason)
        self.refusal = refusal


class SlotTaken(AgendaRefusal):
    """An appointment is there, or has just been put there."""

    reason = Reason.TAKEN


class SlotHeld(AgendaRefusal):
    """Somebody else holds the slot while she talks."""

    reason = Reason.HELD


class InAbsence(AgendaRefusal):
    """The practitioner is away."""

    reason = Reason.ABSENCE


class OnHoliday(AgendaRefusal):
    """The calendar is closed on this public holiday; `refusal.name` says which."""

    reason = Reason.HOLIDAY


class OutsideOpening(AgendaRefusal):
    """No opening rule gives this moment."""

    reason = Reason.OUTSIDE_OPENING


class HeldForEmergencies(AgendaRefusal):
    """These hours are kept for emergencies, until `refusal.until` where that is set."""

    reason = Reason.EMERGENCY


class WrongMotive(AgendaRefusal):
    """The calendar, or these hours of it, don't take this kind of appointment."""

    reason = Reason.OTHER_MOTIVES


class NewPatientsOnly(AgendaRefusal):
    """The motive is for people who come for the first time."""

    reason = Reason.NEW_ONLY


class KnownPatientsOnly(AgendaRefusal):
    """The motive is for people who have come before."""

    reason = Reason.KNOWN_ONLY


class DayIsFull(AgendaRefusal):
    """The day has as many of the motive as it takes: `refusal.most`."""

    reason = Reason.MOST_PER_DAY


class TooLong(AgendaRefusal):
    """Opening hours end before the visit would; `refusal.period` is the room left."""

    reason = Reason.TOO_LONG


class OffGrid(AgendaRefusal):
    """No slot begins at this moment."""

    reason = Reason.OFF_GRID


class InThePast(AgendaRefusal):
    """The moment has gone by."""

    reason = Reason.PAST


class TooSoon(AgendaRefusal):
    """The motive wants more notice; `refusal.until` is the earliest moment."""

    reason = Reason.NOTICE


class TooFarAhead(AgendaRefusal):
    """The motive is not booked so far ahead."""

    reason = Reason.HORIZON


class CalendarBusy(AgendaRefusal):
    """Others were writing in the calendar for so long that we gave up; trying again may do."""

    reason = "busy"


class AppointmentNotActive(AgendaRefusal):
    """The appointment was cancelled."""

    reason = "not_active"


class AppointmentChanged(AgendaRefusal):
    """Somebody moved the appointment since it was looked at."""

    reason = "changed"


class ChangeSuperseded(AgendaRefusal):
    """Something else was done to the appointment since; only its last change can be undone."""

    reason = "superseded"


_BY_REASON: dict[str, type[AgendaRefusal]] = {
    kind.reason: kind for kind in AgendaRefusal.__subclasses__()
}


def refused(refusals: Sequence[Refusal]) -> AgendaRefusal:
    """Return the exception for the weightiest of some refusals."""
    return _BY_REASON[refusals[0].reason](refusals[0])


def refusal_in(error: DatabaseError) -> AgendaRefusal | None:
    """Return what the database's error means for the agenda, None when it is none of ours.

    A deadlock between two that book the same moment is a lost race like any other: the
    constraint alone makes them wait for each other (PostgreSQL error 40P01).
    """
    state = getattr(error.__cause__, "sqlstate", None)
    if state in (_EXCLUSION_VIOLATED, _DEADLOCK) or OVERLAP_TEXT in str(error):
        return SlotTaken()
    if state == _LOCK_TIMEOUT or "database is locked" in str(error):
        return CalendarBusy()
    return None
