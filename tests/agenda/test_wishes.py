"""When somebody can come: which moments are wished, and the first free ones among them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.queries import open_slots
from agenda.queries.slots import OpenSlot
from agenda.queries.wished import wished_slots
from agenda.rules.wishes import PartOfDay, Wishes
from tests.agenda.factories import MONDAY, NOW, book, make_calendar, make_motive

WEDNESDAY = 2


@pytest.mark.parametrize(
    ("wishes", "moment", "wished"),
    [
        (Wishes(), "2027-03-17 09:00", True),
        (Wishes(after=time(17)), "2027-03-17 17:00", True),
        (Wishes(after=time(17)), "2027-03-17 16:40", False),
        (Wishes(before=time(10)), "2027-03-17 09:40", True),
        (Wishes(before=time(10)), "2027-03-17 10:00", False),
        (Wishes(weekdays=frozenset({WEDNESDAY})), "2027-03-17 09:00", True),
        (Wishes(weekdays=frozenset({WEDNESDAY})), "2027-03-18 09:00", False),
        (Wishes(first_day=date(2027, 3, 17)), "2027-03-17 00:00", True),
        (Wishes(first_day=date(2027, 3, 17)), "2027-03-16 23:40", False),
        (Wishes(last_day=date(2027, 3, 17)), "2027-03-17 23:40", True),
        (Wishes(last_day=date(2027, 3, 17)), "2027-03-18 00:00", False),
    ],
)
def test_each_wish_holds_at_its_bounds(wishes: Wishes, moment: str, wished: bool) -> None:
    assert wishes.hold(datetime.fromisoformat(moment)) is wished


@given(
    st.sampled_from(PartOfDay),
    st.frozensets(st.integers(0, 6)),
    st.datetimes(datetime(2027, 1, 1), datetime(2027, 12, 31)),
)
def test_wishes_hold_where_each_of_them_holds(
    part: PartOfDay, weekdays: frozenset[int], moment: datetime
) -> None:
    after, before = part.hours

    together = Wishes(after, before, weekdays).hold(moment)

    apart = part.holds(moment.time()) and (not weekdays or moment.weekday() in weekdays)
    assert together is apart


def said(slots: Sequence[OpenSlot]) -> list[str]:
    return [f"{slot.local_start:%a %d %H:%M}" for slot in slots]


@pytest.mark.django_db
def test_the_first_wished_slots_are_the_first_free_ones_that_are_wished() -> None:
    calendar = make_calendar()
    motive = make_motive(calendar.client)
    book(calendar, motive, "2027-03-17 17:00")
    wishes = Wishes(after=time(17), weekdays=frozenset({WEDNESDAY}))

    found = wished_slots([calendar], motive, wishes, first_day=MONDAY, now=NOW, limit=3)

    assert said(found) == ["Wed 17 17:20", "Wed 17 17:40", "Wed 24 17:00"]


@pytest.mark.django_db
def test_without_wishes_the_first_free_slots_are_given() -> None:
    calendar = make_calendar()
    motive = make_motive(calendar.client)

    found = wished_slots([calendar], motive, Wishes(), first_day=MONDAY, now=NOW, limit=4)

    assert found == open_slots([calendar], motive, first_day=MONDAY, now=NOW, limit=4)


@pytest.mark.django_db
def test_a_wish_far_ahead_is_looked_for_there() -> None:
    calendar = make_calendar()
    motive = make_motive(calendar.client)
    wishes = Wishes(first_day=MONDAY + timedelta(days=140), before=time(9, 20))

    found = wished_slots([calendar], motive, wishes, first_day=MONDAY, now=NOW, limit=2)

    assert said(found) == ["Mon 02 09:00", "Tue 03 09:00"]


@pytest.mark.django_db
def test_a_wish_that_is_met_after_the_first_stretch_is_found() -> None:
    calendar = make_calendar()
    motive = make_motive(calendar.client)
    last = MONDAY + timedelta(days=60)
    wishes = Wishes(last_day=last, weekdays=frozenset({WEDNESDAY}), before=time(9, 20))

    found = wished_slots([calendar], motive, wishes, first_day=MONDAY, now=NOW, limit=20)

    assert len(found) == 9
    assert max(slot.local_start.date() for slot in found) <= last
