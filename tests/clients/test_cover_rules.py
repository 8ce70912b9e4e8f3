"""Which hand-overs may stand beside each other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from clients.rules.covers import Clash, HandOver, clash_of, end_before_the_next, last_in_chain

LEA, CLAIRE, INES = 1, 2, 3


def at(hour: int) -> datetime:
    return datetime(2026, 11, 24, hour, tzinfo=UTC)


def hand_over(
    principal: int, deputy: int, start: int, end: int | None, clients: set[int] | None = None
) -> HandOver:
    ends_at = None if end is None else at(end)
    chosen = None if clients is None else frozenset(clients)
    return HandOver(principal, deputy, at(start), ends_at, chosen)


NOON = hand_over(LEA, CLAIRE, 12, 14)


@pytest.mark.parametrize(
    ("wished", "clash"),
    [
        (hand_over(LEA, INES, 13, 15), Clash.OVERLAPS),
        (hand_over(LEA, INES, 10, None), Clash.OVERLAPS),
        (hand_over(LEA, INES, 13, 15, {7}), Clash.OVERLAPS),
        (hand_over(INES, LEA, 13, 15), Clash.DEPUTY_IS_COVERED),
        (hand_over(CLAIRE, INES, 13, 15), Clash.PRINCIPAL_COVERS),
        (hand_over(CLAIRE, LEA, 13, 15), Clash.DEPUTY_IS_COVERED),
        (hand_over(LEA, INES, 14, 15), None),
        (hand_over(LEA, INES, 10, 12), None),
        (hand_over(CLAIRE, LEA, 14, None), None),
        (hand_over(INES, CLAIRE, 12, 14), None),
    ],
)
def test_a_hand_over_is_refused_where_another_of_its_time_stands_in_its_way(
    wished: HandOver, clash: Clash | None
) -> None:
    found = clash_of(wished, [NOON])

    assert found == (None if clash is None else (clash, NOON))


def test_different_clients_may_be_handed_to_different_colleagues_at_once() -> None:
    doctor = hand_over(LEA, CLAIRE, 12, 14, {7})

    assert clash_of(hand_over(LEA, INES, 12, 14, {8}), [doctor]) is None
    assert clash_of(hand_over(LEA, INES, 12, 14, {7, 8}), [doctor]) == (Clash.OVERLAPS, doctor)


def test_who_comes_back_at_no_set_time_covers_all_that_follows() -> None:
    until_she_is_back = hand_over(LEA, CLAIRE, 12, None)

    found = clash_of(hand_over(LEA, INES, 20, 21), [until_she_is_back])

    assert found == (Clash.OVERLAPS, until_she_is_back)


def test_who_covers_somebody_who_covers_answers_for_both() -> None:
    assert last_in_chain({LEA: CLAIRE, CLAIRE: INES}) == {LEA: INES, CLAIRE: INES}


def test_who_covers_in_a_circle_covers_nobody() -> None:
    assert last_in_chain({LEA: CLAIRE, CLAIRE: LEA, 4: INES}) == {4: INES}


def test_without_an_end_it_lasts_until_the_next_that_it_would_meet_begins() -> None:
    wished = hand_over(LEA, CLAIRE, 8, None)
    beside = hand_over(INES, 4, 9, 10)

    assert end_before_the_next(wished, [hand_over(CLAIRE, INES, 18, 19), NOON, beside]) == at(12)
    assert end_before_the_next(wished, [beside]) is None
    assert end_before_the_next(hand_over(LEA, CLAIRE, 8, 20), [NOON]) == at(20)
