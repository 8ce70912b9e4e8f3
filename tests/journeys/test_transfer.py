"""A transfer that nobody takes, and one by hanging up; the desk says so without a reload."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from calls.models import Transfer
from tests.browser.server import Site
from tests.journeys.house import COURT, DURAND_LINE, LEA_TELEPHONE, open_house
from tests.journeys.test_first_call import desk_of, pick_up

pytestmark = pytest.mark.timeout(180)

SOMEBODY = "+33199004055"


def test_a_caller_whom_nobody_takes_comes_back_to_her_and_is_put_through_later(
    site: Site,
    worker: None,
    new_page: Callable[..., Page],
    sign_in: Callable[[Page, Any], None],
    axe: Callable[[Page], None],
) -> None:
    operator = open_house()
    desk = desk_of(new_page, sign_in, "lea")
    caller = operator.place_call(DURAND_LINE, COURT)
    expect(desk.locator("#callhead")).to_contain_text("Greffe du tribunal")
    pick_up(operator, LEA_TELEPHONE)
    expect(desk.locator("#callhead")).to_have_attribute("data-state", "live")

    desk.keyboard.press("Escape")
    desk.keyboard.press("h")
    expect(desk.locator(".talk-words")).to_contain_text("En attente")
    axe(desk)
    desk.keyboard.press("h")
    expect(desk.locator(".talk-words")).to_have_count(0)

    desk.keyboard.press("z")
    expect(desk.locator("#transfer-aim")).to_be_focused()
    desk.keyboard.type("01 99 00 40 55")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".talk-words")).to_contain_text("ça sonne")
    expect(desk.locator("#transfer-dialog")).to_be_hidden()
    operator.telephone(SOMEBODY).decline()

    expect(desk.locator(".talk-words")).to_contain_text("l’appelant revient", timeout=20_000)
    expect(desk.locator("[data-key=transfer]")).to_be_visible()
    assert Transfer.objects.get().outcome == "busy"
    assert caller.state == "in-progress"

    desk.keyboard.press("z")
    expect(desk.locator("#transfer-aim")).to_be_focused()
    desk.keyboard.type("01 99 00 40 55")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".talk-words")).to_contain_text("ça sonne")
    operator.telephone(SOMEBODY).answer()
    expect(desk.locator(".talk-hint")).to_contain_text("Raccrocher passe", timeout=20_000)
    operator.telephone(LEA_TELEPHONE).hang_up()

    expect(desk.locator(".talk-words")).to_contain_text("Mis en relation", timeout=20_000)
    expect(desk.locator("#presence-key")).to_contain_text("Termine un dossier")
    assert (caller.state, Transfer.objects.latest("pk").outcome) == ("in-progress", "put_through")
