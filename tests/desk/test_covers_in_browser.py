"""Hand-overs in a real browser: their pages, and what is said before she leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from clients.models import Assignment, Membership
from clients.models.bureau import Grant
from tests.browser.pages import SENT_ANEW_MEANWHILE
from tests.clients.covers import agree, ask, make_colleague
from tests.factories import make_client, make_line
from tests.people import NOW, Practice

pytestmark = pytest.mark.timeout(120)


@pytest.mark.look
def test_axe_finds_nothing_on_the_pages_of_hand_overs(
    page: Page,
    sign_in: Callable[[Page, Any], None],
    practice: Practice,
    axe: Callable[[Page], None],
) -> None:
    lea, bureau = practice.lea, practice.client.bureau
    Membership.objects.filter(user=lea).update(grants=[Grant.ANSWER, Grant.SUPERVISE])
    for nth in range(8):
        line = make_line(make_client(bureau), f"+3319900500{nth}")
        Assignment.objects.create(client=line.client, user=lea)
    claire = make_colleague(bureau, "claire")
    later = NOW + timedelta(days=1)
    cover = agree(lea, claire, at=NOW, ends_at=NOW + timedelta(hours=1), note="Au calme.")
    ask(lea, claire, at=NOW, starts_at=later)
    sign_in(page, lea)

    for address in ("covers", "hand_over"):
        page.goto(reverse(f"desk:{address}"))
        axe(page)
    page.goto(reverse("desk:cover", args=[cover.uuid]))
    axe(page)
    cover.delete()
    page.keyboard.press("F8")
    expect(page.locator(".alone li:visible")).to_have_count(6)
    page.get_by_text("et 3 autres clients").click()
    expect(page.locator(".alone li:visible")).to_have_count(9)
    axe(page)


@pytest.mark.once
def test_the_answer_to_a_button_of_a_part_that_was_sent_anew_finds_its_place(
    page: Page, sign_in: Callable[[Page, Any], None], practice: Practice
) -> None:
    claire = make_colleague(practice.client.bureau, "claire")
    cover = ask(practice.lea, claire, at=NOW, ends_at=NOW + timedelta(hours=1))
    sign_in(page, claire)
    page.goto(reverse("desk:day"))
    expect(page.locator("body")).to_have_attribute("data-live", "open")
    page.evaluate(SENT_ANEW_MEANWHILE, "covers")

    page.locator(f"#cover-{cover.uuid} [data-key=cover_decline]").click()

    # htmx tells the console of every part for which it finds no place: that fails the test.
    expect(page.locator("[data-toast]")).to_contain_text("Refusé")
    expect(page.locator(f"#cover-{cover.uuid}")).to_have_count(0)
    expect(page.locator("#covers")).to_have_count(1)
