"""Chromium pages that fail their test on any error that the browser reports."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tests.browser.server import Site

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WCAG_2_2_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Of the part with this id: a live page replaces it while a button waits for its answer.
SENT_ANEW_MEANWHILE = """id => document.body.addEventListener("htmx:beforeSend", () => {
  const part = document.getElementById(id);
  part.replaceWith(part.cloneNode(true));
})"""
DESK = {"width": 1440, "height": 900}
# What a page does or shows may take so long on two busy cores; what is there at once costs nothing.
PATIENCE_MS = 10_000
# How htmx tells of a request that gave way to a newer one, or whose page was left. What failed is
# told by htmx:sendError or htmx:responseError, and by the browser itself.
GAVE_WAY = ["htmx:sendAbort", "htmx:afterRequest"]


def chromium() -> str | None:
    """The browser of $CHROMIUM or of this computer; None leaves the choice to Playwright."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def _driver() -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """One browser for all tests of this process, and the event loop that drives it."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield browser, loop
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture
def browser(
    _driver: tuple[Browser, asyncio.AbstractEventLoop], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Browser]:
    """The browser, whose event loop this test's thread runs in; other tests don't see the loop.

    Django refuses the database to such a thread, and must not here.
    """
    found, loop = _driver
    asyncio._set_running_loop(loop)
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    yield found
    asyncio._set_running_loop(None)


@pytest.fixture
def expected_errors() -> list[str]:
    """Patterns of browser errors that this test brings about on purpose: append to it."""
    return []


@pytest.fixture
def browser_errors() -> list[str]:
    """What the browser has reported so far in this test."""
    return []


@pytest.fixture
def new_page(
    browser: Browser, site: Site, browser_errors: list[str], expected_errors: list[str]
) -> Iterator[Callable[..., Page]]:
    """Open a page as another visitor; keyword arguments are those of a browser context.

    At its end the test fails on each script error, refused resource or failed request that the
    browser reported.
    """
    contexts: list[BrowserContext] = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**defaults(site) | options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        context.on("console", lambda message: report_console(message, browser_errors))
        context.on("weberror", lambda error: browser_errors.append(f"script error: {error.error}"))
        return context.new_page()

    yield open_page
    # Closing cuts off what still runs, and the page would say so.
    found = unexpected(browser_errors, expected_errors)
    for context in contexts:
        context.close()
    assert found == []


def unexpected(errors: list[str], patterns: list[str]) -> list[str]:
    known = [*GAVE_WAY, *patterns]
    return [error for error in errors if not any(re.search(p, error) for p in known)]


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page of a new visitor, in French and in Paris, on a desk's screen."""
    return new_page()


def defaults(site: Site) -> dict[str, Any]:
    return {
        "base_url": site.url,
        "locale": "fr-FR",
        "timezone_id": "Europe/Paris",
        "viewport": DESK,
        "reduced_motion": "reduce",
    }


def report_console(message: ConsoleMessage, reported: list[str]) -> None:
    if message.type == "error":
        reported.append(f"{message.text} ({message.location.get('url', '')})")


@pytest.fixture
def sign_in() -> Callable[[Page, Any], None]:
    """Sign a person in on a page, without the form."""

    def give_session(page: Page, user: Any) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "domain": "localhost", "path": "/"}]
        )

    return give_session


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Assert that axe finds nothing against WCAG 2.2 AA on a page."""

    def check(page: Page) -> None:
        results = Axe().run(page, options={"runOnly": WCAG_2_2_AA})
        assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"

    return check


@pytest.fixture
def screenshots(tmp_path: Path) -> Path:
    """Where a test may leave pictures: $SCREENSHOTS, or nowhere that lasts."""
    folder = Path(os.environ.get("SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
