"""Each page of the portal: nothing that axe finds, nothing that overflows, at three widths."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from agenda.models import Appointment
from tests.browser.server import Site
from tests.people import (
    NOW,
    Firm,
    Practice,
    instruct,
    make_call,
    make_firm,
    make_practice,
    plain_message,
    urgent_message,
)

PHONE = {"width": 390, "height": 844}
TABLET = {"width": 1024, "height": 768}
DESK = {"width": 1440, "height": 900}
SCREENS = [
    pytest.param(PHONE, "light", id="phone"),
    pytest.param(PHONE, "dark", id="phone-dark"),
    pytest.param(TABLET, "light", id="tablet"),
    pytest.param(DESK, "light", id="desk"),
    pytest.param(DESK, "dark", id="desk-dark"),
]
# Axe is slow: each width and each scheme is read once, every screen must fit.
READ = [(PHONE, "dark"), (DESK, "light")]


@pytest.fixture
def firm_with_mail(transactional_db: None) -> Firm:
    """A firm with messages of all kinds, instructions and a month of calls."""
    firm = make_firm()
    for nth in range(18):
        plain_message(firm, at=NOW - timedelta(days=nth, minutes=35), caller_name=f"M. Vidal {nth}")
    plain_message(firm, at=NOW - timedelta(minutes=60), caller_name="Me Sophie Arnaud")
    long_name = "Mme Marie-Antoinette Lefèvre-Beauregard de Saint-Aubin-du-Cormier"
    plain_message(firm, at=NOW - timedelta(minutes=40), caller_name=long_name)
    urgent_message(firm, at=NOW - timedelta(minutes=12))
    instruct(firm.client)
    for nth in range(60):
        wait = None if nth % 9 == 0 else 4 + nth
        make_call(firm.client, at=NOW - timedelta(hours=7 * nth), waited=wait)
    return firm


@pytest.fixture
def crowded(transactional_db: None) -> Practice:
    """A practice with a crowded agenda."""
    return make_practice(crowded=True)


def overflow(page: Page) -> int:
    """How many pixels the page can be scrolled sideways."""
    root = "document.documentElement"
    return int(page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))


@pytest.fixture
def look(
    new_page: Callable[..., Page],
    sign_in: Callable[[Page, Any], None],
    axe: Callable[[Page], None],
    screenshots: Path,
    request: pytest.FixtureRequest,
) -> Callable[[Any, dict[str, int], str, dict[str, str]], None]:
    """Open pages as a person on a screen; each must fit, and axe must find nothing."""

    def open_all(user: Any, screen: dict[str, int], scheme: str, paths: dict[str, str]) -> None:
        touch = screen is PHONE
        page = new_page(viewport=screen, color_scheme=scheme, has_touch=touch)
        sign_in(page, user)
        for name, path in paths.items():
            page.goto(path)
            expect(page.locator("body[data-live=open]")).to_be_attached()
            page.screenshot(path=screenshots / f"{name}-{screen['width']}-{scheme}.png")
            assert overflow(page) == 0, name
            if (screen, scheme) in READ:
                axe(page)

    return open_all


@pytest.mark.look
@pytest.mark.parametrize(("screen", "scheme"), SCREENS)
def test_the_firms_pages_fit_and_can_be_read(
    site: Site, firm_with_mail: Firm, look: Callable[..., None], screen: dict[str, int], scheme: str
) -> None:
    client = firm_with_mail.client.uuid
    message = firm_with_mail.client.messages.order_by("-noted_at")[0]
    look(
        firm_with_mail.lawyer,
        screen,
        scheme,
        {
            "messages": f"/portal/{client}/messages/",
            "message": f"/portal/messages/{message.uuid}/",
            "instructions": f"/portal/{client}/instructions/",
            "activity": f"/portal/{client}/activity/",
        },
    )


@pytest.mark.look
@pytest.mark.parametrize(("screen", "scheme"), SCREENS)
def test_the_practices_pages_fit_and_can_be_read(
    site: Site, crowded: Practice, look: Callable[..., None], screen: dict[str, int], scheme: str
) -> None:
    client, calendar = crowded.client.uuid, crowded.calendar.uuid
    visit = Appointment.objects.filter(local_day="2026-11-24").order_by("starts_at")[2]
    slot = f"{calendar}%402026-11-24T14:00:00%2B0100"
    look(
        crowded.doctor,
        screen,
        scheme,
        {
            "agenda": f"/portal/{client}/agenda/",
            "appointment": f"/portal/appointments/{visit.uuid}/",
            "move": f"/portal/appointments/{visit.uuid}/move/",
            "free": f"/portal/{client}/free/?slot={slot}",
            "week": f"/portal/{client}/week/",
            "notices": f"/portal/{client}/notices/",
            "notices-of-one": f"/portal/{client}/notices/?calendar={calendar}",
            "load": f"/portal/{client}/load/",
            "load-of-months": f"/portal/{client}/load/?span=past",
            "exports": f"/portal/{client}/exports/",
        },
    )


@pytest.mark.look
@pytest.mark.parametrize(("screen", "scheme"), SCREENS[:1] + SCREENS[3:4])
def test_empty_pages_say_what_comes(
    site: Site, transactional_db: None, look: Callable[..., None], screen: Any, scheme: str
) -> None:
    firm, practice = make_firm(), make_practice()
    client = firm.client.uuid
    look(
        firm.lawyer,
        screen,
        scheme,
        {
            "no-messages": f"/portal/{client}/messages/",
            "no-instructions": f"/portal/{client}/instructions/",
            "no-activity": f"/portal/{client}/activity/",
        },
    )
    look(
        practice.doctor,
        screen,
        scheme,
        {"sunday": f"/portal/{practice.client.uuid}/agenda/?day=2026-11-29"},
    )
