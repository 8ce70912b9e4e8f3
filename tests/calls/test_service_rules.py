"""Figures of service from known calls."""

from __future__ import annotations

from calls.rules.service import (
    Contact,
    Service,
    by_hour,
    grouped,
    lost_after,
    percentile,
    service_of,
)


def contact(waited: float, *, answered: bool = True, hour: int = 9, client: int = 1) -> Contact:
    return Contact(client, hour, waited, answered)


def test_a_percentile_is_a_wait_that_somebody_had() -> None:
    waits = [9.0, 1.0, 5.0, 3.0, 7.0, 2.0, 4.0, 6.0, 8.0, 30.0]

    assert [percentile(waits, share) for share in (0.5, 0.9, 1.0)] == [5.0, 9.0, 30.0]
    assert percentile([4.0], 0.9) == 4.0
    assert percentile([], 0.5) is None


def test_nothing_is_divided_by_no_calls() -> None:
    assert service_of([]) == Service(0, 0, 0, 0, None, None, None, None, None, None)


def test_shares_are_of_all_calls_and_twenty_seconds_are_quick() -> None:
    calls = [contact(5), contact(20), contact(20.5), contact(12, answered=False)]

    assert service_of(calls) == Service(
        calls=4,
        answered=3,
        lost=1,
        voicemails=0,
        rate=75,
        median=20,
        p90=20,
        quick=50,
        lost_median=12,
        lost_p90=12,
    )


def test_who_spoke_to_the_machine_is_lost_and_counted_apart() -> None:
    calls = [Contact(1, 9, 40, was_answered=False, has_spoken_to_the_machine=True)]

    found = service_of(calls)

    assert (found.answered, found.lost, found.voicemails) == (0, 1, 1)


def test_hours_have_no_gap_between_the_first_and_the_last() -> None:
    found = by_hour([contact(3, hour=8), contact(5, hour=11), contact(9, hour=11)])

    assert {hour: one.calls for hour, one in found.items()} == {8: 1, 9: 0, 10: 0, 11: 2}
    assert by_hour([]) == {}


def test_each_client_has_its_own_figures() -> None:
    found = grouped([contact(3, client=2), contact(9, client=1)], lambda one: one.client_id)

    assert [(key, one.median) for key, one in found.items()] == [(1, 9), (2, 3)]


def test_the_lost_are_counted_by_how_long_they_waited() -> None:
    waits = (0, 4.9, 5, 19, 20, 59, 60, 120, 300)

    counts = lost_after([*(contact(one, answered=False) for one in waits), contact(7)])

    assert counts == [2, 1, 1, 1, 1, 1, 2]
