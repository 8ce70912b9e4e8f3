"""The simulator as a person uses it: by keys, while the page keeps itself up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from playwright.sync_api import Page, expect
from pytest_django import Settings

from calls.models import Call
from calls.telephony.interpreter import running
from clients.models import User
from tests.factories import make_assistant, make_client, make_correspondent, make_line

LINE = "+33199004077"


@pytest.fixture(autouse=True)
def stopped_afterwards() -> Iterator[None]:
    yield
    running.stop()


@pytest.fixture
def lea(transactional_db: None) -> User:
    client = make_client(name="Cabinet Morel")
    make_line(client, LINE)
    make_correspondent(client, "Lefèvre", number="+33639980001")
    return make_assistant(client, "lea")


@pytest.fixture
def simulator(page: Page, lea: User, sign_in: Callable[[Page, Any], None]) -> Page:
    sign_in(page, lea)
    page.goto("/operator/")
    return page


def test_a_call_is_placed_answered_and_ended_without_the_mouse(simulator: Page) -> None:
    simulator.keyboard.press("c")
    expect(simulator.get_by_role("button", name="Décrocher")).to_be_visible()
    simulator.keyboard.press("j")
    expect(simulator.locator(".heard-connected")).to_have_count(1)
    # The telephone's key means "refuse" until its own region shows the talk.
    expect(simulator.get_by_role("button", name="Refuser")).to_have_count(0)
    simulator.keyboard.press("u")
    expect(simulator.locator(".heard-ended")).to_have_count(1)
    expect(simulator.locator(".telephone-call")).to_have_count(0)
    expect(simulator.locator(".trace-line").first).to_contain_text("completed")
    assert Call.objects.count() == 1


PRESS_AS_SOON_AS_IT_IS_DRAWN = """() => new MutationObserver((_changes, observer) => {
  const button = document.querySelector("[id^='end-']");
  if (button) { observer.disconnect(); button.click(); }
}).observe(document.getElementById("regions"), { childList: true, subtree: true })"""


def test_a_button_pressed_in_the_moment_it_is_drawn_does_what_it_says(simulator: Page) -> None:
    simulator.keyboard.press("c")
    expect(simulator.get_by_role("button", name="Décrocher")).to_be_visible()
    simulator.evaluate(PRESS_AS_SOON_AS_IT_IS_DRAWN)
    simulator.keyboard.press("j")
    expect(simulator.locator(".heard-ended")).to_have_count(1)


def test_letters_typed_in_a_field_are_only_letters(simulator: Page) -> None:
    field = simulator.get_by_label("Appelle depuis")
    field.fill("")
    field.press_sequentially("chj1")
    simulator.wait_for_timeout(1500)
    expect(field).to_have_value("chj1")
    expect(field).to_be_focused()
    expect(simulator.locator(".transcript")).to_have_count(0)
    field.press("Escape")
    expect(field).not_to_be_focused()


def test_the_page_renews_itself_without_taking_the_focus_or_closing_what_is_open(
    simulator: Page,
) -> None:
    simulator.keyboard.press("c")
    button = simulator.get_by_role("button", name="Décrocher")
    expect(button).to_be_visible()
    opened = simulator.locator(".trace-line").last
    opened.locator("summary").click()
    button.focus()
    running.exchange().place_call(LINE, "+33639980002")
    expect(simulator.get_by_role("button", name="Décrocher")).to_have_count(2)
    expect(button.first).to_be_focused()
    expect(opened.locator("dl")).to_be_visible()


@pytest.mark.look
def test_a_crowd_and_a_bad_day_are_seen_until_everything_is_put_right(simulator: Page) -> None:
    late = simulator.get_by_role("button", name="En retard")
    late.click()
    expect(late).to_have_attribute("aria-pressed", "true")
    simulator.get_by_label("Appelants").fill("3")
    simulator.get_by_role("button", name="Tous à la fois").click()
    expect(simulator.locator(".crowd > li")).to_have_count(3)
    expect(simulator.locator(".crowd-ringing")).to_have_count(3)
    expect(simulator.get_by_role("button", name="Décrocher")).to_have_count(3)
    simulator.keyboard.press("r")
    expect(late).to_have_attribute("aria-pressed", "false")
    expect(simulator.locator(".crowd > li")).to_have_count(0)
    expect(simulator.get_by_role("button", name="Décrocher")).to_have_count(0)


def test_what_is_not_a_number_is_said_beside_the_field(simulator: Page) -> None:
    simulator.get_by_label("Appelle depuis").fill("bonjour")
    simulator.get_by_role("button", name="Appeler").click()
    expect(simulator.get_by_role("alert").filter(has_text="bonjour")).to_be_visible()


def top_of(page: Page, part: str) -> float:
    box = page.locator(part).bounding_box()
    assert box
    return box["y"]


@pytest.mark.look
@pytest.mark.parametrize("width", [390, 1440])
def test_both_pages_are_accessible_and_fit(
    simulator: Page, axe: Callable[[Page], None], width: int
) -> None:
    simulator.set_viewport_size({"width": width, "height": 900})
    simulator.keyboard.press("c")
    expect(simulator.get_by_role("button", name="Décrocher")).to_be_visible()
    simulator.get_by_text("Sur quelles lignes").click()
    simulator.get_by_role("button", name="Perdus").click()
    simulator.keyboard.press("p")
    expect(simulator.locator(".crowd > li")).to_have_count(10)
    axe(simulator)
    assert fits(simulator)
    # The telephones, which one uses, stand before what is for training.
    assert top_of(simulator, "#telephones-title") < top_of(simulator, "#training-title")
    running.exchange().sms.create(
        {"To": "+33639980055", "From": "Permanence", "Body": "http://localhost/" + "a" * 80}
    )
    simulator.goto("/operator/outbox/")
    expect(simulator.get_by_text("distribué")).to_be_visible()
    axe(simulator)
    assert fits(simulator)


def test_an_e_mail_is_shown_as_a_mail_program_shows_it(
    simulator: Page, settings: Settings, tmp_path: Path
) -> None:
    settings.MAILBOX_DIR = tmp_path
    letter = EmailMultiAlternatives("Message", "Bonjour", "a@b.example", ["c@d.example"])
    letter.attach_alternative('<h1 style="color:teal">Bonjour Maître</h1>', "text/html")
    get_connection("calls.telephony.interpreter.mailbox.EmailBackend").send_messages([letter])
    simulator.goto("/operator/outbox/")
    simulator.get_by_text("Comme un logiciel de messagerie").click()
    heading = simulator.frame_locator("iframe").get_by_role("heading", name="Bonjour Maître")
    expect(heading).to_be_visible()
    expect(heading).to_have_css("color", "rgb(0, 128, 128)")


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
