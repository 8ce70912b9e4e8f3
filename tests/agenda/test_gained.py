"""Time that is given back or opened is noticed while somebody waits for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda.models import Absence, Calendar, FreedSlot, Motive, OpeningRule, WaitingListEntry
from agenda.queries import who_waits
from agenda.rules import Piece, Region
from agenda.rules.conflicts import Closing, gained
from agenda.rules.directives import SaidDays, SaidHours
from agenda.services import (
    accept_offer,
    add_to_waiting_list,
    block_period,
    block_recurring,
    end_recurring,
    give_back_day,
    offer_slot,
    open_holiday,
    remove_absence,
    rewriting_absence,
    set_holidays_region,
    unblock,
)
from agenda.services.directives import add_hours, change_hours, end_hours, undo_hours
from agenda.services.freeing import KEPT
from core.periods import Period
from core.recurrences import weekly
from tests.agenda.factories import NOW, book, make_calendar, make_motive, make_rule, paris
from tests.factories import make_assistant

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=10)
TUESDAY = date(2027, 3, 16)
EASTER_MONDAY = date(2027, 3, 29)


@pytest.fixture
def rule() -> OpeningRule:
    """Hours on workdays from 9 to 12."""
    return make_rule(make_calendar(hours=()), time(9), time(12))


@pytest.fixture
def calendar(rule: OpeningRule) -> Calendar:
    return rule.calendar


@pytest.fixture
def motive(calendar: Calendar) -> Motive:
    return make_motive(calendar.client)


def wait(motive: Motive, **fields: Any) -> WaitingListEntry:
    given = {"name": "Mme Petit", "by": None, "at": NOW} | fields
    return add_to_waiting_list(client=motive.client, motive=motive, **given)


@pytest.fixture
def entry(motive: Motive) -> WaitingListEntry:
    return wait(motive)


def block(calendar: Calendar, start: str, end: str) -> Absence:
    span: dict[str, Any] = {"starts_at": paris(start), "ends_at": paris(end)}
    return block_period(calendar=calendar, **span, by=None, at=NOW).absence


def noticed(at: datetime = LATER) -> list[tuple[datetime, datetime]]:
    return list(FreedSlot.objects.open(at).values_list("starts_at", "ends_at"))


def stretch(day: str, start: str = "09:00", end: str = "12:00") -> tuple[datetime, datetime]:
    return paris(f"{day} {start}"), paris(f"{day} {end}")


@pytest.mark.usefixtures("entry")
def test_an_absence_lifted_frees_the_hours_in_it(calendar: Calendar) -> None:
    absence = block(calendar, "2027-03-16 10:00", "2027-03-17 10:00")

    unblock(absence=absence, by=None, at=LATER)

    first, second = stretch("2027-03-16", "10:00"), stretch("2027-03-17", end="10:00")
    assert noticed() == [first, second]


@pytest.mark.usefixtures("entry")
def test_hours_that_another_absence_still_closes_are_not_free(calendar: Calendar) -> None:
    absence = block(calendar, "2027-03-16 09:00", "2027-03-16 12:00")
    block(calendar, "2027-03-16 10:00", "2027-03-16 12:00")

    unblock(absence=absence, by=None, at=LATER)

    assert noticed() == [stretch("2027-03-16", end="10:00")]


@pytest.mark.usefixtures("entry")
def test_an_absence_shortened_or_taken_away_frees_what_it_leaves(calendar: Calendar) -> None:
    absence = block(calendar, "2027-03-16 09:00", "2027-03-16 12:00")

    absence.ends_at = paris("2027-03-16 11:00")
    with rewriting_absence(absence, by=None, at=LATER):
        absence.save()
    assert noticed() == [stretch("2027-03-16", "11:00")]

    remove_absence(absence=absence, by=None, at=LATER)
    assert noticed() == [stretch("2027-03-16", end="11:00"), stretch("2027-03-16", "11:00")]


@pytest.mark.usefixtures("entry")
def test_of_an_absence_that_has_begun_the_rest_is_free(calendar: Calendar) -> None:
    absence = block(calendar, "2027-03-15 09:00", "2027-03-15 12:00")
    now = paris("2027-03-15 09:50")

    unblock(absence=absence, by=None, at=now)

    assert noticed(now + timedelta(minutes=1)) == [stretch("2027-03-15", "09:50")]


@pytest.fixture
def recurring(calendar: Calendar) -> Absence:
    """Away on Tuesdays."""
    span: dict[str, Any] = {"valid_from": TUESDAY, "valid_until": date(2027, 4, 30)}
    made = block_recurring(calendar=calendar, recurrence=weekly([1]), **span, by=None, at=NOW)
    return made.absence


@pytest.mark.usefixtures("entry")
def test_a_day_of_a_recurring_absence_given_back_is_free(recurring: Absence) -> None:
    give_back_day(absence=recurring, day=date(2027, 3, 23), by=None, at=LATER)

    assert noticed() == [stretch("2027-03-23")]


@pytest.mark.usefixtures("entry")
def test_a_recurring_absence_that_ends_frees_its_days(recurring: Absence) -> None:
    end_recurring(absence=recurring, from_day=date(2027, 4, 13), by=None, at=LATER)

    days = ("2027-04-13", "2027-04-20", "2027-04-27")
    assert noticed() == [stretch(day) for day in days]


@pytest.mark.usefixtures("entry")
def test_a_holiday_opened_is_free(calendar: Calendar) -> None:
    set_holidays_region(calendar=calendar, region=Region.METROPOLE, by=None, at=NOW)
    assert noticed() == []

    open_holiday(calendar=calendar, day=EASTER_MONDAY, by=None, at=LATER)
    assert noticed() == [stretch("2027-03-29")]


@pytest.mark.usefixtures("entry")
def test_holidays_that_close_nothing_any_more_are_free(calendar: Calendar) -> None:
    set_holidays_region(calendar=calendar, region=Region.METROPOLE, by=None, at=NOW)

    set_holidays_region(calendar=calendar, region=None, by=None, at=LATER)

    assert noticed()[0] == stretch("2027-03-29")


def said(first: date, last: date | None, start: time, end: time, **more: Any) -> SaidHours:
    return SaidHours(SaidDays(first, last, () if last else (1,)), start, end, **more)


@pytest.mark.usefixtures("entry")
def test_hours_added_are_free_and_free_no_more_once_undone(calendar: Calendar) -> None:
    late = said(TUESDAY, TUESDAY, time(18), time(20))

    change = add_hours(calendar=calendar, said=late, by=None, at=NOW)
    assert noticed() == [stretch("2027-03-16", "18:00", "20:00")]

    undo_hours(change=change, by=None, at=LATER)
    assert noticed() == []


@pytest.mark.usefixtures("entry")
def test_of_changed_hours_only_what_was_closed_is_free(rule: OpeningRule) -> None:
    days = SaidDays(TUESDAY, None, (1,), 52)

    change_hours(rule=rule, said=SaidHours(days, time(8), time(11)), by=None, at=NOW)

    assert noticed() == [stretch("2027-03-16", "08:00", "09:00")]


@pytest.mark.usefixtures("entry")
def test_hours_no_longer_kept_for_emergencies_are_free(calendar: Calendar) -> None:
    span = (TUESDAY, TUESDAY, time(11), time(12))
    add_hours(calendar=calendar, said=said(*span, emergency=True), by=None, at=NOW)
    kept = OpeningRule.objects.get(start_time=time(11))
    assert noticed() == []

    end_hours(rule=kept, last_day=TUESDAY - timedelta(days=1), by=None, at=NOW)

    assert noticed() == [stretch("2027-03-16", "11:00")]


@pytest.mark.usefixtures("entry")
def test_hours_every_week_name_the_next_ones_only(calendar: Calendar) -> None:
    add_hours(calendar=calendar, said=said(TUESDAY, None, time(18), time(20)), by=None, at=NOW)

    found = noticed()
    assert len(found) == KEPT
    assert found[:2] == [stretch(f"2027-03-{day}", "18:00", "20:00") for day in (16, 23)]


def test_what_suits_nobody_or_is_booked_already_is_not_kept(
    calendar: Calendar, motive: Motive
) -> None:
    wait(motive, weekdays=[0])
    book(calendar, motive, "2027-03-22 09:00")
    tuesday = block(calendar, "2027-03-16 09:00", "2027-03-16 12:00")
    twenty_minutes = block(calendar, "2027-03-22 09:00", "2027-03-22 09:20")

    unblock(absence=tuesday, by=None, at=LATER)
    unblock(absence=twenty_minutes, by=None, at=LATER)

    assert noticed() == []


def test_a_stretch_is_offered_to_one_after_the_other_until_nobody_is_left(
    calendar: Calendar, motive: Motive
) -> None:
    lea = make_assistant(calendar.client, "lea")
    entries = [wait(motive, name="Mme Petit"), wait(motive, name="M. Roux")]
    unblock(absence=block(calendar, *("2027-03-16 09:00", "2027-03-16 12:00")), by=None, at=NOW)

    for entry in entries:
        freed = FreedSlot.objects.open(LATER).get()
        first = who_waits([freed], now=LATER, viewer=lea)[0][0]
        assert first.entry == entry
        fields: dict[str, Any] = {
            "entry": entry,
            "starts_at": first.starts_at,
            "by": lea,
            "at": LATER,
        }
        accept_offer(offer=offer_slot(freed=freed, **fields), by=lea, at=LATER)

    assert noticed() == []
    booked = calendar.appointments.order_by("starts_at").values_list("starts_at", flat=True)
    assert list(booked) == [paris("2027-03-16 09:00"), paris("2027-03-16 09:20")]


@pytest.mark.usefixtures("entry")
def test_given_back_in_part_again_it_is_named_once(calendar: Calendar) -> None:
    for start in ("10:00", "10:20"):
        absence = block(calendar, f"2027-03-16 {start}", "2027-03-16 11:00")
        unblock(absence=absence, by=None, at=LATER)

    assert noticed() == [stretch("2027-03-16", "10:00", "11:00")]


def queries_of(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as found:
        act()
    return len(found)


def test_the_cost_does_not_grow_with_those_who_wait_nor_with_what_is_opened(
    calendar: Calendar, motive: Motive
) -> None:
    def cost(first: str, last: str) -> int:
        absence = block(calendar, f"{first} 09:00", f"{last} 12:00")
        return queries_of(lambda: unblock(absence=absence, by=None, at=LATER))

    too_far_to_be_looked_at = cost("2028-03-16", "2028-03-16")
    nobody = cost("2027-03-16", "2027-03-16")
    wait(motive)
    one = cost("2027-03-17", "2027-03-17")
    for nth in range(5):
        wait(motive, name=f"Mme {nth}")
    many = cost("2027-03-18", "2027-04-30")

    assert one == many
    assert nobody == too_far_to_be_looked_at + 1
    assert one <= nobody + 14


def test_time_gained_is_what_is_open_now_and_was_not() -> None:
    at = paris("2027-03-16 00:00")

    def piece(start: int, end: int, *, emergency: bool = False) -> Piece:
        begin, over = at + timedelta(hours=start), at + timedelta(hours=end)
        step, to_all = timedelta(minutes=20), frozenset[int]()
        return Piece(begin, over, begin, step, emergency, None, to_all, 1)

    def period(start: int, end: int) -> Period:
        return Period(at + timedelta(hours=start), at + timedelta(hours=end))

    morning, kept = piece(9, 12), piece(11, 12, emergency=True)
    noon = [period(11, 12)]

    assert gained(Closing([morning], noon, []), Closing([morning], [], [])) == noon
    assert gained(Closing([morning], [], noon), Closing([morning], noon, [])) == []
    assert gained(Closing([kept], [], []), Closing([morning], [], [])) == [period(9, 12)]
    assert gained(Closing([morning], [], []), Closing([piece(8, 10)], [], [])) == [period(8, 9)]
