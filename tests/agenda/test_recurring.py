"""Absences that come again and again."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from agenda import facts
from agenda.models import Absence, Appointment, Calendar, DayGivenBack, Displaced, Motive, Side
from agenda.queries import covered_by, day_list, open_slots, refusals, week_grid
from agenda.queries.diaries import load_diaries, load_hours
from agenda.queries.week import GridItem, GridKind
from agenda.rules import Reason
from agenda.services import (
    InAbsence,
    block_recurring,
    cancel_appointment,
    end_recurring,
    give_back_day,
    take_back_day,
    unblock,
)
from clients.models import AuditEntry
from core import facts as core_facts
from core.recurrences import weekly
from tests.agenda.factories import MONDAY, NOW, book, make_calendar, make_motive, paris
from tests.factories import make_user

pytestmark = pytest.mark.django_db
# The 19th is the first; every second Friday afternoon.
FRIDAY = date(2027, 3, 19)
SECOND_FRIDAYS = weekly([4], interval=2)


@pytest.fixture
def calendar() -> Calendar:
    return make_calendar()


@pytest.fixture
def motive(calendar: Calendar) -> Motive:
    return make_motive(calendar.client)


def training(calendar: Calendar, **fields: Any) -> Absence:
    """Training every second Friday from 14 to 18, from the 15th of March."""
    said: dict[str, Any] = {
        "recurrence": SECOND_FRIDAYS,
        "valid_from": MONDAY,
        "start_time": time(14),
        "end_time": time(18),
        "reason": "Formation",
        "by": None,
        "at": NOW,
    }
    return block_recurring(calendar=calendar, **said | fields).absence


def afternoons(calendar: Calendar, motive: Motive, weeks: int = 6) -> list[int]:
    """How many slots each Friday afternoon has."""
    found = open_slots([calendar], motive, first_day=MONDAY, days=7 * weeks, now=NOW)
    fridays = [FRIDAY + timedelta(weeks=n) for n in range(weeks)]
    local = [slot.local_start for slot in found]
    return [sum(1 for at in local if at.date() == day and at.hour >= 14) for day in fridays]


def test_every_second_friday_afternoon_gives_no_slot_on_both_sides_of_the_change_of_clock(
    calendar: Calendar, motive: Motive
) -> None:
    training(calendar)

    assert afternoons(calendar, motive) == [0, 12, 0, 12, 0, 12]
    found = open_slots([calendar], motive, first_day=FRIDAY, days=1, now=NOW)
    assert f"{found[-1].local_start:%H:%M}" == "11:40"


def test_a_recurring_absence_without_times_takes_whole_days(
    calendar: Calendar, motive: Motive
) -> None:
    training(calendar, recurrence=weekly([2]), start_time=None, end_time=None)

    found = open_slots([calendar], motive, first_day=MONDAY, days=14, now=NOW)

    assert {slot.local_start.weekday() for slot in found} == {0, 1, 3, 4}


def test_a_recurring_absence_that_ends_before_it_begins_goes_on_into_the_next_day(
    calendar: Calendar, motive: Motive
) -> None:
    training(calendar, recurrence=weekly([0]), start_time=time(17), end_time=time(10))

    tuesday = open_slots([calendar], motive, first_day=MONDAY + timedelta(1), days=1, now=NOW)

    assert f"{tuesday[0].local_start:%H:%M}" == "10:00"


def test_a_recurring_absence_ends_with_its_last_day(calendar: Calendar, motive: Motive) -> None:
    training(calendar, valid_until=FRIDAY + timedelta(weeks=2))

    assert afternoons(calendar, motive) == [0, 12, 0, 12, 12, 12]


def test_booking_in_a_recurring_absence_needs_a_stated_reason(
    calendar: Calendar, motive: Motive
) -> None:
    training(calendar)

    with pytest.raises(InAbsence) as raised:
        book(calendar, motive, "2027-03-19 14:00")
    booked = book(calendar, motive, "2027-03-19 14:00", override_reason="revient exprès")

    assert raised.value.refusal is not None
    period = raised.value.refusal.period
    assert period == (paris("2027-03-19 14:00"), paris("2027-03-19 18:00"))
    assert booked.override_reason == "revient exprès"


def test_one_day_is_given_back_and_taken_back(calendar: Calendar, motive: Motive) -> None:
    lea = make_user("lea")
    absence = training(calendar)

    for _ in range(2):
        give_back_day(absence=absence, day=FRIDAY, by=lea, at=NOW)
    assert afternoons(calendar, motive) == [12, 12, 0, 12, 0, 12]
    assert DayGivenBack.objects.get().given_by == lea
    booked = book(calendar, motive, "2027-03-19 14:00")
    book(calendar, motive, "2027-03-26 14:00")

    again = take_back_day(absence=absence, day=FRIDAY, by=lea, at=NOW)

    assert again.covered == [booked]
    assert afternoons(calendar, motive) == [0, 11, 0, 12, 0, 12]


def test_only_a_day_on_which_it_falls_can_be_given_back(calendar: Calendar) -> None:
    absence = training(calendar)

    with pytest.raises(ValueError, match="does not fall"):
        give_back_day(absence=absence, day=FRIDAY + timedelta(weeks=1), by=None, at=NOW)


def test_the_rest_is_given_back_from_a_day_on(calendar: Calendar, motive: Motive) -> None:
    absence = training(calendar)

    ended = end_recurring(absence=absence, from_day=date(2027, 4, 2), by=None, at=NOW)

    assert (ended.valid_until, ended.lifted_at) == (date(2027, 4, 1), None)
    assert afternoons(calendar, motive) == [0, 12, 12, 12, 12, 12]


def test_a_recurring_absence_ended_before_it_begins_is_lifted(
    calendar: Calendar, motive: Motive
) -> None:
    absence = training(calendar)

    ended = end_recurring(absence=absence, from_day=MONDAY, by=None, at=NOW)

    assert ended.lifted_at == NOW
    assert afternoons(calendar, motive) == [12] * 6


def test_ending_what_is_over_changes_nothing(calendar: Calendar) -> None:
    absence = training(calendar, valid_until=FRIDAY)

    ended = end_recurring(absence=absence, from_day=date(2027, 5, 1), by=None, at=NOW)

    assert ended.valid_until == FRIDAY
    assert AuditEntry.objects.filter(action="absence.ended").count() == 0


def test_unblocking_lifts_a_recurring_absence_as_a_whole(
    calendar: Calendar, motive: Motive
) -> None:
    unblock(absence=training(calendar), by=None, at=NOW)

    assert afternoons(calendar, motive) == [12] * 6


def test_blocking_again_and_again_lists_what_is_booked_in_the_months_to_come(
    calendar: Calendar, motive: Motive
) -> None:
    covered = [book(calendar, motive, f"{day} 14:00") for day in ("2027-03-19", "2027-06-11")]
    edge = book(calendar, make_motive(calendar.client, 40), "2027-04-02 13:40", override_reason="x")
    book(calendar, motive, "2027-03-26 14:00")
    book(calendar, motive, "2027-04-02 18:00", override_reason="tard")
    cancelled = book(calendar, motive, "2027-04-02 15:00")
    cancel_appointment(appointment=cancelled, by=None, at=NOW)

    absence, listed = block_recurring(
        calendar=calendar,
        recurrence=SECOND_FRIDAYS,
        valid_from=MONDAY,
        start_time=time(14),
        end_time=time(18),
        by=None,
        at=NOW,
    )

    assert listed == [covered[0], edge, covered[1]]
    assert list(covered_by(absence)) == listed
    assert list(covered_by(absence, since=paris("2027-04-03 00:00"))) == [covered[1]]
    assert {row.appointment for row in Displaced.objects.open()} == {*covered, edge}


def test_a_day_given_back_is_off_the_list_of_what_to_do(calendar: Calendar, motive: Motive) -> None:
    appointment = book(calendar, motive, "2027-03-19 14:00")
    absence = training(calendar)

    give_back_day(absence=absence, day=FRIDAY, by=None, at=NOW)
    assert not Displaced.objects.open().exists()
    take_back_day(absence=absence, day=FRIDAY, by=None, at=NOW)

    assert [row.appointment for row in Displaced.objects.open()] == [appointment]


def test_who_did_what_to_a_recurring_absence_is_kept_and_told(
    calendar: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(core_facts, "_wires", {facts.AbsenceChanged: (told.append,)})
    lea = make_user("lea")

    absence = training(calendar, by=lea)
    give_back_day(absence=absence, day=FRIDAY, by=lea, at=NOW)
    end_recurring(absence=absence, from_day=date(2027, 4, 2), by=lea, at=NOW)
    unblock(absence=absence, by=lea, at=NOW)

    actions = ["absence.blocked", "absence.day_given_back", "absence.ended", "absence.lifted"]
    kept = AuditEntry.objects.filter(by=lea).order_by("pk")
    assert [entry.action for entry in kept] == actions
    assert kept[0].detail["recurrence"] == SECOND_FRIDAYS
    assert kept[1].detail["day"] == "2027-03-19"
    assert "Formation" not in str([entry.detail for entry in kept])
    assert [fact.lifted for fact in told] == [False, False, False, True]


def zones(grid_day: Any) -> list[GridItem]:
    return [i for i in grid_day.columns[0].items if i.kind == GridKind.ABSENCE]


@pytest.mark.parametrize(
    ("fields", "side", "expected"),
    [
        ({}, Side.PORTAL, "Formation"),
        ({}, Side.DESK, ""),
        ({"reason_shared": True}, Side.DESK, "Formation"),
        ({"side": Side.DESK}, Side.DESK, "Formation"),
        ({"reason_shared": True}, Side.PUBLIC, ""),
    ],
)
def test_the_week_draws_each_time_with_the_reason_that_the_side_may_read(
    calendar: Calendar, fields: dict[str, Any], side: Side, expected: str
) -> None:
    training(calendar, **fields)

    grid = week_grid([calendar], MONDAY, now=NOW, days=21, side=side)

    drawn = [(day.day, zone.reason) for day in grid.days for zone in zones(day)]
    assert drawn == [(FRIDAY, expected), (FRIDAY + timedelta(weeks=2), expected)]
    assert f"{zones(grid.days[4])[0].local_start:%H:%M}" == "14:00"


def test_the_day_lists_its_time_of_a_recurring_absence_and_counts_no_places_in_it(
    calendar: Calendar,
) -> None:
    absence = training(calendar)

    day = day_list(calendar, FRIDAY, now=NOW)

    (closure,) = day.closures
    assert (closure.absence, closure.starts_at) == (absence, paris("2027-03-19 14:00"))
    assert day.load.places == 9


def test_refusals_name_the_time_that_stands_in_the_way(calendar: Calendar, motive: Motive) -> None:
    training(calendar)

    (refusal,) = refusals(calendar, motive, paris("2027-04-02 17:00"), now=NOW)

    assert refusal.reason == Reason.ABSENCE
    assert refusal.period == (paris("2027-04-02 14:00"), paris("2027-04-02 18:00"))


def test_ten_recurring_absences_take_no_query_more_than_none(
    calendar: Calendar, motive: Motive
) -> None:
    def queries() -> list[int]:
        counts = []
        for show in (
            lambda: open_slots([calendar], motive, first_day=MONDAY, now=NOW),
            lambda: week_grid([calendar], MONDAY, now=NOW, motive=motive),
        ):
            with CaptureQueriesContext(connection) as captured:
                show()
            counts.append(len(captured))
        return counts

    before = queries()
    for _ in range(10):
        give_back_day(absence=training(calendar), day=FRIDAY, by=None, at=NOW)

    assert queries() == before == [2, 4]


def test_hours_read_before_an_absence_was_put_are_read_again(
    calendar: Calendar, motive: Motive
) -> None:
    moment = paris("2027-03-19 14:00")
    hours = load_hours(calendar, moment)
    training(calendar)

    diaries = load_diaries([calendar], first=moment, until=moment, now=NOW, hours=hours)

    assert diaries[calendar.pk].absences == [(moment, paris("2027-03-19 18:00"))]


def test_hours_that_nobody_changed_are_not_read_again(calendar: Calendar) -> None:
    moment = paris("2027-03-19 14:00")
    hours = load_hours(calendar, moment)

    with CaptureQueriesContext(connection) as captured:
        load_diaries([calendar], first=moment, until=moment, now=NOW, hours=hours)

    assert len(captured) == 1


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"valid_until": FRIDAY - timedelta(1)}, ValueError),
        ({"recurrence": ""}, ValueError),
        ({"recurrence": "RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=FR"}, ValidationError),
    ],
)
def test_a_recurring_absence_says_days_that_come(
    calendar: Calendar, fields: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        training(calendar, **fields)

    assert not Absence.objects.exists()


def test_a_single_absence_has_no_days_to_give_back(calendar: Calendar) -> None:
    single = Absence.objects.create(
        calendar=calendar, starts_at=paris("2027-03-19 14:00"), ends_at=paris("2027-03-19 18:00")
    )

    with pytest.raises(ValueError, match="comes once"):
        give_back_day(absence=single, day=FRIDAY, by=None, at=NOW)


@pytest.mark.parametrize(
    "fields",
    [
        {"recurrence": SECOND_FRIDAYS},
        {"valid_from": FRIDAY, "valid_until": MONDAY},
        {"start_time": time(9)},
    ],
)
def test_the_database_refuses_absences_that_can_not_be(
    calendar: Calendar, fields: dict[str, Any]
) -> None:
    absence = Absence(
        calendar=calendar,
        starts_at=paris("2027-03-19 14:00"),
        ends_at=paris("2027-03-19 18:00"),
        **fields,
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        absence.save()


def test_moving_into_a_recurring_absence_is_refused(calendar: Calendar, motive: Motive) -> None:
    from agenda.services import move_appointment

    training(calendar)
    appointment = book(calendar, motive, "2027-03-18 14:00")

    with pytest.raises(InAbsence):
        move_appointment(
            appointment=appointment, starts_at=paris("2027-03-19 14:00"), by=None, at=NOW
        )
    assert Appointment.objects.get().local_day == date(2027, 3, 18)
