"""From the booking to the SMS, to a telephone without an account, and back to desk and portal."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from agenda.models import Appointment
from messages_app.models import NoticeSettings
from tests.browser.server import Site
from tests.journeys.house import LEA_TELEPHONE, MARTIN_LINE, open_house, person
from tests.journeys.test_first_call import desk_of, pick_up, portal_of

PHONE = {"width": 390, "height": 844}
LAMBERT = "+33639983501"
pytestmark = [pytest.mark.timeout(180), pytest.mark.once]

Open = Callable[..., Page]
SignIn = Callable[[Page, Any], None]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the moment in which a booking can be taken back unheard."""
    monkeypatch.setattr("messages_app.services.notices.TAKEN_BACK_WITHIN", timedelta(0))


def write_at_any_hour() -> None:
    """The suite runs at night and on Sundays too."""
    NoticeSettings.objects.update(
        opens_at="00:00", closes_at="23:59", on_sundays=True, on_holidays=True, cancel_hours=0
    )


def book_while_talking(desk: Page, operator: Any) -> Appointment:
    """Mme Lambert rings; Léa gives her one of the first free slots, and she agrees to a text."""
    operator.place_call(MARTIN_LINE, LAMBERT)
    expect(desk.locator("#callhead")).to_contain_text("Mme Jeanne Lambert")
    pick_up(operator, LEA_TELEPHONE)
    expect(desk.locator("#callhead")).to_have_attribute("data-state", "live")
    expect(desk.locator("#booking-texts")).to_be_checked()
    desk.locator("#booking input[name=slot]").nth(1).check(force=True)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#booked .booked")).to_have_count(1)
    return Appointment.objects.latest("created_at", "pk")


def show_week_of(appointment: Appointment, desk: Page) -> None:
    """At the end of a week the first free slots are in the next one."""
    desk.goto(f"{desk.url.split('?')[0]}?day={appointment.local_day.isoformat()}")
    expect(desk.locator("body")).to_have_attribute("data-live", "open")


def sms_about(appointment: Appointment, page: Page) -> str:
    """The link in the SMS, as the operator's outbox shows it."""
    page.goto("/operator/outbox/")
    local = appointment.starts_at.astimezone(appointment.zone)
    clock = f"{local.hour} h {local.minute}" if local.minute else f"{local.hour} h"
    sms = page.locator("article, li", has_text=f"à {clock}").filter(has_text="06 39 98 35 01")
    link = sms.locator("a[href*='/r/']").first
    expect(link).to_be_visible(timeout=40_000)
    href = link.get_attribute("href")
    assert href is not None
    return href


def test_a_person_confirms_on_her_telephone_and_then_gives_her_place_back(
    site: Site, worker: None, new_page: Open, sign_in: SignIn
) -> None:
    operator = open_house()
    write_at_any_hour()
    desk = desk_of(new_page, sign_in, "lea")
    to_follow_up = desk.locator("#figures a[href='/desk/follow-up/']")
    expect(to_follow_up).to_contain_text("2")  # a cancelled visit, and a voicemail

    appointment = book_while_talking(desk, operator)
    show_week_of(appointment, desk)
    outbox = new_page()
    sign_in(outbox, person("lea"))
    link = sms_about(appointment, outbox)
    doctor = portal_of(new_page, sign_in, "martin", viewport=PHONE)
    day = f"?day={appointment.local_day.isoformat()}"
    doctor.goto(f"{doctor.url.split('?')[0]}{day}")
    expect(doctor.locator("body")).to_have_attribute("data-live", "open")

    telephone = new_page(viewport=PHONE, has_touch=True)
    telephone.goto(link)
    expect(telephone.get_by_role("heading", level=1)).to_have_text("Dr Martin")
    telephone.get_by_role("button", name="Je confirme ma venue").tap()
    expect(telephone.get_by_text("Vous l’avez confirmé")).to_be_visible()

    card = doctor.locator(f"#a-{appointment.uuid}")
    expect(card).to_contain_text("confirmé")
    tile = desk.locator(f'[data-appointment="{appointment.uuid}"]')
    expect(tile).to_have_attribute("aria-label", re.compile("confirmé"))
    desk.locator("#booked .booked button").click()
    expect(desk.locator("#dialog-body")).to_contain_text("La personne a confirmé sa venue")
    expect(desk.locator("#dialog-body")).to_contain_text("Confirmation par SMS, 06 ·· ·· ·· 01")
    desk.keyboard.press("Escape")

    telephone.get_by_text("Je ne peux pas venir…").tap()
    telephone.get_by_role("button", name="Annuler mon rendez-vous").tap()
    expect(telephone.get_by_text("est annulé")).to_be_visible()

    expect(tile).to_have_count(0)
    expect(to_follow_up).to_contain_text("3")
    expect(card).to_have_count(0)
    appointment.refresh_from_db()
    assert appointment.status == "cancelled"
    desk.goto("/desk/follow-up/")
    expect(desk.locator("#follow-up")).to_contain_text("Mme Lambert a annulé son rendez-vous")
    desk.locator("article", has_text="Mme Lambert").get_by_role("button", name="Vu").click()
    expect(desk.locator("#follow-up")).not_to_contain_text("Mme Lambert")
