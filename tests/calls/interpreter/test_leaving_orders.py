"""Each of the three leaves in any order: who talks on, who is free, what the page says of it."""

from __future__ import annotations

from itertools import permutations

import pytest
from django.utils import timezone, translation

from calls.models import Call
from calls.queries import is_talking
from desk.queries.call import call_head
from tests.calls.interpreter.talks import Talk, open_legs

pytestmark = pytest.mark.once

ORDERS = list(permutations(["caller", "she", "lawyer"]))
TALKING, THREE = "You speak with Me Durand, the caller hears music", "Three together"
HERE, GONE = "The caller has hung up; you still speak", "The caller has hung up meanwhile."
THROUGH, HUNG_UP = "Put through to Me Durand.", "Me Durand has hung up."

# What the page says after the first and after the second has left.
SAID_OF_A_CONSULTATION = {
    ("caller", "she"): (HERE, GONE),
    ("caller", "lawyer"): (HERE, GONE),
    ("she", "caller"): (THROUGH, THROUGH),
    ("she", "lawyer"): (THROUGH, THROUGH),
    ("lawyer", "caller"): (HUNG_UP, HUNG_UP),
    ("lawyer", "she"): (HUNG_UP, HUNG_UP),
}
SAID_OF_THREE = SAID_OF_A_CONSULTATION | {
    ("caller", "she"): (GONE, GONE),
    ("caller", "lawyer"): (GONE, GONE),
}


def leave(talk: Talk, who: str) -> None:
    if who == "caller":
        talk.party.hang_up()
    else:
        (talk.telephone if who == "she" else talk.other()).hang_up()
    talk.wait()
    talk.tidy()


def present(talk: Talk) -> set[str]:
    there = {
        "caller": talk.party.state == "in-progress",
        "she": bool(talk.telephone.connected),
        "lawyer": bool(talk.other().connected),
    }
    return {name for name, is_there in there.items() if is_there}


def said(talk: Talk) -> str:
    with translation.override("en"):
        return call_head(talk.lea, talk.call, timezone.now()).talk.words


def assert_nothing_lies(talk: Talk, left: set[str], words: str) -> None:
    """Hold the page, the call and her standing against who is really on a telephone."""
    there, call = present(talk), talk.call
    head = call_head(talk.lea, call, timezone.now())
    assert said(talk).startswith(words)
    assert not there & left
    assert len(there) != 1, "somebody is alone on the line"
    assert is_talking(talk.lea) == ("she" in there)
    assert head.can_hang_up == ("she" in there)
    assert (call.state == Call.State.ENDED) == ("caller" not in there)
    assert open_legs() == len(there)
    assert [one.name for one in head.talk.gestures] == (
        ["hold"] if there == {"caller", "she"} else []
    )


def test_that_hanging_up_puts_through_is_said_once_it_does(talk: Talk) -> None:
    talk.announce()
    talk.other().answer()
    talk.wait()
    assert call_head(talk.lea, talk.call, timezone.now()).talk.hint == ""

    talk.tidy()
    with translation.override("en"):
        hint = call_head(talk.lea, talk.call, timezone.now()).talk.hint
    assert hint == "Hanging up puts the caller through."


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_of_a_consultation(meeting: Talk, order: tuple[str, str, str]) -> None:
    assert said(meeting).startswith(TALKING)
    leave(meeting, order[0])
    first, second = SAID_OF_A_CONSULTATION[order[0], order[1]]
    assert_nothing_lies(meeting, {order[0]}, first)
    assert len(present(meeting)) == 2

    leave(meeting, order[1])
    assert_nothing_lies(meeting, set(order[:2]), second)
    assert present(meeting) == set()
    assert meeting.call.ending == "answered"


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_of_three(three: Talk, order: tuple[str, str, str]) -> None:
    assert said(three).startswith(THREE)
    leave(three, order[0])
    first, second = SAID_OF_THREE[order[0], order[1]]
    assert_nothing_lies(three, {order[0]}, first)
    # The caller ends it for all.
    assert len(present(three)) == (0 if order[0] == "caller" else 2)

    leave(three, order[1])
    assert_nothing_lies(three, set(order[:2]), second)
    assert present(three) == set()
    assert three.call.ending == "answered"
