"""A hand-over in the middle of a ringing call: on both desks, by keys, nobody reloads anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from calls.models import Call, Presence
from tests.browser.server import Site
from tests.journeys.house import COURT, DURAND_LINE, open_house, person
from tests.journeys.test_first_call import desk_of, pick_up

pytestmark = pytest.mark.timeout(180)
CLAIRE_TELEPHONE = "sip:claire@telephones.demo.permanence.example"

Open = Callable[..., Page]
SignIn = Callable[[Page, Any], None]


def test_a_call_that_rings_while_she_hands_over_is_taken_by_her_colleague_and_comes_back_with_her(
    site: Site, new_page: Open, sign_in: SignIn
) -> None:
    operator = open_house()
    Presence.objects.filter(user=person("claire")).update(state=Presence.State.AVAILABLE)
    lea, claire = (desk_of(new_page, sign_in, key) for key in ("lea", "claire"))
    lea.keyboard.press("Digit7")
    lea.locator("#cover-note").fill("Maître Durand plaide jusqu’à midi.")
    lea.keyboard.press("Control+Enter")
    expect(lea.locator(".cover-waits")).to_contain_text("Claire")

    # It rings at Léa's while Claire has not answered; it goes on ringing there once she has.
    operator.place_call(DURAND_LINE, COURT)
    expect(lea.locator("#callhead")).to_have_attribute("data-state", "ringing")
    expect(claire.locator(".cover-asked")).to_contain_text("Maître Durand plaide jusqu’à midi.")
    claire.keyboard.press("Digit8")
    expect(claire.locator(".cover-holds_hers")).to_contain_text("Vous répondez pour Léa")
    expect(lea.locator(".cover-holds_mine")).to_contain_text("Claire répond pour vous")
    call = Call.objects.latest("started_at")
    assert (call.state, call.routing["steps"][0]["user_id"]) == ("ringing", person("lea").pk)

    # Léa's telephone lets it ring: what comes next is Claire's, in Léa's place.
    lea_phone = operator.telephone("sip:lea@telephones.demo.permanence.example")
    lea_phone.decline(lea_phone.ringing[0])
    pick_up(operator, CLAIRE_TELEPHONE)
    expect(claire.locator("[id^=current-]")).to_have_count(1)
    call.refresh_from_db()
    assert (call.answered_by, call.routing["covers"]) == (
        person("claire"),
        {str(person("lea").pk): person("claire").pk},
    )

    # Léa is back while Claire talks: the call stays with Claire, and Léa reads what was done.
    lea.keyboard.press("Escape")
    lea.keyboard.press("Digit0")
    expect(lea.locator(".cover-over")).to_contain_text(re.compile("Claire a répondu pour vous"))
    expect(claire.locator(".cover-over")).to_be_visible()
    expect(claire.locator("[id^=current-]")).to_have_count(1)
    call.refresh_from_db()
    assert (call.state, call.answered_by) == ("in_progress", person("claire"))
