"""Which key does what on the desk, and each person's own choice.

Left to browsers and keyboards: F1, F3, F5, F6, F7, F10 to F12, Alt with a digit, Ctrl+Alt (AltGr in
France). A key is a digit, a letter, or one of F2, F4, F8, F9.
"""

import re
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from calls.models import Call
from clients.models import User

FREE = re.compile(r"[0-9a-z]|F2|F4|F8|F9")
OFF: Final = "letters_off"

ACTIONS: Final[dict[str, tuple[str, str | Promise]]] = {
    "next": ("F2", _("Open the call that waits")),
    "take_waiting": ("k", _("Take a waiting caller now")),
    "unsaid": ("u", _("Say what came of earlier calls")),
    "presence": ("F8", _("Take a break, take calls, done writing up")),
    "face_1": ("1", _("Appointment")),
    "face_2": ("2", _("Message")),
    "face_3": ("3", _("Emergency")),
    "face_4": ("4", _("File and instructions")),
    "caller": ("a", _("Say who is calling")),
    "when": ("w", _("When the caller can come")),
    "move_visit": ("5", _("Move the next appointment")),
    "cancel_visit": ("6", _("Cancel the next appointment (press twice)")),
    "series": ("s", _("Several appointments")),
    "offer": ("F9", _("Offer a freed slot to who waits")),
    "offer_next": ("F4", _("She declines: offer it to the next")),
    "wait": ("l", _("Put on the waiting list")),
    "take": ("t", _("To reschedule: I ring this person")),
    "not_reached": ("n", _("To reschedule: not reached")),
    "reached": ("j", _("To reschedule: reached, calls back")),
    "seen_to": ("o", _("To reschedule: seen to")),
    "ring_back": ("q", _("Ring back")),
    "hold": ("h", _("Hold the caller, take him back")),
    "transfer": ("z", _("Hand the caller on")),
    "put_through": ("g", _("Put through, or leave the other two together")),
    "join": ("y", _("Three together")),
    "take_back": ("e", _("Take the caller back")),
    "hand_over": ("7", _("Hand over to a colleague")),
    "cover_accept": ("8", _("Answer for a colleague: accept")),
    "cover_decline": ("9", _("Answer for a colleague: decline")),
    "come_back": ("0", _("Take my clients back")),
    "hang_up": ("r", _("Hang up (press twice)")),
    "disposition_appointment_made": ("v", Call.Disposition.APPOINTMENT_MADE.label),
    "disposition_appointment_moved": ("d", Call.Disposition.APPOINTMENT_MOVED.label),
    "disposition_appointment_cancelled": ("x", Call.Disposition.APPOINTMENT_CANCELLED.label),
    "disposition_message": ("m", Call.Disposition.MESSAGE.label),
    "disposition_put_through": ("p", Call.Disposition.PUT_THROUGH.label),
    "disposition_information": ("i", Call.Disposition.INFORMATION.label),
    "disposition_wrong_number": ("f", Call.Disposition.WRONG_NUMBER.label),
    "disposition_canvasser": ("c", Call.Disposition.CANVASSER.label),
    "disposition_duplicate": ("b", Call.Disposition.DUPLICATE.label),
}


def folded_key(written: str) -> str:
    """Write a key as it is kept: letters small, function keys capital."""
    key = written.strip()
    return key.upper() if len(key) > 1 else key.lower()


def shortcuts_of(user: User) -> dict[str, str]:
    """Give each action's key: the person's own, else the usual one."""
    own = user.shortcuts or {}
    return {action: own.get(action, usual) for action, (usual, _label) in ACTIONS.items()}


def printed_keys(user: User) -> dict[str, str]:
    """Give each action's key as it is printed on the keyboard."""
    return {action: key.upper() for action, key in shortcuts_of(user).items()}


def has_letters(user: User) -> bool:
    """Tell whether digits and letters work outside fields (WCAG 2.1.4 lets them be turned off)."""
    return not (user.shortcuts or {}).get(OFF)
