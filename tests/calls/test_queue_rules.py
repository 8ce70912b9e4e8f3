"""Who waits, and who may take whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from calls.rules.queue import Waiting, matches, may_take, minutes_to_wait, position_of
from calls.rules.routing import Candidate

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def person(user: int, **known: object) -> Candidate:
    facts = {"rank": user, "presence": "available", "is_talking": False, "endpoint_ids": (user,)}
    return Candidate(user_id=user, **(facts | known))  # type: ignore[arg-type]


def waiting(call: int, seconds: int, *people: Candidate, **known: object) -> Waiting:
    facts = {"since": NOW - timedelta(seconds=seconds), "priority": 0, "candidates": people}
    return Waiting(call_id=call, **(facts | known))  # type: ignore[arg-type]


def matched(*callers: Waiting) -> list[tuple[int, int]]:
    return [(one.call_id, one.candidate.user_id) for one in matches(callers, NOW)]


def asked(caller: Waiting) -> list[int]:
    return [one.user_id for one in may_take(caller, NOW)]


LEA = person(1)
LEA_TALKS = person(1, is_talking=True)
CLAIRE = person(2)


def test_the_longest_wait_is_taken_first() -> None:
    assert matched(waiting(10, 20, LEA), waiting(11, 90, LEA)) == [(11, 1)]


def test_a_client_with_priority_goes_before_a_longer_wait() -> None:
    assert matched(waiting(10, 20, LEA, priority=1), waiting(11, 90, LEA)) == [(10, 1)]


def test_each_free_person_is_given_one_caller() -> None:
    lea_and_other = waiting(10, 90, LEA), waiting(11, 60, LEA), waiting(12, 30, CLAIRE)

    assert matched(*lea_and_other) == [(10, 1), (12, 2)]


def test_nobody_who_is_talking_writing_up_or_away_is_given_a_caller() -> None:
    busy = [LEA_TALKS, person(1, presence="wrap_up"), person(1, presence="paused")]

    assert [matched(waiting(10, 90, one)) for one in busy] == [[], [], []]


def test_deputies_are_left_alone_until_the_time_that_the_client_set() -> None:
    early = waiting(10, 29, LEA_TALKS, CLAIRE, deputies_after=30)
    late = waiting(10, 30, LEA_TALKS, CLAIRE, deputies_after=30)
    never = waiting(10, 3000, LEA_TALKS, CLAIRE)

    assert [asked(one) for one in (early, late, never)] == [[], [2], []]


def test_deputies_step_in_at_once_when_nobody_is_at_the_first_desk() -> None:
    assert asked(waiting(10, 1, person(1, presence="away"), CLAIRE)) == [2]


def test_who_let_it_ring_is_let_be_for_a_while() -> None:
    lately = ((1, NOW - timedelta(seconds=29)),)
    before = ((1, NOW - timedelta(seconds=30)),)

    assert [asked(waiting(10, 90, LEA, declined=one)) for one in (lately, before)] == [[], [1]]


def test_a_place_counts_those_ahead_whom_the_same_people_may_take() -> None:
    queue = [waiting(10, 90, LEA), waiting(11, 60, CLAIRE), waiting(12, 30, LEA, CLAIRE)]

    assert [position_of(call, queue) for call in (10, 11, 12, 99)] == [1, 1, 3, 0]


def test_a_wait_is_told_in_whole_minutes_of_at_least_one() -> None:
    talk = timedelta(seconds=100)

    assert [minutes_to_wait(place, 1, talk) for place in (1, 3)] == [2, 5]
    assert minutes_to_wait(1, 5, talk) == 1
    assert minutes_to_wait(1, 0, talk) == 2
