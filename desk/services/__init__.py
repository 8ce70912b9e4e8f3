"""What the desk changes across apps: one call's booking, its end, a person's own keys."""

from desk.services.booking import (
    NewPerson,
    book_from_call,
    book_series_from_call,
    cancel_from_call,
    hold_while_typing,
    move_from_call,
    open_new_caller,
)
from desk.services.ending import end_voicemail, end_work
from desk.services.keys import save_shortcuts

__all__ = [
    "NewPerson",
    "book_from_call",
    "book_series_from_call",
    "cancel_from_call",
    "end_voicemail",
    "end_work",
    "hold_while_typing",
    "move_from_call",
    "open_new_caller",
    "save_shortcuts",
]
