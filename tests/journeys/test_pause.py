"""She takes a break while callers come: her deputy's desk pops, hers says so; then she is back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from calls.models import Call, Presence
from tests.browser.server import Site
from tests.journeys.house import COURT, DURAND_LINE, LEA_TELEPHONE, open_house, person, until
from tests.journeys.test_first_call import desk_of, pick_up
from tests.journeys.test_hand_over import CLAIRE_TELEPHONE

pytestmark = [pytest.mark.timeout(120), pytest.mark.once]


def test_callers_of_somebody_on_a_break_find_her_deputy_until_she_is_back(
    site: Site,
    new_page: Callable[..., Page],
    sign_in: Callable[[Page, Any], None],
) -> None:
    operator = open_house()
    Presence.objects.filter(user=person("claire")).update(state=Presence.State.AVAILABLE)
    lea, claire = (desk_of(new_page, sign_in, key) for key in ("lea", "claire"))

    # It rings at hers as she leaves: it goes on ringing, and then it is her deputy's.
    first = operator.place_call(DURAND_LINE, COURT)
    expect(lea.locator("#callhead")).to_have_attribute("data-state", "ringing")
    lea.keyboard.press("F8")
    lea.locator(".presence-reasons .button", has_text="Déjeuner").click()
    expect(lea.locator(".presence .pill").first).to_contain_text("En pause, déjeuner")
    lea_phone = operator.telephone(LEA_TELEPHONE)
    until(lambda: lea_phone.ringing)
    lea_phone.decline(lea_phone.ringing[0])
    pick_up(operator, CLAIRE_TELEPHONE)
    expect(claire.locator("#callhead")).to_have_attribute("data-state", "live")
    first.hang_up()
    expect(claire.locator("#callhead")).to_have_attribute("data-state", "ended")
    claire.keyboard.press("Escape")
    claire.keyboard.press("i")
    expect(claire.locator("#callhead[data-writing]")).to_have_count(0)

    # The next comes to her deputy at once, whose desk says why.
    second = operator.place_call(DURAND_LINE, "+33639983611")
    expect(claire.locator("#callhead")).to_contain_text("06 39 98 36 11")
    expect(claire.locator(".callhead-why")).to_contain_text("Léa en pause depuis")
    assert lea_phone.ringing == []
    second.hang_up()
    missed = Call.objects.get(caller_number="+33639983611")
    expect(lea.locator(f"#callback-{missed.uuid}")).to_be_visible()

    lea.keyboard.press("Escape")
    lea.keyboard.press("F8")
    expect(lea.locator(".presence .pill").first).to_contain_text("Disponible")
    operator.place_call(DURAND_LINE, "+33639983612")
    pick_up(operator, LEA_TELEPHONE)
    expect(lea.locator("#callhead")).to_have_attribute("data-state", "live")
    expect(lea.locator("#callhead")).to_contain_text("06 39 98 36 12")
