"""The rules against a look at every minute, around both changes of clock."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.queries.diaries import visits_by_day
from agenda.rules import (
    Diary,
    HolidayName,
    Occurrence,
    Opening,
    Patients,
    Recurring,
    Release,
    Replaces,
    Visit,
    closed_holidays,
    first_free_slots,
    free_slots,
    occurrences,
    open_pieces,
    why_not,
)
from core.periods import Period
from core.recurrences import rule_days, weekly
from tests.agenda.oracle import DAY, MINUTE, Away, Closed, Oracle, utc

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
    most_per_day=st.sampled_from([None, 1, 2, 3]),
    patients=st.sampled_from([Patients.ANY, Patients.ANY, Patients.NEW, Patients.KNOWN]),
    known=st.sampled_from([None, None, True, False]),
)


@st.composite
def absences(draw: st.DrawFn, first: date) -> Away:
    days = st.integers(0, DAYS - 1).map(lambda n: first + DAY * n)
    start, end = draw(st.one_of(st.none(), times)), draw(times)
    return Away(
        weekdays=draw(st.frozensets(st.integers(0, 6), min_size=1, max_size=3)),
        interval=draw(st.sampled_from([1, 1, 2, 3])),
        since=first - DAY * draw(st.sampled_from([0, 1, 5, 9])),
        until=draw(st.one_of(st.none(), days)),
        start=start,
        end=end if start else None,
        given_back=draw(st.frozensets(days, max_size=1)),
    )


@st.composite
def closings(draw: st.DrawFn, first: date) -> Closed:
    days = st.integers(0, DAYS - 1).map(lambda n: first + DAY * n)
    # Half of the motive asked about; the day's edges are where a count goes wrong.
    minute = st.one_of(
        st.integers(0, (DAYS + 2) * 24 * 60 - 1),
        st.sampled_from([24 * 60 * n + edge for n in range(1, 5) for edge in (-61, -1, 0, 59)]),
    )
    return Closed(
        away=tuple(draw(st.lists(absences(first), max_size=2))),
        holidays=draw(st.frozensets(days, max_size=1)),
        visits=tuple(draw(st.lists(st.tuples(st.integers(1, 2), minute), max_size=6))),
    )


@dataclass(frozen=True)
class Case:
    """A calendar around a change of clock, a visit, and a present."""

    oracle: Oracle
    openings: list[Opening]
    engagements: list[list[Period]]
    closed: Closed
    visit: Visit
    now: datetime

    @property
    def diary(self) -> Diary:
        zone, start = self.oracle.zone, self.oracle.start
        taken, absent, held = self.engagements
        again = [one.period for away in self.closed.away for one in self._times(away)]
        named = [HolidayName(day, "Ascension") for day in sorted(self.closed.holidays)]
        begun = [(motive, start + MINUTE * minute) for motive, minute in self.closed.visits]
        return Diary(
            zone=zone,
            pieces=open_pieces(self.openings, zone),
            taken=taken,
            absences=sorted([*absent, *again]),
            held=held,
            holidays=closed_holidays(named, zone),
            booked=visits_by_day(begun, zone),
        )

    def _times(self, away: Away) -> list[Occurrence]:
        window = [self.oracle.shown[n].date() for n in (0, -1)]
        days = rule_days(
            weekly(away.weekdays, interval=away.interval),
            valid_from=away.since,
            valid_until=away.until,
            first=window[0],
            until=window[1] + DAY,
        )
        kept = [day for day in days if day not in away.given_back]
        return list(occurrences(Recurring(1, away.start, away.end), kept, self.oracle.zone))

    @property
    def everything(self) -> dict[str, Any]:
        """The whole window, as `free_slots` takes it."""
        return {
            "now": self.now,
            "first": self.oracle.start,
            "until": self.oracle.instant(self.oracle.minutes),
        }


@st.composite
def cases(draw: st.DrawFn) -> Case:
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
    return Case(
        oracle=oracle,
        openings=draw(openings(first)),
        engagements=[sorted(draw(engaged)) for _ in range(3)],
        closed=draw(closings(first)),
        visit=draw(visits),
        now=oracle.instant(draw(st.sampled_from([0, 24 * 60 + 600, 48 * 60 + 127]))),
    )


@settings(max_examples=100, deadline=None)
@given(cases())
def test_free_slots_are_what_looking_at_every_minute_finds(case: Case) -> None:
    oracle, diary, visit, now = case.oracle, case.diary, case.visit, case.now
    engaged = sum(case.engagements, [])
    expected = oracle.free_starts(case.openings, engaged, visit, now, case.closed)

    found = list(free_slots(diary, visit, **case.everything))

    assert [slot.starts_at for slot in found] == expected
    assert all(slot.ends_at - slot.starts_at == visit.length for slot in found)
    assert first_free_slots(diary, visit, limit=3, **case.everything) == found[:3]
    free = set(expected)
    for minute in range(0, oracle.minutes - 300, 25):
        instant = oracle.instant(minute)
        assert (why_not(diary, visit, instant, now=now) == ()) is (instant in free)
    assert all(why_not(diary, visit, instant, now=now) == () for instant in expected)


@settings(max_examples=60, deadline=None)
@given(cases())
def test_a_narrower_window_only_cuts_the_answer(case: Case) -> None:
    first, until = case.oracle.instant(2 * 24 * 60 + 7), case.oracle.instant(3 * 24 * 60 + 7)

    found = list(free_slots(case.diary, case.visit, now=case.now, first=first, until=until))

    whole = free_slots(case.diary, case.visit, **case.everything)
    assert found == [slot for slot in whole if first <= slot.starts_at < until]


@settings(max_examples=60, deadline=None)
@given(cases())
def test_an_urgent_visit_loses_no_slot_that_an_ordinary_one_has(case: Case) -> None:
    ordinary = free_slots(case.diary, replace(case.visit, urgent=False), **case.everything)
    urgent = free_slots(case.diary, replace(case.visit, urgent=True), **case.everything)

    assert {slot.starts_at for slot in ordinary} <= {slot.starts_at for slot in urgent}
