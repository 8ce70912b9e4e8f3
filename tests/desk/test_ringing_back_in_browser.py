"""Ringing back by key, from the call's page and from the list of who reached nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from calls.models import Call
from calls.telephony.twilio import api
from tests.browser.server import Site
from tests.desk.calls import at, ring
from tests.people import Practice

pytestmark = [pytest.mark.timeout(120), pytest.mark.once]


@pytest.fixture
def operator(settings: Any) -> Any:
    """Nobody is really rung."""
    with mock.patch.object(api, "create_call", return_value="CAout") as asked:
        yield asked


def test_one_key_rings_back_and_does_nothing_while_typing(
    page: Page,
    site: Site,
    sign_in: Callable[[Page, Any], None],
    practice: Practice,
    operator: mock.Mock,
) -> None:
    now = timezone.now()
    missed = [ring(practice.client, f"+3363998441{n}", ended="missed") for n in range(2)]
    Call.objects.update(started_at=now, ended_at=now)
    sign_in(page, practice.lea)
    page.goto("/desk/")
    expect(page.locator("body")).to_have_attribute("data-live", "open")

    # Of several the key only points.
    page.keyboard.press("q")
    expect(page.locator(".desk-board [data-key=ring_back]").first).to_be_focused()
    assert operator.call_count == 0

    page.goto(f"{at('call', missed[0])}?face=message")
    expect(page.locator("body")).to_have_attribute("data-live", "open")
    page.locator("#message-body").focus()
    page.keyboard.type("quand")
    expect(page.locator("#message-body")).to_have_value("quand")
    assert operator.call_count == 0

    page.keyboard.press("Escape")
    page.keyboard.press("q")
    expect(page.locator("#callhead[data-state=ringing]")).to_be_visible()
    made = Call.objects.get(direction="out")
    expect(page.locator(f'[data-call="{made.uuid}"]').first).to_be_visible()
    assert str(made.caller_number) == str(missed[0].caller_number)


def test_on_a_phone_whom_to_ring_back_is_at_hand(
    new_page: Callable[..., Page],
    sign_in: Callable[[Page, Any], None],
    practice: Practice,
) -> None:
    page, now = new_page(viewport={"width": 390, "height": 844}), timezone.now()
    missed = [ring(practice.client, f"+3363998441{n}", ended="missed") for n in range(2)]
    Call.objects.update(started_at=now, ended_at=now)
    sign_in(page, practice.lea)
    listed, middle = page.locator(f"#callback-{missed[0].uuid}"), page.locator("#main")

    # Between two calls they stand before the middle of the page.
    page.goto("/desk/")
    expect(listed).to_be_in_viewport()
    assert is_above(listed, middle)

    # Over a call they push nothing down, and one touch leads to them.
    page.goto(f"{at('call', missed[1])}?face=message")
    expect(listed).to_be_visible()
    assert is_above(middle, listed)
    page.get_by_role("link", name="À rappeler 2").click()
    expect(listed).to_be_in_viewport()


def is_above(one: Locator, other: Locator) -> bool:
    """Compare both in one instant: what is live replaces them at any other."""
    selectors = [str(one.evaluate("part => part.id")), str(other.evaluate("part => part.id"))]
    tops = "ids => ids.map(id => document.getElementById(id).getBoundingClientRect().top)"
    first, second = one.page.evaluate(tops, selectors)
    return bool(first < second)
