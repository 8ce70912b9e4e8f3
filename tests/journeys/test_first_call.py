"""The main job, from the ring to the portal: every screen is open, nobody reloads anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from agenda.models import Appointment
from calls.models import Call
from messages_app.models import Delivery, Message, Relay
from tests.browser.server import Site
from tests.journeys.house import (
    COURT,
    DURAND_LINE,
    LEA_TELEPHONE,
    MARTIN_LINE,
    open_house,
    person,
    until,
)

PHONE = {"width": 390, "height": 844}
pytestmark = pytest.mark.timeout(180)

Open = Callable[..., Page]
SignIn = Callable[[Page, Any], None]


def desk_of(new_page: Open, sign_in: SignIn, key: str) -> Page:
    page = new_page()
    sign_in(page, person(key))
    page.goto("/desk/")
    expect(page.locator("body")).to_have_attribute("data-live", "open")
    return page


def portal_of(new_page: Open, sign_in: SignIn, key: str, **options: Any) -> Page:
    page = new_page(**options)
    sign_in(page, person(key))
    page.goto("/portal/")
    expect(page.locator("body")).to_have_attribute("data-live", "open")
    return page


def pick_up(operator: Any, telephone: str) -> None:
    """Answer the oldest call on a telephone; the desk may show it a moment before it rings."""
    phone = operator.telephone(telephone)
    until(lambda: phone.ringing)
    phone.answer(phone.ringing[0])


def test_a_message_goes_from_the_ring_to_the_lawyer_and_her_answer_comes_back_by_keyboard_alone(
    site: Site, worker: None, new_page: Open, sign_in: SignIn
) -> None:
    operator = open_house()
    desk = desk_of(new_page, sign_in, "lea")
    inbox = portal_of(new_page, sign_in, "durand")

    operator.place_call(DURAND_LINE, COURT)
    expect(desk.locator("#callhead")).to_contain_text("Cabinet de Maître Durand, bonjour.")
    expect(desk.locator("#callhead")).to_contain_text("Greffe du tribunal judiciaire de Lyon")
    pick_up(operator, LEA_TELEPHONE)
    expect(desk.locator("#callhead")).to_have_attribute("data-state", "live")

    desk.keyboard.press("Escape")
    desk.keyboard.press("Digit2")
    expect(desk.locator("#face-message")).to_be_visible()
    desk.locator("#message textarea").focus()
    desk.keyboard.type("L’audience Morel est reportée au 15 janvier à 9 heures.")
    desk.locator("#message input[value=urgent]").focus()
    desk.keyboard.press("Space")
    desk.keyboard.press("Control+Enter")

    expect(desk.locator("#timeline")).to_contain_text("reportée au 15 janvier")
    expect(inbox.locator("#message-list")).to_contain_text("reportée au 15 janvier")
    expect(desk.locator("#timeline")).to_contain_text("06 ·· ·· ·· 18", timeout=20_000)

    inbox.locator("#message-list a", has_text="reportée").click()
    expect(inbox).to_have_url(re.compile("/portal/messages/"))
    inbox.locator("#reading .button-primary").click()
    expect(inbox.locator("#reading .tag-ok")).to_be_visible()
    message = Message.objects.get(body__contains="15 janvier à 9 heures")
    assert Relay.objects.get(message=message).state == "acknowledged"
    expect(desk.locator("#timeline")).to_contain_text("Sophie Durand")

    desk.keyboard.press("Escape")
    desk.keyboard.press("KeyR")
    desk.keyboard.press("KeyR")
    expect(desk.locator("#callhead")).to_have_attribute("data-state", "ended")
    call = Call.objects.get(messages=message)
    assert (call.ending, call.answered_by) == ("answered", person("lea"))
    sent = Delivery.objects.filter(messages=message)
    assert set(sent.values_list("channel", flat=True)) == {"sms", "email"}
    assert not any("Morel" in text for text in sent.values_list("text", flat=True))


def test_an_appointment_booked_while_talking_appears_on_the_doctors_telephone(
    site: Site, new_page: Open, sign_in: SignIn
) -> None:
    operator = open_house()
    desk = desk_of(new_page, sign_in, "lea")
    doctor = portal_of(new_page, sign_in, "martin", viewport=PHONE)

    operator.place_call(MARTIN_LINE, "+33639983501")
    expect(desk.locator("#callhead")).to_contain_text("Mme Jeanne Lambert")
    pick_up(operator, LEA_TELEPHONE)
    expect(desk.locator("#callhead")).to_have_attribute("data-state", "live")

    slot = desk.locator("#booking input[name=slot]").nth(1)
    day = slot.get_attribute("value")
    slot.check(force=True)
    desk.locator("#booking textarea, #booking input[name=note]").last.fill("renouvellement")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#booked .booked")).to_have_count(1)

    made = Appointment.objects.latest("created_at", "pk")
    assert (str(made.correspondent), made.note) == ("Mme Jeanne Lambert", "renouvellement")
    assert day is not None
    doctor.goto(f"{doctor.url.split('?')[0]}?day={made.local_day.isoformat()}")
    expect(doctor.locator("#main, main").first).to_contain_text("Mme Lambert")


def test_two_calls_at_once_keep_their_own_files_and_a_missed_one_waits_to_be_rung_back(
    site: Site, new_page: Open, sign_in: SignIn
) -> None:
    operator = open_house()
    desk = desk_of(new_page, sign_in, "lea")
    operator.place_call(DURAND_LINE, COURT)
    pick_up_when_ringing(desk, operator)
    desk.keyboard.press("Escape")
    desk.keyboard.press("Digit2")
    desk.locator("#message textarea").fill("Message en cours")

    second = operator.place_call(MARTIN_LINE, "+33639983502")
    waiting = desk.locator("[id^=waiting-]", has_text="Dr Martin")
    expect(waiting).to_have_count(1)
    uuid = str(waiting.get_attribute("id")).removeprefix("waiting-")

    expect(desk.locator("#callhead")).to_contain_text("Maître Durand")
    expect(desk.locator("#message textarea")).to_be_focused()
    expect(desk.locator("#message textarea")).to_have_value("Message en cours")
    second.hang_up()
    expect(waiting).to_have_count(0)
    missed = Call.objects.get(uuid=uuid)
    assert (missed.caller_number, missed.state) == ("+33639983502", Call.State.ENDED)
    assert missed.ending in ("missed", "abandoned")
    expect(desk.locator(f"#callback-{uuid}")).to_be_visible()

    desk.reload()
    expect(desk.locator("#message textarea")).to_have_value("Message en cours")


def pick_up_when_ringing(desk: Page, operator: Any) -> None:
    expect(desk.locator("#callhead")).to_have_attribute("data-state", "ringing")
    pick_up(operator, LEA_TELEPHONE)
    expect(desk.locator("#callhead")).to_have_attribute("data-state", "live")
