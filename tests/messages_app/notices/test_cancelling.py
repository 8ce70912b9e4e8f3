"""What practice and assistant cancel or move is told; what is taken back in time is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agenda.models import Appointment, AppointmentSeries, Side
from agenda.services import cancel_appointment, move_appointment, undo_change
from agenda.services.series import Place, book_series, cancel_series
from messages_app.models import AppointmentNotice, Delivery, NoticeSettings
from messages_app.services.agreement import note_agreement
from messages_app.services.notice_sweep import sweep_notices
from messages_app.services.notices import decline
from tests.agenda.factories import paris
from tests.messages_app.notices.practice import NOW, Practice, make_practice, texts

HOUR = timedelta(hours=1)
SOON = timedelta(seconds=20)
MOMENTS = ["2026-11-26 09:40", "2026-12-03 09:40", "2026-12-10 10:00"]
CANCELLED = (
    "Votre rendez-vous avec Dr Martin le jeudi 26 novembre à 9 h 40 est annulé. "
    "Pour en prendre un autre, appelez le 01 99 00 40 10"
)


@pytest.fixture
def practice(db: None) -> Practice:
    return make_practice(confirmation="none", cancellation="sms", with_link=True)


def cancel(
    appointment: Appointment, practice: Practice, side: Side = Side.DESK, at: str = ""
) -> None:
    moment = paris(at) if at else NOW + HOUR
    cancel_appointment(appointment=appointment, by=practice.lea, at=moment, side=side)


def undo_last(appointment: Appointment, practice: Practice, *, after: timedelta) -> None:
    change = appointment.changes.order_by("-pk")[0]
    undo_change(change=change, by=practice.lea, at=change.at + after)


def due() -> list[str]:
    """What will leave."""
    waiting = Delivery.objects.filter(state="due").order_by("pk")
    return list(waiting.values_list("text", flat=True))


def why() -> list[str]:
    return list(AppointmentNotice.objects.standing().values_list("why", flat=True))


@pytest.mark.parametrize("side", [Side.DESK, Side.PORTAL])
def test_what_the_practice_or_its_assistant_cancels_is_told_once_it_can_no_longer_be_undone(
    practice: Practice, side: Side
) -> None:
    cancel(practice.book(), practice, side)

    assert due() == [CANCELLED]
    delivery = Delivery.objects.get()
    assert (delivery.due_at, delivery.expires_at) == (NOW + HOUR + SOON, paris(MOMENTS[0]))
    assert AppointmentNotice.objects.get().link_digest is None


def test_who_cancelled_by_her_own_link_is_told_nothing(practice: Practice) -> None:
    cancel(practice.book(), practice, Side.PUBLIC)

    assert texts() == []


def test_a_booking_that_is_taken_back_at_once_is_told_to_nobody(practice: Practice) -> None:
    appointment = practice.book()

    undo_last(appointment, practice, after=SOON)

    assert texts() == []


def test_a_booking_that_is_taken_back_later_is_told(practice: Practice) -> None:
    appointment = practice.book()

    undo_last(appointment, practice, after=SOON * 2)

    assert due() == [CANCELLED]


def test_out_of_hours_it_waits_for_the_morning(practice: Practice) -> None:
    cancel(practice.book(), practice, at="2026-11-24 21:00")

    assert Delivery.objects.get().due_at == paris("2026-11-25 08:00")


def test_a_visit_before_the_hours_open_is_not_told_and_one_knows_why(practice: Practice) -> None:
    NoticeSettings.objects.update(opens_at="10:00")

    cancel(practice.book(), practice, at="2026-11-25 21:00")

    assert (texts(), why()) == ([], ["too_late"])


def test_a_visit_that_is_past_is_never_told(practice: Practice) -> None:
    appointment = practice.book("2026-11-23 10:40")

    cancel(appointment, practice, at="2026-11-23 10:40")

    assert (texts(), why()) == ([], [])


def test_nothing_is_told_where_the_practice_wishes_nothing(practice: Practice) -> None:
    NoticeSettings.objects.update(cancellation="none", confirmation="sms")
    appointment = practice.book()

    cancel(appointment, practice)

    assert due() == []


def test_who_has_not_agreed_is_not_written_to(practice: Practice) -> None:
    note_agreement(person=practice.patient, agrees=False, by=practice.lea, at=NOW)

    cancel(practice.book(), practice)

    assert (texts(), why()) == ([], ["refused"])


def test_who_wanted_nothing_about_this_visit_hears_nothing_of_its_move_its_day_and_its_end(
    practice: Practice,
) -> None:
    NoticeSettings.objects.update(confirmation="sms")
    appointment = practice.book()
    decline(appointment=appointment, at=NOW)

    move_appointment(
        appointment=appointment, starts_at=paris(MOMENTS[1]), by=practice.lea, at=NOW + HOUR
    )
    sweep_notices(clock=lambda: paris("2026-12-02 18:00"))
    cancel(appointment, practice, at="2026-12-02 18:30")

    assert (due(), set(why())) == ([], {"not_wanted"})


def test_an_email_says_it_in_its_subject_and_has_no_link(practice: Practice) -> None:
    NoticeSettings.objects.update(cancellation="email")
    practice.patient.email = "jeanne@lefevre.example"
    practice.patient.save()

    cancel(practice.book(), practice)

    letter = Delivery.objects.get()
    subject = letter.subject.translate({0xA0: " ", 0x202F: " "})
    assert subject == "Annulé : rendez-vous avec Dr Martin, jeudi 26 novembre à 9 h 40"
    assert "est annulé." in letter.text
    assert "/v/" not in letter.text + letter.html


@pytest.mark.parametrize("side", [Side.DESK, Side.PORTAL])
def test_a_move_by_either_side_is_told(practice: Practice, side: Side) -> None:
    NoticeSettings.objects.update(confirmation="sms", with_link=False)
    appointment = practice.book()
    Delivery.objects.update(state="accepted", provider_id="SM1")

    move_appointment(
        appointment=appointment,
        starts_at=paris(MOMENTS[1]),
        by=practice.lea,
        at=NOW + HOUR,
        side=side,
    )

    [text] = due()
    assert text.startswith(
        "Votre rendez-vous est déplacé : Dr Martin, le jeudi 3 décembre à 9 h 40."
    )


# --- Undone ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("confirmation", ["none", "sms"])
def test_undoing_takes_back_what_has_not_left(practice: Practice, confirmation: str) -> None:
    NoticeSettings.objects.update(confirmation=confirmation)
    appointment = practice.book()
    Delivery.objects.update(state="accepted", provider_id="SM1")
    cancel(appointment, practice, at="2026-11-24 21:00")

    undo_last(appointment, practice, after=HOUR)

    assert due() == []
    news = AppointmentNotice.objects.get(kind="cancelled")
    assert (news.state, news.deliveries.get().state) == ("withdrawn", "cancelled")


def test_undoing_after_it_has_left_tells_that_the_visit_stands(practice: Practice) -> None:
    NoticeSettings.objects.update(confirmation="sms")
    appointment = practice.book()
    Delivery.objects.update(state="accepted", provider_id="SM1")
    cancel(appointment, practice)
    Delivery.objects.filter(state="due").update(state="accepted", provider_id="SM2")

    undo_last(appointment, practice, after=timedelta(seconds=5))

    [text] = due()
    assert text.startswith("Rendez-vous pris avec Dr Martin le jeudi 26 novembre à 9 h 40.")


def test_a_text_that_waits_over_night_for_a_visit_that_stands_again_never_leaves(
    practice: Practice,
) -> None:
    appointment = practice.book()
    cancel(appointment, practice, at="2026-11-24 21:00")
    Appointment.objects.update(status="booked")
    Delivery.objects.update(wanted_until=paris("2026-11-25 07:00"))

    sweep_notices(clock=lambda: paris("2026-11-25 08:00"))

    assert Delivery.objects.get().state == "cancelled"


# --- Several at once ------------------------------------------------------------------------------


def series_of(practice: Practice) -> AppointmentSeries:
    return book_series(
        motive=practice.consultation,
        places=[Place(practice.calendar, paris(moment)) for moment in MOMENTS],
        correspondent=practice.patient,
        by=practice.lea,
        at=NOW,
    )


def test_a_series_that_is_cancelled_is_told_by_one_text(practice: Practice) -> None:
    cancel_series(series=series_of(practice), by=practice.lea, at=NOW + HOUR)

    [text] = texts()
    assert text.startswith(
        "Vos rendez-vous avec Dr Martin sont annulés : jeudi 26 novembre à 9 h 40, puis jeudi "
        "3 décembre 9 h 40, jeudi 10 décembre 10 h."
    )


@pytest.mark.parametrize("nth", [0, 1])
def test_one_of_them_that_stands_again_goes_out_of_the_text(practice: Practice, nth: int) -> None:
    series = series_of(practice)
    cancel_series(series=series, by=practice.lea, at=NOW + HOUR)
    restored = series.appointments.order_by("starts_at")[nth]

    undo_last(restored, practice, after=timedelta(seconds=5))

    [text] = due()
    first = ["jeudi 3 décembre", "jeudi 26 novembre"][nth]
    assert text.startswith(
        f"Vos rendez-vous avec Dr Martin sont annulés : {first} à 9 h 40, puis jeudi 10 décembre "
    )
