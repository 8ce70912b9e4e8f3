"""A day on which a promise is broken is told as small as it goes."""

from __future__ import annotations

import datetime
from unittest import mock

import pytest

from calls.services import events
from tests.calls.days.day import (
    EIGHTEEN,
    TUESDAY,
    Absence,
    Act,
    Change,
    Contact,
    Day,
    HandOver,
    RingOut,
    Seat,
)
from tests.calls.days.living import live
from tests.calls.days.shrinking import fault_of, smallest, told_again
from tests.calls.days.test_days import MANY, a_day

KINDS = (Absence, Act, Change, Contact, Day, HandOver, RingOut, Seat)
NAMES = {"datetime": datetime, "live": lambda day: day} | {one.__name__: one for one in KINDS}
BIG = a_day(1, MANY)


def begun(day: Day, line: int) -> list[float]:
    """The seconds at which somebody calls a line."""
    at, found = 0.0, []
    for contact in day.contacts:
        at += contact.gap
        if contact.line == line:
            found.append(at)
    return found


def transfers_on_a_line_while_somebody_is_away(day: Day) -> str:
    sends = any(
        one.line == 2 and "direct" in [act.what for act in one.acts] for one in day.contacts
    )
    return "lost" if sends and any(one.is_off for one in day.absences) else ""


def test_only_what_the_fault_needs_is_left() -> None:
    small = smallest(BIG, transfers_on_a_line_while_somebody_is_away)

    [contact], [absence] = small.contacts, small.absences
    assert contact == Contact(gap=contact.gap, line=2, acts=contact.acts)
    assert [act.what for act in contact.acts] == ["direct"]
    assert absence == Absence(gap=absence.gap)
    assert small == Day(small.start, contacts=(contact,), absences=(absence,), seed=small.seed)


def test_what_is_left_happens_when_it_happened() -> None:
    last = begun(BIG, 3)[-1]

    def is_there(day: Day) -> str:
        return "lost" if begun(day, 3)[-1:] == [pytest.approx(last)] else ""

    small = smallest(BIG, is_there)

    assert len(small.contacts) == 1
    assert begun(small, 3) == [pytest.approx(last)]


def test_another_fault_is_not_taken_for_this_one() -> None:
    faults = {2: "this one", 1: "another"}

    def fault(day: Day) -> str:
        return faults.get(len(day.hand_overs), "")

    two = Day(TUESDAY, hand_overs=(HandOver(), HandOver()))

    assert smallest(two, fault) == two


def test_a_day_without_a_fault_is_left_as_it_is() -> None:
    def none(_day: Day) -> str:
        return ""

    assert smallest(BIG, none) is BIG


def test_it_stops_when_its_patience_is_over() -> None:
    tried: list[Day] = []

    def fault(day: Day) -> str:
        tried.append(day)
        return "lost"

    smallest(BIG, fault, patience=0)

    assert tried == [BIG]


def test_a_day_is_printed_as_what_makes_it_anew() -> None:
    day = Day(
        EIGHTEEN,
        contacts=(Contact(line=3, acts=(Act(what="direct"), Act())), Contact()),
        rings_out=(RingOut(hers=None, contact=Contact(talk=1.5)),),
        seed=7,
    )

    assert eval(told_again(day), NAMES) == day
    assert "patience" not in told_again(day)
    assert eval(told_again(BIG), NAMES) == BIG


@pytest.mark.django_db
@pytest.mark.once
def test_a_product_that_forgets_an_answer_is_shown_by_one_caller() -> None:
    """The product is broken on purpose: nobody notes that a telephone was picked up."""
    day = Day(TUESDAY, contacts=(Contact(talk=8.0, declines=True), Contact(2.0)), duplicate=0.5)
    fault = fault_of(live)
    with mock.patch.object(events, "_note_answer"):
        small = smallest(day, fault)
        assert small == Day(TUESDAY, contacts=(Contact(small.contacts[0].gap),))
        assert "every_contact" in fault(small)

    assert fault(small) == ""
