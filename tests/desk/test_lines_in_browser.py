"""A line's page and its editor in a real browser: by keyboard alone, and looked at by axe."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from calls.models import LineSchedule
from calls.services import draft_of, set_presence, start_crisis
from clients.models import Line, Membership, User
from clients.models.bureau import Grant
from clients.services.lines import change_line, settings_of
from tests.browser.server import Site
from tests.calls.lines import WORKING, direct
from tests.clients.rosters import make_on_call, make_shift
from tests.factories import make_assistant, make_client, make_line, make_user

pytestmark = pytest.mark.timeout(120)

SignIn = Callable[[Page, Any], None]


@pytest.fixture
def line(site: Site) -> Line:
    line = make_line(make_client(name="Plomberie Renaud"), "+33199004030", label="Dépannage")
    team = {"action": "team", "numbers": ["+33199004001"], "seconds": 15}
    direct(line, team, {"action": "queue"}, kind="weekly", hours=dict(WORKING))
    direct(line, {"action": "announce", "text": "Fermé."}, hours={"name": "Nuit"})
    return line


@pytest.fixture
def boss(line: Line) -> User:
    user = make_user("boss")
    grants = [Grant.ANSWER, Grant.OWN]
    Membership.objects.create(bureau=line.client.bureau, user=user, grants=grants)
    return user


def set_line_label(line: Line, label: str) -> None:
    wished = replace(settings_of(line), label=label)
    change_line(line=line, wished=wished, by=None, at=timezone.now())


def test_a_schedule_is_changed_by_keyboard_alone(
    page: Page, sign_in: SignIn, line: Line, boss: User
) -> None:
    sign_in(page, boss)
    page.goto(reverse("desk:line", args=[line.uuid]))
    page.get_by_role("link", name="Modifier à partir d’un jour").press("Enter")

    # A further step: the keyboard stands before it, nothing typed is lost.
    page.get_by_label("Nom de cette plage").first.fill("Atelier")
    page.get_by_role("button", name="Puis…").first.press("Enter")
    expect(page.locator("#h0s2")).to_be_focused()
    expect(page.get_by_label("Nom de cette plage").first).to_have_value("Atelier")
    page.keyboard.press("Tab")
    page.keyboard.type("rép")
    expect(page.locator("#h0s2 select")).to_have_value("voicemail")
    page.locator("#id_h0s2-text").fill("Parlez après le signal.")

    # Enter in a field reads it again, and saves nothing.
    page.get_by_label("Nom de cette plage").first.press("Enter")
    expect(page.locator("#line-read")).to_contain_text("puis attente, puis répondeur")
    page.get_by_role("button", name="Enregistrer").press("Enter")

    expect(page.get_by_text("C’est enregistré")).to_be_visible()
    expect(page).to_have_url(re.compile(reverse("desk:line", args=[line.uuid]) + "(#.*)?$"))
    saved = draft_of(LineSchedule.objects.order_by("-starts_on")[0])
    assert [step.action.value for step in saved.hours[0].steps] == ["team", "queue", "voicemail"]
    assert (saved.hours[0].name, saved.hours[1].name) == ("Atelier", "Nuit")


def test_an_open_page_follows_what_others_do_and_keeps_what_is_typed(
    page: Page, sign_in: SignIn, line: Line, boss: User
) -> None:
    lea = make_assistant(line.client, "Léa")
    direct(
        line,
        {"action": "team", "numbers": ["+33199004001"]},
        {"action": "holder"},
        kind="dates",
        hours={
            "name": "Cette semaine",
            "first_day": date(2020, 1, 1),
            "last_day": date(2099, 1, 1),
        },
    )
    sign_in(page, boss)
    page.goto(reverse("desk:line", args=[line.uuid]))
    expect(page.locator("[data-live=open]")).to_be_visible()
    page.get_by_label("Qui et pourquoi").fill("Démarchage")

    start_crisis(line=line, by=lea, at=timezone.now())
    expect(page.locator("#line-state")).to_contain_text("Fin de crise")
    set_presence(user=lea, state="paused", by=lea, at=timezone.now())
    expect(page.locator("#line-state")).to_contain_text("Léa en pause")
    set_line_label(line, "Urgences")
    expect(page.locator("#line-head")).to_contain_text("Urgences")

    expect(page.get_by_label("Qui et pourquoi")).to_have_value("Démarchage")


@pytest.mark.look
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing_on_lines_and_nothing_leaves_the_page(
    new_page: Callable[..., Page],
    sign_in: SignIn,
    axe: Callable[[Page], None],
    line: Line,
    boss: User,
    width: int,
    scheme: str,
) -> None:
    page = new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    sign_in(page, boss)

    make_shift(make_on_call(line.client), date(2026, 11, 27), date(2026, 11, 30))
    direct(line, {"action": "on_call", "numbers": []}, kind="holidays")
    addresses = [reverse(f"desk:{name}", args=[line.uuid]) for name in ("line", "line_edit")]
    roster = reverse("desk:roster", args=[line.client.uuid])

    for address in (reverse("desk:lines"), *addresses, roster):
        page.goto(address)
        page.evaluate(
            "document.querySelectorAll('main details').forEach((one) => (one.open = true))"
        )
        axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
