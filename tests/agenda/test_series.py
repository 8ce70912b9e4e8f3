"""Series of visits: what is proposed, and booked or cancelled together, all or none."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.models import Appointment, AppointmentSeries, Calendar, Motive
from agenda.queries.series import propose_series, visits_of_series
from agenda.rules import Diary, Piece, Reason, Visit, free_slots
from agenda.rules.series import Rhythm, propose
from agenda.services import SlotTaken, cancel_appointment
from agenda.services.series import Place, SittingRefused, book_series, cancel_series
from clients.models import AuditEntry
from core.periods import Period
from core.wall_clock import instant_of
from tests.agenda.factories import MONDAY, NOW, book, make_calendar, make_motive, paris
from tests.agenda.workload import PARIS
from tests.factories import make_correspondent

WEEKLY = Rhythm(date(2027, 3, 16), time(9), 3)
HOUR = timedelta(hours=1)


@pytest.fixture
def calendar(db: None) -> Calendar:
    return make_calendar()


@pytest.fixture
def motive(calendar: Calendar) -> Motive:
    return make_motive(calendar.client)


def walls(moments: list[datetime]) -> list[str]:
    return [f"{moment.astimezone(PARIS):%m-%d %H:%M}" for moment in moments]


# --- What is proposed ---------------------------------------------------------------------------


def test_the_days_of_a_series_are_so_many_days_apart() -> None:
    fortnightly = Rhythm(date(2027, 3, 16), time(9), 3, every_days=14)

    assert fortnightly.days == [date(2027, 3, 16), date(2027, 3, 30), date(2027, 4, 13)]


@pytest.mark.parametrize(("count", "every"), [(0, 7), (61, 7), (3, 0)])
def test_a_series_without_end_or_distance_is_refused(count: int, every: int) -> None:
    with pytest.raises(ValueError, match="1 to 60"):
        Rhythm(MONDAY, time(9), count, every)


def test_free_moments_are_proposed_as_wished_over_the_change_of_clock(
    calendar: Calendar, motive: Motive
) -> None:
    found = propose_series(calendar, motive, WEEKLY, now=NOW)

    assert [one.is_as_wished for one in found] == [True, True, True]
    assert walls([one.slot.starts_at for one in found if one.slot]) == [
        "03-16 09:00",
        "03-23 09:00",
        "03-30 09:00",
    ]


def test_a_conflict_says_its_reason_and_what_is_nearest(calendar: Calendar, motive: Motive) -> None:
    book(calendar, motive, "2027-03-23 09:00")

    [_, found, _] = propose_series(calendar, motive, WEEKLY, now=NOW, tolerance=HOUR)

    assert [one.reason for one in found.refusals] == [Reason.TAKEN]
    assert found.slot is not None
    assert walls([found.slot.starts_at]) == ["03-23 09:20"]
    assert walls([one.starts_at for one in found.others]) == [
        "03-23 09:40",
        "03-23 10:00",
        "03-23 10:20",
        "03-23 10:40",
    ]


def test_nothing_is_proposed_beyond_the_tolerance(calendar: Calendar, motive: Motive) -> None:
    book(calendar, motive, "2027-03-23 09:00")

    [_, found, _] = propose_series(
        calendar, motive, WEEKLY, now=NOW, tolerance=timedelta(minutes=19)
    )

    assert found.slot is None
    assert walls([found.others[0].starts_at]) == ["03-23 09:20"]


def test_a_day_without_hours_shows_slots_of_the_days_around(
    calendar: Calendar, motive: Motive
) -> None:
    on_saturdays = Rhythm(date(2027, 3, 20), time(9), 1)

    [found] = propose_series(calendar, motive, on_saturdays, now=NOW, tolerance=HOUR)

    assert (found.refusals[0].reason, found.slot) == (Reason.OUTSIDE_OPENING, None)
    assert {one.starts_at.astimezone(PARIS).date() for one in found.others} == {date(2027, 3, 19)}


def test_a_series_counts_its_own_visits_against_the_days_limit(calendar: Calendar) -> None:
    once = make_motive(calendar.client, most_per_day=1)
    book(calendar, once, "2027-03-17 14:00")
    daily = Rhythm(date(2027, 3, 16), time(9), 3, every_days=1)

    found = propose_series(calendar, once, daily, now=NOW, tolerance=HOUR)

    assert [[one.reason for one in sitting.refusals] for sitting in found] == [
        [],
        [Reason.MOST_PER_DAY],
        [],
    ]


UTC_ZONE = ZoneInfo("UTC")
START = datetime(2027, 3, 1, tzinfo=UTC)
steps = st.integers(0, 12 * 24 * 14).map(lambda n: START + timedelta(minutes=5 * n))
periods = st.builds(
    lambda start, n: Period(start, start + timedelta(minutes=5 * n)), steps, st.integers(1, 60)
)


@settings(max_examples=60, deadline=None)
@given(
    taken=st.lists(periods, max_size=25),
    count=st.integers(1, 6),
    every=st.integers(1, 3),
    at=st.times(time(6), time(20)).map(
        lambda t: t.replace(minute=t.minute // 5 * 5, second=0, microsecond=0)
    ),
    tolerance=st.integers(0, 12).map(lambda n: timedelta(minutes=30 * n)),
    length=st.sampled_from([20, 40, 60]),
)
def test_proposals_are_free_apart_and_as_near_as_can_be(
    taken: list[Period],
    count: int,
    every: int,
    at: time,
    tolerance: timedelta,
    length: int,
) -> None:
    diary = Diary(UTC_ZONE, _pieces(), taken=sorted(taken))
    visit = Visit(1, timedelta(minutes=length))
    rhythm = Rhythm(date(2027, 3, 2), at, count, every)

    found = propose(rhythm, diary, visit, now=START, tolerance=tolerance)

    free = {
        slot.starts_at
        for slot in free_slots(
            diary, visit, now=START, first=START, until=START + timedelta(days=30)
        )
    }
    assert [one.wished for one in found] == [instant_of(d, at, UTC_ZONE) for d in rhythm.days]
    kept: list[Period] = []
    for sitting in found:
        near = _near(free, sitting.wished, tolerance, visit, kept)
        if sitting.slot is None:
            assert near == []
            continue
        distance = abs(sitting.slot.starts_at - sitting.wished)
        assert distance == min(abs(start - sitting.wished) for start in near)
        assert (distance == timedelta()) is sitting.is_as_wished
        kept.append(visit.block(sitting.slot.starts_at))
    assert not any(a.overlaps(b) for n, a in enumerate(kept) for b in kept[:n])


def _pieces() -> list[Piece]:
    days = [START + timedelta(days=n) for n in range(30)]
    spans = [(day + timedelta(hours=8), day + timedelta(hours=18)) for day in days]
    return [make_piece(start, end) for start, end in spans]


def make_piece(start: datetime, end: datetime) -> Piece:
    return Piece(start, end, start, timedelta(minutes=20), False, None, frozenset(), 1)


def _near(
    free: set[datetime], wished: datetime, tolerance: timedelta, visit: Visit, kept: list[Period]
) -> list[datetime]:
    return [
        start
        for start in free
        if start.date() == wished.date()
        and abs(start - wished) <= tolerance
        and not any(visit.block(start).overlaps(one) for one in kept)
    ]


# --- Booked all or none -------------------------------------------------------------------------


def places(calendar: Calendar, *moments: str) -> list[Place]:
    return [Place(calendar, paris(moment)) for moment in moments]


THREE = ("2027-03-16 09:00", "2027-03-23 09:00", "2027-03-30 09:20")


def test_a_series_is_booked_as_a_whole(calendar: Calendar, motive: Motive) -> None:
    person = make_correspondent(calendar.client)

    series = book_series(
        motive=motive,
        places=places(calendar, *THREE),
        correspondent=person,
        note="épaule",
        by=None,
        at=NOW,
    )

    made = visits_of_series(series)
    assert walls([one.starts_at for one in made]) == ["03-16 09:00", "03-23 09:00", "03-30 09:20"]
    assert {(one.correspondent, one.note) for one in made} == {(person, "épaule")}
    audited = AuditEntry.objects.filter(action="series.booked").get()
    assert (audited.target_uuid, audited.detail) == (series.uuid, {"visits": 3})


def test_one_visit_that_is_refused_leaves_none_and_is_named(
    calendar: Calendar, motive: Motive
) -> None:
    book(calendar, motive, THREE[1])

    with pytest.raises(SittingRefused) as refused:
        book_series(motive=motive, places=places(calendar, *THREE), by=None, at=NOW)

    assert (refused.value.nth, type(refused.value.refused)) == (1, SlotTaken)
    assert AppointmentSeries.objects.count() == 0
    assert Appointment.objects.count() == 1


def test_a_series_does_not_take_a_moment_twice(calendar: Calendar, motive: Motive) -> None:
    with pytest.raises(SittingRefused) as refused:
        book_series(motive=motive, places=places(calendar, THREE[0], THREE[0]), by=None, at=NOW)

    assert (refused.value.nth, Appointment.objects.count()) == (1, 0)


def test_a_series_has_one_visit_at_least(motive: Motive) -> None:
    with pytest.raises(ValueError, match="one visit"):
        book_series(motive=motive, places=[], by=None, at=NOW)


def test_cancelling_a_series_leaves_what_is_past(calendar: Calendar, motive: Motive) -> None:
    series = book_series(motive=motive, places=places(calendar, *THREE), by=None, at=NOW)

    cancelled = cancel_series(series=series, by=None, at=paris("2027-03-16 09:05"))

    assert walls([one.starts_at for one in cancelled]) == ["03-23 09:00", "03-30 09:20"]
    assert [one.is_active for one in visits_of_series(series)] == [True, False, False]


def test_a_series_is_cancelled_from_a_day_on(calendar: Calendar, motive: Motive) -> None:
    series = book_series(motive=motive, places=places(calendar, *THREE), by=None, at=NOW)
    last = series.appointments.order_by("starts_at").last()
    assert last is not None
    cancel_appointment(appointment=last, by=None, at=NOW)

    cancelled = cancel_series(series=series, by=None, at=NOW, from_day=date(2027, 3, 23))

    assert walls([one.starts_at for one in cancelled]) == ["03-23 09:00"]
    assert AuditEntry.objects.get(action="series.cancelled").detail == {"visits": 1}
