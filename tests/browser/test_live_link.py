"""A desk left alone keeps its live link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from clients.models import Bureau, Membership, User
from clients.models.bureau import Grant

# redis-py 8 gives sockets five seconds: an idle link was cut and opened again every five.
THREE_TIMES_THE_LIMIT_MS = 16_000


@pytest.fixture
def assistant(transactional_db: None) -> User:
    """Somebody who answers calls."""
    user = User.objects.create_user("lea@permanence.example", full_name="Léa Marchand")
    bureau = Bureau.objects.create(name="Permanence Marchand")
    Membership.objects.create(bureau=bureau, user=user, grants=[Grant.ANSWER])
    return user


def test_an_idle_desk_opens_its_live_link_once(
    page: Page, sign_in: Callable[[Page, Any], None], assistant: User
) -> None:
    links: list[str] = []
    page.on("websocket", lambda link: links.append(link.url))
    sign_in(page, assistant)
    page.goto("/desk/")
    expect(page.locator("[data-live=open]")).to_be_visible()

    page.wait_for_timeout(THREE_TIMES_THE_LIMIT_MS)

    assert len(links) == 1
    expect(page.locator("[data-live=open]")).to_be_visible()
