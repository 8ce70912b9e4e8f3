"""The page behind an appointment's link, on telephones and on a desk's screen, in two languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from agenda.models import Appointment
from agenda.services import move_appointment
from messages_app.models import Delivery
from tests.agenda.factories import paris
from tests.browser.server import Site
from tests.messages_app.notices.practice import NOW, Practice, make_practice

PHONE = {"width": 390, "height": 844}
TABLET = {"width": 1024, "height": 768}
DESK = {"width": 1440, "height": 900}


@pytest.fixture(autouse=True)
def _monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def practice(transactional_db: None) -> Practice:
    return make_practice()


@pytest.fixture
def appointment(practice: Practice) -> Appointment:
    return practice.book("2026-11-26 09:40")


def address() -> str:
    found = re.search(r"/r/\w+$", Delivery.objects.earliest("pk").text)
    assert found is not None
    return found[0]


def overflow(page: Page) -> int:
    root = "document.documentElement"
    return int(page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))


@pytest.mark.look
@pytest.mark.parametrize("locale", ["fr-FR", "en-GB"])
@pytest.mark.parametrize(
    ("screen", "scheme"), [(PHONE, "light"), (PHONE, "dark"), (TABLET, "light"), (DESK, "dark")]
)
def test_the_page_fits_and_can_be_read_however_the_visit_stands(
    site: Site,
    practice: Practice,
    appointment: Appointment,
    new_page: Callable[..., Page],
    axe: Callable[[Page], None],
    screenshots: Path,
    expected_errors: list[str],
    screen: dict[str, int],
    scheme: str,
    locale: str,
) -> None:
    expected_errors.append("status of 410")
    page = new_page(viewport=screen, color_scheme=scheme, locale=locale)

    def look(name: str, path: str) -> None:
        page.goto(path)
        for details in page.locator("details").all():
            details.locator("summary").click()
        file = f"visit-{name}-{locale[:2]}-{screen['width']}-{scheme}.png"
        page.screenshot(path=screenshots / file, full_page=True)
        assert overflow(page) == 0
        axe(page)

    look("stands", address())
    move_appointment(
        appointment=appointment, starts_at=paris("2026-11-27 10:00"), by=practice.lea, at=NOW
    )
    look("moved", address())
    look("gone", "/r/aaaaaaaaaaa")


def test_a_telephone_confirms_then_cancels_with_one_thumb_and_without_scripts(
    site: Site, appointment: Appointment, new_page: Callable[..., Page]
) -> None:
    page = new_page(viewport=PHONE, has_touch=True, java_script_enabled=False)
    page.goto(address())

    page.get_by_role("button", name="Je confirme ma venue").tap()
    expect(page.get_by_text("Vous l’avez confirmé")).to_be_visible()

    page.get_by_text("Je ne peux pas venir…").tap()
    page.get_by_role("button", name="Annuler mon rendez-vous").tap()
    expect(page.get_by_role("status").first).to_contain_text("est annulé")
    appointment.refresh_from_db()
    assert appointment.status == "cancelled"


def test_the_keyboard_is_enough(
    site: Site, appointment: Appointment, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.goto(address())

    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Je confirme ma venue")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_text("Vous l’avez confirmé")).to_be_visible()
