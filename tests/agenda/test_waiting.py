"""The waiting list: what frees a slot for whom, and how it is offered, taken and left."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from agenda.models import (
    Appointment,
    Calendar,
    FreedSlot,
    Motive,
    SlotHold,
    SlotOffer,
    WaitingListEntry,
)
from agenda.queries import who_waits
from agenda.rules.wishes import PartOfDay
from agenda.services import (
    BeingAsked,
    NoLongerWaiting,
    OfferClosed,
    SlotHeld,
    accept_offer,
    add_to_waiting_list,
    block_period,
    cancel_appointment,
    decline_offer,
    expire_waiting,
    go_on_waiting,
    hold_slot,
    leave_offer,
    leave_waiting_list,
    mark_no_show,
    move_appointment,
    offer_slot,
    put_aside,
    undo_change,
)
from clients.models import AuditEntry, User
from tests.agenda.factories import NOW, book, make_calendar, make_motive, paris
from tests.factories import make_assistant, make_client, make_correspondent

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=10)
TUESDAY = "2027-03-16 10:00"


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


def wait(motive: Motive, **fields: Any) -> WaitingListEntry:
    given = {"name": "Mme Petit", "by": None, "at": NOW} | fields
    return add_to_waiting_list(client=motive.client, motive=motive, **given)


@pytest.fixture
def entry(motive: Motive) -> WaitingListEntry:
    return wait(motive)


@pytest.fixture
def visit(calendar: Calendar, motive: Motive) -> Appointment:
    return book(calendar, motive, TUESDAY)


@pytest.fixture
def freed(entry: WaitingListEntry, visit: Appointment) -> FreedSlot:
    cancel_appointment(appointment=visit, by=None, at=NOW)
    return FreedSlot.objects.get()


def offered(freed: FreedSlot, entry: WaitingListEntry, by: User, **fields: Any) -> SlotOffer:
    given = {"starts_at": freed.starts_at, "at": LATER} | fields
    return offer_slot(freed=freed, entry=entry, by=by, **given)


def open_slots_freed() -> list[FreedSlot]:
    return list(FreedSlot.objects.open(LATER))


def state(entry: WaitingListEntry) -> str:
    entry.refresh_from_db()
    return entry.state


# --- On the list ----------------------------------------------------------------------------------


def test_weekdays_are_kept_as_they_were_said(motive: Motive) -> None:
    kept = wait(motive, weekdays=[4, 0, 0])

    kept.refresh_from_db()
    assert (kept.days, kept.weekdays) == (frozenset({0, 4}), 0b10001)


def test_a_person_on_file_is_kept_by_her_file_alone(motive: Motive) -> None:
    person = make_correspondent(motive.client, "Petit", civility="mrs")

    kept = wait(motive, correspondent=person, name="Petit, Mme")

    assert (kept.name, kept.shown_name) == ("", "Mme Petit")


def test_another_clients_calendar_person_or_motive_is_refused(motive: Motive) -> None:
    other = make_client()
    for fields in (
        {"calendar": make_calendar(other)},
        {"correspondent": make_correspondent(other)},
    ):
        with pytest.raises(ValueError, match="another client"):
            wait(motive, **fields)
    with pytest.raises(ValueError, match="another client"):
        add_to_waiting_list(client=other, motive=motive, name="X", by=None, at=NOW)


def test_a_calendar_that_does_not_take_the_motive_is_refused(calendar: Calendar) -> None:
    other = make_calendar(calendar.client, name="Dr Benali")
    hers = make_motive(calendar.client, calendar=other)

    with pytest.raises(ValueError, match="does not take"):
        wait(hers, calendar=calendar)


def test_a_wish_ends_with_its_last_day_on_the_clients_wall(motive: Motive) -> None:
    entry = wait(motive, last_day=date(2027, 3, 16))

    before = expire_waiting(at=paris("2027-03-16 23:59"))
    after = expire_waiting(at=paris("2027-03-17 00:01"))

    assert (before, after, state(entry)) == (0, 1, "expired")
    assert AuditEntry.objects.filter(action="waiting.expired").count() == 1


def test_who_left_cannot_leave_again_nor_go_on(entry: WaitingListEntry, lea: User) -> None:
    leave_waiting_list(entry=entry, by=lea, at=LATER)

    for service in (leave_waiting_list, go_on_waiting):
        with pytest.raises(NoLongerWaiting):
            service(entry=entry, by=lea, at=LATER)
    assert state(entry) == "withdrawn"


# --- What frees a slot ----------------------------------------------------------------------------


def test_cancelling_frees_the_slot_for_whom_it_suits(freed: FreedSlot) -> None:
    assert (freed.starts_at, freed.ends_at) == (paris(TUESDAY), paris("2027-03-16 10:20"))


def test_moving_frees_the_old_place_only(
    calendar: Calendar, entry: WaitingListEntry, visit: Appointment
) -> None:
    move_appointment(appointment=visit, starts_at=paris("2027-03-16 11:00"), by=None, at=NOW)

    assert [one.starts_at for one in open_slots_freed()] == [paris(TUESDAY)]


def test_moving_to_another_practitioner_frees_the_firsts_slot(
    calendar: Calendar, entry: WaitingListEntry, visit: Appointment
) -> None:
    other = make_calendar(calendar.client, name="Dr Benali")

    move_appointment(appointment=visit, calendar=other, starts_at=visit.starts_at, by=None, at=NOW)

    assert [one.calendar for one in open_slots_freed()] == [calendar]


@pytest.mark.parametrize("wish", [{"part": "late"}, {"weekdays": [4]}])
def test_what_suits_nobody_is_not_kept(
    motive: Motive, visit: Appointment, wish: dict[str, Any]
) -> None:
    wait(motive, **wish)

    cancel_appointment(appointment=visit, by=None, at=NOW)

    assert FreedSlot.objects.count() == 0


def test_without_a_waiting_list_cancelling_keeps_nothing(
    visit: Appointment,
) -> None:
    cancel_appointment(appointment=visit, by=None, at=NOW)

    assert FreedSlot.objects.count() == 0


def test_a_slot_gone_by_is_not_kept(entry: WaitingListEntry, visit: Appointment) -> None:
    cancel_appointment(appointment=visit, by=None, at=visit.ends_at)

    assert FreedSlot.objects.count() == 0


def test_a_person_who_did_not_come_frees_nothing(
    entry: WaitingListEntry, visit: Appointment
) -> None:
    mark_no_show(appointment=visit, by=None, at=NOW)

    assert FreedSlot.objects.count() == 0


def test_undoing_the_cancelling_takes_it_back(freed: FreedSlot) -> None:
    assert freed.change is not None
    undo_change(change=freed.change, by=None, at=LATER)

    assert open_slots_freed() == []


def test_booking_it_otherwise_or_blocking_it_takes_it_off(
    calendar: Calendar, motive: Motive, freed: FreedSlot
) -> None:
    again = book(calendar, motive, TUESDAY, at=LATER)
    taken = open_slots_freed()
    cancel_appointment(appointment=again, by=None, at=LATER)
    back = len(open_slots_freed())

    block_period(
        calendar=calendar,
        starts_at=paris("2027-03-16 09:00"),
        ends_at=paris("2027-03-16 12:00"),
        by=None,
        at=LATER,
    )

    assert (taken, back, open_slots_freed()) == ([], 1, [])


def test_half_of_a_freed_hour_stays_offered_when_the_other_is_booked(
    calendar: Calendar, motive: Motive, entry: WaitingListEntry
) -> None:
    long = make_motive(calendar.client, 60, name="Bilan")
    cancel_appointment(appointment=book(calendar, long, TUESDAY), by=None, at=NOW)

    book(calendar, motive, TUESDAY, at=LATER)

    [freed] = open_slots_freed()
    [[candidate]] = who_waits([freed], now=LATER)
    assert candidate.starts_at == paris("2027-03-16 10:20")


def test_a_motive_for_known_patients_is_offered_to_none_who_is_new(
    calendar: Calendar, visit: Appointment
) -> None:
    known_only = make_motive(calendar.client, name="Suivi", patients="known")
    new = make_correspondent(calendar.client, "Neuf")
    old = make_correspondent(calendar.client, "Ancien", known_since=date(2020, 1, 1))
    for person in (new, old):
        wait(known_only, name="", correspondent=person)
    wait(known_only, name="Sans dossier")

    cancel_appointment(appointment=visit, by=None, at=NOW)

    [found] = who_waits(open_slots_freed(), now=NOW)
    assert [one.entry.correspondent for one in found] == [old]


# --- Offering it ----------------------------------------------------------------------------------


def test_an_offer_holds_the_slot_and_marks_the_person(
    freed: FreedSlot, entry: WaitingListEntry, lea: User
) -> None:
    offer = offered(freed, entry, lea)

    hold = SlotHold.objects.get()
    assert (hold.holder, hold.starts_at, hold.expires_at) == (
        lea,
        freed.starts_at,
        offer.expires_at,
    )
    assert state(entry) == "offered"
    assert who_waits([freed], now=LATER) == [[]]


def test_offering_it_again_renews_the_hold_and_makes_no_second_offer(
    freed: FreedSlot, entry: WaitingListEntry, lea: User
) -> None:
    first = offered(freed, entry, lea)

    again = offered(freed, entry, lea, at=LATER + timedelta(minutes=5))

    assert again.pk == first.pk
    assert SlotHold.objects.get().expires_at == LATER + timedelta(minutes=15)


def test_a_colleague_may_offer_neither_the_slot_nor_the_person_meanwhile(
    calendar: Calendar,
    motive: Motive,
    freed: FreedSlot,
    entry: WaitingListEntry,
    lea: User,
    claire: User,
) -> None:
    other_entry = wait(motive, name="M. Blanc")
    second = book(calendar, motive, "2027-03-16 11:00")
    cancel_appointment(appointment=second, by=None, at=NOW)
    other_slot = FreedSlot.objects.exclude(pk=freed.pk).get()
    offered(freed, entry, lea)

    [left] = who_waits([other_slot], now=LATER, viewer=claire)
    assert [one.entry for one in left] == [other_entry]
    with pytest.raises(SlotHeld):
        offered(freed, other_entry, claire)
    with pytest.raises(BeingAsked):
        offered(other_slot, entry, claire)
    assert SlotOffer.objects.count() == 1
    assert SlotHold.objects.count() == 1


def test_an_offer_that_ran_out_stands_in_nobodys_way(
    freed: FreedSlot, entry: WaitingListEntry, lea: User, claire: User
) -> None:
    first = offered(freed, entry, lea)

    offered(freed, entry, claire, at=first.expires_at)

    first.refresh_from_db()
    assert first.answer == "left"
    assert SlotOffer.objects.get(answer="").offered_by == claire


def test_who_turns_to_another_person_lets_the_first_go(
    motive: Motive, freed: FreedSlot, entry: WaitingListEntry, lea: User
) -> None:
    other = wait(motive, name="M. Blanc")
    offered(freed, entry, lea)

    offered(freed, other, lea)

    assert (state(entry), state(other)) == ("waiting", "offered")


def test_accepting_books_for_a_person_without_a_file_by_her_name(
    freed: FreedSlot, entry: WaitingListEntry, lea: User
) -> None:
    booked = accept_offer(offer=offered(freed, entry, lea), by=lea, at=LATER)

    assert (booked.booked_for, booked.starts_at, booked.booked_by) == (
        "Mme Petit",
        freed.starts_at,
        lea,
    )
    assert state(entry) == "booked"
    assert entry.appointment == booked
    assert open_slots_freed() == []
    assert SlotHold.objects.count() == 0


def test_an_accepted_offer_is_not_accepted_twice(
    freed: FreedSlot, entry: WaitingListEntry, lea: User
) -> None:
    offer = offered(freed, entry, lea)
    accept_offer(offer=offer, by=lea, at=LATER)

    with pytest.raises(OfferClosed):
        accept_offer(offer=offer, by=lea, at=LATER)

    assert Appointment.objects.active().count() == 1


def test_who_withdrew_while_being_asked_is_not_booked(
    freed: FreedSlot, entry: WaitingListEntry, lea: User
) -> None:
    offer = offered(freed, entry, lea)
    leave_waiting_list(entry=entry, by=None, at=LATER)

    with pytest.raises(NoLongerWaiting):
        accept_offer(offer=offer, by=lea, at=LATER)

    assert Appointment.objects.active().count() == 0


def test_a_slot_that_the_agenda_refuses_by_now_leaves_her_on_the_list(
    calendar: Calendar,
    motive: Motive,
    freed: FreedSlot,
    entry: WaitingListEntry,
    lea: User,
    claire: User,
) -> None:
    offer = offered(freed, entry, lea)
    SlotHold.objects.all().delete()
    hold_slot(calendar=calendar, motive=motive, starts_at=freed.starts_at, by=claire, at=LATER)

    with pytest.raises(SlotHeld):
        accept_offer(offer=offer, by=lea, at=LATER)

    offer.refresh_from_db()
    assert (state(entry), offer.answer) == ("offered", "")


def test_what_was_declined_is_not_offered_to_her_again_and_other_slots_are(
    calendar: Calendar, motive: Motive, freed: FreedSlot, entry: WaitingListEntry, lea: User
) -> None:
    decline_offer(offer=offered(freed, entry, lea), by=lea, at=LATER)
    declined = open_slots_freed()
    cancel_appointment(appointment=book(calendar, motive, "2027-03-16 11:00"), by=None, at=LATER)

    [[candidate]] = who_waits(open_slots_freed(), now=LATER)
    assert (declined, candidate.entry, state(entry)) == ([], entry, "waiting")
    assert SlotHold.objects.count() == 0


def test_who_was_not_reached_may_be_asked_again(
    freed: FreedSlot, entry: WaitingListEntry, lea: User
) -> None:
    decline_offer(offer=offered(freed, entry, lea), by=lea, at=LATER, unreached=True)

    [[candidate]] = who_waits(open_slots_freed(), now=LATER)
    assert candidate.entry == entry


def test_leaving_an_offer_lets_slot_and_person_go_and_only_its_own_hold(
    freed: FreedSlot, entry: WaitingListEntry, lea: User, claire: User
) -> None:
    offer = offered(freed, entry, lea)
    leave_offer(offer=offer, by=claire, at=LATER)
    untouched = state(entry)

    leave_offer(offer=offer, by=lea, at=LATER)
    leave_offer(offer=offer, by=lea, at=LATER)

    assert (untouched, state(entry)) == ("offered", "waiting")
    assert SlotHold.objects.count() == 0


def test_a_slot_put_aside_is_open_to_nobody_on_the_list(freed: FreedSlot, lea: User) -> None:
    put_aside(freed=freed, by=lea, at=LATER)

    freed.refresh_from_db()
    assert (freed.closed_by, open_slots_freed()) == (lea, [])


def test_undoing_a_booking_from_the_list_puts_her_back(
    freed: FreedSlot, entry: WaitingListEntry, lea: User
) -> None:
    booked = accept_offer(offer=offered(freed, entry, lea), by=lea, at=LATER)

    undo_change(change=booked.changes.get(), by=lea, at=LATER)

    assert state(entry) == "waiting"
    assert len(open_slots_freed()) == 1


def test_what_is_done_with_an_entry_is_audited(
    freed: FreedSlot, entry: WaitingListEntry, lea: User
) -> None:
    accept_offer(offer=offered(freed, entry, lea), by=lea, at=LATER)

    kept = AuditEntry.objects.filter(action__startswith="waiting.").order_by("pk")
    assert list(kept.values_list("action", flat=True)) == [
        "waiting.added",
        "waiting.offered",
        "waiting.accepted",
    ]


def test_every_part_of_the_day_that_callers_say_can_be_waited_for() -> None:
    assert WaitingListEntry.Part.values == [part.value for part in PartOfDay]
