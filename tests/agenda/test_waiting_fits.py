"""Whom a freed slot suits and in which order: by example, and against a look at every minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.rules import Diary, Slot, SlotKind, Visit, free_slots, open_pieces, why_not
from agenda.rules.nearby import nearest
from agenda.rules.openings import Opening
from agenda.rules.waiting import Fit, Wish, fits, wants
from agenda.rules.wishes import PartOfDay
from core.periods import Period
from tests.agenda.factories import paris
from tests.agenda.oracle import DAY, MINUTE
from tests.agenda.test_oracle import Case, cases
from tests.agenda.workload import PARIS

NOW = paris("2027-03-15 08:00")
LONG_AGO = datetime(2027, 1, 1, tzinfo=UTC)
FREED = Period(paris("2027-03-16 10:00"), paris("2027-03-16 10:20"))
VISIT = Visit(motive=1, length=20 * MINUTE)
ONE = Wish(id=1, visit=VISIT, since=LONG_AGO)
MARTIN, BENALI = 1, 2


def diary(*taken: tuple[str, str]) -> Diary:
    """Tuesday 16 March 2027, 9 to 18, a slot every 20 minutes."""
    day = date(2027, 3, 16)
    hours = Opening(id=1, days=[day], start=time(9), end=time(18), slot_minutes=20)
    blocks = [Period(paris(f"{day} {a}"), paris(f"{day} {b}")) for a, b in taken]
    return Diary(zone=PARIS, pieces=open_pieces([hours], PARIS), taken=blocks)


FULL = (("09:00", "10:00"), ("10:20", "18:00"))


def asked(*wishes: Wish, around: Diary | None = None) -> list[Fit]:
    found = around or diary(*FULL)
    return fits(wishes, FREED, calendar=MARTIN, diary=found, now=NOW)


def ids(*wishes: Wish) -> list[int]:
    return [fit.wish for fit in asked(*wishes)]


def test_urgent_ones_come_first_then_who_has_waited_longest() -> None:
    later = replace(ONE, id=0, since=LONG_AGO + DAY)
    urgent = replace(ONE, id=3, since=LONG_AGO + 2 * DAY, urgent=True)
    also_urgent = replace(urgent, id=4)

    assert ids(later, also_urgent, ONE, urgent) == [3, 4, 1, 0]


@pytest.mark.parametrize(
    ("wish", "suits"),
    [
        ({"calendars": frozenset({MARTIN})}, True),
        ({"calendars": frozenset({BENALI})}, False),
        ({"weekdays": frozenset({1, 4})}, True),
        ({"weekdays": frozenset({0})}, False),
        ({"part": PartOfDay.MORNING}, True),
        ({"part": PartOfDay.AFTERNOON}, False),
        ({"part": PartOfDay.LATE}, False),
        ({"after": time(10)}, True),
        ({"after": time(10, 1)}, False),
        ({"before": time(10, 1)}, True),
        ({"before": time(10)}, False),
        ({"part": PartOfDay.MORNING, "before": time(10)}, False),
        ({"first_day": date(2027, 3, 16)}, True),
        ({"first_day": date(2027, 3, 17)}, False),
        ({"last_day": date(2027, 3, 16)}, True),
        ({"last_day": date(2027, 3, 15)}, False),
        ({"refused": frozenset({(MARTIN, FREED.start)})}, False),
        ({"refused": frozenset({(BENALI, FREED.start)})}, True),
    ],
)
def test_a_wish_is_kept_to(wish: dict[str, object], suits: bool) -> None:
    assert ids(replace(ONE, **wish)) == ([1] if suits else [])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("part", "first", "last"),
    [
        (PartOfDay.EARLY, "00:00", "09:59"),
        (PartOfDay.MORNING, "00:00", "11:59"),
        (PartOfDay.AFTERNOON, "12:00", "23:59"),
        (PartOfDay.LATE, "17:00", "23:59"),
        (PartOfDay.ANY, "00:00", "23:59"),
    ],
)
def test_a_part_of_the_day_holds_these_minutes_and_no_others(
    part: PartOfDay, first: str, last: str
) -> None:
    wish, day = replace(ONE, part=part), datetime(2027, 3, 16)
    readings = [day + MINUTE * n for n in range(24 * 60)]

    held = [reading for reading in readings if wants(wish, MARTIN, reading)]

    ends = [datetime.combine(day, time.fromisoformat(clock)) for clock in (first, last)]
    assert [held[0], held[-1]] == ends
    assert len(held) == (ends[1] - ends[0]) // MINUTE + 1


def test_a_long_visit_begins_before_the_freed_time_where_that_is_free_too() -> None:
    long = replace(ONE, visit=replace(VISIT, length=40 * MINUTE))

    before = asked(long, around=diary(("09:00", "09:40"), ("10:20", "18:00")))

    assert before == [Fit(1, paris("2027-03-16 09:40"), paris("2027-03-16 10:20"))]
    assert asked(long) == []


def test_free_time_elsewhere_in_the_day_is_no_answer() -> None:
    around = diary(("09:00", "10:20"), ("10:40", "18:00"))

    assert asked(ONE, around=around) == []


# --- Against a look at every minute ---------------------------------------------------------------

days_off = st.frozensets(st.integers(0, 6), max_size=3)


@st.composite
def wishes(draw: st.DrawFn, case: Case, number: int) -> Wish:
    first = case.oracle.start.date()
    some_day = st.one_of(st.none(), st.integers(0, 7).map(lambda n: first + DAY * n))
    starts = [case.oracle.instant(5 * n) for n in range(0, 600, 7)]
    declined = draw(st.sets(st.sampled_from(starts), max_size=3))
    return Wish(
        id=number,
        visit=replace(case.visit, length=draw(st.sampled_from([5, 20, 40])) * MINUTE),
        since=LONG_AGO + DAY * draw(st.integers(0, 2)),
        calendars=draw(st.sampled_from([frozenset(), {MARTIN}, {BENALI}, {MARTIN, BENALI}])),
        weekdays=draw(days_off),
        part=draw(st.sampled_from(list(PartOfDay))),
        first_day=draw(some_day),
        last_day=draw(some_day),
        urgent=draw(st.booleans()),
        refused=frozenset((MARTIN, at) for at in declined),
    )


@st.composite
def freed_cases(draw: st.DrawFn) -> tuple[Case, Period, list[Wish]]:
    case = draw(cases())
    anywhere = case.oracle.instant(24 * 60 + 5 * draw(st.integers(0, 3 * 288)))
    # Most drawn days are closed at a drawn moment: what touches a free slot says more.
    free = list(free_slots(case.diary, case.visit, **case.everything))
    edges = [edge for slot in free[:20] for edge in (slot.starts_at, slot.ends_at)]
    start = draw(st.sampled_from([*edges, anywhere]))
    freed = Period(start, start + 5 * MINUTE * draw(st.integers(1, 12)))
    count = draw(st.integers(0, 4))
    return case, freed, [draw(wishes(case, number)) for number in range(count)]


# From and up to which full hour each part of the day lasts.
HOURS = {
    "": (0, 24),
    "early": (0, 10),
    "morning": (0, 12),
    "afternoon": (12, 24),
    "late": (17, 24),
}


def plainly_wanted(wish: Wish, case: Case, at: datetime) -> bool:
    """The same said again, one sentence at a time."""
    local = at.astimezone(case.oracle.zone)
    if wish.calendars and MARTIN not in wish.calendars:
        return False
    if wish.weekdays and local.isoweekday() - 1 not in wish.weekdays:
        return False
    if wish.first_day and local.date() < wish.first_day:
        return False
    if wish.last_day and local.date() > wish.last_day:
        return False
    if (MARTIN, at) in wish.refused:
        return False
    minute = local.hour * 60 + local.minute
    earliest, latest = HOURS[wish.part]
    return earliest * 60 <= minute < latest * 60


def looked_for(case: Case, freed: Period, wish: Wish) -> list[Fit]:
    at = freed.start - wish.visit.length
    while at < freed.end:
        shares = at + wish.visit.length > freed.start
        if (
            shares
            and plainly_wanted(wish, case, at)
            and why_not(case.diary, wish.visit, at, now=case.now) == ()
        ):
            return [Fit(wish.id, at, at + wish.visit.length)]
        at += MINUTE
    return []


@settings(max_examples=150, deadline=None)
@given(freed_cases())
def test_fits_are_what_looking_at_every_minute_finds(
    drawn: tuple[Case, Period, list[Wish]],
) -> None:
    case, freed, wished = drawn
    urgent = [w for w in wished if w.urgent]
    others = [w for w in wished if not w.urgent]
    in_turn = [
        wish for group in (urgent, others) for wish in sorted(group, key=lambda w: (w.since, w.id))
    ]
    expected = [fit for wish in in_turn for fit in looked_for(case, freed, wish)]

    found = fits(wished, freed, calendar=MARTIN, diary=case.diary, now=case.now)

    assert found == expected


def test_wants_reads_the_walls_day_not_the_instants() -> None:
    past_midnight = paris("2027-03-17 00:30").astimezone(PARIS)
    wednesday = replace(ONE, weekdays=frozenset({2}))

    assert wants(wednesday, MARTIN, past_midnight)


# --- The slots nearest to a moment ----------------------------------------------------------------


def slot(at: datetime) -> Slot:
    return Slot(at, at + 20 * MINUTE, SlotKind.REGULAR)


@settings(deadline=None)
@given(st.sets(st.integers(0, 200)).map(sorted), st.integers(0, 200), st.integers(1, 5))
def test_nearest_are_those_that_sorting_all_by_distance_gives(
    offsets: list[int], at: int, count: int
) -> None:
    slots = [slot(NOW + timedelta(minutes=n)) for n in offsets]
    moment = NOW + timedelta(minutes=at)

    found = nearest(slots, moment, count)

    by_distance = sorted(slots, key=lambda s: (abs(s.starts_at - moment), s.starts_at < moment))
    assert found == sorted(by_distance[:count])
