from datetime import date, time, timedelta

import pytest

from agenda.rules import Diary, Opening, Visit, first_free_slots, free_slots, open_pieces
from core.periods import Period
from core.recurrences import rule_days, weekly
from core.wall_clock import instant_of
from tests.agenda import workload

VISIT = Visit(1, workload.STEP)


def w1_diary(total: int) -> Diary:
    days = rule_days(
        weekly(range(5)),
        valid_from=date(2022, 1, 1),
        valid_until=None,
        first=workload.FIRST_DAY,
        until=workload.END_DAY,
    )
    openings = [
        Opening(1, days, time(9), time(12), 20),
        Opening(2, days, time(14), time(18), 20),
        Opening(3, days, time(11), time(12), 20, emergency=True),
    ]
    starts = (
        instant_of(start.date(), start.time(), workload.PARIS)
        for start in workload.appointment_starts(total)
    )
    taken = sorted(Period(start, start + workload.STEP) for start in starts)
    pieces = open_pieces(openings, workload.PARIS)
    return Diary(workload.PARIS, pieces, taken, workload.absences())


def test_the_workload_is_the_published_one() -> None:
    assert len(workload.capacity()) == 348
    assert len(workload.appointment_starts(2000)) == 2000
    assert min(workload.appointment_starts(20_000)).date() == date(2022, 7, 11)


@pytest.mark.parametrize("total", [200, 2000])
def test_w1_has_148_free_slots_and_these_five_first(total: int) -> None:
    window = {"now": workload.FIRST, "first": workload.FIRST, "until": workload.UNTIL}
    diary = w1_diary(total)

    slots = list(free_slots(diary, VISIT, **window))

    assert len(slots) == workload.FREE_SLOTS
    local = [slot.starts_at.astimezone(workload.PARIS).replace(tzinfo=None) for slot in slots[:5]]
    assert local == workload.FIRST_FREE
    assert first_free_slots(diary, VISIT, limit=5, **window) == slots[:5]


def test_w1_keeps_nine_o_clock_at_nine_over_the_change_of_clock() -> None:
    diary = w1_diary(200)
    slots = free_slots(diary, VISIT, now=workload.FIRST, first=workload.FIRST, until=workload.UNTIL)

    hours = {slot.starts_at.astimezone(workload.PARIS).hour for slot in slots}

    assert hours <= {9, 10, 14, 15, 16, 17}
    assert timedelta() < workload.UNTIL - workload.FIRST < timedelta(days=30)
