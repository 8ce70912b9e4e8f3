"""Booking while a caller talks, in real browsers: by keyboard, and seen by the others at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from agenda.models import Appointment, AppointmentSeries, Motive, SlotHold
from agenda.services import cancel_appointment
from agenda.services.holds import end_expired_holds
from calls.models import Call
from clients.models import User
from desk import roll_call
from tests.agenda.factories import make_calendar, paris
from tests.desk.calls import at, ring
from tests.factories import make_assistant, make_correspondent
from tests.journeys.house import until
from tests.people import NOW, Practice, visit

pytestmark = pytest.mark.timeout(120)

SignIn = Callable[[Page, Any], None]
ROUX = "+33639984477"


@pytest.fixture(autouse=True)
def _gone_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roll_call, "GONE_AFTER_SECONDS", 1.0)


@pytest.fixture
def claire(practice: Practice) -> User:
    """Léa's deputy."""
    return make_assistant(practice.client, "claire")


@pytest.fixture
def desk_of(
    site: Any, practice: Practice, new_page: Callable[..., Page], sign_in: SignIn
) -> Callable[..., Page]:
    """The open desk of a person, with a call of the practice's."""

    def open_desk(user: User, call: Call | None = None, **screen: Any) -> Page:
        page = new_page(**screen)
        sign_in(page, user)
        shown = call or ring(practice.client, by=user)
        page.goto(f"{at('call', shown)}?face=appointment")
        expect(page.locator("body")).to_have_attribute("data-live", "open")
        return page

    return open_desk


def says_when(page: Page, words: str) -> None:
    page.keyboard.press("w")
    expect(page.locator("#when")).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Enter")


# --- By keyboard ---------------------------------------------------------------


def test_what_the_caller_says_is_typed_and_booked_without_the_mouse(
    desk_of: Callable[..., Page], lea: User, practice: Practice
) -> None:
    aubry = make_correspondent(practice.client, "Aubry", number="+33639984410")
    page = desk_of(lea)

    says_when(page, "jeudi après 15 h")
    expect(page.locator("#slots b").first).to_have_text("jeu. 26 nov. 15:00")
    page.keyboard.press("Escape")
    page.keyboard.press("Digit1")
    expect(page.locator("#slots input").first).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#booked .booked")).to_have_count(1)
    made = Appointment.objects.latest("pk")
    assert (made.correspondent, made.starts_at) == (aubry, paris("2026-11-26 15:00"))
    expect(page.locator('#wishes [name=wish_hours][value="15:00-"]')).to_be_checked()


def test_a_moment_that_is_said_is_chosen_held_and_booked(
    desk_of: Callable[..., Page], lea: User, practice: Practice
) -> None:
    page = desk_of(lea)

    says_when(page, "demain 9 h 40")

    expect(page.locator("#slots input:checked")).to_have_count(1)
    expect(page.locator("#patient")).to_be_focused()
    expect(page.locator("[data-draft=appointment]")).not_to_be_empty()
    assert SlotHold.objects.get(holder=lea).starts_at == paris("2026-11-25 09:40")


def test_a_moment_that_cannot_be_had_says_why_and_may_be_forced_with_a_reason(
    desk_of: Callable[..., Page], lea: User, axe: Callable[[Page], None], practice: Practice
) -> None:
    make_correspondent(practice.client, "Aubry", number="+33639984410")
    page = desk_of(lea)

    says_when(page, "demain 9 h 10")
    expect(page.locator(".slot-refused [role=alert]")).to_contain_text("il y a un rendez-vous")
    axe(page)
    page.locator(".slot-refused summary").click()
    page.locator("#slot-forced").check()
    page.locator("#force-reason").fill("entre deux patients")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#booked .booked")).to_have_count(1)
    made = Appointment.objects.latest("pk")
    assert made.override_reason == "entre deux patients"
    expect(page.locator(f'.forced [data-appointment="{made.uuid}"]')).to_have_count(1)


def test_a_pointer_that_rests_on_a_closed_hour_is_told_why(
    desk_of: Callable[..., Page], lea: User
) -> None:
    page = desk_of(lea)
    kept = page.locator("#week .emergency").nth(1)
    kept.scroll_into_view_if_needed()
    box = kept.bounding_box()
    assert box is not None

    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    expect(page.locator(".why")).to_contain_text("Réservé aux urgences")
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".slot-refused")).to_contain_text("Réservé aux urgences")


def test_two_weeks_ahead_are_two_keys_however_fast(desk_of: Callable[..., Page], lea: User) -> None:
    page = desk_of(lea)

    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    expect(page.locator("#week")).to_have_attribute("data-from", "2026-12-07")

    stop = page.locator('#week .week-column button[tabindex="0"]')
    stop.focus()
    page.keyboard.press("PageUp")
    expect(page.locator("#week")).to_have_attribute("data-from", "2026-11-30")
    expect(stop).to_be_focused()
    page.keyboard.press("PageUp")
    expect(page.locator("#week")).to_have_attribute("data-from", "2026-11-23")


def test_the_practitioners_stand_side_by_side(
    desk_of: Callable[..., Page], lea: User, practice: Practice
) -> None:
    make_calendar(practice.client, name="Dr Benali", position=1)
    page = desk_of(lea)

    page.get_by_role("link", name="les deux").click()

    expect(page.locator(".week-day").first.locator(".week-column")).to_have_count(2)


# --- Her visits ---------------------------------------------------------------


@pytest.fixture
def roux(practice: Practice) -> Appointment:
    """Mme Roux comes on Friday at 14:00; she is calling."""
    return visit(practice, "2026-11-27 14:00", "Roux")


def test_a_visit_is_moved_and_cancelled_by_key(
    desk_of: Callable[..., Page], lea: User, practice: Practice, roux: Appointment
) -> None:
    call = ring(practice.client, ROUX, by=lea, correspondent=roux.correspondent)
    page = desk_of(lea, call)
    expect(page.locator("#visits")).to_contain_text("ven. 27 nov. 14:00")

    page.keyboard.press("Digit5")
    expect(page.locator("#slots input").first).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#visits")).to_contain_text("mar. 24 nov. 14:00")
    roux.refresh_from_db()
    assert roux.starts_at == paris("2026-11-24 14:00")

    page.keyboard.press("Escape")
    page.keyboard.press("Digit6")
    page.keyboard.press("Digit6")
    expect(page.locator("#visits .visits-coming")).to_have_count(0)
    roux.refresh_from_db()
    assert roux.status == "cancelled"


def test_leaving_a_visit_where_it_is_brings_the_booking_form_back(
    desk_of: Callable[..., Page], lea: User, practice: Practice, roux: Appointment
) -> None:
    call = ring(practice.client, ROUX, by=lea, correspondent=roux.correspondent)
    page = desk_of(lea, call)
    page.keyboard.press("Digit5")

    page.get_by_role("button", name="Le laisser où il est").click()

    expect(page.locator("#booking-motive")).to_be_visible()


def test_a_mother_books_for_her_son(
    desk_of: Callable[..., Page], lea: User, practice: Practice
) -> None:
    mother = make_correspondent(practice.client, "Petit", civility="mrs", number=ROUX)
    son = make_correspondent(
        practice.client, "Petit", first_name="Tom", birth_date="2019-05-02", number=ROUX
    )
    call = ring(practice.client, ROUX, by=lea, correspondent=mother)
    page = desk_of(lea, call)
    page.locator("#slots input").first.check()

    page.locator(".family button", has_text="Tom").click()
    expect(page.locator("#patient-value")).to_have_value(str(son.uuid))
    expect(page.locator("#booking [data-combobox-born]")).to_contain_text("2 mai 2019")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#booked .booked")).to_have_count(1)
    made = Appointment.objects.latest("pk")
    assert (made.correspondent, made.caller) == (son, mother)


# --- Several appointments ---------------------------------------------------------------


def test_a_series_is_proposed_adjusted_and_booked(
    desk_of: Callable[..., Page], lea: User, practice: Practice, axe: Callable[[Page], None]
) -> None:
    make_correspondent(practice.client, "Aubry", number="+33639984410")
    page = desk_of(lea)

    page.keyboard.press("s")
    expect(page.locator("#series-rows .sitting")).to_have_count(10)
    page.locator("#series-first_day").fill("2026-11-25")
    page.locator("#series-at").fill("14:20")
    page.locator("#series-count").fill("3")
    page.locator("#series-count").blur()
    expect(page.locator("#series-rows .sitting")).to_have_count(3)
    expect(page.locator(".sitting-conflict")).to_have_count(1)
    axe(page)
    page.locator(".sitting select").first.select_option(label="mer. 25 nov. 14:40")
    page.keyboard.press("Control+Enter")

    expect(page.locator("[data-toast]")).to_contain_text("3 rendez-vous")
    made = AppointmentSeries.objects.get()
    starts = [one.starts_at for one in made.appointments.order_by("starts_at")]
    assert starts == [
        paris("2026-11-25 14:40"),
        paris("2026-12-02 14:20"),
        paris("2026-12-09 14:20"),
    ]


# --- Two screens ---------------------------------------------------------------


def test_a_slot_being_booked_is_seen_held_by_colleague_and_doctor_until_it_runs_out(
    desk_of: Callable[..., Page],
    lea: User,
    claire: User,
    practice: Practice,
    new_page: Callable[..., Page],
    sign_in: SignIn,
) -> None:
    mine, hers = desk_of(lea), desk_of(claire)
    doctors = new_page()
    sign_in(doctors, practice.doctor)
    doctors.goto(f"/portal/{practice.client.uuid}/week/?day=2026-11-24")
    expect(doctors.locator("body[data-live=open]")).to_be_attached()

    says_when(mine, "15 h")

    expect(hers.locator("#week .hold")).to_have_text("Léa réserve")
    expect(doctors.locator("#week .hold")).to_have_text("Léa réserve")
    SlotHold.objects.update(expires_at=NOW + timedelta(seconds=1))
    end_expired_holds(at=NOW + timedelta(seconds=2))
    expect(hers.locator("#week .hold")).to_have_count(0)
    expect(doctors.locator("#week .hold")).to_have_count(0)


@pytest.fixture
def roll_calls(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether a desk answered, for each one that closed; a reload has four seconds here."""
    answers: list[bool] = []
    ask = roll_call._is_open

    async def note(user: User, layer: Any) -> bool:
        answers.append(await ask(user, layer))
        return answers[-1]

    monkeypatch.setattr(roll_call, "GONE_AFTER_SECONDS", 4.0)
    monkeypatch.setattr(roll_call, "_is_open", note)
    return answers


def test_a_desk_that_closes_frees_its_slot_and_one_that_reloads_keeps_it(
    desk_of: Callable[..., Page], lea: User, claire: User, roll_calls: list[bool]
) -> None:
    mine, hers = desk_of(lea), desk_of(claire)
    says_when(mine, "15 h")
    expect(hers.locator("#week .hold")).to_have_count(1)

    mine.reload()
    until(lambda: roll_calls == [True], seconds=20)
    hers.wait_for_timeout(500)
    expect(hers.locator("#week .hold")).to_have_count(1)
    mine.close()
    until(lambda: roll_calls == [True, False], seconds=20)
    expect(hers.locator("#week .hold")).to_have_count(0)


def test_what_one_books_moves_and_cancels_the_other_sees_at_once(
    desk_of: Callable[..., Page], lea: User, claire: User, practice: Practice
) -> None:
    make_correspondent(practice.client, "Aubry", number="+33639984410")
    mine, hers = desk_of(lea), desk_of(claire)

    says_when(mine, "15 h")
    expect(mine.locator("#slots input:checked")).to_have_count(1)
    mine.keyboard.press("Control+Enter")
    expect(mine.locator("#booked .booked")).to_have_count(1)
    made = Appointment.objects.latest("pk")
    tile = hers.locator(f'#week [data-appointment="{made.uuid}"]')
    expect(tile).to_contain_text("15:00")

    mine.locator(f'#week [data-appointment="{made.uuid}"]').focus()
    mine.keyboard.press("m")
    mine.keyboard.press("ArrowUp")
    mine.keyboard.press("Enter")
    expect(tile).to_contain_text("14:40")

    cancel_appointment(appointment=Appointment.objects.get(pk=made.pk), by=lea, at=NOW)
    expect(tile).to_have_count(0)
    expect(mine.locator(f'#week [data-appointment="{made.uuid}"]')).to_have_count(0)


def test_the_motives_words_follow_the_motive(
    desk_of: Callable[..., Page], lea: User, practice: Practice
) -> None:
    Motive.objects.filter(client=practice.client, is_urgent=True).update(question="À jeun ?")
    urgent = Motive.objects.get(client=practice.client, is_urgent=True)
    page = desk_of(lea)
    expect(page.locator("#motive-question q")).to_have_count(0)

    page.locator("#booking-motive").select_option(str(urgent.uuid))

    expect(page.locator("#motive-question q")).to_have_text("À jeun ?")


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_runs_over_the_edge_nor_over_the_form_with_a_known_caller(
    desk_of: Callable[..., Page], lea: User, practice: Practice, roux: Appointment, width: int
) -> None:
    call = ring(practice.client, ROUX, by=lea, correspondent=roux.correspondent)
    page = desk_of(lea, call, viewport={"width": width, "height": 844})

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    week, form = page.locator("#week").bounding_box(), page.locator("#booking").bounding_box()
    assert week is not None
    assert form is not None
    is_beside = week["x"] + week["width"] <= form["x"]
    assert is_beside is (width > 390)
    assert is_beside or week["y"] + week["height"] <= form["y"]
