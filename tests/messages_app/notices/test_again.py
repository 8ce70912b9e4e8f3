"""A confirmation that is sent once more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agenda.services import cancel_appointment, move_appointment
from agenda.services.series import Place, book_series
from clients.models import AuditEntry
from messages_app.models import AppointmentNotice, Delivery, NoticeSettings
from messages_app.services.agreement import note_agreement
from messages_app.services.notice_again import (
    NothingToConfirm,
    SentOften,
    StillWaiting,
    Unreachable,
    send_again,
)
from messages_app.services.notices import decline
from tests.agenda.factories import paris
from tests.messages_app.notices.practice import MOBILE, NOW, Practice, make_practice, texts

HOUR = timedelta(hours=1)


@pytest.fixture
def practice(db: None) -> Practice:
    return make_practice()


def let_leave() -> None:
    for delivery in Delivery.objects.filter(state="due"):
        Delivery.objects.filter(pk=delivery.pk).update(
            state="accepted", provider_id=f"SM{delivery.pk}"
        )


def test_it_says_the_same_with_the_same_link_and_is_audited(practice: Practice) -> None:
    appointment = practice.book()
    let_leave()

    [again] = send_again(appointment=appointment, by=practice.lea, at=NOW + HOUR)

    first, second = texts()
    assert (second, again.address, again.due_at) == (first, MOBILE, NOW + HOUR)
    assert AppointmentNotice.objects.standing().get().deliveries.count() == 2
    kept = AuditEntry.objects.get(action="notice.sent_again")
    assert (kept.by, kept.target_uuid) == (practice.lea, appointment.uuid)


def test_a_link_that_is_forgotten_is_a_new_one(practice: Practice) -> None:
    appointment = practice.book()
    let_leave()
    Delivery.objects.update(text="")

    send_again(appointment=appointment, by=practice.lea, at=NOW + HOUR)

    assert texts()[1].startswith("Rendez-vous pris avec Dr Martin")


def test_what_was_not_sent_at_the_booking_is_sent_now(practice: Practice) -> None:
    appointment = practice.book()
    decline(appointment=appointment, at=NOW)

    send_again(appointment=appointment, by=practice.lea, at=NOW + HOUR)

    notice = AppointmentNotice.objects.standing().get(kind="confirm")
    assert (notice.state, notice.why, notice.person) == ("written", "", practice.patient)
    assert Delivery.objects.get(state="due").notice == notice


def test_what_was_never_decided_is_sent_now(practice: Practice) -> None:
    NoticeSettings.objects.update(confirmation="none")
    appointment = practice.book()
    NoticeSettings.objects.update(confirmation="sms")

    send_again(appointment=appointment, by=practice.lea, at=NOW + HOUR)

    assert AppointmentNotice.objects.get().tells_start == appointment.starts_at


def test_of_a_moved_visit_the_present_moment_is_told(practice: Practice) -> None:
    appointment = practice.book()
    let_leave()
    move_appointment(
        appointment=appointment, starts_at=paris("2026-11-27 10:00"), by=practice.lea, at=NOW
    )
    let_leave()

    send_again(appointment=appointment, by=practice.lea, at=NOW + HOUR)

    assert "vendredi 27 novembre à 10 h" in texts()[2]


def test_of_a_series_it_lists_the_visits_that_follow(practice: Practice) -> None:
    moments = ["2026-11-26 09:40", "2026-12-03 09:40", "2026-12-10 10:00"]
    series = book_series(
        motive=practice.consultation,
        places=[Place(practice.calendar, paris(moment)) for moment in moments],
        correspondent=practice.patient,
        by=practice.lea,
        at=NOW,
    )
    second = series.appointments.order_by("starts_at")[1]

    send_again(appointment=second, by=practice.lea, at=NOW + HOUR)

    assert "le jeudi 3 décembre à 9 h 40, puis jeudi 10 décembre 10 h." in texts()[-1]


def test_out_of_hours_it_waits_for_the_morning(practice: Practice) -> None:
    appointment = practice.book()
    let_leave()

    [again] = send_again(appointment=appointment, by=practice.lea, at=paris("2026-11-24 21:00"))

    assert again.due_at == paris("2026-11-25 08:00")


# --- Refused --------------------------------------------------------------------------------------


def test_one_that_waits_or_has_just_left_is_not_doubled(practice: Practice) -> None:
    appointment = practice.book()
    with pytest.raises(StillWaiting):
        send_again(appointment=appointment, by=practice.lea, at=NOW + HOUR)
    let_leave()

    with pytest.raises(StillWaiting):
        send_again(appointment=appointment, by=practice.lea, at=NOW + timedelta(minutes=5))

    assert Delivery.objects.count() == 1


def test_four_are_enough(practice: Practice) -> None:
    appointment = practice.book()
    for nth in (1, 2, 3):
        let_leave()
        send_again(appointment=appointment, by=practice.lea, at=NOW + nth * HOUR)
    let_leave()

    with pytest.raises(SentOften):
        send_again(appointment=appointment, by=practice.lea, at=NOW + 4 * HOUR)


@pytest.mark.parametrize(
    ("wishes", "is_cancelled", "moment"),
    [
        ({"confirmation": "none"}, False, "2026-11-23 11:00"),
        ({}, True, "2026-11-23 11:00"),
        ({}, False, "2026-11-26 09:40"),
    ],
)
def test_what_is_not_wished_cancelled_or_past_has_nothing_to_confirm(
    practice: Practice, wishes: dict[str, str], is_cancelled: bool, moment: str
) -> None:
    appointment = practice.book()
    let_leave()
    NoticeSettings.objects.update(**wishes)
    if is_cancelled:
        cancel_appointment(appointment=appointment, by=practice.lea, at=NOW)

    with pytest.raises(NothingToConfirm):
        send_again(appointment=appointment, by=practice.lea, at=paris(moment))


def test_who_wants_none_is_not_written_to(practice: Practice) -> None:
    appointment = practice.book()
    let_leave()
    note_agreement(person=practice.patient, agrees=False, by=practice.lea, at=NOW)

    with pytest.raises(Unreachable) as refused:
        send_again(appointment=appointment, by=practice.lea, at=NOW + HOUR)

    assert (refused.value.why, Delivery.objects.count()) == ("refused", 1)
