"""Confirmations and reminders on the desk: asked at booking, in the file, and to follow up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from agenda.models import Appointment, Side
from agenda.services import cancel_appointment, confirm_appointment
from calls.models import Call
from clients.models import Assignment, Correspondent, User
from desk.queries.figures import figures
from desk.texts import texts_line
from messages_app.models import AppointmentNotice, Delivery, NoticeSettings
from tests.desk.calls import at
from tests.desk.test_booking import slot, typed
from tests.desk.test_wishes import rhythm
from tests.factories import make_correspondent
from tests.people import NOW, Practice, visit

Ask = Callable[..., Any]
MOBILE = "+33639981299"


@pytest.fixture
def wished(practice: Practice) -> NoticeSettings:
    """The practice confirms and reminds by SMS."""
    return NoticeSettings.objects.create(
        client=practice.client, confirmation="sms", reminder="sms", with_link=False
    )


@pytest.fixture
def costa(practice: Practice) -> Correspondent:
    return make_correspondent(practice.client, "Costa", civility="mrs", number=MOBILE)


def test_the_line_stands_only_where_the_practice_wishes_texts(
    call: Call, practice: Practice
) -> None:
    assert texts_line(call, {}) is None

    NoticeSettings.objects.create(client=practice.client)
    assert texts_line(call, {}) is None

    NoticeSettings.objects.update(reminder="sms")
    assert texts_line(call, {}) is not None


def test_the_line_says_where_the_text_would_go(
    call: Call, wished: NoticeSettings, costa: Correspondent
) -> None:
    call.correspondent = costa

    line = texts_line(call, {})

    assert line is not None
    assert (line.is_ticked, line.hint) == (True, "À Mme Costa, 06 ·· ·· ·· 99.")


def test_who_has_refused_is_not_ticked(
    call: Call, wished: NoticeSettings, costa: Correspondent
) -> None:
    costa.texts = "refused"
    call.correspondent = costa

    line = texts_line(call, {})

    assert line is not None
    assert (line.is_ticked, line.hint) == (False, "Mme Costa a refusé jusqu’ici.")


def test_what_was_unticked_stays_so_in_the_draft(call: Call, wished: NoticeSettings) -> None:
    unticked = texts_line(call, {"texts_shown": "yes"})
    ticked = texts_line(call, {"texts_shown": "yes", "texts": "yes"})

    assert (unticked and unticked.is_ticked, ticked and ticked.is_ticked) == (False, True)


def test_a_tick_notes_the_agreement_and_the_sms_is_in_the_outbox(
    hx: Ask, call: Call, practice: Practice, wished: NoticeSettings, costa: Correspondent
) -> None:
    answer = {"texts_shown": "yes", "texts": "yes", "patient": str(costa.uuid)}
    hx("post", at("book", call), typed(practice, **answer))

    costa.refresh_from_db()
    assert (costa.texts, costa.texts_answered_at) == ("agreed", NOW)
    assert Delivery.objects.get(purpose="appointment").address == MOBILE


def test_without_the_tick_nothing_is_sent_about_this_appointment(
    hx: Ask, call: Call, practice: Practice, wished: NoticeSettings, costa: Correspondent
) -> None:
    costa.texts = "agreed"
    costa.save()

    hx("post", at("book", call), typed(practice, texts_shown="yes", patient=str(costa.uuid)))

    costa.refresh_from_db()
    assert costa.texts == "agreed"
    assert not Delivery.objects.filter(purpose="appointment", state="due").exists()
    standing = AppointmentNotice.objects.standing()
    assert set(standing.values_list("why", flat=True)) == {"not_wanted"}


def test_a_series_is_told_in_one_text_where_the_box_is_ticked(
    hx: Ask, call: Call, practice: Practice, wished: NoticeSettings, costa: Correspondent
) -> None:
    hx("post", at("series", call), series_of(practice, costa, texts="yes"))

    costa.refresh_from_db()
    assert (costa.texts, Appointment.objects.filter(correspondent=costa).count()) == ("agreed", 3)
    text = Delivery.objects.get(purpose="appointment").text
    assert "à 15 h, puis jeudi 26 novembre 15 h, vendredi 27 novembre 15 h." in text


def test_a_series_sends_nothing_where_the_box_is_not_ticked(
    hx: Ask, call: Call, practice: Practice, wished: NoticeSettings, costa: Correspondent
) -> None:
    costa.texts = "agreed"
    costa.save()

    hx("post", at("series", call), series_of(practice, costa))

    standing = AppointmentNotice.objects.standing()
    assert not Delivery.objects.filter(purpose="appointment", state="due").exists()
    assert [(one.kind, one.why) for one in standing.order_by("kind", "pk")] == [
        *[("confirm", "not_wanted")] * 3,
        *[("reminder", "not_wanted")] * 3,
    ]


def test_the_form_of_a_series_asks_with_the_answer_already_given(
    hx: Ask, call: Call, practice: Practice, wished: NoticeSettings
) -> None:
    given = {"motive": str(practice.consultation.uuid)}
    fresh = hx("get", at("series", call), given).content.decode()
    unticked = hx("get", at("series", call), given | {"texts_shown": "yes"}).content.decode()

    box = 'name="texts" value="yes" id="series-texts"'
    assert f"{box} checked>" in fresh
    assert f"{box}>" in unticked


def series_of(practice: Practice, person: Correspondent, **answer: str) -> dict[str, Any]:
    places = [slot(practice, f"2026-11-{day} 15:00") for day in ("25", "26", "27")]
    sent = rhythm(practice) | {"place": places, "patient": str(person.uuid)}
    return sent | {"texts_shown": "yes"} | answer


def test_the_dialog_tells_what_was_sent_and_what_is_planned(
    hx: Ask, lea: User, practice: Practice, wished: NoticeSettings
) -> None:
    NoticeSettings.objects.update(asks_agreement=False)
    appointment = visit(practice, "2026-11-26 09:40", "Costa")
    confirm_appointment(appointment=appointment, by=None, at=NOW)

    page = hx("get", f"/desk/appointments/{appointment.uuid}/").content.decode()

    assert "Confirmation par SMS, 06 ·· ·· ·· 34" in page
    assert "Rappel prévu mercredi 25 novembre à 18" in page
    assert "La personne a confirmé sa venue" in page
    assert "24 nov. 8:40</time><span>La personne a confirmé" in page


def visit_of(practice: Practice, person: Correspondent) -> Appointment:
    one = visit(practice, "2026-11-27 15:00")
    one.correspondent = person
    one.save()
    return one


def test_the_dialog_sends_the_confirmation_again_and_says_so_or_why_not(
    hx: Ask, practice: Practice, wished: NoticeSettings, costa: Correspondent
) -> None:
    costa.texts = "agreed"
    costa.save()
    one = visit_of(practice, costa)
    path = f"/desk/appointments/{one.uuid}/"
    offered = hx("get", path).content.decode()

    sent = hx("post", f"{path}confirm/")
    refused = hx("post", f"{path}confirm/")

    assert "Renvoyer la confirmation" in offered
    assert "En route vers 06 ·· ·· ·· 99." in sent.content.decode()
    assert (sent.status_code, refused.status_code) == (200, 409)
    assert "Pas renvoyée" in refused.content.decode()
    assert Delivery.objects.filter(purpose="appointment").count() == 1


def test_the_dialog_offers_no_confirmation_where_the_practice_sends_none(
    hx: Ask, practice: Practice, costa: Correspondent
) -> None:
    one = visit_of(practice, costa)

    assert "Renvoyer" not in hx("get", f"/desk/appointments/{one.uuid}/").content.decode()


def test_nobody_confirms_what_another_desk_answers(
    hx: Ask, practice: Practice, wished: NoticeSettings
) -> None:
    theirs = visit(practice, "2026-11-27 15:00")
    Assignment.objects.filter(client=practice.client).delete()

    assert hx("post", f"/desk/appointments/{theirs.uuid}/confirm/").status_code == 404


def test_the_week_marks_who_has_confirmed(hx: Ask, call: Call, practice: Practice) -> None:
    appointment = Appointment.objects.filter(local_day="2026-11-26").earliest("pk")
    before = hx("get", at("week", call)).content.decode()

    confirm_appointment(appointment=appointment, by=None, at=NOW)

    after = hx("get", at("week", call)).content.decode()
    assert (before.count("confirmé"), after.count("confirmé")) == (0, 1)


def test_the_file_keeps_what_the_person_said(hx: Ask, lea: User, costa: Correspondent) -> None:
    browser = Browser()
    browser.force_login(lea)
    path = f"/desk/people/{costa.uuid}/"
    assert "Pas encore demandé" in browser.get(path).text

    browser.post(f"{path}texts/", {"answer": "refused"})

    costa.refresh_from_db()
    assert costa.texts == "refused"
    assert "Refuse" in browser.get(path).text
    assert browser.post(f"{path}texts/", {"answer": "perhaps"}).status_code == 400


def test_a_refused_reminder_is_to_be_followed_up_with_the_number_to_ring(
    lea: User, practice: Practice, wished: NoticeSettings
) -> None:
    NoticeSettings.objects.update(asks_agreement=False)
    visit(practice, "2026-11-26 09:40", "Costa")
    Delivery.objects.update(state="dead", needs_human=True, error_code="21614")
    browser = Browser()
    browser.force_login(lea)

    page = browser.get("/desk/follow-up/").text

    assert "SMS au 06 ·· ·· ·· 34" in page or "SMS à 06 ·· ·· ·· 34" in page
    assert "Costa" in page
    assert 'href="tel:+33639981234"' in page


def test_what_a_person_cancelled_herself_waits_until_a_desk_has_seen_it(
    lea: User, practice: Practice
) -> None:
    appointment = visit(practice, "2026-11-26 10:00", "Costa")
    waiting = figures(lea, NOW).to_follow_up
    cancel_appointment(appointment=appointment, by=None, at=NOW, side=Side.PUBLIC)
    assert figures(lea, NOW).to_follow_up == waiting + 1
    browser = Browser()
    browser.force_login(lea)
    assert "Mme Costa a annulé son rendez-vous du jeudi" in browser.get("/desk/follow-up/").text

    change = appointment.changes.get(side=Side.PUBLIC)
    browser.post(f"/desk/follow-up/people/{change.uuid}/seen/")

    change.refresh_from_db()
    assert (change.desk_seen_at, change.desk_seen_by, change.seen_at) == (NOW, lea, None)
    assert figures(lea, NOW).to_follow_up == waiting
