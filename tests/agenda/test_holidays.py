"""Public holidays: closed by default where a region is set, opened one by one."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from agenda import facts
from agenda.models import Calendar, HolidayOpened, Motive
from agenda.queries import day_list, open_slots, refusals, week_grid
from agenda.queries.week import GridKind
from agenda.reasons import sentence
from agenda.rules import Reason, Region, public_holidays
from agenda.services import (
    OnHoliday,
    cancel_appointment,
    close_holiday,
    open_holiday,
    set_holidays_region,
)
from clients.models import AuditEntry
from core import facts as core_facts
from tests.agenda.factories import (
    NOW,
    book,
    make_calendar,
    make_emergency,
    make_motive,
    paris,
)
from tests.factories import make_user

pytestmark = pytest.mark.django_db
# A Thursday, and Good Friday.
ASCENSION, GOOD_FRIDAY = date(2027, 5, 6), date(2027, 3, 26)
NEXT_YEAR = date(2028, 1, 1)


@pytest.fixture
def calendar() -> Calendar:
    return make_calendar(holidays_region=Region.METROPOLE)


@pytest.fixture
def motive(calendar: Calendar) -> Motive:
    return make_motive(calendar.client)


def slots_on(calendar: Calendar, motive: Motive, day: date) -> int:
    return len(open_slots([calendar], motive, first_day=day, days=1, now=NOW))


def test_the_eleven_public_holidays_of_france_have_their_french_names() -> None:
    found = public_holidays(Region.METROPOLE, date(2027, 1, 1), NEXT_YEAR)

    assert [(f"{one.day:%d/%m}", one.name) for one in found] == [
        ("01/01", "Jour de l’an"),
        ("29/03", "Lundi de Pâques"),
        ("01/05", "Fête du Travail"),
        ("06/05", "Ascension"),
        ("08/05", "Fête de la Victoire"),
        ("17/05", "Lundi de Pentecôte"),
        ("14/07", "Fête nationale"),
        ("15/08", "Assomption"),
        ("01/11", "Toussaint"),
        ("11/11", "Armistice"),
        ("25/12", "Noël"),
    ]


def test_alsace_and_moselle_have_two_more() -> None:
    def days(region: Region) -> set[date]:
        return {one.day for one in public_holidays(region, date(2027, 1, 1), NEXT_YEAR)}

    more = days(Region.ALSACE_MOSELLE) - days(Region.METROPOLE)

    assert more == {GOOD_FRIDAY, date(2027, 12, 26)}
    assert days(Region.METROPOLE) < days(Region.ALSACE_MOSELLE)


def test_two_holidays_on_a_day_are_called_by_both_names() -> None:
    first_of_may = date(2008, 5, 1)

    found = public_holidays(Region.METROPOLE, first_of_may, first_of_may + timedelta(1))

    assert [one.name for one in found] == ["Ascension et Fête du Travail"]


def test_holidays_are_found_over_the_turn_of_the_year_and_its_end_left_out() -> None:
    found = public_holidays(Region.METROPOLE, date(2027, 12, 25), date(2028, 1, 1))
    further = public_holidays(Region.METROPOLE, date(2027, 12, 26), date(2028, 1, 2))

    assert [one.name for one in found] == ["Noël"]
    assert [one.name for one in further] == ["Jour de l’an"]


@pytest.mark.parametrize(
    ("region", "closed"),
    [("", set()), ("metropole", {ASCENSION}), ("alsace_moselle", {ASCENSION, GOOD_FRIDAY})],
)
def test_a_calendar_is_closed_on_the_holidays_of_its_region(region: str, closed: set[date]) -> None:
    calendar = make_calendar(holidays_region=region)
    motive = make_motive(calendar.client)

    without = {day for day in (ASCENSION, GOOD_FRIDAY) if not slots_on(calendar, motive, day)}

    assert without == closed
    assert slots_on(calendar, motive, ASCENSION + timedelta(1)) == 21


def test_a_refusal_names_the_holiday(calendar: Calendar, motive: Motive) -> None:
    (refusal,) = refusals(calendar, motive, paris("2027-05-06 09:00"), now=NOW)

    assert (refusal.reason, refusal.name) == (Reason.HOLIDAY, "Ascension")
    assert refusal.period == (paris("2027-05-06 00:00"), paris("2027-05-07 00:00"))
    with translation.override("fr"):
        assert sentence(refusal, calendar.zone) == "Fermé, jour férié\u202f: Ascension."


def test_booking_on_a_holiday_needs_a_stated_reason(calendar: Calendar, motive: Motive) -> None:
    with pytest.raises(OnHoliday):
        book(calendar, motive, "2027-05-06 09:00")

    booked = book(calendar, motive, "2027-05-06 09:00", override_reason="de garde")

    assert booked.override_reason == "de garde"


def test_one_holiday_is_opened_and_closed_again(calendar: Calendar, motive: Motive) -> None:
    doctor = make_user("martin")

    for _ in range(2):
        open_holiday(calendar=calendar, day=ASCENSION, by=doctor, at=NOW)

    assert slots_on(calendar, motive, ASCENSION) == 21
    assert slots_on(calendar, motive, date(2027, 5, 17)) == 0
    assert HolidayOpened.objects.get().opened_by == doctor
    booked = book(calendar, motive, "2027-05-06 09:00")
    cancelled = book(calendar, motive, "2027-05-06 10:00")
    cancel_appointment(appointment=cancelled, by=None, at=NOW)

    assert close_holiday(calendar=calendar, day=ASCENSION, by=doctor, at=NOW) == [booked]
    assert slots_on(calendar, motive, ASCENSION) == 0


@pytest.mark.parametrize("act", [open_holiday, close_holiday])
def test_only_a_holiday_of_the_calendars_region_is_opened_or_closed(
    calendar: Calendar, act: object
) -> None:
    assert callable(act)
    with pytest.raises(ValueError, match="no public holiday"):
        act(calendar=calendar, day=GOOD_FRIDAY, by=None, at=NOW)


def test_setting_the_region_lists_what_is_booked_on_its_holidays() -> None:
    calendar = make_calendar()
    motive = make_motive(calendar.client)
    booked = book(calendar, motive, "2027-05-06 09:00")
    book(calendar, motive, "2027-05-07 09:00")

    covered = set_holidays_region(calendar=calendar, region=Region.METROPOLE, by=None, at=NOW)

    assert covered == [booked]
    assert slots_on(calendar, motive, ASCENSION) == 0
    assert set_holidays_region(calendar=calendar, region=None, by=None, at=NOW) == []
    assert slots_on(calendar, motive, ASCENSION) == 20


def test_who_closed_and_opened_holidays_is_kept_and_told(
    calendar: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[facts.HolidaysChanged] = []
    monkeypatch.setattr(core_facts, "_wires", {facts.HolidaysChanged: (told.append,)})
    doctor = make_user("martin")

    set_holidays_region(calendar=calendar, region=Region.ALSACE_MOSELLE, by=doctor, at=NOW)
    open_holiday(calendar=calendar, day=ASCENSION, by=doctor, at=NOW)
    close_holiday(calendar=calendar, day=ASCENSION, by=doctor, at=NOW)

    kept = AuditEntry.objects.filter(by=doctor).order_by("pk")
    actions = ["holidays.region_set", "holiday.opened", "holiday.closed"]
    assert [entry.action for entry in kept] == actions
    assert [entry.detail.get("day") for entry in kept] == [None, "2027-05-06", "2027-05-06"]
    assert [fact.days for fact in told] == [(), (ASCENSION,), (ASCENSION,)]


def test_the_week_and_the_day_show_the_holiday_by_its_name(calendar: Calendar) -> None:
    """The other holiday of the week, the 8th of May, is a Saturday: closed anyway."""
    grid = week_grid([calendar], date(2027, 5, 3), now=NOW)
    day = day_list(calendar, ASCENSION, now=NOW)

    drawn = [
        (shown.day, item.holiday)
        for shown in grid.days
        for item in shown.columns[0].items
        if item.kind == GridKind.ABSENCE
    ]
    assert drawn == [(ASCENSION, "Ascension")]
    assert [closure.holiday for closure in day.closures] == ["Ascension"]
    assert day.load.places == 0


def test_a_holiday_is_a_day_of_the_calendars_own_wall() -> None:
    calendar = make_calendar(timezone="America/New_York", holidays_region=Region.METROPOLE)
    motive = make_motive(calendar.client)

    assert slots_on(calendar, motive, ASCENSION) == 0
    assert slots_on(calendar, motive, ASCENSION + timedelta(1)) == 21
    assert slots_on(calendar, motive, ASCENSION - timedelta(1)) == 21


def test_a_day_wholly_closed_lists_no_emergency_hours(calendar: Calendar) -> None:
    make_emergency(calendar)

    assert day_list(calendar, ASCENSION, now=NOW).emergencies == []
    assert len(day_list(calendar, ASCENSION + timedelta(1), now=NOW).emergencies) == 1
