from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.periods import Period, first_overlap, intersect, subtract, union

MIDNIGHT = datetime(2027, 3, 15, tzinfo=UTC)


def period(start: int, end: int) -> Period:
    return Period(MIDNIGHT + timedelta(minutes=start), MIDNIGHT + timedelta(minutes=end))


def minutes(periods: list[Period]) -> set[int]:
    return {
        minute
        for start, end in periods
        for minute in range(
            int((start - MIDNIGHT) / timedelta(minutes=1)),
            int((end - MIDNIGHT) / timedelta(minutes=1)),
        )
    }


some_periods = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: period(*pair)), max_size=8
)


def test_periods_that_touch_do_not_overlap() -> None:
    assert not period(0, 20).overlaps(period(20, 40))
    assert not period(20, 40).overlaps(period(0, 20))
    assert period(0, 21).overlaps(period(20, 40))


def test_a_period_holds_its_start_and_not_its_end() -> None:
    assert period(0, 20).holds(MIDNIGHT)
    assert not period(0, 20).holds(MIDNIGHT + timedelta(minutes=20))


def test_a_period_covers_itself_and_not_a_longer_one() -> None:
    assert period(0, 20).covers(period(0, 20))
    assert not period(0, 20).covers(period(0, 21))


def test_length_is_the_time_between_the_ends() -> None:
    assert period(5, 25).length == timedelta(minutes=20)


def test_clipped_keeps_only_what_is_inside() -> None:
    assert period(0, 30).clipped(period(20, 40)) == period(20, 30)
    assert period(0, 20).clipped(period(20, 40)) is None


def test_union_joins_periods_that_touch() -> None:
    assert union([period(20, 40), period(0, 20), period(50, 60)]) == [
        period(0, 40),
        period(50, 60),
    ]


def test_union_ignores_empty_and_reversed_periods() -> None:
    assert union([period(10, 10), period(30, 20)]) == []


def test_subtract_leaves_the_parts_around_the_holes() -> None:
    assert subtract([period(0, 60)], [period(10, 20), period(40, 60)]) == [
        period(0, 10),
        period(20, 40),
    ]


def test_subtract_cuts_several_periods_with_one_hole() -> None:
    assert subtract([period(0, 20), period(30, 50)], [period(10, 40)]) == [
        period(0, 10),
        period(40, 50),
    ]


def test_first_overlap_finds_the_earliest_period_met() -> None:
    taken = [period(0, 10), period(20, 30), period(40, 50)]

    assert first_overlap(taken, period(5, 45)) == period(0, 10)
    assert first_overlap(taken, period(10, 45)) == period(20, 30)
    assert first_overlap(taken, period(10, 20)) is None
    assert first_overlap(taken, period(25, 25)) is None


@given(some_periods, some_periods)
def test_arithmetic_agrees_with_counting_minutes(one: list[Period], other: list[Period]) -> None:
    mine, theirs = union(one), union(other)

    assert minutes(mine) == minutes(one)
    assert minutes(union([*one, *other])) == minutes(one) | minutes(other)
    assert minutes(subtract(mine, theirs)) == minutes(one) - minutes(other)
    assert minutes(intersect(mine, theirs)) == minutes(one) & minutes(other)


@given(some_periods, some_periods)
def test_results_are_merged_lists(one: list[Period], other: list[Period]) -> None:
    for made in (
        union(one),
        intersect(union(one), union(other)),
        subtract(union(one), union(other)),
    ):
        assert all(before.end < after.start for before, after in pairwise(made))


@given(some_periods, st.integers(0, 60), st.integers(1, 20))
def test_first_overlap_agrees_with_looking_at_each(
    several: list[Period], start: int, length: int
) -> None:
    merged, wanted = union(several), period(start, start + length)

    assert first_overlap(merged, wanted) == next((p for p in merged if p.overlaps(wanted)), None)
