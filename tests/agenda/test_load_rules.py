"""How full days are: by example, and against a count of every minute."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.rules import Diary, Holiday, Piece
from agenda.rules.load import DayFill, Fill, day_fills, places_of, together, total, weeks_of
from core.periods import Period

PARIS = ZoneInfo("Europe/Paris")
MINUTE = timedelta(minutes=1)
MONDAY = date(2027, 3, 15)
LONG_AGO = datetime(2027, 1, 1, tzinfo=UTC)


def paris(text: str) -> datetime:
    return datetime.fromisoformat(f"2027-03-{text}").replace(tzinfo=PARIS).astimezone(UTC)


def span(start: str, end: str) -> Period:
    return Period(paris(start), paris(end))


def piece(start: str, end: str, *, emergency: bool = False, step: int = 20) -> Piece:
    begin = paris(start)
    return Piece(begin, paris(end), begin, MINUTE * step, emergency, None, frozenset(), 1)


def fill_of(diary: Diary, now: datetime = LONG_AGO) -> DayFill:
    (fill,) = day_fills(diary, [MONDAY], now=now)
    return fill


def test_a_morning_counts_what_it_offers_and_what_is_booked() -> None:
    diary = Diary(PARIS, [piece("15 09:00", "15 12:00")], taken=[span("15 09:20", "15 10:00")])

    assert fill_of(diary) == DayFill(MONDAY, Fill(offered=180, booked=40, places=9, free=7))


def test_hours_kept_for_emergencies_are_counted_apart() -> None:
    diary = Diary(
        PARIS,
        [piece("15 09:00", "15 11:00"), piece("15 11:00", "15 12:00", emergency=True)],
        taken=[span("15 10:40", "15 11:20")],
    )

    assert fill_of(diary) == DayFill(
        MONDAY,
        Fill(offered=120, booked=20, places=6, free=5),
        Fill(offered=60, booked=20, places=3, free=2),
    )


def test_an_absence_takes_its_time_and_the_places_it_touches_from_what_is_offered() -> None:
    diary = Diary(PARIS, [piece("15 09:00", "15 10:00")], absences=[span("15 09:30", "15 09:50")])

    assert fill_of(diary).regular == Fill(offered=40, booked=0, places=1, free=1)


def test_a_public_holiday_offers_nothing() -> None:
    closed = Holiday(*span("15 00:00", "16 00:00"), MONDAY, "Lundi férié")
    diary = Diary(PARIS, [piece("15 09:00", "15 10:00")], holidays=[closed])

    assert fill_of(diary) == DayFill(MONDAY)


def test_what_is_booked_in_an_absence_or_after_closing_is_outside() -> None:
    diary = Diary(
        PARIS,
        [piece("15 09:00", "15 10:00")],
        taken=[span("15 09:40", "15 10:20"), span("15 20:00", "15 20:20")],
        absences=[span("15 09:40", "15 10:00")],
    )

    assert fill_of(diary) == DayFill(MONDAY, Fill(40, 0, 2, 2), outside=60)


def test_two_appointments_on_one_minute_book_it_once() -> None:
    twice = [span("15 09:00", "15 09:20"), span("15 09:00", "15 09:20")]
    diary = Diary(PARIS, [piece("15 09:00", "15 10:00")], taken=twice)

    assert fill_of(diary).regular == Fill(offered=60, booked=20, places=3, free=2)


def test_a_place_that_has_begun_is_no_longer_free() -> None:
    diary = Diary(PARIS, [piece("15 09:00", "15 10:00")])

    assert fill_of(diary, now=paris("15 09:20")).regular == Fill(60, 0, 3, 2)
    assert fill_of(diary, now=paris("15 09:21")).regular == Fill(60, 0, 3, 1)


def test_a_night_is_shared_by_its_two_days_and_its_places_go_to_the_day_they_begin_on() -> None:
    diary = Diary(PARIS, [piece("15 23:10", "16 00:30")], taken=[span("15 23:50", "16 00:10")])

    assert day_fills(diary, [MONDAY, MONDAY + timedelta(days=1)], now=LONG_AGO) == [
        DayFill(MONDAY, Fill(50, 10, 3, 2)),
        DayFill(MONDAY + timedelta(days=1), Fill(30, 10, 1, 1)),
    ]


def test_the_day_the_clocks_go_forward_offers_the_hours_that_pass() -> None:
    sunday = date(2027, 3, 28)
    diary = Diary(PARIS, [piece("28 00:00", "28 06:00", step=60)])

    assert day_fills(diary, [sunday], now=LONG_AGO) == [DayFill(sunday, Fill(300, 0, 5, 5))]


def test_percent_of_nothing_offered_is_unknown() -> None:
    assert Fill().percent is None
    assert Fill(offered=180, booked=45).percent == 25


def test_weeks_sum_their_days_under_their_monday() -> None:
    sunday, monday = date(2027, 3, 21), date(2027, 3, 22)
    days = [
        DayFill(MONDAY, Fill(60, 20, 3, 2), outside=5),
        DayFill(sunday, Fill(40, 0, 2, 2), Fill(20, 20, 1, 0)),
        DayFill(monday, Fill(10, 10, 1, 0)),
    ]

    assert weeks_of(days) == [
        DayFill(MONDAY, Fill(100, 20, 5, 4), Fill(20, 20, 1, 0), outside=5),
        DayFill(monday, Fill(10, 10, 1, 0)),
    ]


def test_calendars_are_summed_day_by_day() -> None:
    tuesday = MONDAY + timedelta(days=1)
    one = [DayFill(MONDAY, Fill(60, 20, 3, 2)), DayFill(tuesday, Fill(60, 0, 3, 3))]
    two = [DayFill(MONDAY, Fill(20, 0, 1, 1)), DayFill(tuesday)]

    assert together([one, two]) == [
        DayFill(MONDAY, Fill(80, 20, 4, 3)),
        DayFill(tuesday, Fill(60, 0, 3, 3)),
    ]
    assert total(one).regular == Fill(120, 20, 6, 5)
    assert total([]).regular == Fill()


ZONES = [
    (PARIS, date(2027, 3, 27)),
    (PARIS, date(2027, 10, 30)),
    (ZoneInfo("America/New_York"), date(2027, 3, 13)),
    (ZoneInfo("America/New_York"), date(2027, 11, 6)),
    (ZoneInfo("Asia/Kolkata"), date(2027, 3, 27)),
]
FIVES = 3 * 24 * 12


@st.composite
def periods(draw: st.DrawFn, start: datetime) -> list[Period]:
    """Some periods in order, on steps of five minutes, that may overlap."""
    some = st.tuples(st.integers(0, FIVES - 1), st.integers(1, 60))
    pairs = draw(st.lists(some, max_size=6))
    return sorted(
        Period(start + MINUTE * 5 * at, start + MINUTE * 5 * (at + length)) for at, length in pairs
    )


@st.composite
def diaries(draw: st.DrawFn) -> tuple[Diary, list[date], datetime]:
    zone, first = draw(st.sampled_from(ZONES))
    start = datetime.combine(first, datetime.min.time(), zone).astimezone(UTC)
    cuts = draw(st.lists(st.integers(0, FIVES), unique=True, max_size=10).map(sorted))
    pieces = []
    for begin, end in zip(cuts[::2], cuts[1::2], strict=False):
        at = start + MINUTE * 5 * begin
        step = MINUTE * draw(st.sampled_from([5, 10, 20, 45]))
        anchor = at - MINUTE * 5 * draw(st.integers(0, 6))
        until = start + MINUTE * 5 * end
        kind = draw(st.booleans())
        pieces.append(Piece(at, until, anchor, step, kind, None, frozenset(), 1))
    taken, away = draw(periods(start)), draw(periods(start))
    now = start + MINUTE * draw(st.integers(0, FIVES * 5))
    diary = Diary(zone, pieces, taken=taken, absences=away)
    return diary, [first + timedelta(days=n) for n in range(3)], now


@dataclass
class Count:
    """Minutes and places of one day: [offered, booked, places, free] of both kinds of hours."""

    kinds: tuple[list[int], list[int]]
    outside: int = 0


def counted(diary: Diary, days: list[date], now: datetime) -> list[DayFill]:
    """Look at every minute of the days: whose is it, and what is on it?"""
    first = min((p.start for p in diary.pieces), default=now) - timedelta(days=4)
    counts = {day: Count(([0, 0, 0, 0], [0, 0, 0, 0])) for day in days}
    for nth in range(9 * 24 * 60):
        minute = first + MINUTE * nth
        day = minute.astimezone(diary.zone).date()
        if day in counts:
            note_minute(diary, minute, counts[day], now)
    return [
        DayFill(day, Fill(*one.kinds[0]), Fill(*one.kinds[1]), one.outside)
        for day, one in counts.items()
    ]


def is_in(periods: Iterable[Period], minute: datetime) -> bool:
    return any(start <= minute < end for start, end in periods)


def note_minute(diary: Diary, minute: datetime, count: Count, now: datetime) -> None:
    owner = next((p for p in diary.pieces if p.start <= minute < p.end), None)
    booked = is_in(diary.taken, minute)
    if owner is None or is_in(diary.absences, minute):
        count.outside += booked
    else:
        count.kinds[owner.emergency][0] += 1
        count.kinds[owner.emergency][1] += booked
    if owner is None or (minute - owner.anchor) % owner.step:
        return
    within = [minute + MINUTE * n for n in range(owner.step // MINUTE)]
    if within[-1] < owner.end and not any(is_in(diary.absences, at) for at in within):
        is_free = minute >= now and not any(is_in(diary.taken, at) for at in within)
        count.kinds[owner.emergency][2] += 1
        count.kinds[owner.emergency][3] += is_free


@settings(max_examples=150, deadline=None)
@given(diaries())
def test_the_load_is_what_counting_minutes_gives(
    case: tuple[Diary, list[date], datetime],
) -> None:
    diary, days, now = case

    assert day_fills(diary, days, now=now) == counted(diary, days, now)


@settings(max_examples=50, deadline=None)
@given(diaries())
def test_what_is_booked_is_never_more_than_what_is_offered(
    case: tuple[Diary, list[date], datetime],
) -> None:
    diary, days, now = case

    for fill in day_fills(diary, days, now=now):
        for kind in (fill.regular, fill.emergency):
            assert 0 <= kind.booked <= kind.offered
            assert 0 <= kind.free <= kind.places
    assert all(place.end - place.start > timedelta() for place in places_of(diary))
