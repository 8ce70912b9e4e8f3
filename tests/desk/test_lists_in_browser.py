"""The list of people to reschedule and the waiting list in a real browser, by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from agenda.models import Appointment, Displaced, SlotHold, WaitingListEntry
from agenda.services import add_to_waiting_list, block_period, cancel_appointment
from clients.models import User
from tests.agenda.factories import paris
from tests.browser.server import Site
from tests.desk.calls import at, ring
from tests.factories import make_assistant, make_correspondent
from tests.people import NOW, YESTERDAY, Practice, make_call

pytestmark = pytest.mark.timeout(120)

SignIn = Callable[[Page, Any], None]
WORKLIST, WAITING = "/desk/worklist/", "/desk/waiting/"
PHONE = 390
WIDTHS = ((1440, "light"), (1024, "light"), (390, "dark"))


@pytest.fixture
def lea(site: Site, practice: Practice) -> User:
    return practice.lea


@pytest.fixture
def desk(page: Page, sign_in: SignIn, lea: User) -> Page:
    sign_in(page, lea)
    return page


def block(practice: Practice) -> list[Displaced]:
    """Three visits of Tuesday morning can't be."""
    blocked = block_period(
        calendar=practice.calendar,
        starts_at=paris("2026-11-24 09:00"),
        ends_at=paris("2026-11-24 10:00"),
        by=practice.doctor,
        at=NOW,
    )
    return list(blocked.absence.displaced.order_by("was_at"))


def wait(practice: Practice, name: str, **fields: Any) -> WaitingListEntry:
    person = make_correspondent(practice.client, name, civility="mrs", number="+33639984477")
    given: dict[str, Any] = {
        "motive": practice.consultation,
        "by": practice.lea,
        "at": YESTERDAY,
    } | fields
    return add_to_waiting_list(client=practice.client, correspondent=person, **given)


def cancel(practice: Practice) -> None:
    """The doctor cancels Wednesday 14:20."""
    found = Appointment.objects.active().get(starts_at=paris("2026-11-25 14:20"))
    cancel_appointment(appointment=found, by=practice.doctor, at=NOW)


def open_page(desk: Page, path: str) -> Page:
    desk.goto(path)
    expect(desk.locator("body")).to_have_attribute("data-live", "open")
    return desk


def framed(desk: Page) -> Any:
    return desk.locator("[data-framed] .displaced-who")


def is_booked(moment: str, name: str) -> bool:
    active = Appointment.objects.active().filter(starts_at=paris(moment))
    return [one.correspondent.last_name for one in active if one.correspondent] == [name]


# --- To reschedule --------------------------------------------------------------------------------


def test_the_whole_list_is_worked_off_by_keyboard(desk: Page, practice: Practice) -> None:
    first, second, third = block(practice)
    open_page(desk, WORKLIST)
    expect(framed(desk)).to_have_text("Mme Roux")
    keys = desk.keyboard

    keys.press("Digit1")
    expect(desk.locator(".displaced")).to_have_count(2)
    expect(framed(desk)).to_have_text("Mme Nguyen")
    expect(desk.locator("#worklist-link b")).to_have_text("2")

    desk.locator("[data-framed] input[name=note]").focus()
    keys.type("répondeur n 1 o")
    keys.press("Escape")
    keys.press("KeyN")
    expect(desk.locator("[data-framed] .displaced-note")).to_have_text("répondeur n 1 o")

    keys.press("ArrowDown")
    expect(framed(desk)).to_contain_text("Lefèvre")
    keys.press("KeyX")
    keys.press("KeyX")
    expect(desk.locator(".displaced")).to_have_count(1)

    keys.press("KeyO")
    expect(desk.locator(".empty")).to_be_visible()
    expect(desk.locator("#worklist-link")).to_have_count(0)
    for one in (first, second, third):
        one.refresh_from_db()
    assert [one.outcome for one in (first, second, third)] == ["moved", "kept", "cancelled"]
    assert is_booked("2026-11-24 14:00", "Roux")


def test_one_press_of_the_cancelling_key_cancels_nothing(desk: Page, practice: Practice) -> None:
    first = block(practice)[0]
    open_page(desk, WORKLIST)

    desk.keyboard.press("KeyX")
    expect(desk.locator("[data-framed] .armed")).to_have_count(1)

    first.refresh_from_db()
    assert first.is_open


def test_what_is_being_typed_outlives_the_lists_own_changes(desk: Page, practice: Practice) -> None:
    first, second, _third = block(practice)
    open_page(desk, WORKLIST)
    desk.locator(f"#note-{first.uuid}").fill("rappelle à midi")
    desk.locator(f"#note-{second.uuid}").focus()
    desk.keyboard.type("mess")

    cancel(practice)
    expect(desk.locator("#live-hint")).to_have_attribute("data-name", "agenda.changed")
    desk.keyboard.type("agerie")
    desk.keyboard.press("Escape")
    desk.keyboard.press("KeyN")

    expect(desk.locator(f"#displaced-{second.uuid} .displaced-note")).to_have_text("messagerie")
    expect(desk.locator(f"#note-{first.uuid}")).to_have_value("rappelle à midi")


def test_a_period_blocked_elsewhere_appears_by_itself_in_header_and_list(
    desk: Page, practice: Practice
) -> None:
    open_page(desk, WORKLIST)
    expect(desk.locator(".empty")).to_be_visible()

    block(practice)

    expect(desk.locator(".displaced")).to_have_count(3)
    expect(desk.locator("#worklist-link b")).to_have_text("3")


def test_two_assistants_see_who_rings_whom(
    desk: Page,
    new_page: Callable[..., Page],
    sign_in: SignIn,
    lea: User,
    practice: Practice,
) -> None:
    block(practice)
    claires = new_page()
    sign_in(claires, make_assistant(practice.client, "claire", rank=2))
    open_page(claires, WORKLIST)
    open_page(desk, WORKLIST)

    desk.keyboard.press("KeyT")

    said = claires.locator(".displaced").first.locator(".tag-accent")
    expect(said).to_contain_text("Léa")


# --- The waiting list -----------------------------------------------------------------------------


def test_a_cancellation_is_offered_by_key_to_one_after_the_other_and_booked(
    desk: Page, practice: Practice
) -> None:
    wait(practice, "Aubry")
    wait(practice, "Ferrand", at=NOW)
    open_page(desk, "/desk/day/")

    cancel(practice)
    expect(desk.locator(".freed-card")).to_contain_text("Mme Aubry")
    desk.keyboard.press("F9")
    expect(desk.locator("#dialog-title")).to_contain_text("Aubry")
    expect(desk.locator("#dialog .displaced-number")).to_be_focused()
    assert SlotHold.objects.count() == 1

    desk.keyboard.press("F4")
    expect(desk.locator("#dialog-title")).to_contain_text("Ferrand")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#dialog")).to_be_hidden()
    expect(desk.locator(".freed-card")).to_have_count(0)

    assert is_booked("2026-11-25 14:20", "Ferrand")
    states = {one.shown_name: one.state for one in WaitingListEntry.objects.all()}
    assert states == {"Mme Aubry": "waiting", "Mme Ferrand": "booked"}


def test_escape_leaves_the_offer_and_lets_the_slot_go(desk: Page, practice: Practice) -> None:
    entry = wait(practice, "Aubry")
    cancel(practice)
    open_page(desk, WAITING)
    desk.keyboard.press("F9")
    expect(desk.locator("#dialog-title")).to_be_visible()

    with desk.expect_response(re.compile("/leave/")):
        desk.keyboard.press("Escape")

    entry.refresh_from_db()
    assert entry.state == "waiting"
    assert SlotHold.objects.count() == 0


def test_an_offer_shows_on_a_colleagues_desk_and_her_key_does_nothing(
    desk: Page, new_page: Callable[..., Page], sign_in: SignIn, lea: User, practice: Practice
) -> None:
    wait(practice, "Aubry")
    cancel(practice)
    claires = new_page()
    sign_in(claires, make_assistant(practice.client, "claire", rank=2))
    open_page(claires, WAITING)
    open_page(desk, WAITING)

    desk.keyboard.press("F9")
    expect(desk.locator("#dialog-title")).to_be_visible()

    expect(claires.locator(".freed-card")).to_contain_text("Léa")
    claires.keyboard.press("F9")
    expect(claires.locator("#dialog")).to_be_hidden()


def test_who_suits_nothing_is_put_on_the_list_from_the_call_by_keyboard(
    desk: Page, lea: User, practice: Practice
) -> None:
    call = ring(practice.client, by=lea)
    open_page(desk, f"{at('call', call)}?face=appointment")
    keys = desk.keyboard

    keys.press("Escape")
    keys.press("KeyL")
    expect(desk.locator("#waiting-person")).to_be_focused()
    keys.type("Mme Kerbrat")
    desk.locator("#waiting-part").select_option("morning")
    keys.press("Control+Enter")
    expect(desk.locator("#dialog")).to_be_hidden()

    entry = WaitingListEntry.objects.get()
    assert (entry.name, entry.part, str(entry.number)) == (
        "Mme Kerbrat",
        "morning",
        "+33639984410",
    )


# --- As it looks ----------------------------------------------------------------------------------


def lines_of_the_header(page: Page) -> int:
    """Count the lines on which what stands in the header, and among its figures, begins."""
    parts = page.locator(".desk-header > :is(a, button, nav), .desk-figures > *")
    middles = [box["y"] + box["height"] / 2 for one in parts.all() if (box := one.bounding_box())]
    return len({round(middle / 20) for middle in [y - min(middles) for y in middles]})


@pytest.mark.parametrize(("width", "scheme"), WIDTHS)
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(
    new_page: Callable[..., Page],
    sign_in: SignIn,
    lea: User,
    practice: Practice,
    axe: Callable[[Page], None],
    screenshots: Path,
    width: int,
    scheme: str,
) -> None:
    block(practice)
    wait(practice, "Aubry", note="vient en taxi", weekdays=[1, 2])
    wait(practice, "de La Tour d’Auvergne-Rochebrune", is_urgent=True)
    cancel(practice)
    make_assistant(practice.client, "marie-christine", rank=2)
    for waited in (None, 8, 9):
        make_call(practice.client, at=NOW - timedelta(minutes=20), waited=waited)
    page = new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    sign_in(page, lea)

    for name, path in (("worklist", WORKLIST), ("waiting", WAITING)):
        open_page(page, path)
        page.screenshot(path=screenshots / f"desk-{name}-{width}.png", full_page=True)
        axe(page)
        over = page.locator("html").evaluate("html => html.scrollWidth - html.clientWidth")
        assert over <= 0
        if width > PHONE:
            assert lines_of_the_header(page) == 1

    page.keyboard.press("F9")
    expect(page.locator("#dialog-title")).to_be_visible()
    page.screenshot(path=screenshots / f"desk-offer-{width}.png")
    axe(page)


@pytest.mark.parametrize(("width", "scheme"), WIDTHS)
def test_axe_finds_nothing_in_the_form_of_the_call(
    new_page: Callable[..., Page],
    sign_in: SignIn,
    lea: User,
    practice: Practice,
    axe: Callable[[Page], None],
    screenshots: Path,
    width: int,
    scheme: str,
) -> None:
    call = ring(practice.client, by=lea)
    page = new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    sign_in(page, lea)
    open_page(page, f"{at('call', call)}?face=appointment")

    page.locator("[data-key=wait]").click()
    expect(page.locator("#waiting-person")).to_be_visible()
    page.screenshot(path=screenshots / f"desk-waiting-form-{width}.png")

    axe(page)
