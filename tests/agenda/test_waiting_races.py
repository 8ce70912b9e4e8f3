"""Assistants who offer at once: one wins; and the pairs that show what would happen otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from agenda.models import (
    Appointment,
    Calendar,
    FreedSlot,
    Motive,
    SlotHold,
    SlotOffer,
    WaitingListEntry,
)
from agenda.models.waiting import WaitingListQuerySet
from agenda.rules import Refusal
from agenda.services import (
    accept_offer,
    add_to_waiting_list,
    cancel_appointment,
    holds,
    offer_slot,
    offers,
)
from clients.models import User
from tests.agenda.factories import NOW, book, make_calendar, make_motive
from tests.factories import make_assistant

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
ASSISTANTS = 4
HOURS = (9, 10, 11, 14, 15)
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def calendars() -> list[Calendar]:
    """Four practitioners of one practice."""
    first = make_calendar()
    others = [make_calendar(first.client, name=f"Dr {n}") for n in range(1, ASSISTANTS)]
    return [first, *others]


@pytest.fixture
def motive(calendars: list[Calendar]) -> Motive:
    return make_motive(calendars[0].client)


@pytest.fixture
def assistants(calendars: list[Calendar]) -> list[User]:
    return [make_assistant(calendars[0].client, f"a{n}") for n in range(ASSISTANTS)]


@pytest.fixture
def unguarded() -> Iterator[None]:
    """The table of offers without the database's last word."""
    constraints = list(SlotOffer._meta.constraints)
    with connection.schema_editor() as editor:
        for one in constraints:
            editor.remove_constraint(SlotOffer, one)
    yield
    SlotOffer.objects.all().delete()
    with connection.schema_editor() as editor:
        for one in constraints:
            editor.add_constraint(SlotOffer, one)


def wait(motive: Motive, name: str) -> WaitingListEntry:
    return add_to_waiting_list(client=motive.client, motive=motive, name=name, by=None, at=NOW)


def free(calendar: Calendar, motive: Motive, moment: str) -> FreedSlot:
    cancelled = cancel_appointment(appointment=book(calendar, motive, moment), by=None, at=NOW)
    return FreedSlot.objects.get(change__appointment=cancelled)


def at_once(attempts: list[Callable[[], object]]) -> Counter[str]:
    """Do all of them at the same moment, and count how each ended."""
    barrier, ended = Barrier(len(attempts)), []

    def run(attempt: Callable[[], object]) -> None:
        try:
            barrier.wait(30)
            attempt()
            ended.append("done")
        except Exception as error:  # noqa: BLE001  the test compares what they were
            ended.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(attempt,)) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return Counter(ended)


def offering(freed: FreedSlot, entry: WaitingListEntry, by: User) -> Callable[[], SlotOffer]:
    return lambda: offer_slot(freed=freed, entry=entry, starts_at=freed.starts_at, by=by, at=LATER)


def test_one_slot_is_offered_to_one_person_whoever_tries(
    calendars: list[Calendar], motive: Motive, assistants: list[User]
) -> None:
    entries = [wait(motive, f"Patiente {n}") for n in range(ASSISTANTS)]
    for hour in HOURS:
        freed = free(calendars[0], motive, f"2027-03-16 {hour:02}:00")

        ended = at_once(
            [offering(freed, entry, by) for entry, by in zip(entries, assistants, strict=True)]
        )

        assert ended == {"done": 1, "SlotHeld": ASSISTANTS - 1}
        assert SlotOffer.objects.filter(freed=freed, answer="").count() == 1
        SlotOffer.objects.filter(freed=freed).update(answer="left")


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offering and holding without the calendar's lock: all have looked before one writes."""
    looked = Barrier(ASSISTANTS)
    looks = holds._refusals

    @contextmanager
    def no_lock(*keys: int) -> Iterator[dict[int, Calendar]]:
        yield Calendar.objects.select_related("client").in_bulk(keys)

    def look_together(*facts: Any) -> list[Refusal]:
        found = looks(*facts)
        looked.wait(30)
        return found

    monkeypatch.setattr(offers, "changing", no_lock)
    monkeypatch.setattr(holds, "changing", no_lock)
    monkeypatch.setattr(holds, "_refusals", look_together)


@pytest.mark.usefixtures("unguarded", "unlocked")
def test_without_lock_and_last_word_one_slot_is_offered_to_all_of_them(
    calendars: list[Calendar], motive: Motive, assistants: list[User]
) -> None:
    entries = [wait(motive, f"Patiente {n}") for n in range(ASSISTANTS)]
    freed = free(calendars[0], motive, "2027-03-16 09:00")

    ended = at_once(
        [offering(freed, entry, by) for entry, by in zip(entries, assistants, strict=True)]
    )

    assert ended == {"done": ASSISTANTS}
    assert SlotOffer.objects.filter(freed=freed, answer="").count() == ASSISTANTS
    assert SlotHold.objects.filter(starts_at=freed.starts_at).count() == ASSISTANTS


@pytest.mark.usefixtures("unlocked")
def test_without_the_lock_the_databases_last_word_lets_one_offer_it(
    calendars: list[Calendar], motive: Motive, assistants: list[User]
) -> None:
    entries = [wait(motive, f"Patiente {n}") for n in range(ASSISTANTS)]
    freed = free(calendars[0], motive, "2027-03-16 09:00")

    ended = at_once(
        [offering(freed, entry, by) for entry, by in zip(entries, assistants, strict=True)]
    )

    assert ended == {"done": 1, "BeingAsked": ASSISTANTS - 1}
    assert SlotOffer.objects.filter(freed=freed, answer="").count() == 1


def one_person(calendars: list[Calendar], motive: Motive, assistants: list[User]) -> Counter[str]:
    """Each assistant offers the same person a slot of another practitioner."""
    entry = wait(motive, "Mme Petit")
    slots = [free(one, motive, "2027-03-16 09:00") for one in calendars]
    return at_once(
        [offering(freed, entry, by) for freed, by in zip(slots, assistants, strict=True)]
    )


def test_one_person_is_asked_by_one_assistant(
    calendars: list[Calendar], motive: Motive, assistants: list[User]
) -> None:
    ended = one_person(calendars, motive, assistants)

    assert ended == {"done": 1, "BeingAsked": ASSISTANTS - 1}
    assert SlotOffer.objects.filter(answer="").count() == 1


@pytest.mark.usefixtures("unguarded")
def test_without_the_databases_last_word_all_of_them_ask_her(
    calendars: list[Calendar], motive: Motive, assistants: list[User]
) -> None:
    assert one_person(calendars, motive, assistants) == {"done": ASSISTANTS}


def offers_to_one(
    calendars: list[Calendar], motive: Motive, assistants: list[User]
) -> list[SlotOffer]:
    """Several slots offered to one person, which only a broken table allows."""
    entry = wait(motive, "Mme Petit")
    slots = [free(one, motive, "2027-03-16 09:00") for one in calendars]
    return [offering(freed, entry, by)() for freed, by in zip(slots, assistants, strict=True)]


def accepting(offer: SlotOffer) -> Callable[[], Appointment]:
    return lambda: accept_offer(offer=offer, by=offer.offered_by, at=LATER)


@pytest.mark.usefixtures("unguarded")
def test_a_person_is_booked_once_whatever_was_offered_to_her(
    calendars: list[Calendar], motive: Motive, assistants: list[User]
) -> None:
    offers = offers_to_one(calendars, motive, assistants)

    ended = at_once([accepting(offer) for offer in offers])

    assert ended == {"done": 1, "NoLongerWaiting": ASSISTANTS - 1}
    assert Appointment.objects.active().count() == 1


@pytest.mark.usefixtures("unguarded")
def test_without_the_look_at_her_state_she_is_booked_several_times(
    calendars: list[Calendar],
    motive: Motive,
    assistants: list[User],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offers = offers_to_one(calendars, motive, assistants)
    monkeypatch.setattr(WaitingListQuerySet, "standing", lambda rows: rows.all())

    ended = at_once([accepting(offer) for offer in offers])

    assert ended == {"done": ASSISTANTS}
    assert Appointment.objects.active().count() == ASSISTANTS


def test_one_offer_accepted_in_several_windows_books_once(
    calendars: list[Calendar], motive: Motive, assistants: list[User]
) -> None:
    entry = wait(motive, "Mme Petit")
    offer = offering(free(calendars[0], motive, "2027-03-16 09:00"), entry, assistants[0])()

    ended = at_once([accepting(offer)] * ASSISTANTS)

    assert ended == {"done": 1, "OfferClosed": ASSISTANTS - 1}
    assert Appointment.objects.active().count() == 1
