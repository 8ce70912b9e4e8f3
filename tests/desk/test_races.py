"""Through the screens' own addresses: the same moment at once is never given twice.

Each racer is a session of her own, in a thread with a database connection of its own. The pair
shows what would happen: with the lock and the guard off, every racer is told that she has it.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from agenda import overlap_guard
from agenda.models import Appointment, AppointmentSeries, Calendar, SlotHold
from agenda.queries import open_slots
from agenda.services import booking as agenda_booking
from calls.models import Call
from desk.services import book_from_call
from desk.slots import slot_name
from tests.agenda.factories import paris
from tests.agenda.workload import PARIS
from tests.desk.calls import at, ring
from tests.desk.conftest import HTMX
from tests.factories import make_assistant, make_correspondent
from tests.people import NOW, Practice, visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
RACERS = 8
ROUNDS = 12
FEW_ROUNDS = 3
PATIENCE = 60
Turn = Callable[[], Any]
TAKEN = "il y a un rendez-vous de"


class Race:
    """Threads that do their turns of each round at the same moment."""

    def __init__(self, racers: int) -> None:
        self.barrier = threading.Barrier(racers)
        self.threads = ThreadPoolExecutor(racers)

    def run(self, rounds: list[list[Turn]]) -> list[list[Any]]:
        """Return what each racer's turns gave, by round."""
        lanes = list(zip(*rounds, strict=True))
        running = [self.threads.submit(self._run_lane, lane) for lane in lanes]
        return [list(results) for results in zip(*(one.result() for one in running), strict=True)]

    def _run_lane(self, turns: tuple[Turn, ...]) -> list[Any]:
        try:
            return [self._take(turn) for turn in turns]
        finally:
            connection.close()

    def _take(self, turn: Turn) -> Any:
        self.barrier.wait(PATIENCE)
        return turn()


@pytest.fixture
def race() -> Iterator[Race]:
    race = Race(RACERS)
    yield race
    race.threads.shutdown()


@pytest.fixture
def duel() -> Iterator[Race]:
    race = Race(2)
    yield race
    race.threads.shutdown()


class Assistant:
    """One of those who answer the practice at once, with a caller and a session of her own."""

    def __init__(self, practice: Practice, number: int) -> None:
        self.practice = practice
        user = make_assistant(practice.client, f"racer-{number}")
        self.call: Call = ring(practice.client, f"+3363998{4500 + number}", by=user)
        self.patient = make_correspondent(practice.client, f"Patient {number}")
        self.browser = Browser()
        self.browser.force_login(user)

    def books(self, moment: datetime) -> Any:
        """Post the booking form."""
        fields = {
            "slot": slot_name(str(self.practice.calendar.uuid), moment),
            "motive": str(self.practice.consultation.uuid),
            "patient": str(self.patient.uuid),
        }
        return self.browser.post(at("book", self.call), fields, headers=HTMX)

    def books_series(self, moments: list[datetime]) -> Any:
        """Post the series' form."""
        calendar = str(self.practice.calendar.uuid)
        fields = {
            "place": [slot_name(calendar, moment) for moment in moments],
            "motive": str(self.practice.consultation.uuid),
            "patient": str(self.patient.uuid),
            "calendar": calendar,
            "count": str(len(moments)),
            "every": "1",
            "first_day": "2026-11-30",
            "at": "14:00",
            "tolerance": "60",
        }
        return self.browser.post(at("series", self.call), fields, headers=HTMX)


@pytest.fixture
def assistants(practice: Practice) -> list[Assistant]:
    return [Assistant(practice, number) for number in range(RACERS)]


def free_moments(practice: Practice, count: int) -> list[datetime]:
    found = open_slots(
        [practice.calendar],
        practice.consultation,
        first_day=NOW.date() + timedelta(days=3),
        days=60,
        now=NOW,
        limit=count,
    )
    return [slot.starts_at for slot in found]


def on_the_wall(moment: datetime) -> str:
    return f"{moment.astimezone(PARIS):%Y-%m-%d %H:%M}"


def overlaps(practice: Practice) -> int:
    rows = Appointment.objects.active().filter(calendar=practice.calendar)
    ordered = rows.order_by("block_starts_at", "pk")
    return sum(1 for one, other in pairwise(ordered) if other.block.overlaps(one.block))


def turns(assistants: list[Assistant], moments: list[datetime]) -> list[list[Turn]]:
    return [[partial(one.books, moment) for one in assistants] for moment in moments]


def test_eight_sessions_at_the_same_slot_get_it_once(
    race: Race, assistants: list[Assistant], practice: Practice
) -> None:
    before = Appointment.objects.count()

    rounds = race.run(turns(assistants, free_moments(practice, ROUNDS)))

    codes = [Counter(answer.status_code for answer in answers) for answers in rounds]
    assert codes == [{200: 1, 422: RACERS - 1}] * ROUNDS
    refused = [answer for answers in rounds for answer in answers if answer.status_code == 422]
    assert all(TAKEN in answer.content.decode() for answer in refused)
    assert Appointment.objects.count() - before == ROUNDS
    assert (overlaps(practice), SlotHold.objects.count()) == (0, 0)


@contextmanager
def without_locks(patch: pytest.MonkeyPatch, racers: int) -> Iterator[None]:
    """Booking and moving without their lock, their transaction and the database's last word.

    All have looked before the first of them writes, as happens without a lock sooner or later.
    """
    looked = threading.Barrier(racers)
    looks = agenda_booking._refusals

    @contextmanager
    def no_lock(*_calendars: int) -> Iterator[None]:
        yield

    @contextmanager
    def no_lock_either(*calendars: int) -> Iterator[dict[int, Calendar]]:
        yield Calendar.objects.select_related("client").in_bulk(calendars)

    def look_together(*facts: Any) -> Any:
        found = looks(*facts)
        looked.wait(PATIENCE)
        return found

    patch.setattr(agenda_booking, "locked", no_lock)
    patch.setattr(agenda_booking, "changing", no_lock_either)
    patch.setattr(agenda_booking, "_refusals", look_together)
    bare = book_from_call.__wrapped__  # type: ignore[attr-defined]
    patch.setattr("desk.views.booking.book_from_call", bare)
    overlap_guard.remove(connection)
    yield
    Appointment.objects.all().delete()
    overlap_guard.install(connection)


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch, assistants: list[Assistant]) -> Iterator[None]:
    with without_locks(monkeypatch, len(assistants)):
        yield


@pytest.mark.usefixtures("unlocked")
def test_without_lock_and_guard_all_eight_are_told_that_they_have_it(
    race: Race, assistants: list[Assistant], practice: Practice
) -> None:
    rounds = race.run(turns(assistants, free_moments(practice, FEW_ROUNDS)))

    codes = [Counter(answer.status_code for answer in answers) for answers in rounds]
    assert codes == [{200: RACERS}] * FEW_ROUNDS
    assert overlaps(practice) == FEW_ROUNDS * (RACERS - 1)


def dragging(practice: Practice, moved: Appointment) -> Callable[[datetime], Any]:
    """The doctor, in a session of his own, who drags this visit to a moment."""
    doctor = Browser()
    doctor.force_login(practice.doctor)
    address = reverse("portal:move", args=[moved.uuid])

    def drags(moment: datetime) -> Any:
        local = moment.astimezone(practice.calendar.zone)
        fields = {
            "calendar": str(practice.calendar.uuid),
            "date": f"{local:%Y-%m-%d}",
            "time": f"{local:%H:%M}",
        }
        return doctor.post(address, fields, headers={"Accept": "application/json"})

    return drags


def test_of_a_doctors_drag_and_an_assistants_booking_one_wins_and_the_other_is_told_why(
    duel: Race, practice: Practice
) -> None:
    lea = Assistant(practice, 1)
    moments = free_moments(practice, ROUNDS)
    moved = visit(practice, "2026-11-26 15:40", "Blanc")
    drags = dragging(practice, moved)

    rounds = duel.run([[partial(lea.books, m), partial(drags, m)] for m in moments])

    outcomes = {(booked.status_code, dragged.status_code) for booked, dragged in rounds}
    assert outcomes <= {(200, 409), (422, 200)}
    for booked, dragged in rounds:
        told = booked.content.decode() if booked.status_code == 422 else dragged.json()["text"]
        assert TAKEN in told
    assert overlaps(practice) == 0
    won = [nth for nth, (_booked, dragged) in enumerate(rounds) if dragged.status_code == 200]
    moved.refresh_from_db()
    assert moved.starts_at == (moments[won[-1]] if won else paris("2026-11-26 15:40"))


def test_without_lock_and_guard_the_drag_and_the_booking_both_have_it(
    duel: Race, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    lea = Assistant(practice, 1)
    free = free_moments(practice, 2 * FEW_ROUNDS)
    moments, places = free[:FEW_ROUNDS], free[FEW_ROUNDS:]
    moved = [visit(practice, on_the_wall(place), "Blanc") for place in places]
    dragged = zip(moments, [dragging(practice, one) for one in moved], strict=True)
    rounds: list[list[Turn]] = [[partial(lea.books, m), partial(drags, m)] for m, drags in dragged]

    with without_locks(monkeypatch, 2):
        answers = duel.run(rounds)
        found = overlaps(practice)

    codes = [tuple(answer.status_code for answer in of_round) for of_round in answers]
    assert codes == [(200, 200)] * FEW_ROUNDS
    assert found == FEW_ROUNDS


def test_of_series_that_cross_each_is_booked_as_a_whole_or_not_at_all(
    race: Race, assistants: list[Assistant], practice: Practice
) -> None:
    before = Appointment.objects.count()
    free = free_moments(practice, 40)
    # Each wants four of five moments, in an order of her own: any two of them share three.
    wanted = [
        [[*free[5 * n : 5 * n + 5]][(k + i) % 5] for k in range(4)]
        for n in range(8)
        for i in range(RACERS)
    ]
    rounds: list[list[Turn]] = [
        [partial(a.books_series, wanted[RACERS * n + i]) for i, a in enumerate(assistants)]
        for n in range(8)
    ]

    answers = race.run(rounds)

    codes = [Counter(answer.status_code for answer in of_round) for of_round in answers]
    assert codes == [{200: 1, 422: RACERS - 1}] * 8
    assert [one.appointments.count() for one in AppointmentSeries.objects.all()] == [4] * 8
    assert Appointment.objects.count() - before == 4 * 8
    assert overlaps(practice) == 0
