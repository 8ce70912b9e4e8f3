"""Sending and cancelling at the same instant: what is cancelled first never leaves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from agenda.models import Appointment
from agenda.services import cancel_appointment
from core.periods import Period
from messages_app.models import AppointmentNotice, Delivery
from messages_app.queries.notices import notice_settings, told_change
from messages_app.rules.notices import Kind
from messages_app.services.dispatch import dispatch
from messages_app.services.notice_sweep import remind, sweep_notices
from messages_app.services.notices import send
from tests.agenda.factories import paris
from tests.messages_app.conftest import Gateways
from tests.messages_app.notices.practice import Practice, make_practice

EVE = paris("2026-11-25 18:00")
ROUNDS = 12
SLOTS = [f"2026-11-26 {9 + nth // 3:02}:{nth % 3 * 20:02}" for nth in range(9)] + [
    f"2026-11-26 {14 + nth // 3:02}:{nth % 3 * 20:02}" for nth in range(9)
]

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each of them got, all starting at the same instant on their own connections."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            start.wait(timeout=20)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        futures = [pool.submit(run, work) for work in works]
        return [future.result(timeout=60) for future in futures]


@pytest.fixture
def practice(transactional_db: None) -> Practice:
    return make_practice(with_link=False, confirmation="none")


def cancel(appointment: Appointment) -> None:
    cancel_appointment(appointment=appointment, by=None, at=EVE + timedelta(seconds=1))


def careless_remind(appointment: Appointment, between: threading.Barrier) -> None:
    """The reminder without the lock: look, then write."""
    is_booked = Appointment.objects.filter(pk=appointment.pk, status="booked").exists()
    between.wait(timeout=20)
    between.wait(timeout=20)
    change = told_change(appointment)
    assert change is not None
    if is_booked:
        settings = notice_settings(appointment.calendar)
        opening = Period(EVE, EVE + timedelta(hours=2))
        with transaction.atomic():
            send(appointment, change, Kind.REMINDER, settings, opening, at=EVE)


def test_without_the_lock_a_cancelled_appointment_gets_its_reminder(practice: Practice) -> None:
    appointment = practice.book()
    between = threading.Barrier(2)

    def cancel_between() -> None:
        between.wait(timeout=20)
        cancel(appointment)
        between.wait(timeout=20)

    at_once(lambda: careless_remind(appointment, between), cancel_between)

    assert Delivery.objects.filter(state="due").count() == 1


def swept_and_cancelled(practice: Practice, start: str) -> Appointment:
    """One appointment whose reminder is decided while it is being cancelled."""
    appointment = practice.book(start)
    at_once(
        lambda: remind(calendar=practice.calendar, appointment_id=appointment.pk, at=EVE),
        lambda: cancel(appointment),
    )
    return appointment


def test_a_sweep_and_a_cancellation_at_once_leave_nothing_to_send(practice: Practice) -> None:
    raced = [swept_and_cancelled(practice, start) for start in SLOTS[:ROUNDS]]

    assert not Delivery.objects.filter(notice__appointment__in=raced, state="due").exists()


def claimed_and_cancelled(practice: Practice, start: str) -> Delivery:
    """One reminder that is sent while its appointment is being cancelled."""
    appointment = practice.book(start)
    sweep_notices(clock=lambda: EVE)
    delivery = Delivery.objects.get(notice__appointment=appointment)
    at_once(
        lambda: dispatch(delivery_id=delivery.pk, clock=lambda: EVE),
        lambda: cancel(appointment),
    )
    delivery.refresh_from_db()
    return delivery


def test_a_claim_and_a_cancellation_at_once_send_it_or_cancel_it(
    practice: Practice, gateways: Gateways
) -> None:
    """Whoever is first; what the gateway took is what the row says."""
    raced = [claimed_and_cancelled(practice, start) for start in SLOTS[:ROUNDS]]

    taken = {sent.delivery for sent in gateways.sms.taken}
    expected = ["accepted" if one.uuid in taken else "cancelled" for one in raced]
    assert [one.state for one in raced] == expected


def test_once_the_cancellation_is_committed_nobody_can_claim(
    practice: Practice, gateways: Gateways
) -> None:
    """Even if some other path had put the row back to be sent."""
    appointment = practice.book()
    sweep_notices(clock=lambda: EVE)
    cancel(appointment)
    Delivery.objects.update(state="due")

    dispatch(delivery_id=Delivery.objects.get().pk, clock=lambda: EVE + timedelta(minutes=1))

    assert gateways.sms.taken == []


def test_many_sweeps_at_once_write_one_reminder_each(practice: Practice) -> None:
    for start in SLOTS[:4]:
        practice.book(start)

    at_once(*[lambda: sweep_notices(clock=lambda: EVE)] * 5)

    assert Delivery.objects.count() == AppointmentNotice.objects.count() == 4
