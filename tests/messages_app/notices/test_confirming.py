"""What a booking, a move and their taking back send, and what is never sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agenda.models import Appointment, Side
from agenda.services import cancel_appointment, move_appointment, undo_change
from agenda.services.series import Place, book_series
from clients.models import AuditEntry, PracticalInfo
from messages_app.models import AppointmentNotice, Delivery, NoticeSettings, StoppedAddress
from messages_app.queries.visits import notice_by_key
from messages_app.services.agreement import note_agreement, stop_texts
from messages_app.services.notices import decline
from messages_app.services.purging import purge_stops
from tests.agenda.factories import make_motive, paris
from tests.factories import make_correspondent
from tests.messages_app.notices.practice import (
    MOBILE,
    NOW,
    Practice,
    make_practice,
    texts,
)

SOON = NOW + timedelta(seconds=20)
HOUR = timedelta(hours=1)
NINE_FORTY = "Rendez-vous pris avec Dr Martin le jeudi 26 novembre à 9 h 40."


@pytest.fixture
def practice(db: None) -> Practice:
    return make_practice(with_link=False)


def wish(practice: Practice, **settings: object) -> None:
    NoticeSettings.objects.filter(client=practice.client).update(**settings)


def states() -> list[str]:
    """What became of each text, in their order."""
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def why() -> str:
    """Why the one notice was not sent."""
    return AppointmentNotice.objects.get(state="not_sent").why


def undo_last(appointment: Appointment, practice: Practice, *, after: timedelta) -> None:
    change = appointment.changes.order_by("-pk")[0]
    undo_change(change=change, by=practice.lea, at=change.at + after)


def test_a_booking_is_confirmed_by_sms_to_the_patient(practice: Practice) -> None:
    practice.book()

    delivery = Delivery.objects.get()
    assert (delivery.channel, delivery.address, delivery.purpose) == ("sms", MOBILE, "appointment")
    assert delivery.text == f"{NINE_FORTY} Empechement ? Appelez le 01 99 00 40 10"


def test_it_leaves_when_the_booking_can_no_longer_be_taken_back(practice: Practice) -> None:
    appointment = practice.book()

    delivery = Delivery.objects.get()
    assert (delivery.due_at, delivery.expires_at) == (SOON, appointment.starts_at)
    assert delivery.wanted_until == paris("2026-11-23 20:00")


def test_out_of_hours_it_waits_for_the_morning(practice: Practice) -> None:
    practice.book(at=paris("2026-11-23 20:30"))

    delivery = Delivery.objects.get()
    assert delivery.due_at == paris("2026-11-24 08:00")
    assert delivery.wanted_until == paris("2026-11-24 20:00")


def test_a_visit_before_the_hours_open_is_not_confirmed_and_one_knows_why(
    practice: Practice,
) -> None:
    wish(practice, opens_at="12:00")

    practice.book("2026-11-24 09:40", at=paris("2026-11-23 21:00"))

    assert (texts(), why()) == ([], "too_late")


def test_nothing_is_sent_where_the_practice_wishes_nothing(practice: Practice) -> None:
    NoticeSettings.objects.all().delete()

    practice.book()

    assert AppointmentNotice.objects.count() == Delivery.objects.count() == 0


def test_a_calendars_own_settings_go_before_its_clients(practice: Practice) -> None:
    NoticeSettings.objects.create(client=practice.client, calendar=practice.calendar)

    practice.book()

    assert texts() == []


def test_only_who_has_agreed_is_written_to(practice: Practice) -> None:
    stranger = make_correspondent(practice.client, "Roux", number="+33639981235")

    practice.book(correspondent=stranger)

    assert (texts(), why()) == ([], "not_agreed")


def test_a_practice_may_write_to_all_who_have_not_refused(practice: Practice) -> None:
    wish(practice, asks_agreement=False)
    stranger = make_correspondent(practice.client, "Roux", number="+33639981235")
    refuser = make_correspondent(practice.client, "Blanc", number="+33639981236", texts="refused")

    practice.book(correspondent=stranger)
    practice.book("2026-11-26 10:00", correspondent=refuser)

    assert Delivery.objects.get().address == "+33639981235"
    assert why() == "refused"


def test_a_stopped_number_is_left_in_peace_until_its_owner_agrees_anew(practice: Practice) -> None:
    practice.book()
    stop_texts(notice=AppointmentNotice.objects.get(), at=NOW)

    practice.book("2026-11-26 10:00")
    assert (Delivery.objects.count(), why()) == (1, "stopped")

    note_agreement(person=practice.patient, agrees=True, by=practice.lea, at=NOW)
    practice.book("2026-11-26 10:20")
    assert Delivery.objects.count() == 2


def test_a_number_that_told_the_operator_stop_is_left_in_peace(practice: Practice) -> None:
    practice.book()
    Delivery.objects.update(state="dead", error_code="21610")

    practice.book("2026-11-26 10:00")

    assert (Delivery.objects.count(), why()) == (1, "stopped")


def test_a_land_line_gets_no_sms(practice: Practice) -> None:
    landed = make_correspondent(
        practice.client, "Roux", number="+33199004288", texts="agreed", email="roux@mail.example"
    )

    practice.book(correspondent=landed)

    assert (texts(), why()) == ([], "no_address")


@pytest.mark.parametrize(
    ("way", "email", "channels"),
    [
        ("sms", "lefevre@mail.example", ["sms"]),
        ("email", "lefevre@mail.example", ["email"]),
        ("either", "lefevre@mail.example", ["sms"]),
        ("both", "lefevre@mail.example", ["email", "sms"]),
        ("both", "", ["sms"]),
        ("email", "", []),
    ],
)
def test_it_leaves_by_the_ways_that_the_practice_wishes(
    practice: Practice, way: str, email: str, channels: list[str]
) -> None:
    wish(practice, confirmation=way)
    practice.patient.email = email
    practice.patient.save()

    practice.book()

    assert sorted(Delivery.objects.values_list("channel", flat=True)) == channels


def test_sms_else_email_writes_to_the_mailbox_of_who_has_no_mobile(practice: Practice) -> None:
    wish(practice, confirmation="either")
    landed = make_correspondent(practice.client, "Roux", texts="agreed", email="roux@mail.example")

    practice.book(correspondent=landed)

    delivery = Delivery.objects.get()
    assert (delivery.channel, delivery.address) == ("email", "roux@mail.example")
    assert delivery.subject.startswith("Rendez-vous avec Dr Martin, jeudi 26 novembre")
    assert "Pour joindre le cabinet" in delivery.text


def test_a_mother_who_books_for_her_son_is_written_to(practice: Practice) -> None:
    son = make_correspondent(practice.client, "Lefèvre", first_name="Tom")

    practice.book(correspondent=son, caller=practice.patient)

    assert Delivery.objects.get().address == MOBILE


def test_a_colleague_who_books_for_a_patient_is_not_written_to(practice: Practice) -> None:
    colleague = make_correspondent(
        practice.client, "Arnaud", number="+33639981299", kind="colleague", texts="agreed"
    )

    practice.book(caller=colleague)

    assert Delivery.objects.get().address == MOBILE


def test_the_motive_stays_unsaid_unless_the_practice_names_it(practice: Practice) -> None:
    practice.book()
    wish(practice, with_motive=True)
    practice.book("2026-11-26 10:00")

    assert ["Consultation" in text for text in texts()] == [False, True]


def test_chosen_practical_facts_are_added(practice: Practice) -> None:
    settings = NoticeSettings.objects.get()
    settings.infos.set(PracticalInfo.objects.all())

    practice.book()

    assert f"{NINE_FORTY} 12, rue des Tilleuls, Lyon. Empechement" in texts()[0]


def test_the_practices_own_words_are_frozen_in_what_leaves(practice: Practice) -> None:
    wish(practice, confirmation_wording="À {heure} le {date} chez {praticien} ! {lien}")
    practice.book()
    wish(practice, confirmation_wording="Autre chose, {date} {heure}")

    assert texts() == ["A 9 h 40 le jeudi 26 novembre chez Dr Martin !"]


def test_an_english_practice_writes_in_english(practice: Practice) -> None:
    practice.client.languages = ["en"]
    practice.client.save()

    practice.book()

    assert texts() == [
        "Appointment booked with Dr Martin on Thursday 26 November at 9:40. "
        "Can't come? Call 01 99 00 40 10"
    ]


def test_a_move_tells_the_new_moment_and_takes_back_the_first(practice: Practice) -> None:
    appointment = practice.book()

    move_appointment(
        appointment=appointment, starts_at=paris("2026-11-27 10:00"), by=practice.lea, at=SOON
    )

    assert states() == ["cancelled", "due"]
    assert "vendredi 27 novembre à 10 h" in texts()[1]


def test_a_move_after_the_first_has_left_says_that_it_is_moved(practice: Practice) -> None:
    appointment = practice.book()
    Delivery.objects.update(state="accepted", provider_id="SM1")

    move_appointment(
        appointment=appointment, starts_at=paris("2026-11-27 10:00"), by=practice.lea, at=SOON
    )

    assert texts()[1].startswith("Votre rendez-vous est déplacé : Dr Martin, le vendredi")


def test_a_move_that_is_taken_back_in_time_sends_nothing(practice: Practice) -> None:
    appointment = practice.book()
    Delivery.objects.update(state="accepted", provider_id="SM1")
    later = NOW + HOUR
    move_appointment(
        appointment=appointment, starts_at=paris("2026-11-27 10:00"), by=practice.lea, at=later
    )

    undo_last(appointment, practice, after=timedelta(seconds=5))

    assert states() == ["accepted", "cancelled"]


def test_a_move_that_is_taken_back_too_late_tells_the_first_moment_again(
    practice: Practice,
) -> None:
    appointment = practice.book()
    move_appointment(
        appointment=appointment, starts_at=paris("2026-11-27 10:00"), by=practice.lea, at=SOON
    )
    Delivery.objects.filter(state="due").update(state="accepted", provider_id="SM2")

    undo_last(appointment, practice, after=HOUR)

    assert states() == ["cancelled", "accepted", "due"]
    assert "jeudi 26 novembre à 9 h 40" in texts()[2]


def test_another_motive_at_the_same_moment_sends_nothing(practice: Practice) -> None:
    appointment = practice.book()
    motive = make_motive(practice.client, name="Certificat")

    move_appointment(
        appointment=appointment,
        starts_at=appointment.starts_at,
        motive=motive,
        by=practice.lea,
        at=SOON,
    )

    assert states() == ["due"]


def test_a_cancellation_takes_back_what_has_not_left(practice: Practice) -> None:
    appointment = practice.book()

    cancel_appointment(appointment=appointment, by=practice.lea, at=NOW + timedelta(seconds=9))

    assert states() == ["cancelled"]
    assert AppointmentNotice.objects.get().state == "withdrawn"


def test_a_cancellation_taken_back_sends_the_confirmation_that_had_not_left(
    practice: Practice,
) -> None:
    appointment = practice.book()
    cancel_appointment(appointment=appointment, by=practice.lea, at=NOW + timedelta(seconds=5))

    undo_last(appointment, practice, after=timedelta(seconds=5))

    assert states() == ["cancelled", "due"]


def test_a_cancellation_taken_back_at_once_says_nothing_to_who_knows(practice: Practice) -> None:
    appointment = practice.book()
    Delivery.objects.update(state="accepted", provider_id="SM1")
    cancel_appointment(appointment=appointment, by=practice.lea, at=NOW + HOUR)

    undo_last(appointment, practice, after=timedelta(seconds=5))

    assert states() == ["accepted"]


def test_an_appointment_that_was_cancelled_for_a_while_is_told_again(practice: Practice) -> None:
    appointment = practice.book()
    Delivery.objects.update(state="accepted", provider_id="SM1")
    cancel_appointment(appointment=appointment, by=None, at=NOW + HOUR, side=Side.PUBLIC)

    undo_last(appointment, practice, after=HOUR)

    assert states() == ["accepted", "due"]


def test_a_declined_appointment_sends_nothing_at_all(practice: Practice) -> None:
    appointment = practice.book()

    decline(appointment=appointment, at=NOW)

    notices = AppointmentNotice.objects.standing().order_by("kind")
    assert states() == ["cancelled"]
    assert [(one.kind, one.why) for one in notices] == [
        ("confirm", "not_wanted"),
        ("reminder", "not_wanted"),
    ]


def test_the_answer_is_kept_with_its_moment_and_audited_once(practice: Practice) -> None:
    person = make_correspondent(practice.client, "Roux")

    for _ in range(2):
        note_agreement(person=person, agrees=False, by=practice.lea, at=NOW)

    person.refresh_from_db()
    assert (person.texts, person.texts_answered_at) == ("refused", NOW)
    kept = AuditEntry.objects.filter(action="correspondent.texts_refused")
    assert kept.get().target_uuid == person.uuid


def test_a_stop_is_forgotten_three_years_later(practice: Practice) -> None:
    practice.book()
    stop_texts(notice=AppointmentNotice.objects.get(), at=NOW)
    three_years = StoppedAddress.personal["address"].keep

    assert purge_stops(at=NOW + three_years) == 0
    assert purge_stops(at=NOW + three_years + HOUR) == 1


def test_a_series_is_confirmed_by_one_text_with_all_its_visits(practice: Practice) -> None:
    NoticeSettings.objects.update(with_link=True)
    moments = ["2026-11-26 09:40", "2026-12-03 09:40", "2026-12-10 10:00"]

    book_series(
        motive=practice.consultation,
        places=[Place(practice.calendar, paris(moment)) for moment in moments],
        correspondent=practice.patient,
        by=practice.lea,
        at=NOW,
    )

    [text] = texts()
    assert (
        "le jeudi 26 novembre à 9 h 40, puis jeudi 3 décembre 9 h 40, jeudi 10 décembre 10 h."
    ) in text
    key = text.rsplit("/", 1)[1]
    notice = notice_by_key(key, at=NOW)
    assert notice is not None
    assert notice.tells_start == paris(moments[0])
    others = AppointmentNotice.objects.filter(state="not_sent")
    assert set(others.values_list("why", flat=True)) == {"together"}
