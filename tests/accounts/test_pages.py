"""Every page about one's own account: in French, readable, and nothing sideways."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from clients.models import User
from permanence.owner import owner_token
from tests.browser.server import Site

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
SCREENS = [
    pytest.param(PHONE, "light", id="phone"),
    pytest.param(PHONE, "dark", id="phone-dark"),
    pytest.param(DESK, "light", id="desk"),
]
OUTSIDE = {
    "login": "/accounts/login/",
    "reset": "/accounts/password/reset/",
    "reset-done": "/accounts/password/reset/done/",
    "reset-old-link": "/accounts/password/reset/key/1-old/",
    "reset-saved": "/accounts/password/reset/key/done/",
    "inactive": "/accounts/inactive/",
}
INSIDE = {
    "account": "/portal/account/",
    "password": "/accounts/password/change/",
    "safety": "/accounts/2fa/",
    "sessions": "/accounts/sessions/",
    "logout": "/accounts/logout/",
    "again": "/accounts/reauthenticate/?next=/accounts/2fa/totp/activate/",
}


@pytest.fixture
def look(
    axe: Callable[[Page], None], screenshots: Path
) -> Callable[[Page, str, dict[str, str]], None]:
    """Open pages; each must fit the width, and axe must find nothing."""

    def open_all(page: Page, screen: str, paths: dict[str, str]) -> None:
        for name, path in paths.items():
            page.goto(path)
            page.screenshot(path=screenshots / f"account-{name}-{screen}.png", full_page=True)
            root = "document.documentElement"
            assert page.evaluate(f"{root}.scrollWidth - {root}.clientWidth") == 0, name
            axe(page)

    return open_all


@pytest.mark.look
@pytest.mark.parametrize(("screen", "scheme"), SCREENS)
def test_pages_before_signing_in_fit_and_can_be_read(
    site: Site, new_page: Callable[..., Page], look: Callable[..., None], screen: Any, scheme: str
) -> None:
    page = new_page(viewport=screen, color_scheme=scheme)

    welcome = {"welcome": f"/welcome/{owner_token()}/"}
    look(page, f"{screen['width']}-{scheme}", OUTSIDE | welcome)


@pytest.mark.look
@pytest.mark.parametrize(("screen", "scheme"), SCREENS)
def test_pages_about_ones_account_fit_and_can_be_read(
    site: Site,
    alice: User,
    new_page: Callable[..., Page],
    type_password: Callable[[Page], None],
    confirm_password: Callable[[Page], None],
    look: Callable[..., None],
    screen: Any,
    scheme: str,
) -> None:
    page = new_page(viewport=screen, color_scheme=scheme)
    type_password(page)

    look(page, f"{screen['width']}-{scheme}", INSIDE)
    confirm_password(page)
    set_up = {"totp": "/accounts/2fa/totp/activate/", "passkey": "/accounts/2fa/webauthn/add/"}
    keys = {"passkeys": "/accounts/2fa/webauthn/"}
    look(page, f"{screen['width']}-{scheme}", set_up | keys)
