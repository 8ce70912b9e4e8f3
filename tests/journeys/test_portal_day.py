"""A doctor's day in the portal: what Léa does appears, what he does is told and can be undone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from agenda.models import Appointment
from agenda.services import move_appointment
from tests.agenda.factories import paris
from tests.browser.server import Site
from tests.people import NOW, Practice, make_firm, make_practice, urgent_message, visit

THIN = "\N{NARROW NO-BREAK SPACE}"
HARD = "\N{NO-BREAK SPACE}"
PHONE = {"width": 390, "height": 844}

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def practice(transactional_db: None) -> Practice:
    return make_practice()


@pytest.fixture
def doctor_on(
    site: Site,
    practice: Practice,
    new_page: Callable[..., Page],
    sign_in: Callable[[Page, Any], None],
) -> Callable[..., Page]:
    """The doctor's agenda on a screen, its live line open."""

    def open_agenda(**screen: Any) -> Page:
        page = new_page(**screen)
        sign_in(page, practice.doctor)
        page.goto("/portal/")
        expect(page.locator("body[data-live=open]")).to_be_attached()
        return page

    return open_agenda


def plain(region: Locator) -> str:
    """What a region shows, without the tokens, which differ on each rendering."""
    return re.sub(r'value="[\w-]{64}"', "", region.inner_html())


def stands_at(appointment: Appointment) -> str:
    appointment.refresh_from_db()
    return appointment.starts_at.astimezone(appointment.zone).strftime("%H:%M")


def test_what_the_desk_books_appears_by_itself(
    practice: Practice, doctor_on: Callable[..., Page]
) -> None:
    page = doctor_on(viewport=PHONE)
    expect(page.get_by_text("Mme Lefèvre")).to_have_count(0)

    visit(practice, "2026-11-24 09:40", "Lefèvre")

    card = page.locator(".card-row", has_text="Mme Lefèvre")
    expect(card).to_contain_text("nouveau")
    expect(page.get_by_text("1 changement depuis votre dernier passage")).to_be_visible()
    refreshed = plain(page.locator("#main"))
    page.reload()
    assert plain(page.locator("#main")) == refreshed


def test_on_a_telephone_a_visit_is_moved_with_one_thumb_and_taken_back(
    practice: Practice, doctor_on: Callable[..., Page]
) -> None:
    blanc = visit(practice, "2026-11-24 14:00", "Blanc", "mr")
    page = doctor_on(viewport=PHONE, has_touch=True)

    page.locator(".card-row", has_text="M. Blanc").tap()
    page.get_by_role("link", name="Déplacer…").tap()
    page.get_by_role("button", name=re.compile(r"à 15\sh$")).tap()

    toast = page.locator("#done")
    expect(toast).to_contain_text(f"M. Blanc{THIN}: déplacé à 15{HARD}h — Léa est prévenue")
    assert stands_at(blanc) == "15:00"

    toast.get_by_role("button", name="Annuler").tap()
    expect(toast).to_contain_text(f"M. Blanc{THIN}: déplacé à 14{HARD}h")
    assert stands_at(blanc) == "14:00"


def test_everything_works_without_javascript(
    practice: Practice,
    site: Site,
    new_page: Callable[..., Page],
    sign_in: Callable[[Page, Any], None],
) -> None:
    blanc = visit(practice, "2026-11-24 14:00", "Blanc", "mr")
    page = new_page(viewport=PHONE, java_script_enabled=False)
    sign_in(page, practice.doctor)
    page.goto("/portal/")

    page.get_by_role("link", name="M. Blanc").click()
    page.get_by_role("link", name="Déplacer…").click()
    page.get_by_label("Heure").fill("15:20")
    page.get_by_role("button", name="Déplacer à ce moment").click()
    expect(page.locator("#done")).to_contain_text("Léa est prévenue")

    assert stands_at(blanc) == "15:20"


def test_a_refusal_is_said_beside_the_form_and_moves_nothing(
    practice: Practice, doctor_on: Callable[..., Page], expected_errors: list[str]
) -> None:
    expected_errors.append("409")
    visit(practice, "2026-11-24 15:00", "Roux")
    blanc = visit(practice, "2026-11-24 14:00", "Blanc", "mr")
    page = doctor_on(viewport=PHONE)

    page.goto(f"/portal/appointments/{blanc.uuid}/move/")
    page.get_by_label("Heure").fill("15:00")
    page.get_by_role("button", name="Déplacer à ce moment").click()

    expect(page.get_by_role("alert")).to_contain_text("il y a un rendez-vous")
    assert stands_at(blanc) == "14:00"


def test_a_visit_is_dragged_in_the_week_and_the_day_follows(
    practice: Practice, doctor_on: Callable[..., Page]
) -> None:
    blanc = visit(practice, "2026-11-24 14:00", "Blanc", "mr")
    page = doctor_on()
    tile = page.locator(f'.tile button[data-appointment="{blanc.uuid}"]')
    page.wait_for_load_state("networkidle")
    tile.hover(position={"x": 20, "y": 5})
    slot = page.locator('.week-day[data-day="2026-11-24"] .free', has_text="15:00")

    there = slot.bounding_box()
    assert there is not None
    page.mouse.down()
    page.mouse.move(there["x"] + 20, there["y"] - 20, steps=5)
    page.mouse.move(there["x"] + 20, there["y"] + 5, steps=5)
    page.mouse.up()

    expect(page.locator("#done")).to_contain_text("Léa est prévenue")
    expect(page.locator(".card-row", has_text="M. Blanc")).to_contain_text("15:00")
    assert stands_at(blanc) == "15:00"


def test_on_a_telephone_a_long_press_carries_a_visit_in_the_week(
    practice: Practice, doctor_on: Callable[..., Page]
) -> None:
    blanc = visit(practice, "2026-11-24 14:00", "Blanc", "mr")
    page = doctor_on(viewport=PHONE, has_touch=True)
    page.goto(f"/portal/{practice.client.uuid}/week/?day=2026-11-24")
    expect(page.locator("body[data-live=open]")).to_be_attached()
    page.wait_for_load_state("networkidle")
    tile = page.locator(f'.tile button[data-appointment="{blanc.uuid}"]')
    tile.scroll_into_view_if_needed()
    here = tile.bounding_box()
    assert here is not None
    x, y = here["x"] + 60, here["y"] + 5

    finger = page.context.new_cdp_session(page)
    touch = "Input.dispatchTouchEvent"
    finger.send(touch, {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    expect(page.locator("body.carrying")).to_be_attached()
    for down in (20, 40, here["height"] * 3):
        finger.send(touch, {"type": "touchMove", "touchPoints": [{"x": x, "y": y + down}]})
    finger.send(touch, {"type": "touchEnd", "touchPoints": []})

    expect(page.locator("#done")).to_contain_text(f"M. Blanc{THIN}: déplacé à 15{HARD}h")
    assert stands_at(blanc) == "15:00"


def test_what_the_desk_moves_meanwhile_moves_in_the_week_too(
    practice: Practice, doctor_on: Callable[..., Page]
) -> None:
    blanc = visit(practice, "2026-11-24 14:00", "Blanc", "mr")
    page = doctor_on()
    tile = page.locator(f'.tile button[data-appointment="{blanc.uuid}"]')
    expect(tile).to_contain_text("14:00")

    later = paris("2026-11-24 15:20")
    move_appointment(appointment=blanc, starts_at=later, by=practice.lea, at=NOW)

    expect(tile).to_contain_text("15:20")


def test_a_cut_line_is_said_and_what_was_missed_comes_back(
    practice: Practice, doctor_on: Callable[..., Page], expected_errors: list[str]
) -> None:
    expected_errors.append("ERR_INTERNET_DISCONNECTED")
    page = doctor_on(viewport=PHONE)

    page.context.set_offline(True)
    expect(page.get_by_text("Liaison coupée")).to_be_visible()
    visit(practice, "2026-11-24 09:40", "Lefèvre")
    page.context.set_offline(False)

    expect(page.locator(".card-row", has_text="Mme Lefèvre")).to_be_visible()
    expect(page.get_by_text("Liaison coupée")).to_have_count(0)


def test_a_lawyer_reads_and_acknowledges_with_the_keyboard(
    site: Site, transactional_db: None, page: Page, sign_in: Callable[[Page, Any], None]
) -> None:
    firm = make_firm()
    message = urgent_message(firm, at=NOW)
    sign_in(page, firm.lawyer)
    page.goto("/portal/")
    expect(page.locator("body[data-live=open]")).to_be_attached()

    page.locator(f"#m-{message.uuid}").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#reading[data-open]")).to_contain_text("avancée au mercredi")
    expect(page.locator("#reading")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="J’ai pris connaissance")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_text("Accusé de réception fait")).to_be_visible()
    assert message.relays.get().state == "acknowledged"
    expect(page.locator("#reading")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(f"#m-{message.uuid}")).to_be_focused()


def test_a_new_message_counts_itself_on_every_page(
    site: Site, transactional_db: None, page: Page, sign_in: Callable[[Page, Any], None]
) -> None:
    firm = make_firm()
    sign_in(page, firm.lawyer)
    page.goto(f"/portal/{firm.client.uuid}/instructions/")
    expect(page.locator("body[data-live=open]")).to_be_attached()

    urgent_message(firm, at=NOW)

    expect(page.locator(".tabs .count")).to_contain_text("1")
