"""How somebody stands, and whether her telephone can be counted on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from calls.rules.presence import Ring, is_telephone_gone, standing_of

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TAKEN = Ring(was_taken=True, end_cause="completed")
UNANSWERED = Ring(was_taken=False, end_cause="no-answer")
CUT = Ring(was_taken=False, end_cause="canceled")


@pytest.mark.parametrize(
    ("rings", "is_gone"),
    [
        ([], False),
        ([UNANSWERED], True),
        ([Ring(False, "failed")], True),
        ([Ring(False, "completed")], True),
        ([Ring(False, "busy")], False),
        ([Ring(False, "")], False),
        ([CUT], False),
        ([CUT, UNANSWERED], True),
        ([TAKEN, UNANSWERED], False),
        ([UNANSWERED, TAKEN], True),
    ],
)
def test_a_telephone_is_gone_by_its_last_ring_that_proves_anything(
    rings: list[Ring], is_gone: bool
) -> None:
    assert is_telephone_gone(rings, has_telephone=True) is is_gone


def test_who_has_no_telephone_has_none_to_be_reached_by() -> None:
    assert is_telephone_gone([TAKEN], has_telephone=False)


def standing(
    state: str = "available",
    *,
    is_talking: bool = False,
    is_gone: bool = False,
    writes_for: int | None = None,
) -> str:
    until = None if writes_for is None else AT + timedelta(seconds=writes_for)
    return standing_of(state, is_talking=is_talking, is_gone=is_gone, wrap_up_until=until, at=AT)


def test_a_person_is_busy_before_all_else_and_writes_only_while_she_is_available() -> None:
    assert standing(is_talking=True, writes_for=10) == "busy"
    assert standing(writes_for=10) == "wrap_up"
    assert standing(writes_for=0) == "available"
    assert standing("paused", writes_for=10) == "paused"


def test_only_who_was_set_away_and_is_still_away_is_gone() -> None:
    assert standing("away", is_gone=True) == "gone"
    assert standing("away") == "away"
