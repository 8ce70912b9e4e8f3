"""What a hand on the keyboard reaches, and in how few presses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from clients.models import User
from tests.agenda.factories import make_calendar
from tests.browser.server import Site
from tests.desk.calls import at, ring
from tests.factories import make_correspondent
from tests.people import Practice

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def desk(site: Site, page: Page, sign_in: Callable[[Page, Any], None], lea: User) -> Page:
    """Léa's page, signed in."""
    sign_in(page, lea)
    return page


def open_call(desk: Page, practice: Practice, lea: User, face: str = "appointment") -> None:
    desk.goto(f"{at('call', ring(practice.client, by=lea))}?face={face}")
    expect(desk.locator("body")).to_have_attribute("data-live", "open")


def test_one_key_asks_who_is_calling_and_stands_in_the_field(
    desk: Page, lea: User, practice: Practice
) -> None:
    open_call(desk, practice, lea)

    desk.keyboard.press("a")

    expect(desk.locator("#caller-search")).to_be_focused()


def test_the_same_key_points_to_the_first_of_those_who_share_the_number(
    desk: Page, lea: User, practice: Practice
) -> None:
    for name in ("Aubry", "Blanc"):
        make_correspondent(practice.client, name, number="+33639984410")
    open_call(desk, practice, lea)

    desk.keyboard.press("a")
    expect(desk.get_by_role("button", name="Aubry")).to_be_focused()
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")

    expect(desk.locator(".caller-name")).to_have_text("Blanc")


def test_a_message_from_a_known_caller_begins_with_what_was_said(
    desk: Page, lea: User, practice: Practice
) -> None:
    make_correspondent(practice.client, "Aubry", number="+33639984410")
    open_call(desk, practice, lea)

    desk.keyboard.press("Digit2")

    expect(desk.locator("#message-body")).to_be_focused()


def test_escape_closes_the_search_at_once(desk: Page, lea: User, practice: Practice) -> None:
    open_call(desk, practice, lea)
    desk.keyboard.press("Control+k")
    desk.keyboard.type("cos")
    expect(desk.locator("#palette-results")).not_to_be_empty()

    desk.keyboard.press("Escape")

    expect(desk.locator("#palette")).to_be_hidden()


def test_the_first_free_slots_follow_the_practitioners_shown(
    desk: Page, lea: User, practice: Practice
) -> None:
    make_calendar(practice.client, hours=((time(7), time(8)),), name="Dr Benali", position=1)
    open_call(desk, practice, lea)
    expect(desk.locator("#slots")).not_to_contain_text("7:20")

    desk.locator("#week .segmented a", has_text="Dr Benali").click()

    expect(desk.locator("#slots")).to_contain_text("7:20")


def test_the_menu_closes_by_escape_and_gives_the_focus_back(desk: Page, lea: User) -> None:
    desk.goto("/desk/")
    summary = desk.locator(".menu > summary")
    summary.click()
    expect(desk.locator(".menu-list")).to_be_visible()

    desk.keyboard.press("Escape")

    expect(desk.locator(".menu-list")).to_be_hidden()
    expect(summary).to_be_focused()


def test_a_missed_caller_is_rung_back_from_his_page(
    desk: Page, lea: User, practice: Practice
) -> None:
    missed = ring(practice.client, "+33639984499", ended="missed")
    desk.goto(at("call", missed))

    button = desk.locator(".callhead-caller").get_by_role("button", name="Rappeler")
    expect(button).to_have_attribute("value", f"call:{missed.uuid.hex}")
