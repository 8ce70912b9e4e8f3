"""Random days: whatever happens, every promise to callers and assistants is kept.

Small days come from hypothesis, which shrinks what it finds and prints how to see it again; a
large day comes from a seed that its name shows. PERMANENCE_DAYS says how many of the large and how
many times the usual number of small days are tried, PERMANENCE_DAY_SEED with which seed the large
ones begin.
"""

from __future__ import annotations

import os
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.calls.days.day import (
    AUTUMN,
    EIGHTEEN,
    SPRING,
    TUESDAY,
    Absence,
    Act,
    Change,
    Contact,
    Day,
    HandOver,
    RingOut,
    Seat,
)
from tests.calls.days.living import live
from tests.calls.days.shrinking import fault_of, smallest, told_again

# Shrinking takes its time.
pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.timeout(900)]

HOW_OFTEN = int(os.environ.get("PERMANENCE_DAYS", "1"))
FIRST_SEED = int(os.environ.get("PERMANENCE_DAY_SEED", "20261124"))
MANY = 200
WHAT = ["hold", "resume", "announce", "direct", "put_through", "join", "take_back", "leave"]
STATES = ["available", "available", "paused", "away"]

seconds = st.integers(min_value=0, max_value=40).map(lambda tenths: tenths / 2 + 0.25)
acts = st.builds(
    Act,
    after=st.sampled_from([4.0, 1.0, 0.3, 12.0]),
    what=st.sampled_from(WHAT),
    aim=st.integers(0, 2),
    picks_up=st.sampled_from([2.0, 0.5, None]),
)
contacts = st.builds(
    Contact,
    gap=seconds,
    line=st.integers(0, 4),
    patience=st.sampled_from([120.0, 300.0, 45.5, 11.0, 3.0, 0.35]),
    picks_up=st.sampled_from([3.0, 0.6, 9.0, None]),
    declines=st.booleans(),
    presses=st.booleans().map(lambda no: not no),
    talk=st.sampled_from([20.0, 8.0, 90.0]),
    caller_ends=st.booleans(),
    is_withheld=st.booleans(),
    acts=st.lists(acts, max_size=4).map(tuple),
    let_ring=st.sampled_from([0, 0, 3, 9]),
)
rings_out = st.builds(
    RingOut,
    gap=seconds,
    person=st.integers(0, 4),
    hers=st.sampled_from([1.5, None, 8.0]),
    contact=contacts,
)
changes = st.builds(
    Change, gap=seconds, person=st.integers(0, 4), state=st.sampled_from(sorted(set(STATES)))
)
hand_overs = st.builds(
    HandOver,
    gap=seconds,
    person=st.integers(0, 4),
    to=st.integers(0, 4).map(lambda nth: 4 - nth),
    lasts=st.sampled_from([60.0, 15.0, 600.0]),
)
absences = st.builds(
    Absence,
    gap=seconds,
    person=st.integers(0, 4),
    lasts=st.sampled_from([150.0, 30.0]),
    is_off=st.booleans(),
)
seats = st.builds(
    Seat,
    gap=seconds,
    person=st.integers(0, 4),
    at=st.integers(0, 4).map(lambda nth: 4 - nth),
    lasts=st.sampled_from([120.0, 2.0]),
)
days = st.builds(
    Day,
    start=st.sampled_from([TUESDAY, EIGHTEEN, SPRING, AUTUMN]),
    contacts=st.lists(contacts, min_size=1, max_size=10).map(tuple),
    changes=st.lists(changes, max_size=6).map(tuple),
    rings_out=st.lists(rings_out, max_size=3).map(tuple),
    hand_overs=st.lists(hand_overs, max_size=3).map(tuple),
    absences=st.lists(absences, max_size=2).map(tuple),
    seats=st.lists(seats, max_size=2).map(tuple),
    duplicate=st.sampled_from([0.0, 0.5]),
    lose=st.sampled_from([0.0, 0.3]),
    late=st.sampled_from([0.0, 8.0]),
    cut=st.sampled_from([0.0, 0.2]),
    seed=st.integers(0, 1000),
)


@settings(
    max_examples=6 * HOW_OFTEN,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    print_blob=True,
)
@given(day=days)
def test_every_promise_is_kept_on_any_small_day(day: Day) -> None:
    live(day)


def a_day(seed: int, many: int) -> Day:
    """Callers within half an hour, some of them all at once, and whatever else may happen."""
    rng = Random(seed)
    few = many // 20
    return Day(
        start=rng.choice([TUESDAY, EIGHTEEN, SPRING, AUTUMN]),
        contacts=tuple(_contact(rng, is_rush=many // 5 <= n < many // 3) for n in range(many)),
        rings_out=tuple(
            RingOut(
                rng.uniform(20, 160),
                rng.randrange(5),
                rng.choice([None, 1.0, 2.0, 6.0]),
                _contact(rng),
            )
            for _ in range(few)
        ),
        changes=tuple(
            Change(rng.uniform(5, 60), rng.randrange(5), rng.choice(STATES))
            for _ in range(many // 4)
        ),
        hand_overs=tuple(
            HandOver(rng.uniform(60, 180), rng.randrange(5), rng.randrange(5), rng.uniform(30, 400))
            for _ in range(few)
        ),
        absences=tuple(
            Absence(rng.uniform(60, 400), rng.randrange(5), rng.uniform(20, 300), _is(rng, 0.7))
            for _ in range(few // 2)
        ),
        seats=tuple(
            Seat(rng.uniform(60, 300), rng.randrange(5), rng.randrange(5), rng.uniform(5, 200))
            for _ in range(few // 2)
        ),
        duplicate=0.2,
        lose=0.1,
        late=5.0,
        cut=0.05,
        seed=seed,
    )


def _contact(rng: Random, *, is_rush: bool = False) -> Contact:
    return Contact(
        gap=rng.uniform(0, 0.3) if is_rush else rng.expovariate(1 / 7),
        line=rng.randrange(5),
        patience=rng.choice([2.0, 15.0, 60.0, 120.0, 200.0]) + rng.random(),
        picks_up=rng.choice([None, 1.0, 3.0, 3.0, 5.0, 12.0]),
        declines=_is(rng, 0.1),
        presses=_is(rng, 0.8),
        talk=rng.uniform(5, 120),
        caller_ends=_is(rng, 0.7),
        is_withheld=_is(rng, 0.1),
        acts=tuple(_act(rng) for _ in range(rng.choice([0, 0, 0, 0, 1, 2, 4]))),
        let_ring=rng.choice([0, 0, 2, 4, 9]),
    )


def _act(rng: Random) -> Act:
    return Act(rng.uniform(0.2, 15), rng.choice(WHAT), rng.randrange(3), rng.choice([None, 1, 3]))


def _is(rng: Random, chance: float) -> bool:
    return rng.random() < chance


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + HOW_OFTEN))
def test_every_promise_is_kept_on_a_day_of_two_hundred_calls(seed: int) -> None:
    day = a_day(seed, MANY)
    try:
        live(day)
    except Exception as error:
        small = told_again(smallest(day, fault_of(live)))
        error.add_note(f"seed {seed}; the smallest day found with the same fault:\n{small}")
        raise
