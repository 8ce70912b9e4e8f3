"""The rules against a look at every minute, around both changes of clock."""

from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.rules import (
    Diary,
    Opening,
    Release,
    Replaces,
    Visit,
    first_free_slots,
    free_slots,
    open_pieces,
    why_not,
)
from core.periods import Period
from tests.agenda.oracle import MINUTE, Oracle, utc

# The second of four days is a change of clock, or an ordinary day.
PLACES = [
    (ZoneInfo("Europe/Paris"), date(2027, 3, 27)),
    (ZoneInfo("Europe/Paris"), date(2027, 10, 30)),
    (ZoneInfo("America/New_York"), date(2027, 3, 13)),
    (ZoneInfo("America/New_York"), date(2027, 11, 6)),
    (ZoneInfo("Asia/Kolkata"), date(2027, 3, 27)),
]
DAYS = 4
quarters = st.one_of(st.integers(4, 13), st.integers(0, 24 * 4 - 1))  # clocks change at night
times = quarters.map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
minutes = st.sampled_from([0, 5, 10]).map(lambda n: MINUTE * n)
releases = st.one_of(
    st.just(Release()),
    times.map(lambda at: Release(at=at)),
    st.integers(0, 24).map(lambda hours: Release(hours_before=hours)),
)


@st.composite
def openings(draw: st.DrawFn, first: date) -> list[Opening]:
    found = []
    for number in range(draw(st.integers(1, 4))):
        days = draw(st.sets(st.integers(0, DAYS - 1), min_size=1))
        found.append(
            Opening(
                id=number,
                days=[first + timedelta(days=n) for n in sorted(days)],
                start=draw(times),
                end=draw(times),
                slot_minutes=draw(st.sampled_from([10, 15, 20, 45])),
                emergency=draw(st.booleans()),
                release=draw(releases),
                motives=draw(st.sampled_from([frozenset(), frozenset({1}), frozenset({2})])),
                dated=draw(st.booleans()),
                replaces=draw(st.sampled_from(list(Replaces))),
                valid_from=draw(st.sampled_from([date(2024, 1, 1), date(2026, 1, 1)])),
            )
        )
    return found


visits = st.builds(
    Visit,
    motive=st.just(1),
    length=st.sampled_from([5, 20, 40, 90]).map(lambda n: MINUTE * n),
    before=minutes,
    after=minutes,
    urgent=st.booleans(),
    notice=st.sampled_from([0, 90]).map(lambda n: MINUTE * n),
    horizon_days=st.sampled_from([None, 0, 1]),
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Oracle, list[Opening], list[list[Period]], Visit, int]:
    zone, first = draw(st.sampled_from(PLACES))
    start = utc(f"{first - timedelta(days=1)}T00:00")
    oracle = Oracle(zone, start, DAYS + 4)
    engaged = st.lists(
        st.tuples(st.integers(0, (DAYS + 2) * 288), st.integers(1, 60)).map(
            lambda pair: Period(
                start + MINUTE * 5 * pair[0], start + MINUTE * 5 * (pair[0] + pair[1])
            )
        ),
        max_size=3,
    )
    engagements = [sorted(draw(engaged)) for _ in range(3)]
    now = draw(st.sampled_from([0, 24 * 60 + 600, 48 * 60 + 127]))
    return oracle, draw(openings(first)), engagements, draw(visits), now


@settings(max_examples=120, deadline=None)
@given(cases())
def test_free_slots_are_what_looking_at_every_minute_finds(
    case: tuple[Oracle, list[Opening], list[list[Period]], Visit, int],
) -> None:
    oracle, rules, engagements, visit, now_minute = case
    now = oracle.instant(now_minute)
    diary = Diary(oracle.zone, open_pieces(rules, oracle.zone), *engagements)
    expected = oracle.free_starts(rules, sum(engagements, []), visit, now)
    window = {"now": now, "first": oracle.start, "until": oracle.instant(oracle.minutes)}

    found = list(free_slots(diary, visit, **window))

    assert [slot.starts_at for slot in found] == expected
    assert all(slot.ends_at - slot.starts_at == visit.length for slot in found)
    assert first_free_slots(diary, visit, limit=3, **window) == found[:3]
    free = set(expected)
    for minute in range(0, oracle.minutes - 300, 25):
        instant = oracle.instant(minute)
        assert (why_not(diary, visit, instant, now=now) == ()) is (instant in free)
    assert all(why_not(diary, visit, instant, now=now) == () for instant in expected)


@settings(max_examples=60, deadline=None)
@given(cases())
def test_a_narrower_window_only_cuts_the_answer(
    case: tuple[Oracle, list[Opening], list[list[Period]], Visit, int],
) -> None:
    oracle, rules, engagements, visit, now_minute = case
    diary = Diary(oracle.zone, open_pieces(rules, oracle.zone), *engagements)
    now = oracle.instant(now_minute)
    first, until = oracle.instant(2 * 24 * 60 + 7), oracle.instant(3 * 24 * 60 + 7)
    wide = {"now": now, "first": oracle.start, "until": oracle.instant(oracle.minutes)}

    found = list(free_slots(diary, visit, now=now, first=first, until=until))

    whole = free_slots(diary, visit, **wide)
    assert found == [slot for slot in whole if first <= slot.starts_at < until]


@settings(max_examples=60, deadline=None)
@given(cases())
def test_an_urgent_visit_loses_no_slot_that_an_ordinary_one_has(
    case: tuple[Oracle, list[Opening], list[list[Period]], Visit, int],
) -> None:
    oracle, rules, engagements, visit, now_minute = case
    diary = Diary(oracle.zone, open_pieces(rules, oracle.zone), *engagements)
    window = {
        "now": oracle.instant(now_minute),
        "first": oracle.start,
        "until": oracle.instant(oracle.minutes),
    }

    ordinary = free_slots(diary, replace(visit, urgent=False), **window)
    urgent = free_slots(diary, replace(visit, urgent=True), **window)

    assert {slot.starts_at for slot in ordinary} <= {slot.starts_at for slot in urgent}
