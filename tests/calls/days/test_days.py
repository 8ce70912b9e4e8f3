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

from tests.calls.days.living import live
from tests.calls.days.people import (
    AUTUMN,
    EIGHTEEN,
    SPRING,
    TUESDAY,
    Change,
    Contact,
    Day,
    HandOver,
)

# Shrinking takes its time.
pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.timeout(900)]

HOW_OFTEN = int(os.environ.get("PERMANENCE_DAYS", "1"))
FIRST_SEED = int(os.environ.get("PERMANENCE_DAY_SEED", "20261124"))
MANY = 200
STATES = ["available", "available", "paused", "away"]

seconds = st.integers(min_value=0, max_value=40).map(lambda tenths: tenths / 2 + 0.25)
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
days = st.builds(
    Day,
    start=st.sampled_from([TUESDAY, EIGHTEEN, SPRING, AUTUMN]),
    contacts=st.lists(contacts, min_size=1, max_size=10).map(tuple),
    changes=st.lists(changes, max_size=6).map(tuple),
    hand_overs=st.lists(hand_overs, max_size=3).map(tuple),
    duplicate=st.sampled_from([0.0, 0.5]),
    lose=st.sampled_from([0.0, 0.3]),
    late=st.sampled_from([0.0, 8.0]),
    seed=st.integers(0, 1000),
)


@settings(
    max_examples=12 * HOW_OFTEN,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    print_blob=True,
)
@given(day=days)
def test_every_promise_is_kept_on_any_small_day(day: Day) -> None:
    live(day)


def a_large_day(seed: int) -> Day:
    """Two hundred callers within half an hour, thirty of them at once, and who takes breaks."""
    rng = Random(seed)
    return Day(
        start=rng.choice([TUESDAY, EIGHTEEN, SPRING, AUTUMN]),
        contacts=tuple(_contact(rng, nth) for nth in range(MANY)),
        changes=tuple(
            Change(rng.uniform(5, 60), rng.randrange(5), rng.choice(STATES)) for _ in range(60)
        ),
        hand_overs=tuple(
            HandOver(rng.uniform(60, 180), rng.randrange(5), rng.randrange(5), rng.uniform(30, 400))
            for _ in range(12)
        ),
        duplicate=0.2,
        lose=0.1,
        late=5.0,
        seed=seed,
    )


def _contact(rng: Random, nth: int) -> Contact:
    everybody_at_once = 40 <= nth < 70
    return Contact(
        gap=rng.uniform(0, 0.3) if everybody_at_once else rng.expovariate(1 / 9),
        line=rng.randrange(5),
        patience=rng.choice([2.0, 15.0, 60.0, 120.0, 200.0]) + rng.random(),
        picks_up=rng.choice([None, 1.0, 3.0, 3.0, 5.0, 12.0]),
        declines=rng.random() < 0.1,
        presses=rng.random() < 0.8,
        talk=rng.uniform(5, 120),
        caller_ends=rng.random() < 0.7,
        is_withheld=rng.random() < 0.1,
    )


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + HOW_OFTEN))
def test_every_promise_is_kept_on_a_day_of_two_hundred_calls(seed: int) -> None:
    live(a_large_day(seed))
