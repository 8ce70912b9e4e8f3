"""Which slots a calendar offers, from known facts alone: no database, no clock.

`open_pieces` turns wall-clock openings into instants, `free_slots` gives what may be booked,
`why_not` says why a moment may not. The three share one reading of the rules, so what is
suggested is free in the grid and what is refused says why.
"""

from agenda.rules.closures import Holiday, Occurrence, Recurring, closed_holidays, occurrences
from agenda.rules.diary import (
    Diary,
    Patients,
    Slot,
    SlotKind,
    Visit,
    first_free_slots,
    free_slots,
)
from agenda.rules.openings import Opening, Piece, Release, Replaces, open_pieces
from agenda.rules.refusals import Reason, Refusal, why_not
from core.holidays import HolidayName, Region, public_holidays

__all__ = [
    "Diary",
    "Holiday",
    "HolidayName",
    "Occurrence",
    "Opening",
    "Patients",
    "Piece",
    "Reason",
    "Recurring",
    "Refusal",
    "Region",
    "Release",
    "Replaces",
    "Slot",
    "SlotKind",
    "Visit",
    "closed_holidays",
    "first_free_slots",
    "free_slots",
    "occurrences",
    "open_pieces",
    "public_holidays",
    "why_not",
]
