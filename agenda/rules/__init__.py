"""Which slots a calendar offers, from known facts alone: no database, no clock.

`open_pieces` turns wall-clock openings into instants, `free_slots` gives what may be booked,
`why_not` says why a moment may not. The three share one reading of the rules, so what is
suggested is free in the grid and what is refused says why.
"""

from agenda.rules.diary import Diary, Slot, SlotKind, Visit, first_free_slots, free_slots
from agenda.rules.openings import Opening, Piece, Release, Replaces, open_pieces
from agenda.rules.refusals import Reason, Refusal, why_not

__all__ = [
    "Diary",
    "Opening",
    "Piece",
    "Reason",
    "Refusal",
    "Release",
    "Replaces",
    "Slot",
    "SlotKind",
    "Visit",
    "first_free_slots",
    "free_slots",
    "open_pieces",
    "why_not",
]
