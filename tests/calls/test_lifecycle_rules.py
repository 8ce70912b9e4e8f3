"""What becomes of legs and calls."""

from datetime import timedelta
from itertools import permutations

import pytest

from calls.rules.lifecycle import LEG_STATES, Contact, ending_of, later_state

LONG = timedelta(seconds=20)
SHORT = timedelta(seconds=4)


@pytest.mark.parametrize("order", list(permutations(LEG_STATES)))
def test_a_leg_reaches_its_end_in_whatever_order_it_is_told(order: tuple[str, ...]) -> None:
    state = "queued"
    for reported in order:
        state = later_state(state, reported)

    assert state == "ended"


def test_a_late_ringing_does_not_move_a_leg_backwards() -> None:
    assert later_state("in_progress", "ringing") == "in_progress"


@pytest.mark.parametrize(
    ("contact", "ending"),
    [
        (Contact(True, LONG, False, False), "answered"),
        (Contact(True, SHORT, True, True), "answered"),
        (Contact(False, LONG, False, False), "missed"),
        (Contact(False, SHORT, False, False), "abandoned"),
        (Contact(False, SHORT, False, True), "missed"),
        (Contact(False, SHORT, True, False), "failed"),
        (Contact(False, timedelta(seconds=5), False, False), "missed"),
    ],
)
def test_a_contact_ends_as_what_happened_to_it(contact: Contact, ending: str) -> None:
    assert ending_of(contact) == ending
