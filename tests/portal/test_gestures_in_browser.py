"""The practice corrects its agenda by mouse, by keys alone, with one thumb; the desk sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from agenda.models import Absence, Appointment
from agenda.services import cancel_appointment
from tests.agenda.factories import paris
from tests.browser.server import Site
from tests.desk.calls import at, ring
from tests.people import NOW, Practice, make_practice, visit
from tests.portal.test_in_browser import PHONE

TODAY = "2026-11-24"
# Marks what a fresh copy of these regions replaces.
AGED = """regions => regions.forEach(
  one => one.append(Object.assign(document.createElement("i"), { className: "old" })))"""


@pytest.fixture(autouse=True)
def _tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def practice(transactional_db: None) -> Practice:
    return make_practice()


@pytest.fixture
def doctor_at(
    site: Site,
    practice: Practice,
    new_page: Callable[..., Page],
    sign_in: Callable[[Page, Any], None],
) -> Callable[..., Page]:
    """A page of the doctor's, its live line open."""

    def open_page(path: str, **screen: Any) -> Page:
        page = new_page(**screen)
        sign_in(page, practice.doctor)
        page.goto(path)
        expect(page.locator("body[data-live=open]")).to_be_attached()
        return page

    return open_page


def week_of(practice: Practice) -> str:
    return f"/portal/{practice.client.uuid}/week/?day={TODAY}"


def shown(appointment: Appointment) -> str:
    return f"/portal/appointments/{appointment.uuid}/"


def status(appointment: Appointment) -> str:
    appointment.refresh_from_db()
    return str(appointment.status)


def press(page: Page, role: Any, name: str) -> None:
    """Go there with the keyboard and press Enter."""
    target = page.get_by_role(role, name=name, exact=True)
    target.focus()
    page.keyboard.press("Enter")


def test_dropped_on_a_taken_place_a_visit_goes_back_and_the_reason_is_said(
    practice: Practice, doctor_at: Callable[..., Page], expected_errors: list[str]
) -> None:
    expected_errors.append("409")
    blanc = visit(practice, f"{TODAY} 14:00", "Blanc", "mr")
    roux = visit(practice, f"{TODAY} 15:00", "Roux")
    page = doctor_at(week_of(practice))
    tile = page.locator(f'.tile button[data-appointment="{blanc.uuid}"]')
    taken = page.locator(f'.tile button[data-appointment="{roux.uuid}"]')
    page.wait_for_load_state("networkidle")
    place = str(tile.locator("..").get_attribute("class"))
    tile.hover(position={"x": 20, "y": 5})
    there = taken.bounding_box()
    assert there is not None

    page.mouse.down()
    page.mouse.move(there["x"] + 20, there["y"] - 20, steps=5)
    page.mouse.move(there["x"] + 20, there["y"] + 5, steps=5)
    page.mouse.up()

    expect(page.locator("[data-toast=error]")).to_contain_text("il y a un rendez-vous")
    expect(page.locator(".ghost")).to_have_count(0)
    expect(tile.locator("..")).to_have_class(place)
    blanc.refresh_from_db()
    assert blanc.starts_at == paris(f"{TODAY} 14:00")


def test_with_keys_alone_a_visit_is_carried_in_the_practices_week_and_taken_back(
    practice: Practice, doctor_at: Callable[..., Page]
) -> None:
    blanc = visit(practice, f"{TODAY} 14:00", "Blanc", "mr")
    page = doctor_at(week_of(practice))
    tile = page.locator(f'.tile button[data-appointment="{blanc.uuid}"]')

    tile.focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(tile).to_contain_text("14:20")
    press(page, "button", "Annuler")

    expect(tile).to_contain_text("14:00")


def test_a_visit_that_is_carried_is_not_taken_away_by_a_page_that_was_under_way(
    practice: Practice, doctor_at: Callable[..., Page]
) -> None:
    blanc = visit(practice, f"{TODAY} 14:00", "Blanc", "mr")
    roux = visit(practice, f"{TODAY} 15:00", "Roux")
    page = doctor_at(week_of(practice))
    page.wait_for_load_state("networkidle")
    tile = page.locator(f'.tile button[data-appointment="{blanc.uuid}"]')
    under_way: list[Route] = []

    def hold(route: Route) -> None:
        is_fresh_page = route.request.headers.get("x-live") and not under_way
        under_way.append(route) if is_fresh_page else route.continue_()

    page.route("**/week/**", hold)
    with page.expect_request(lambda request: "x-live" in request.headers):
        cancel_appointment(appointment=roux, by=practice.doctor, at=NOW)
    tile.focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    with page.expect_response(lambda answer: "x-live" in answer.request.headers):
        under_way[0].continue_()
    page.wait_for_timeout(200)
    page.keyboard.press("Enter")

    expect(tile).to_contain_text("14:20")


def test_what_he_has_opened_stays_open_when_the_page_is_brought_up_to_date(
    practice: Practice, doctor_at: Callable[..., Page]
) -> None:
    blanc = visit(practice, f"{TODAY} 14:00", "Blanc", "mr")
    page = doctor_at(shown(blanc))
    page.wait_for_load_state("networkidle")
    page.locator("summary", has_text="Annuler…").click()
    page.locator("[data-live-on~='agenda.changed']").evaluate_all(AGED)

    with page.expect_response(lambda answer: "x-live" in answer.request.headers):
        visit(practice, f"{TODAY} 15:00", "Roux")
        page.evaluate("document.body.dispatchEvent(new CustomEvent('portal:refresh'))")

    expect(page.locator(".old")).to_have_count(0)
    expect(page.get_by_role("button", name="Annuler ce rendez-vous")).to_be_visible()


def test_with_keys_alone_who_came_is_noted_a_visit_cancelled_and_a_period_blocked(
    practice: Practice, doctor_at: Callable[..., Page]
) -> None:
    before = visit(practice, "2026-11-23 09:00", "Roux")
    blanc = visit(practice, f"{TODAY} 14:00", "Blanc", "mr")
    page = doctor_at(shown(before))

    press(page, "button", "Venu")
    expect(page.locator("#done")).to_contain_text("Roux")
    assert status(before) == "came"

    page.goto(shown(blanc))
    page.locator("summary", has_text="Annuler…").focus()
    page.keyboard.press("Enter")
    press(page, "button", "Annuler ce rendez-vous")
    expect(page.locator("#done")).to_contain_text("Blanc")
    assert status(blanc) == "cancelled"

    press(page, "link", "Bloquer une période")
    expect(page.locator("#block")).to_be_visible()
    page.locator("#block input[type=time]").first.fill("15:00")
    page.locator("#block input[type=time]").last.fill("16:00")
    press(page, "button", "Bloquer ce temps")
    expect(page.locator("#done")).to_contain_text("Bloqué")
    assert Absence.objects.get().period == (paris(f"{TODAY} 15:00"), paris(f"{TODAY} 16:00"))


def test_what_he_does_with_one_thumb_the_desk_sees_at_once_and_undoing_too(
    practice: Practice,
    doctor_at: Callable[..., Page],
    new_page: Callable[..., Page],
    sign_in: Callable[[Page, Any], None],
) -> None:
    before = visit(practice, "2026-11-23 09:00", "Roux")
    blanc = visit(practice, f"{TODAY} 14:00", "Blanc", "mr")
    desk = new_page()
    sign_in(desk, practice.lea)
    desk.goto(f"{at('call', ring(practice.client, by=practice.lea))}?face=appointment")
    expect(desk.locator("body")).to_have_attribute("data-live", "open")
    tile = desk.locator(f'#week [data-appointment="{blanc.uuid}"]')
    expect(tile).to_have_count(1)
    page = doctor_at(shown(before), viewport=PHONE, has_touch=True)

    page.get_by_role("button", name="Lapin").tap()
    expect(page.locator("#done")).to_contain_text("Roux")
    assert status(before) == "no_show"
    page.locator("#done").get_by_role("button", name="Annuler").tap()
    expect(page.locator("#done")).to_contain_text("rétabli")
    assert status(before) == "booked"

    page.goto(shown(blanc))
    page.locator("summary", has_text="Annuler…").tap()
    page.get_by_role("button", name="Annuler ce rendez-vous").tap()
    expect(tile).to_have_count(0)
    page.locator("#done").get_by_role("button", name="Annuler").tap()
    expect(page.locator("#done")).to_contain_text("rétabli")
    expect(tile).to_have_count(1)

    page.goto(f"/portal/calendars/{practice.calendar.uuid}/block/")
    page.locator("#block input[type=time]").first.fill("15:00")
    page.locator("#block input[type=time]").last.fill("16:00")
    page.get_by_role("button", name="Bloquer ce temps").tap()
    expect(page.locator("#done")).to_contain_text("Bloqué")
    expect(desk.locator("#week .absence")).to_have_count(1)
