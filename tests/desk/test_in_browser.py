"""The desk in a real browser: by keyboard, by mouse, cut off, crowded, at several widths."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from agenda.models import Appointment, SlotHold
from calls.models import Call
from calls.services.live import publish_call
from clients.models import Assignment, User
from messages_app.models import CallFile, Message, TriageRecord
from tests.agenda.factories import paris
from tests.browser.server import Site
from tests.desk.calls import at, ring
from tests.factories import make_assistant, make_correspondent
from tests.people import Firm, Practice, visit

pytestmark = pytest.mark.timeout(120)

SignIn = Callable[[Page, Any], None]
FACES = ("appointment", "message", "emergency", "file")
WIDTHS = ((1440, 900), (1024, 768), (390, 844))


@pytest.fixture
def lea(site: Site, practice: Practice, firm: Firm) -> User:
    """Léa answers the practice and the firm."""
    Assignment.objects.create(client=firm.client, user=practice.lea)
    return practice.lea


@pytest.fixture
def desk(page: Page, sign_in: SignIn, lea: User) -> Page:
    """Léa's page, signed in."""
    sign_in(page, lea)
    return page


def open_call(desk: Page, call: Call, face: str = "appointment") -> Page:
    desk.goto(f"{at('call', call)}?face={face}")
    expect(desk.locator("body")).to_have_attribute("data-live", "open")
    return desk


def told(call: Call) -> Call:
    """Tell open screens of a call, as the services do."""
    publish_call(call)
    return call


def rings_at(person: User) -> dict[str, Any]:
    """The routing of a call that rings at somebody's telephone now."""
    return {"steps": [{"user_id": person.pk}], "tried": [{"index": 0}]}


def is_free(practice: Practice, moment: str) -> bool:
    return not Appointment.objects.active().filter(starts_at=paris(moment)).exists()


# --- By keyboard ----------------------------------------------------------------------------------


def test_a_whole_call_by_keyboard_alone(desk: Page, lea: User, practice: Practice) -> None:
    aubry = make_correspondent(practice.client, "Aubry", civility="mrs", number="+33639984410")
    call = ring(practice.client, by=lea)
    open_call(desk, call)
    keys = desk.keyboard

    desk.locator("#main").focus()
    keys.press("Digit1")
    expect(desk.locator("#slots input").first).to_be_focused()
    keys.press("Space")
    keys.press("Control+Enter")
    expect(desk.locator("#booked .booked")).to_have_count(1)

    keys.press("Escape")
    keys.press("Digit2")
    expect(desk.locator("#message-body")).to_be_focused()
    keys.type("Rappeler avant midi")
    keys.press("Control+Enter")
    expect(desk.locator("#timeline")).to_contain_text("Rappeler avant midi")

    keys.press("Escape")
    keys.press("Digit3")
    expect(desk.locator("#face-emergency")).to_be_visible()
    keys.press("Escape")
    keys.press("Digit4")
    expect(desk.locator("#face-file")).to_contain_text("24 nov.")
    made = Appointment.objects.get(call_files__call=call)
    assert made.correspondent == aubry
    assert Message.objects.get(call=call).body == "Rappeler avant midi"


def test_digits_and_letters_typed_in_a_field_are_only_text(
    desk: Page, lea: User, practice: Practice
) -> None:
    call = ring(practice.client, by=lea)
    open_call(desk, call, "message")

    desk.locator("#message-body").focus()
    desk.keyboard.type("1 2 3 rr")

    expect(desk.locator("#message-body")).to_have_value("1 2 3 rr")
    expect(desk.locator("#face-message")).to_be_visible()


def test_letters_turned_off_do_nothing_and_function_keys_still_work(
    desk: Page, lea: User, practice: Practice
) -> None:
    lea.shortcuts = {"letters_off": True}
    lea.save()
    open_call(desk, ring(practice.client, by=lea))

    desk.keyboard.press("Digit2")
    expect(desk.locator("#face-message")).to_be_hidden()
    desk.keyboard.press("F8")
    expect(desk.locator("#dialog-title")).to_be_visible()


def test_a_key_of_her_own_takes_the_place_of_the_usual_one(
    desk: Page, lea: User, practice: Practice
) -> None:
    lea.shortcuts = {"face_2": "q"}
    lea.save()
    open_call(desk, ring(practice.client, by=lea))

    expect(desk.locator("#tab-message kbd")).to_have_text("Q")
    desk.keyboard.press("q")
    expect(desk.locator("#face-message")).to_be_visible()


def test_hanging_up_takes_the_key_twice(
    desk: Page, lea: User, practice: Practice, expected_errors: list[str]
) -> None:
    open_call(desk, ring(practice.client, by=lea))
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))

    desk.keyboard.press("r")
    expect(desk.locator("[data-key=hang_up]")).to_have_class(re.compile("armed"))
    desk.keyboard.press("1")
    before = [url for url in asked if "hang-up" in url]
    desk.keyboard.press("r")
    desk.keyboard.press("r")
    expect(desk.locator("[data-toast]")).to_have_count(1)

    assert before == []
    assert len([url for url in asked if "hang-up" in url]) == 1


PRESSED_BEFORE_AND_AFTER = """() => {
  const press = () => document.body.dispatchEvent(
    new KeyboardEvent("keydown", { key: "r", code: "KeyR", bubbles: true }));
  press();
  const head = document.getElementById("callhead");
  head.replaceWith(head.cloneNode(true));
  press();
}"""


def test_a_key_pressed_twice_counts_although_its_button_was_sent_anew_between(
    desk: Page, lea: User, practice: Practice
) -> None:
    open_call(desk, ring(practice.client, by=lea))

    with desk.expect_request(re.compile("hang-up")):
        desk.evaluate(PRESSED_BEFORE_AND_AFTER)


def test_a_button_keeps_the_focus_when_its_part_of_the_desk_is_sent_anew(
    desk: Page, lea: User, practice: Practice
) -> None:
    for name in ("Aubry", "Blanc"):
        make_correspondent(practice.client, name, number="+33639984410")
    call = ring(practice.client, by=lea)
    open_call(desk, call)
    desk.get_by_role("button", name="Blanc", exact=True).focus()
    desk.locator("#callhead").evaluate("head => { head.dataset.old = '' }")

    told(call)

    expect(desk.locator("#callhead:not([data-old])")).to_be_attached()
    expect(desk.get_by_role("button", name="Blanc", exact=True)).to_be_focused()


def test_the_disposition_is_one_key_once_the_call_is_over(
    desk: Page, lea: User, practice: Practice
) -> None:
    call = ring(practice.client, by=lea, ended="answered")
    open_call(desk, call)

    desk.keyboard.press("i")

    chosen = desk.locator("#callhead [aria-pressed=true]")
    expect(chosen).to_have_attribute("value", "information")
    call.refresh_from_db()
    assert call.disposition == "information"


def test_the_palette_finds_a_client_and_opens_it(desk: Page, lea: User, firm: Firm) -> None:
    desk.goto("/desk/day/")

    desk.keyboard.press("Control+k")
    desk.keyboard.type(firm.client.name[-6:])
    expect(desk.locator("#palette a[role=option]")).to_have_count(1)
    desk.keyboard.press("Enter")

    expect(desk).to_have_url(re.compile(f"/desk/clients/{firm.client.uuid}/"))


def test_a_person_is_chosen_from_the_list_by_keyboard(
    desk: Page, lea: User, practice: Practice
) -> None:
    aubry = make_correspondent(practice.client, "Aubry", civility="mrs", first_name="Anne")
    open_call(desk, ring(practice.client, by=lea))

    desk.locator("#patient").focus()
    desk.keyboard.type("aub")
    expect(desk.locator("#patient-list [data-value]")).to_have_count(1)
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")

    expect(desk.locator("#patient-value")).to_have_value(str(aubry.uuid))
    expect(desk.locator("#patient")).to_have_value(aubry.display_name)


# --- The week ------------------------------------------------------------------------------------


def test_an_appointment_is_moved_by_keyboard_and_taken_back(
    desk: Page, lea: User, practice: Practice
) -> None:
    one = visit(practice, "2026-11-24 14:00", "Blanc")
    open_call(desk, ring(practice.client, by=lea))

    desk.locator(f'[data-appointment="{one.uuid}"]').focus()
    desk.keyboard.press("m")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-toast]")).to_contain_text("14 h 20")
    one.refresh_from_db()
    moved = one.starts_at

    desk.locator("[data-toast] button").first.click()
    expect(desk.locator("[data-toast]")).to_contain_text("14 h")
    one.refresh_from_db()
    assert (moved, one.starts_at) == (paris("2026-11-24 14:20"), paris("2026-11-24 14:00"))


def test_escape_puts_a_carried_appointment_back(desk: Page, lea: User, practice: Practice) -> None:
    one = visit(practice, "2026-11-24 14:00", "Blanc")
    open_call(desk, ring(practice.client, by=lea))

    desk.locator(f'[data-appointment="{one.uuid}"]').focus()
    desk.keyboard.press("m")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Escape")

    expect(desk.locator(".ghost")).to_have_count(0)
    expect(desk.locator(f'[data-appointment="{one.uuid}"]')).to_be_focused()
    assert not is_free(practice, "2026-11-24 14:00")


def test_an_appointment_is_moved_by_mouse(desk: Page, lea: User, practice: Practice) -> None:
    one = visit(practice, "2026-11-24 14:00", "Blanc")
    open_call(desk, ring(practice.client, by=lea))
    tile = desk.locator(f'[data-appointment="{one.uuid}"]')
    tile.scroll_into_view_if_needed()
    box = tile.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    desk.mouse.move(x, y)
    desk.mouse.down()
    desk.mouse.move(x, y + 10)
    desk.mouse.move(x, y + 2 * box["height"] + 4)
    desk.mouse.up()

    expect(desk.locator("[data-toast]")).to_contain_text("14 h 40")
    one.refresh_from_db()
    assert one.starts_at == paris("2026-11-24 14:40")


@pytest.mark.parametrize(("pause", "moved"), [(500, True), (0, False)])
def test_on_a_touch_screen_a_long_press_carries_and_a_swipe_scrolls(
    new_page: Callable[..., Page],
    sign_in: SignIn,
    lea: User,
    practice: Practice,
    pause: int,
    moved: bool,
) -> None:
    one = visit(practice, "2026-11-24 14:00", "Blanc")
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    sign_in(page, lea)
    open_call(page, ring(practice.client, by=lea))
    tile = page.locator(f'[data-appointment="{one.uuid}"]')
    tile.scroll_into_view_if_needed()
    box = tile.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, at_y: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": at_y}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", y)
    page.wait_for_timeout(pause)
    for step in range(1, 5):
        touch("touchMove", y + step * box["height"] / 4)
    expect(page.locator(".ghost")).to_have_count(int(moved))
    touch("touchEnd", y)

    if moved:
        expect(page.locator("[data-toast]")).to_contain_text("14 h 20")
    one.refresh_from_db()
    assert (one.starts_at == paris("2026-11-24 14:20")) is moved
    expect(page.locator(".ghost")).to_have_count(0)


def test_a_refused_move_says_why_and_the_tile_goes_back(
    desk: Page, lea: User, practice: Practice, expected_errors: list[str]
) -> None:
    expected_errors.append("409")
    one = visit(practice, "2026-11-24 14:00", "Blanc")
    visit(practice, "2026-11-24 14:20", "Noir")
    open_call(desk, ring(practice.client, by=lea))
    tile = desk.locator(f'[data-appointment="{one.uuid}"]')
    place = str(tile.locator("..").get_attribute("class"))

    tile.focus()
    desk.keyboard.press("m")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")

    expect(desk.locator("[data-toast=error]")).to_contain_text("il y a un rendez-vous")
    expect(desk.locator(".ghost")).to_have_count(0)
    expect(tile.locator("..")).to_have_class(place)
    one.refresh_from_db()
    assert one.starts_at == paris("2026-11-24 14:00")


def test_the_week_is_one_tab_stop_and_arrows_go_inside(
    desk: Page, lea: User, practice: Practice
) -> None:
    open_call(desk, ring(practice.client, by=lea))
    stops = desk.locator('.week-column button[tabindex="0"]')
    expect(stops).to_have_count(1)

    stops.focus()
    desk.keyboard.press("ArrowRight")

    expect(stops).to_have_count(1)
    expect(stops).to_be_focused()


def test_a_slot_picked_in_the_week_is_chosen_in_the_list_and_held(
    desk: Page, lea: User, practice: Practice
) -> None:
    open_call(desk, ring(practice.client, by=lea))
    slot = desk.locator("#week .free button").last
    name = slot.get_attribute("data-slot")

    slot.click()

    expect(desk.locator("#slots input:checked")).to_have_value(str(name))
    expect(desk.locator("#patient")).to_be_focused()
    expect(desk.locator("[data-draft=appointment]")).not_to_be_empty()
    assert SlotHold.objects.get(holder=lea).calendar == practice.calendar


def test_what_was_booked_is_opened_moved_and_opened_again(
    desk: Page, lea: User, practice: Practice, expected_errors: list[str]
) -> None:
    expected_errors.append("422")
    open_call(desk, ring(practice.client, by=lea))
    desk.locator("#week .free button").last.click()
    desk.locator("#patient").fill("Costa")
    desk.keyboard.press("Control+Enter")
    opener = desk.locator("#booked button")

    opener.click()
    expect(desk.locator("#dialog-title")).to_contain_text("Costa")
    desk.locator("#move-time").fill("12:20")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#move-time_error")).to_be_visible()
    desk.keyboard.press("Escape")
    opener.click()

    expect(desk.locator("#move-time")).not_to_have_value("12:20")


def test_another_motive_shows_its_own_slots(desk: Page, lea: User, practice: Practice) -> None:
    open_call(desk, ring(practice.client, by=lea))
    urgent = practice.client.motives.get(is_urgent=True)

    desk.locator("#booking-motive").select_option(str(urgent.uuid))

    expect(desk.locator("#week .emergency")).to_have_count(4)
    expect(desk.locator('#week [data-slot*="2026-11-24T10:20"]')).to_have_count(1)


# --- Nothing lost, nothing taken --------------------------------------------------------------


def test_what_is_typed_survives_a_reload(desk: Page, lea: User, practice: Practice) -> None:
    open_call(desk, ring(practice.client, by=lea), "message")

    desk.locator("#message-body").fill("Rappeler avant midi")
    desk.reload()

    expect(desk.locator("#message-body")).to_have_value("Rappeler avant midi")


def test_words_that_are_kept_while_the_next_page_is_on_its_way_stand_on_it(
    desk: Page, lea: User, practice: Practice, expected_errors: list[str]
) -> None:
    # Chromium lets no page that the test hands over itself open a socket.
    expected_errors.extend(["WebSocket", r"\[object Event\]", "htmx:wsError"])
    open_call(desk, ring(practice.client, by=lea), "message")

    def made_before_the_draft_was_kept(route: Route) -> None:
        page = route.fetch()
        time.sleep(1.5)  # a pause of typing, and its draft's answer
        route.fulfill(response=page)

    desk.locator("#message-body").fill("Rappeler avant midi")
    desk.route("**/desk/calls/*/?*", made_before_the_draft_was_kept)
    with desk.expect_response("**/drafts/message/"):
        desk.reload()

    expect(desk.locator("#message-body")).to_have_value("Rappeler avant midi")


def test_a_second_call_takes_neither_the_focus_nor_what_was_typed(
    desk: Page, lea: User, practice: Practice, firm: Firm
) -> None:
    first = ring(practice.client, by=lea)
    open_call(desk, first, "message")
    desk.locator("#message-body").fill("Rappeler avant midi")

    told(ring(firm.client))
    expect(desk.locator("[id^=waiting-]")).to_have_count(1)
    expect(desk.locator("#message-body")).to_be_focused()
    expect(desk.locator("#announce")).to_contain_text(firm.client.short_name)

    desk.keyboard.press("F2")
    expect(desk.locator("#callhead")).to_contain_text("Cabinet de Maître Durand")
    desk.go_back()
    expect(desk.locator("#message-body")).to_have_value("Rappeler avant midi")


def test_an_idle_desk_turns_to_the_call_that_rings(
    desk: Page, lea: User, practice: Practice
) -> None:
    desk.goto("/desk/")
    expect(desk.locator("body")).to_have_attribute("data-live", "open")

    call = told(ring(practice.client))

    expect(desk.locator("#callhead")).to_contain_text("Cabinet du Docteur Martin, bonjour !")
    expect(desk).to_have_url(re.compile(str(call.uuid)))


def test_an_empty_desk_that_is_opened_while_her_telephone_rings_turns_to_the_call(
    desk: Page, lea: User, practice: Practice
) -> None:
    waiting = ring(practice.client)
    desk.goto("/desk/")
    expect(desk.locator("body")).to_have_attribute("data-live", "open")
    expect(desk.locator("#pop")).to_have_attribute("data-pop", str(waiting.uuid))
    expect(desk).to_have_url(re.compile("/desk/$"))

    waiting.routing = rings_at(lea)
    waiting.save()
    desk.reload()

    expect(desk).to_have_url(re.compile(str(waiting.uuid)))


def test_a_choice_that_has_the_focus_keeps_no_call_from_opening(
    desk: Page, lea: User, practice: Practice
) -> None:
    open_call(desk, ring(practice.client, by=lea, ended="answered"), "message")
    desk.locator("#message input[value=urgent]").focus()

    waiting = told(ring(practice.client, "+33639984499"))

    expect(desk).to_have_url(re.compile(str(waiting.uuid)))


def test_a_call_that_rang_behind_a_dialog_opens_once_that_is_closed(
    desk: Page, lea: User, practice: Practice
) -> None:
    desk.goto("/desk/")
    expect(desk.locator("body")).to_have_attribute("data-live", "open")
    desk.keyboard.press("Control+k")
    expect(desk.locator("#palette-q")).to_be_focused()
    rings = told(ring(practice.client, routing=rings_at(lea)))
    expect(desk.locator("#pop[data-rings]")).to_have_attribute("data-pop", str(rings.uuid))
    expect(desk).not_to_have_url(re.compile(str(rings.uuid)))

    desk.keyboard.press("Escape")

    expect(desk).to_have_url(re.compile(str(rings.uuid)))
    expect(desk.locator("#callhead")).to_have_attribute("data-state", "ringing")


def test_a_call_that_rang_while_another_held_the_desk_opens_once_that_is_a_colleague_s(
    desk: Page, lea: User, practice: Practice
) -> None:
    deputy = make_assistant(practice.client, "claire")
    first = ring(practice.client)
    open_call(desk, first)
    expect(desk.locator("#callhead")).to_have_attribute("data-state", "ringing")
    rings = told(ring(practice.client, "+33639984499", routing=rings_at(lea)))
    expect(desk.locator("#pop[data-rings]")).to_have_attribute("data-pop", str(rings.uuid))
    expect(desk).to_have_url(re.compile(str(first.uuid)))

    first.state, first.answered_by = Call.State.IN_PROGRESS, deputy
    first.answered_at = first.started_at
    first.save()
    told(first)

    expect(desk).to_have_url(re.compile(str(rings.uuid)))


def test_of_two_calls_that_ring_one_after_the_other_the_later_is_shown(
    desk: Page, lea: User, practice: Practice
) -> None:
    desk.goto("/desk/")
    expect(desk.locator("body")).to_have_attribute("data-live", "open")
    first = ring(practice.client)
    asked: list[Route] = []  # and never answered
    desk.route(f"**{at('call', first)}", lambda route: asked.append(route))
    with desk.expect_request(f"**{at('call', first)}"):
        told(first)

    later = told(ring(practice.client, "+33639984499", routing=rings_at(lea)))

    expect(desk.locator("#callhead")).to_have_attribute("data-call", str(later.uuid))
    expect(desk).to_have_url(re.compile(str(later.uuid)))
    assert len(asked) == 1


def test_a_call_that_she_picks_up_opens_although_she_was_typing_when_it_rang(
    desk: Page, lea: User, practice: Practice
) -> None:
    open_call(desk, ring(practice.client, by=lea, ended="answered"), "message")
    desk.locator("#message-body").focus()
    waiting = told(ring(practice.client, "+33639984499"))
    expect(desk.locator("#pop")).to_have_attribute("data-mine", "false")
    expect(desk).not_to_have_url(re.compile(str(waiting.uuid)))

    desk.keyboard.press("Escape")
    waiting.state, waiting.answered_by = Call.State.IN_PROGRESS, lea
    waiting.answered_at = waiting.started_at
    waiting.save()
    told(waiting)

    expect(desk).to_have_url(re.compile(str(waiting.uuid)))


def test_a_cut_line_is_said_and_the_board_caught_up_on_return(
    desk: Page, lea: User, practice: Practice, expected_errors: list[str]
) -> None:
    expected_errors += ["WebSocket", "ERR_INTERNET_DISCONNECTED", "wsError"]
    open_call(desk, ring(practice.client, by=lea), "message")
    expect(desk.locator("#offline")).to_be_hidden()

    desk.context.set_offline(True)
    expect(desk.locator("#offline")).to_be_visible()
    told(ring(practice.client, "+33639984499"))
    desk.context.set_offline(False)

    expect(desk.locator("#offline")).to_be_hidden(timeout=15_000)
    expect(desk.locator("[id^=waiting-]")).to_have_count(1)


def test_the_preview_follows_what_is_typed(desk: Page, lea: User, practice: Practice) -> None:
    open_call(desk, ring(practice.client, by=lea), "message")

    desk.locator("#message input[value=urgent]").check(force=True)

    expect(desk.locator("#preview")).to_contain_text("Urgent")
    expect(desk.locator("#preview")).to_contain_text("SMS")


def test_an_emergency_is_recorded_and_leads_on_to_the_urgent_message(
    desk: Page, lea: User, practice: Practice
) -> None:
    call = ring(practice.client, by=lea)
    open_call(desk, call, "emergency")

    desk.get_by_label("Mal dans la poitrine").check()
    desk.locator("#emergency-address").fill("12 rue des Tilleuls")
    desk.locator("#emergency input[value=urgent_message]").check()
    desk.keyboard.press("Control+Enter")

    expect(desk.locator("#face-message")).to_be_visible()
    expect(desk.locator("#message input[value=urgent]")).to_be_checked()
    assert TriageRecord.objects.get(call_file__call=call).ticked == ["Mal dans la poitrine"]


def test_choosing_the_caller_fills_only_what_is_empty(
    desk: Page, lea: User, practice: Practice
) -> None:
    for name in ("Aubry", "Blanc"):
        make_correspondent(practice.client, name, number="+33639984410")
    call = ring(practice.client, by=lea)
    open_call(desk, call, "message")
    desk.locator("#message-body").fill("Rappeler")

    desk.get_by_role("button", name="Aubry").click()

    expect(desk.locator("#callhead .caller-name")).to_have_text("Aubry")
    expect(desk.locator("#message-caller_name")).to_have_value("Aubry")
    expect(desk.locator("#message-body")).to_have_value("Rappeler")
    assert not CallFile.objects.filter(call=call, state="closed").exists()


# --- For everybody ----------------------------------------------------------------------------


@pytest.mark.look
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("face", FACES)
def test_axe_finds_nothing_on_a_face(
    new_page: Callable[..., Page],
    sign_in: SignIn,
    lea: User,
    practice: Practice,
    axe: Callable[[Page], None],
    face: str,
    scheme: str,
) -> None:
    page = new_page(color_scheme=scheme)
    sign_in(page, lea)
    ring(practice.client, "+33639984499")
    make_correspondent(practice.client, "Aubry", number="+33639984410")

    open_call(page, ring(practice.client, by=lea), face)

    axe(page)


@pytest.mark.look
@pytest.mark.parametrize("path", ["/desk/", "/desk/day/", "/desk/keys/"])
def test_axe_finds_nothing_on_a_page(desk: Page, axe: Callable[[Page], None], path: str) -> None:
    desk.goto(path)

    axe(desk)


@pytest.mark.look
def test_axe_finds_nothing_in_the_dialogs(
    desk: Page, lea: User, practice: Practice, axe: Callable[[Page], None]
) -> None:
    open_call(desk, ring(practice.client, by=lea))

    desk.keyboard.press("Control+k")
    axe(desk)
    desk.keyboard.press("Escape")
    desk.locator("#week .tile button").first.click()
    expect(desk.locator("#dialog-title")).to_be_visible()
    axe(desk)


@pytest.mark.look
@pytest.mark.parametrize(("width", "height"), WIDTHS)
@pytest.mark.parametrize("face", FACES)
def test_nothing_runs_over_the_edge(
    new_page: Callable[..., Page],
    sign_in: SignIn,
    lea: User,
    practice: Practice,
    screenshots: Path,
    face: str,
    width: int,
    height: int,
) -> None:
    page = new_page(viewport={"width": width, "height": height})
    sign_in(page, lea)
    ring(practice.client, "+33639984499")

    open_call(page, ring(practice.client, by=lea), face)
    page.screenshot(path=screenshots / f"desk-{face}-{width}.png", full_page=True)

    over = page.locator("html").evaluate("html => html.scrollWidth - html.clientWidth")
    assert over <= 0
