"""The doctor changes his hours with a mouse, with keys alone, on a telephone, without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from agenda.models import OpeningRule
from agenda.rules import Region
from agenda.services import block_recurring, set_holidays_region
from core.recurrences import weekly
from tests.browser.server import Site
from tests.people import NOW, Practice, make_practice, visit
from tests.portal.test_in_browser import DESK, PHONE, READ, SCREENS, overflow


@pytest.fixture
def crowded(transactional_db: None) -> Practice:
    """A practice with a crowded agenda, an absence a week and holidays."""
    practice = make_practice(crowded=True)
    visit(practice, "2026-12-01 09:20", "Delacroix")
    calendar, doctor = practice.calendar, practice.doctor
    set_holidays_region(calendar=calendar, region=Region.METROPOLE, by=doctor, at=NOW)
    block_recurring(
        calendar=calendar,
        recurrence=weekly([2], interval=2),
        valid_from=date(2026, 11, 25),
        start_time=time(14),
        end_time=time(16),
        reason="Formation",
        by=doctor,
        at=NOW,
    )
    return practice


def change_address(practice: Practice) -> str:
    rule = OpeningRule.objects.get(calendar=practice.calendar, start_time=time(9))
    return f"/portal/hours/{rule.uuid}/change/"


def begins_at_ten(practice: Practice) -> bool:
    made = OpeningRule.objects.filter(calendar=practice.calendar, start_time=time(10))
    return [rule.valid_from for rule in made] == [date(2026, 11, 30)]


def test_with_a_mouse_the_week_and_the_conflicts_stand_there_before_he_saves(
    site: Site, crowded: Practice, page: Page, sign_in: Callable[..., None]
) -> None:
    sign_in(page, crowded.doctor)
    page.goto(f"/portal/{crowded.client.uuid}/hours/")
    page.get_by_role("link", name="Modifier : Du lundi au vendredi, 9").click()
    preview = page.locator("#preview")

    page.get_by_label("De", exact=True).fill("10:00")

    expect(preview.get_by_text("Delacroix")).to_be_visible()
    expect(preview.locator(".bar-regular.is-new").first).to_be_visible()
    expect(preview.locator(".is-gone").first).to_be_visible()
    assert not begins_at_ten(crowded)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", name="1 rendez-vous à voir")).to_be_visible()
    assert begins_at_ten(crowded)
    expect(page.get_by_text("confié à votre assistante")).to_be_visible()
    page.get_by_role("button", name="Annuler ce changement").click()
    expect(page.get_by_text("Changement d’horaires annulé")).to_be_visible()
    assert not OpeningRule.objects.filter(start_time=time(10)).exists()


def test_with_keys_alone_hours_are_added(
    site: Site, crowded: Practice, page: Page, sign_in: Callable[..., None]
) -> None:
    sign_in(page, crowded.doctor)
    page.goto(f"/portal/calendars/{crowded.calendar.uuid}/hours/add/")

    page.get_by_label("samedi").focus()
    page.keyboard.press("Space")
    page.get_by_label("De", exact=True).focus()
    page.keyboard.type("0900a")  # the browser speaks English
    page.get_by_label("À", exact=True).focus()
    page.keyboard.type("1200p")
    expect(page.locator("#preview").get_by_text("Jours gagnés")).to_be_visible()
    page.get_by_label("Un patient toutes les … minutes").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("Horaires ajoutés")).to_be_visible()
    expect(page.locator(".hours-done")).to_contain_text("Tous les samedis")


def test_what_is_not_asked_is_not_shown(
    site: Site, crowded: Practice, page: Page, sign_in: Callable[..., None]
) -> None:
    sign_in(page, crowded.doctor)
    page.goto(f"/portal/calendars/{crowded.calendar.uuid}/hours/add/")
    release = page.get_by_label("à quelle heure, le jour même")
    expect(release).to_be_hidden()

    page.get_by_text("les urgences d’abord").click()

    expect(release).to_be_visible()
    expect(page.get_by_label("combien d’heures avant")).to_be_hidden()
    page.get_by_text("À des dates précises").click()
    expect(page.get_by_label("samedi")).to_be_hidden()


def test_a_mistake_leaves_the_field_alone_and_says_what_is_missing(
    site: Site, crowded: Practice, page: Page, sign_in: Callable[..., None]
) -> None:
    sign_in(page, crowded.doctor)
    page.goto(change_address(crowded))
    last = page.get_by_label("Jusqu’au, inclus")

    last.fill("2026-11-01")

    expect(page.locator("#preview")).to_contain_text("La fin précède le début")
    expect(last).to_have_value("2026-11-01")
    expect(last).to_be_focused()


def test_on_a_telephone_a_holiday_is_opened_with_one_thumb(
    site: Site, crowded: Practice, new_page: Callable[..., Page], sign_in: Callable[..., None]
) -> None:
    page = new_page(viewport=PHONE, has_touch=True)
    sign_in(page, crowded.doctor)
    page.goto(f"/portal/{crowded.client.uuid}/absences/")
    christmas = page.get_by_role("button", name="Ouvrir : Noël")
    expect(christmas).to_have_attribute("aria-pressed", "false")

    christmas.tap()

    expect(christmas).to_have_attribute("aria-pressed", "true")
    assert [one.day for one in crowded.calendar.holidays_opened.all()] == [date(2026, 12, 25)]


def test_without_scripts_the_week_is_seen_and_the_change_saved(
    site: Site, crowded: Practice, new_page: Callable[..., Page], sign_in: Callable[..., None]
) -> None:
    page = new_page(java_script_enabled=False)
    sign_in(page, crowded.doctor)
    page.goto(change_address(crowded))
    page.get_by_label("De", exact=True).fill("10:00")

    page.get_by_role("button", name="Voir d’abord la semaine").click()

    expect(page.locator("#preview")).to_contain_text("Delacroix")
    expect(page.get_by_label("De", exact=True)).to_have_value("10:00")
    assert not begins_at_ten(crowded)
    page.get_by_role("button", name="Enregistrer").click()
    assert begins_at_ten(crowded)


@pytest.mark.look
@pytest.mark.parametrize(("screen", "scheme"), SCREENS)
def test_the_pages_of_hours_fit_and_can_be_read(
    site: Site,
    crowded: Practice,
    new_page: Callable[..., Page],
    sign_in: Callable[..., None],
    axe: Callable[[Page], None],
    screenshots: Path,
    screen: dict[str, int],
    scheme: Any,
) -> None:
    page = new_page(viewport=screen, color_scheme=scheme, has_touch=screen is PHONE)
    read = axe if (screen, scheme) in READ else None
    sign_in(page, crowded.doctor)
    client, calendar = crowded.client.uuid, crowded.calendar.uuid
    paths = {
        "hours": f"/portal/{client}/hours/",
        "hours-add": f"/portal/calendars/{calendar}/hours/add/",
        "motives": f"/portal/{client}/motives/",
        "motive": f"/portal/motives/{crowded.consultation.uuid}/change/",
        "absences": f"/portal/{client}/absences/",
        "absence-add": f"/portal/calendars/{calendar}/absences/add/",
        "directives": f"/portal/{client}/directives/",
        "hours-change": change_address(crowded),
    }
    for name, path in paths.items():
        page.goto(path)
        expect(page.locator("body[data-live=open]")).to_be_attached()
        check(page, read, screenshots / f"{name}-{screen['width']}-{scheme}.png", name)
    page.get_by_label("De", exact=True).fill("10:00")
    expect(page.locator("#preview").get_by_text("Delacroix")).to_be_visible()
    check(page, read, screenshots / f"hours-preview-{screen['width']}-{scheme}.png", "preview")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", name="1 rendez-vous à voir")).to_be_visible()
    check(page, read, screenshots / f"hours-saved-{screen['width']}-{scheme}.png", "saved")


def check(page: Page, read: Callable[[Page], None] | None, picture: Path, name: str) -> None:
    """Take a picture; the page must fit, and whoever reads it must find nothing."""
    page.screenshot(path=picture, full_page=True)
    assert overflow(page) == 0, name
    if read is not None:
        read(page)


def test_both_languages_are_spoken(
    site: Site, crowded: Practice, new_page: Callable[..., Page], sign_in: Callable[..., None]
) -> None:
    crowded.doctor.language = "en"
    crowded.doctor.save()
    page = new_page(viewport=DESK, locale="en-GB")
    sign_in(page, crowded.doctor)

    page.goto(f"/portal/{crowded.client.uuid}/hours/")

    expect(page.locator("#hours-rules")).to_contain_text(
        "Monday to Friday, 9:00–11:00, one patient every 20 minutes"
    )
