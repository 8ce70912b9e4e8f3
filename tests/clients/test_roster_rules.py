"""Who is on call when, by the pure rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from clients.rules.rosters import (
    ShiftFault,
    Turn,
    WishedShift,
    faults_of_shift,
    on_call_at,
    stretches,
    uncovered,
)
from core.periods import Period

MARC, ANNE = 1, 2
NOW = datetime(2026, 11, 24, 8, 40)


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def turn(person: int, start: datetime, end: datetime, *, once: bool = False, key: int = 0) -> Turn:
    return Turn(key or person, person, f"+3363998100{person}", Period(start, end), once)


def people(turns: tuple[Turn, ...]) -> list[int]:
    return [one.person_id for one in turns]


def test_a_turn_begins_at_its_minute_and_ends_before_its_last() -> None:
    turns = [turn(MARC, at(27, 18), at(30, 8))]

    asked = (at(27, 17), at(27, 18), at(30, 7), at(30, 8))
    assert [people(on_call_at(turns, one)) for one in asked] == [[], [MARC], [MARC], []]


def test_what_is_said_once_goes_before_what_comes_again() -> None:
    turns = [turn(MARC, at(27), at(30)), turn(ANNE, at(28), at(29), once=True)]

    assert people(on_call_at(turns, at(28, 12))) == [ANNE]
    assert people(on_call_at(turns, at(29))) == [MARC]


def test_two_on_call_at_once_count_together() -> None:
    turns = [turn(ANNE, at(27), at(30)), turn(MARC, at(27), at(30))]

    assert people(on_call_at(turns, at(28))) == [MARC, ANNE]


def test_the_time_ahead_is_cut_where_somebody_else_takes_over_or_nobody_does() -> None:
    turns = [turn(MARC, at(24), at(27)), turn(ANNE, at(25), at(26), once=True)]

    found = stretches(turns, Period(at(24, 12), at(30)))

    assert [(one.period, people(one.turns)) for one in found] == [
        (Period(at(24, 12), at(25)), [MARC]),
        (Period(at(25), at(26)), [ANNE]),
        (Period(at(26), at(27)), [MARC]),
        (Period(at(27), at(30)), []),
    ]


def test_two_turns_of_one_person_that_touch_are_one_stretch() -> None:
    turns = [turn(MARC, at(24), at(27), key=8), turn(MARC, at(27), at(30), key=9)]

    found = stretches(turns, Period(at(24), at(30)))

    assert [one.period for one in found] == [Period(at(24), at(30))]


def wished(first: int, last: int, **more: object) -> WishedShift:
    days = {"first_day": date(2026, 11, first), "last_day": date(2026, 11, last)}
    return WishedShift(**{**days, "starts": time(18), "ends": time(8), **more})  # type: ignore[arg-type]


def test_what_is_wanted_and_no_turn_covers_is_left() -> None:
    turns = [turn(MARC, at(24), at(25)), turn(ANNE, at(24, 12), at(26), once=True)]
    wanted = [Period(at(23, 18), at(24, 8)), Period(at(25, 18), at(26, 8))]

    assert uncovered(turns, wanted) == [Period(at(23, 18), at(24)), Period(at(26), at(26, 8))]
    assert uncovered([], wanted) == wanted


@pytest.mark.parametrize(
    ("shift", "faults"),
    [
        (wished(27, 30), []),
        (wished(27, 27), [ShiftFault.BACKWARDS]),
        (wished(20, 23), [ShiftFault.OVER]),
        (wished(20, 23, every_weeks=1), []),
        (wished(20, 28, every_weeks=1), [ShiftFault.MEETS_ITSELF]),
        (wished(20, 27, every_weeks=1, ends=time(18)), []),
        (wished(20, 23, every_weeks=13), [ShiftFault.TOO_SELDOM]),
        (
            wished(27, 30, every_weeks=2, repeats_until=date(2026, 11, 26)),
            [ShiftFault.STOPS_BEFORE],
        ),
    ],
)
def test_all_that_is_wrong_with_a_turn_is_named(
    shift: WishedShift, faults: list[ShiftFault]
) -> None:
    assert faults_of_shift(shift, NOW) == faults
