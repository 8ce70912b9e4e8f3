"""The sweep: which reminders leave, once each, also after a standstill."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from agenda.models import Appointment
from agenda.services import cancel_appointment, mark_came, move_appointment, undo_change
from messages_app.models import AppointmentNotice, Delivery, NoticeSettings
from messages_app.rules.sending import NotSent, Refused, Unknown
from messages_app.services.notice_sweep import sweep_notices
from messages_app.services.receipts import hear
from messages_app.services.sweep import sweep
from tests.agenda.factories import make_calendar, make_motive, paris
from tests.messages_app.conftest import Gateways
from tests.messages_app.notices.practice import (
    NOW,
    Practice,
    make_practice,
    send_all,
    texts,
)

EVE = paris("2026-11-25 18:00")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def practice(db: None) -> Practice:
    return make_practice(with_link=False, confirmation="none")


def sweep_at(at: datetime | str) -> int:
    moment = paris(at) if isinstance(at, str) else at
    return sweep_notices(clock=lambda: moment)


def cancel(appointment: Appointment, practice: Practice, at: datetime) -> None:
    cancel_appointment(appointment=appointment, by=practice.lea, at=at)


def move(appointment: Appointment, practice: Practice, start: str, at: datetime) -> None:
    fresh = Appointment.objects.get(pk=appointment.pk)
    move_appointment(appointment=fresh, starts_at=paris(start), by=practice.lea, at=at)


def undo_last(appointment: Appointment, practice: Practice, at: datetime) -> None:
    change = appointment.changes.order_by("-pk")[0]
    undo_change(change=change, by=practice.lea, at=at)


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def test_the_evening_before_each_person_is_reminded_once(practice: Practice) -> None:
    practice.book()

    assert [sweep_at(EVE - MINUTE), sweep_at(EVE), sweep_at(EVE + MINUTE)] == [0, 1, 0]
    assert texts() == [
        "Rappel : rendez-vous avec Dr Martin le jeudi 26 novembre à 9 h 40. "
        "Empechement ? Appelez le 01 99 00 40 10"
    ]


def test_a_reminder_may_leave_until_the_hours_close_and_counts_until_the_visit(
    practice: Practice,
) -> None:
    appointment = practice.book()
    sweep_at(EVE)

    delivery = Delivery.objects.get()
    assert (delivery.due_at, delivery.wanted_until) == (EVE, paris("2026-11-25 20:00"))
    assert delivery.expires_at == appointment.starts_at


def test_after_a_standstill_it_leaves_in_the_morning_before_the_visit(practice: Practice) -> None:
    practice.book()

    assert [sweep_at("2026-11-25 20:05"), sweep_at("2026-11-26 08:00")] == [0, 1]
    assert Delivery.objects.get().due_at == paris("2026-11-26 08:00")


def test_a_standstill_until_the_hours_are_over_is_kept_as_too_late(practice: Practice) -> None:
    NoticeSettings.objects.update(opens_at="10:00")
    practice.book()

    assert sweep_at("2026-11-25 20:05") == 1
    notice = AppointmentNotice.objects.get()
    assert (notice.state, notice.why, texts()) == ("not_sent", "too_late", [])


def test_after_the_visit_began_nothing_is_sent_any_more(practice: Practice) -> None:
    practice.book()

    assert (sweep_at("2026-11-26 09:40"), texts()) == (0, [])


def test_who_booked_after_its_time_is_not_reminded_of_what_she_has_just_heard(
    practice: Practice,
) -> None:
    practice.book(at=EVE + MINUTE)

    assert sweep_at(EVE + 2 * MINUTE) == 1
    assert AppointmentNotice.objects.get().why == "just_told"


def test_a_cancelled_appointment_is_not_reminded(practice: Practice) -> None:
    cancel(practice.book(), practice, NOW + MINUTE)

    assert (sweep_at(EVE), texts()) == (0, [])


def test_a_queued_reminder_of_a_cancelled_appointment_never_leaves(
    practice: Practice, gateways: Gateways
) -> None:
    appointment = practice.book()
    sweep_at(EVE)
    cancel(appointment, practice, EVE + MINUTE)

    send_all(EVE + 2 * MINUTE)

    assert (states(), gateways.sms.taken) == (["cancelled"], [])


@pytest.mark.parametrize("result", [NotSent("20429"), Unknown("dropped")])
def test_a_reminder_that_was_leaving_when_its_appointment_was_cancelled_is_not_tried_again(
    practice: Practice, gateways: Gateways, result: Any
) -> None:
    appointment = practice.book()
    sweep_at(EVE)
    gateways.sms.will(result, takes=False)
    leaving = gateways.sms.send

    def cancel_meanwhile(envelope: Any) -> Any:
        cancel(appointment, practice, EVE + MINUTE)
        return leaving(envelope)

    gateways.sms.send = cancel_meanwhile  # type: ignore[method-assign]
    send_all(EVE)
    gateways.sms.send = leaving  # type: ignore[method-assign]
    for minutes in range(2, 30, 2):
        now = EVE + minutes * MINUTE
        sweep_at(now)
        sweep(clock=lambda now=now: now, send=lambda pk: None)  # type: ignore[misc]
        send_all(now)

    assert gateways.sms.taken == []
    assert states() == ["cancelled"]
    assert AppointmentNotice.objects.get().state == "withdrawn"


def test_a_refusal_about_an_appointment_that_was_cancelled_meanwhile_troubles_nobody(
    practice: Practice, gateways: Gateways
) -> None:
    NoticeSettings.objects.update(reminder="either")
    practice.patient.email = "lefevre@mail.example"
    practice.patient.save()
    appointment = practice.book()
    sweep_at(EVE)
    gateways.sms.will(Refused("21614"), takes=False)
    leaving = gateways.sms.send

    def cancel_meanwhile(envelope: Any) -> Any:
        cancel(appointment, practice, EVE + MINUTE)
        return leaving(envelope)

    gateways.sms.send = cancel_meanwhile  # type: ignore[method-assign]
    send_all(EVE)

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.needs_human) == ("dead", False)


def test_a_failure_on_the_way_about_a_cancelled_appointment_troubles_nobody(
    practice: Practice, gateways: Gateways
) -> None:
    appointment = practice.book()
    sweep_at(EVE)
    send_all(EVE)
    cancel(appointment, practice, EVE + MINUTE)

    sent = Delivery.objects.get()
    hear(delivery=sent.uuid, provider_id="SM1", word="undelivered", code="30008", at=EVE + MINUTE)

    assert (Delivery.objects.count(), Delivery.objects.get().needs_human) == (1, False)


def test_a_reminder_that_the_operator_loses_is_sent_once_more_and_taken_back_with_it(
    practice: Practice, gateways: Gateways
) -> None:
    appointment = practice.book()
    sweep_at(EVE)
    send_all(EVE)
    sent = Delivery.objects.get()
    hear(delivery=sent.uuid, provider_id="SM1", word="undelivered", code="30008", at=EVE)
    assert states() == ["undelivered", "due"]

    cancel(appointment, practice, EVE + MINUTE)

    assert states() == ["undelivered", "cancelled"]


def test_a_moved_appointment_is_reminded_of_its_new_moment_only(practice: Practice) -> None:
    appointment = practice.book()
    sweep_at(EVE)
    move(appointment, practice, "2026-12-01 10:00", EVE + MINUTE)

    assert sweep_at("2026-11-30 18:00") == 1
    assert states() == ["cancelled", "due"]
    assert "mardi 1er décembre à 10 h" in texts()[1]


def test_an_appointment_that_stands_again_is_reminded_as_if_nothing_had_been(
    practice: Practice,
) -> None:
    appointment = practice.book()
    sweep_at(EVE)
    cancel(appointment, practice, EVE + MINUTE)
    undo_last(appointment, practice, EVE + 2 * MINUTE)

    assert sweep_at(EVE + 3 * MINUTE) == 1
    assert states() == ["cancelled", "due"]


def test_a_reminder_that_has_left_is_not_repeated_when_the_appointment_stands_again(
    practice: Practice, gateways: Gateways
) -> None:
    appointment = practice.book()
    sweep_at(EVE)
    send_all(EVE)
    cancel(appointment, practice, EVE + MINUTE)
    undo_last(appointment, practice, EVE + 2 * MINUTE)

    assert sweep_at(EVE + 3 * MINUTE) == 0
    assert len(gateways.sms.taken) == 1


def test_out_of_hours_a_waiting_reminder_waits_for_the_morning(
    practice: Practice, gateways: Gateways
) -> None:
    practice.book()
    sweep_at(EVE)
    gateways.sms.will(NotSent("20429", retry_after=timedelta(hours=3)), takes=False)
    send_all(EVE)

    send_all(EVE + timedelta(hours=4))
    assert gateways.sms.taken == []
    sweep_at(EVE + timedelta(hours=4))
    send_all(paris("2026-11-26 07:59"))
    assert gateways.sms.taken == []
    send_all(paris("2026-11-26 08:00"))

    assert len(gateways.sms.taken) == 1


def test_a_reminder_that_can_no_longer_leave_asks_a_human(
    practice: Practice, gateways: Gateways
) -> None:
    practice.book("2026-11-26 09:00")
    NoticeSettings.objects.update(opens_at="09:30")
    sweep_at(EVE)
    gateways.sms.will(NotSent("20429", retry_after=timedelta(hours=3)), takes=False)
    send_all(EVE)

    for moment in ("2026-11-25 21:00", "2026-11-26 09:01"):
        sweep_at(moment)
        sweep(clock=lambda moment=moment: paris(moment), send=lambda pk: None)  # type: ignore[misc]

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.needs_human) == ("expired", True)


def test_a_refused_reminder_asks_a_human(practice: Practice, gateways: Gateways) -> None:
    practice.book()
    sweep_at(EVE)
    gateways.sms.will(Refused("21614"), takes=False)

    send_all(EVE)

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.needs_human) == ("dead", True)


def test_sms_else_email_goes_on_by_email_when_the_sms_is_refused(
    practice: Practice, gateways: Gateways
) -> None:
    NoticeSettings.objects.update(reminder="either", with_link=True)
    practice.patient.email = "lefevre@mail.example"
    practice.patient.save()
    practice.book()
    sweep_at(EVE)
    gateways.sms.will(Refused("21614"), takes=False)

    send_all(EVE)
    send_all(EVE)

    assert [mail.address for mail in gateways.email.taken] == ["lefevre@mail.example"]
    assert not Delivery.objects.filter(needs_human=True).exists()


def test_whoever_came_already_is_not_reminded(practice: Practice) -> None:
    mark_came(appointment=practice.book(), by=practice.lea, at=NOW)

    assert (sweep_at(EVE), texts()) == (0, [])


def test_each_calendar_has_its_own_time(practice: Practice) -> None:
    other = make_calendar(practice.client, name="Dr Benali")
    own = {"reminder": "sms", "reminder_unit": "hours", "reminder_count": 3, "with_link": False}
    NoticeSettings.objects.create(client=practice.client, calendar=other, **own)
    practice.calendar = other
    practice.book("2026-11-26 14:00")

    assert [sweep_at(EVE), sweep_at("2026-11-26 11:00")] == [0, 1]


def test_settings_made_after_the_booking_count(practice: Practice) -> None:
    NoticeSettings.objects.update(reminder="none")
    practice.book()
    assert sweep_at(EVE) == 0

    NoticeSettings.objects.update(reminder="sms")

    assert sweep_at(EVE + MINUTE) == 1


def test_a_sweep_asks_the_database_no_more_for_what_is_decided_or_far_away(
    practice: Practice, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    minutes = iter(range(0, 60, 20))

    def add() -> None:
        minute = next(minutes)
        practice.book(f"2026-11-26 10:{minute:02}")
        practice.book(f"2026-12-09 10:{minute:02}")
        sweep_at(EVE)

    assert_same_queries_at_1_and_3(add=add, show=lambda: sweep_at(EVE))


def test_the_motives_of_others_stay_apart(practice: Practice) -> None:
    """Another motive at the same moment, after the reminder has left, tells nothing anew."""
    appointment = practice.book()
    sweep_at(EVE)
    move_appointment(
        appointment=appointment,
        starts_at=appointment.starts_at,
        motive=make_motive(practice.client, name="Certificat"),
        by=practice.lea,
        at=EVE + MINUTE,
    )

    assert (sweep_at(EVE + 2 * MINUTE), states()) == (0, ["due"])
