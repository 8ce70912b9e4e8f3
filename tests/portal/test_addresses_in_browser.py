"""A practitioner makes the secret address of her agenda, and copies it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from agenda.models import CalendarFeed
from agenda.services import block_period
from tests.agenda.factories import paris
from tests.browser.server import Site
from tests.people import NOW, Practice, make_practice

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def practice(transactional_db: None) -> Practice:
    return make_practice()


def test_an_address_is_made_copied_with_the_keyboard_and_left_alone_by_live_changes(
    site: Site,
    practice: Practice,
    new_page: Callable[..., Page],
    sign_in: Callable[[Page, Any], None],
    axe: Callable[[Page], None],
    screenshots: Path,
) -> None:
    """Live pages load themselves again: that must neither make another address nor hide it."""
    page = new_page(viewport=PHONE)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, practice.doctor)
    page.goto(f"/portal/{practice.client.uuid}/exports/")
    page.get_by_role("button", name="Créer une adresse").press("Enter")
    address = page.get_by_label("Adresse secrète")
    expect(address).to_be_visible()
    expect(page.locator("body[data-live=open]")).to_be_attached()
    axe(page)
    page.screenshot(path=screenshots / "address-made.png", full_page=True)
    made = CalendarFeed.objects.get()

    page.get_by_role("button", name="Copier").press("Enter")
    expect(page.get_by_role("button", name="Copiée")).to_be_visible()
    with page.expect_response(lambda answer: answer.url.endswith("/exports/")):
        block_period(
            calendar=practice.calendar,
            starts_at=paris("2026-11-26 15:00"),
            ends_at=paris("2026-11-26 16:00"),
            by=practice.lea,
            at=NOW,
        )

    assert page.evaluate("navigator.clipboard.readText()") == address.input_value()
    assert CalendarFeed.objects.in_force().get() == made


def test_the_load_is_read_with_the_keyboard_from_the_tabs(
    site: Site,
    practice: Practice,
    new_page: Callable[..., Page],
    sign_in: Callable[[Page, Any], None],
) -> None:
    page = new_page(viewport=PHONE)
    sign_in(page, practice.doctor)
    page.goto(f"/portal/{practice.client.uuid}/agenda/")
    page.get_by_role("link", name="Charge").press("Enter")
    page.get_by_role("link", name="Cette semaine").press("Enter")

    page.get_by_text("Les chiffres, jour par jour").press("Enter")

    expect(page.get_by_role("columnheader", name="Ouvert").first).to_be_visible()
    expect(page.get_by_role("link", name="Cette semaine")).to_have_attribute("aria-current", "true")
