"""Presence in a real browser: what only the page itself can show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from calls.models import Call, Presence
from calls.services import set_presence
from calls.services.live import publish_call
from tests.browser.pages import SENT_ANEW_MEANWHILE
from tests.browser.server import Site
from tests.desk.calls import at, ring
from tests.factories import make_assistant
from tests.people import NOW, Practice

pytestmark = pytest.mark.timeout(120)

SignIn = Callable[[Page, Any], None]


@pytest.fixture
def desk(site: Site, page: Page, sign_in: SignIn, practice: Practice) -> Page:
    """Léa's page, signed in."""
    sign_in(page, practice.lea)
    return page


def test_while_she_writes_up_a_second_caller_does_not_take_the_first_one_s_place(
    desk: Page, practice: Practice
) -> None:
    written = ring(practice.client, by=practice.lea, ended=Call.Ending.ANSWERED)
    Presence.objects.update(wrap_up_until=NOW + timedelta(minutes=5))
    desk.goto(at("call", written))
    expect(desk.locator("body")).to_have_attribute("data-live", "open")

    second = ring(practice.client, "+33639984499", ago=0)
    publish_call(second)
    expect(desk.locator(f"#waiting-{second.uuid}")).to_be_visible()
    expect(desk.locator("#callhead")).to_have_attribute("data-call", str(written.uuid))

    desk.keyboard.press("F8")
    expect(desk.locator(".presence .pill").first).to_contain_text("Disponible")
    expect(desk.locator("#callhead[data-writing]")).to_have_count(0)


def test_a_break_by_key_and_back(
    desk: Page, practice: Practice, axe: Callable[[Page], None]
) -> None:
    desk.goto("/desk/day/")
    expect(desk.locator("body")).to_have_attribute("data-live", "open")

    desk.keyboard.press("F8")
    expect(desk.locator(".presence-form .button").first).to_be_focused()
    axe(desk)
    desk.keyboard.press("Tab")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.locator(".presence .pill").first).to_contain_text("En pause, déjeuner")
    expect(desk.locator("#dialog")).to_be_hidden()

    desk.keyboard.press("F8")
    expect(desk.locator(".presence .pill").first).to_contain_text("Disponible")


def test_waiting_callers_are_reached_by_key_and_the_focus_outlasts_a_new_board(
    desk: Page, practice: Practice
) -> None:
    since = NOW - timedelta(seconds=50)
    first, second = (ring(practice.client, queued_at=since, ago=60 - n) for n in range(2))
    desk.goto("/desk/day/")
    expect(desk.locator("body")).to_have_attribute("data-live", "open")

    desk.keyboard.press("k")
    expect(desk.locator(f"#take-{first.uuid}")).to_be_focused()
    publish_call(ring(practice.client, ago=9, queued_at=NOW))
    expect(desk.locator(".waiting-one")).to_have_count(3)
    expect(desk.locator(f"#take-{first.uuid}")).to_be_focused()

    desk.keyboard.press("Enter")
    expect(desk.locator(f"#waiting-{first.uuid}")).to_contain_text("sonne chez vous")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.offered_to, second.offered_to) == (practice.lea, None)


@pytest.mark.once
def test_what_is_answered_to_a_button_of_a_board_that_was_sent_anew_is_said_and_shown(
    desk: Page, practice: Practice
) -> None:
    call = ring(practice.client, queued_at=NOW - timedelta(seconds=50), ago=60)
    desk.goto("/desk/day/")
    expect(desk.locator("body")).to_have_attribute("data-live", "open")
    desk.evaluate(SENT_ANEW_MEANWHILE, "board-now")

    desk.locator(f"#take-{call.uuid}").click()

    expect(desk.locator("[data-toast]")).to_contain_text("décrochez")
    expect(desk.locator(f"#waiting-{call.uuid}")).to_contain_text("sonne chez vous")


def test_calls_without_a_word_are_named_one_after_the_other_by_key(
    desk: Page, practice: Practice, axe: Callable[[Page], None]
) -> None:
    calls = [
        ring(practice.client, by=practice.lea, ended=Call.Ending.ANSWERED, ago=100 + n)
        for n in range(3)
    ]
    desk.goto("/desk/day/")
    desk.keyboard.press("u")
    expect(desk.locator("[data-unsaid]")).to_have_count(3)
    axe(desk)

    desk.keyboard.press("i")
    expect(desk.locator("[data-unsaid]")).to_have_count(2)
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("c")
    expect(desk.locator("[data-unsaid]")).to_have_count(1)

    said = [Call.objects.get(pk=call.pk).disposition for call in calls]
    assert said == ["information", "", "canvasser"]


@pytest.mark.once
def test_an_idle_desk_says_where_calls_go_as_colleagues_come_and_go(
    desk: Page, practice: Practice
) -> None:
    claire = make_assistant(practice.client, "claire", rank=2)
    set_presence(user=practice.lea, state="paused", by=practice.lea, at=timezone.now())
    desk.goto("/desk/")
    expect(desk.locator("body")).to_have_attribute("data-live", "open")
    expect(desk.locator("#idle-words")).to_contain_text("Les appels vont à Claire.")

    set_presence(user=claire, state="away", by=claire, at=timezone.now())
    expect(desk.locator("#idle-words")).not_to_contain_text("Claire")
    expect(desk.locator("#idle-words")).to_contain_text("entendront")

    desk.keyboard.press("F8")
    expect(desk.locator("#idle-words")).to_contain_text("s’ouvrira ici")
