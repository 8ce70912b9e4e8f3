"""Recurring absences and holidays as instants, where the clocks change."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from agenda.rules import HolidayName, Recurring, closed_holidays, occurrences
from tests.agenda.factories import paris
from tests.agenda.workload import PARIS

SPRING, AUTUMN, PLAIN = date(2027, 3, 28), date(2027, 10, 31), date(2027, 3, 15)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (PLAIN, 24)])
def test_a_whole_day_is_as_long_as_its_clocks_make_it(day: date, hours: int) -> None:
    (away,) = occurrences(Recurring(1), [day], PARIS)
    (holiday,) = closed_holidays([HolidayName(day, "Ascension")], PARIS)

    assert away.period == holiday.period == (paris(f"{day}"), paris(f"{day + timedelta(1)}"))
    assert away.period.length == HOUR * hours


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 3), (AUTUMN, 5), (PLAIN, 4)])
def test_times_are_those_of_the_wall(day: date, hours: int) -> None:
    (away,) = occurrences(Recurring(1, time(1), time(5)), [day], PARIS)

    assert away.period.length == HOUR * hours


def test_an_end_at_the_start_is_on_the_next_day() -> None:
    (away,) = occurrences(Recurring(1, time(9), time(9)), [PLAIN], PARIS)

    assert away.period == (paris("2027-03-15 09:00"), paris("2027-03-16 09:00"))


def test_what_the_clocks_skip_whole_falls_away() -> None:
    absence = Recurring(1, time(2, 15), time(2, 45))

    assert list(occurrences(absence, [SPRING], PARIS)) == []
    assert len(list(occurrences(absence, [SPRING], ZoneInfo("Asia/Kolkata")))) == 1
