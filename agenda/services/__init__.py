"""What may be done to an agenda; each function is one transaction."""

from agenda.services.absences import Blocked, block_period, unblock
from agenda.services.booking import (
    book_appointment,
    cancel_appointment,
    mark_came,
    mark_no_show,
    move_appointment,
)
from agenda.services.confirming import confirm_appointment
from agenda.services.holds import hold_slot, release_hold, release_holds
from agenda.services.hours import note_changed_hours
from agenda.services.refusals import (
    AgendaRefusal,
    AppointmentChanged,
    AppointmentNotActive,
    CalendarBusy,
    ChangeSuperseded,
    DayIsFull,
    HeldForEmergencies,
    InAbsence,
    InThePast,
    KnownPatientsOnly,
    NewPatientsOnly,
    OffGrid,
    OnHoliday,
    OutsideOpening,
    SlotHeld,
    SlotTaken,
    TooFarAhead,
    TooLong,
    TooSoon,
    WrongMotive,
)
from agenda.services.seen import mark_changes_seen, mark_seen_at_the_desk
from agenda.services.undoing import undo_change

__all__ = [
    "AgendaRefusal",
    "AppointmentChanged",
    "AppointmentNotActive",
    "Blocked",
    "CalendarBusy",
    "ChangeSuperseded",
    "DayIsFull",
    "HeldForEmergencies",
    "InAbsence",
    "InThePast",
    "KnownPatientsOnly",
    "NewPatientsOnly",
    "OffGrid",
    "OnHoliday",
    "OutsideOpening",
    "SlotHeld",
    "SlotTaken",
    "TooFarAhead",
    "TooLong",
    "TooSoon",
    "WrongMotive",
    "block_period",
    "book_appointment",
    "cancel_appointment",
    "confirm_appointment",
    "hold_slot",
    "mark_came",
    "mark_changes_seen",
    "mark_no_show",
    "mark_seen_at_the_desk",
    "move_appointment",
    "note_changed_hours",
    "release_hold",
    "release_holds",
    "unblock",
    "undo_change",
]
