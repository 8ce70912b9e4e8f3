"""An absence laid over booked appointments is work for the assistant, until each is dealt with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from agenda.models import Absence, Appointment, Calendar, Displaced, Motive
from agenda.queries import (
    count_displaced,
    displaced_by,
    displaced_to_deal_with,
    progress_of,
    slots_nearby,
)
from agenda.services import (
    AlreadyDone,
    TakenByColleague,
    block_period,
    cancel_appointment,
    finish_displaced,
    list_displaced,
    mark_came,
    move_appointment,
    note_not_reached,
    note_reached,
    reopen_displaced,
    take_displaced,
    unblock,
    undo_change,
)
from clients.models import AuditEntry, Client, User
from tests.agenda.factories import NOW, book, make_calendar, make_motive, paris
from tests.factories import make_assistant

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def calendar() -> Calendar:
    return make_calendar()


@pytest.fixture
def motive(calendar: Calendar) -> Motive:
    return make_motive(calendar.client)


@pytest.fixture
def lea(calendar: Calendar) -> User:
    return make_assistant(calendar.client, "lea")


@pytest.fixture
def claire(calendar: Calendar) -> User:
    return make_assistant(calendar.client, "claire", rank=2)


def block(calendar: Calendar, start: str, end: str) -> Absence:
    return block_period(
        calendar=calendar, starts_at=paris(start), ends_at=paris(end), by=None, at=NOW
    ).absence


def states(appointment: Appointment) -> list[tuple[str, str]]:
    rows = Displaced.objects.filter(appointment=appointment).order_by("pk")
    return list(rows.values_list("state", "outcome"))


@pytest.fixture
def visit(calendar: Calendar, motive: Motive) -> Appointment:
    return book(calendar, motive, "2027-03-16 09:20")


@pytest.fixture
def displaced(calendar: Calendar, visit: Appointment) -> Displaced:
    block(calendar, "2027-03-16 09:00", "2027-03-16 10:00")
    return Displaced.objects.get(appointment=visit)


def clients(calendar: Calendar) -> object:
    return Client.objects.filter(pk=calendar.client_id)


# --- What is listed  ------------------------------------------------------------------------------


def absence_of(displaced: Displaced) -> Absence:
    assert displaced.absence is not None
    return displaced.absence


def test_an_absence_lists_what_it_covers_and_nothing_beside_it(
    calendar: Calendar, motive: Motive
) -> None:
    book(calendar, motive, "2027-03-16 09:00")
    covered = [book(calendar, motive, f"2027-03-16 {at}") for at in ("09:20", "09:40")]
    book(calendar, motive, "2027-03-16 10:00")

    absence = block(calendar, "2027-03-16 09:20", "2027-03-16 10:00")

    listed = displaced_by(absence)
    assert [(one.appointment, one.was_at, one.state) for one in listed] == [
        (visit, visit.starts_at, "to_call") for visit in covered
    ]


def test_a_visit_that_has_begun_or_is_over_is_not_listed(
    calendar: Calendar, motive: Motive
) -> None:
    visit = book(calendar, motive, "2027-03-15 09:00")

    block_period(
        calendar=calendar,
        starts_at=paris("2027-03-15 08:00"),
        ends_at=paris("2027-03-15 12:00"),
        by=None,
        at=visit.starts_at,
    )

    assert states(visit) == []


def test_listing_again_changes_nothing(calendar: Calendar, displaced: Displaced) -> None:
    list_displaced(absence=absence_of(displaced), by=None, at=LATER)

    assert list(Displaced.objects.all()) == [displaced]


def test_an_absence_that_now_covers_more_or_less_lists_so(
    calendar: Calendar, motive: Motive, displaced: Displaced
) -> None:
    other = book(calendar, motive, "2027-03-16 10:20")
    absence = absence_of(displaced)
    absence.starts_at, absence.ends_at = paris("2027-03-16 10:00"), paris("2027-03-16 11:00")
    absence.save()

    opened = list_displaced(absence=absence, by=None, at=LATER)

    assert [one.appointment for one in opened] == [other]
    assert states(displaced.appointment) == [("done", "lifted")]


def test_lifting_the_absence_ends_the_work_and_laying_it_again_opens_it(
    displaced: Displaced, lea: User
) -> None:
    absence = unblock(absence=absence_of(displaced), by=lea, at=LATER)

    displaced.refresh_from_db()
    ended = (displaced.state, displaced.outcome, displaced.done_at, displaced.done_by)
    assert ended == ("done", "lifted", LATER, lea)

    absence.lifted_at = None
    absence.save()
    list_displaced(absence=absence, by=lea, at=LATER)
    assert states(displaced.appointment) == [("to_call", "")]


# --- What ends it by itself  ----------------------------------------------------------------------


def test_moving_the_appointment_ends_the_work(displaced: Displaced, lea: User) -> None:
    move_appointment(
        appointment=displaced.appointment, starts_at=paris("2027-03-17 09:00"), by=lea, at=LATER
    )

    displaced.refresh_from_db()
    assert (displaced.state, displaced.outcome, displaced.done_by) == ("done", "moved", lea)


def test_a_move_within_the_absence_that_a_reason_overrides_ends_it_too(
    displaced: Displaced,
) -> None:
    move_appointment(
        appointment=displaced.appointment,
        starts_at=paris("2027-03-16 09:40"),
        by=None,
        at=LATER,
        override_reason="le docteur la reçoit",
    )

    assert states(displaced.appointment) == [("done", "moved")]


@pytest.mark.parametrize(
    ("change", "outcome"), [(cancel_appointment, "cancelled"), (mark_came, "kept")]
)
def test_cancelling_it_or_seeing_the_person_come_ends_the_work(
    displaced: Displaced, change: Callable[..., Appointment], outcome: str
) -> None:
    change(appointment=displaced.appointment, by=None, at=LATER)

    assert states(displaced.appointment) == [("done", outcome)]


def test_undoing_the_move_or_the_cancelling_opens_it_again(displaced: Displaced) -> None:
    for again in (
        lambda: move_appointment(
            appointment=displaced.appointment,
            starts_at=paris("2027-03-17 09:00"),
            by=None,
            at=LATER,
        ),
        lambda: cancel_appointment(appointment=displaced.appointment, by=None, at=LATER),
    ):
        change = again().changes.order_by("-pk")[0]
        undo_change(change=change, by=None, at=LATER)

        assert states(displaced.appointment) == [("to_call", "")]


def test_undoing_a_move_lists_it_under_the_absence_laid_meanwhile(
    calendar: Calendar, visit: Appointment
) -> None:
    moved = move_appointment(
        appointment=visit, starts_at=paris("2027-03-17 09:00"), by=None, at=NOW
    )
    there = block(calendar, "2027-03-17 09:00", "2027-03-17 10:00")
    here = block(calendar, "2027-03-16 09:00", "2027-03-16 10:00")

    undo_change(change=moved.changes.order_by("-pk")[0], by=None, at=LATER)

    rows = Displaced.objects.filter(appointment=visit).order_by("pk")
    assert [(one.absence, one.state) for one in rows] == [(there, "done"), (here, "to_call")]


def test_two_absences_over_one_visit_count_once_and_end_together(
    calendar: Calendar, displaced: Displaced
) -> None:
    block(calendar, "2027-03-16 09:20", "2027-03-16 12:00")
    hers = Client.objects.filter(pk=calendar.client_id)
    before = count_displaced(hers, NOW)

    cancel_appointment(appointment=displaced.appointment, by=None, at=LATER)

    assert before == 1
    assert states(displaced.appointment) == [("done", "cancelled")] * 2


# --- What the assistant notes  --------------------------------------------------------------------


def test_nobody_else_is_let_on_while_one_rings(
    displaced: Displaced, lea: User, claire: User
) -> None:
    take_displaced(displaced=displaced, by=lea, at=LATER)

    with pytest.raises(TakenByColleague) as refused:
        take_displaced(displaced=displaced, by=claire, at=LATER + timedelta(minutes=14))
    taken = take_displaced(displaced=displaced, by=claire, at=LATER + timedelta(minutes=15))

    assert refused.value.colleague == lea
    assert taken.taken_by == claire


def test_not_reached_counts_the_tries_keeps_the_note_and_lets_others_try(
    displaced: Displaced, lea: User
) -> None:
    take_displaced(displaced=displaced, by=lea, at=LATER)
    note_not_reached(displaced=displaced, by=lea, at=LATER, note="répondeur")

    again = note_not_reached(displaced=displaced, by=lea, at=LATER)

    assert (again.state, again.tries, again.note, again.taken_by) == (
        "waiting",
        2,
        "répondeur",
        None,
    )


def test_reached_stays_on_the_list_of_who_rang(displaced: Displaced, lea: User) -> None:
    noted = note_reached(displaced=displaced, by=lea, at=LATER, note="rappelle demain")

    assert (noted.state, noted.taken_by, noted.note) == ("reached", lea, "rappelle demain")


def test_seen_to_ends_it_under_every_absence_and_can_be_taken_back(
    calendar: Calendar, displaced: Displaced, lea: User
) -> None:
    block(calendar, "2027-03-16 09:20", "2027-03-16 12:00")

    finish_displaced(displaced=displaced, by=lea, at=LATER)
    ended = states(displaced.appointment)
    reopen_displaced(displaced=displaced, by=lea, at=LATER)

    assert ended == [("done", "kept")] * 2
    assert states(displaced.appointment)[0] == ("to_call", "")


@pytest.mark.parametrize("note", [take_displaced, note_not_reached, note_reached, finish_displaced])
def test_what_was_dealt_with_meanwhile_takes_no_more_notes(
    displaced: Displaced, lea: User, note: Callable[..., Displaced]
) -> None:
    cancel_appointment(appointment=displaced.appointment, by=None, at=LATER)

    with pytest.raises(AlreadyDone):
        note(displaced=displaced, by=lea, at=LATER)

    assert states(displaced.appointment) == [("done", "cancelled")]


def test_each_note_is_audited(displaced: Displaced, lea: User) -> None:
    for note in (take_displaced, note_not_reached, note_reached, finish_displaced):
        note(displaced=displaced, by=lea, at=LATER)

    kept = AuditEntry.objects.filter(by=lea).order_by("pk").values_list("action", flat=True)
    assert list(kept) == [
        "displaced.taken",
        "displaced.not_reached",
        "displaced.reached",
        "displaced.done",
    ]


# --- What is shown  -------------------------------------------------------------------------------


def test_progress_sums_up_what_was_done(calendar: Calendar, motive: Motive, lea: User) -> None:
    visits = [book(calendar, motive, f"2027-03-16 09:{at}") for at in ("00", "20", "40")]
    absence = block(calendar, "2027-03-16 09:00", "2027-03-16 10:00")
    rows = {one.appointment_id: one for one in displaced_by(absence)}

    move_appointment(appointment=visits[0], starts_at=paris("2027-03-16 10:00"), by=lea, at=LATER)
    note_not_reached(displaced=rows[visits[1].pk], by=lea, at=LATER)

    progress = progress_of(displaced_by(absence))
    assert progress == (3, 1, 1, 0, 1)
    assert (progress.left, progress.percent) == (2, 33)


def test_the_list_is_in_the_order_of_the_visits_and_forgets_those_long_past(
    calendar: Calendar, motive: Motive
) -> None:
    late = book(calendar, motive, "2027-03-18 09:00")
    soon = book(calendar, motive, "2027-03-16 09:00")
    block(calendar, "2027-03-16 08:00", "2027-03-19 08:00")
    hers = Client.objects.filter(pk=calendar.client_id)

    def listed(at: object) -> list[Appointment]:
        return [one.appointment for one in displaced_to_deal_with(hers, at)]  # type: ignore[arg-type]

    assert listed(NOW) == [soon, late]
    assert listed(paris("2027-03-17 09:01")) == [late]


def test_slots_nearby_are_the_nearest_free_ones_and_none_in_the_absence(
    calendar: Calendar, motive: Motive, visit: Appointment
) -> None:
    block(calendar, "2027-03-16 09:00", "2027-03-16 10:00")
    book(calendar, motive, "2027-03-16 10:20")

    found = slots_nearby([visit], now=NOW)

    assert [slot.starts_at for slot in found[visit.pk]] == [
        paris("2027-03-16 10:00"),
        paris("2027-03-16 10:40"),
        paris("2027-03-16 11:00"),
    ]


def test_slots_nearby_ask_as_often_for_three_as_for_one(
    calendar: Calendar,
    motive: Motive,
    assert_same_queries_at_1_and_3: Callable[..., None],
) -> None:
    starts = iter(("09:00", "09:20", "09:40"))

    def add() -> None:
        book(calendar, motive, f"2027-03-16 {next(starts)}")

    def show() -> None:
        slots_nearby(list(Appointment.objects.select_related("calendar", "motive")), now=NOW)

    assert_same_queries_at_1_and_3(add=add, show=show)
