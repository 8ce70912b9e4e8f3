"""A desk left alone keeps its live link; that no socket behind it is cut, tests/two_ways proves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocket, expect

from clients.models import Bureau, Membership, User
from clients.models.bureau import Grant

# What static/js/desk/live.js waits from beat to beat, and for each answer.
BEAT_EVERY_MS, PATIENCE_MS = 10_000, 5_000


@pytest.fixture
def assistant(transactional_db: None) -> User:
    """Somebody who answers calls."""
    user = User.objects.create_user("lea@permanence.example", full_name="Léa Marchand")
    bureau = Bureau.objects.create(name="Permanence Marchand")
    Membership.objects.create(bureau=bureau, user=user, grants=[Grant.ANSWER])
    return user


def is_answer(frame: str | bytes) -> bool:
    return "live-beat" in str(frame)


def test_an_idle_desk_opens_its_live_link_once(
    page: Page, sign_in: Callable[[Page, Any], None], assistant: User
) -> None:
    links: list[WebSocket] = []
    page.on("websocket", lambda link: links.append(link))
    page.clock.install()
    sign_in(page, assistant)
    page.goto("/desk/")
    expect(page.locator("[data-live=open]")).to_be_visible()

    page.clock.run_for(BEAT_EVERY_MS - PATIENCE_MS)
    for _beat in range(2):
        with links[0].expect_event("framereceived", is_answer):
            page.clock.run_for(BEAT_EVERY_MS - PATIENCE_MS)
        page.clock.run_for(PATIENCE_MS)

    assert len(links) == 1
    expect(page.locator("[data-live=open]")).to_be_visible()
