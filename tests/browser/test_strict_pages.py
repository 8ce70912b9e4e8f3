"""A page of the suite reports what a person would only see as something that does not work."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.pages import unexpected
from tests.browser.server import Site

POLICY = {"Content-Security-Policy": "script-src 'self'"}
PAGE = "<!doctype html><html lang='en'><title>t</title><link rel='icon' href='data:,'>{}</html>"


@pytest.fixture
def open_page(page: Page, site: Site) -> Callable[..., None]:
    """Open a page with this body and these headers."""

    def answer(body: str, headers: dict[str, str] | None = None) -> None:
        def fulfil(route: Route) -> None:
            route.fulfill(body=PAGE.format(body), content_type="text/html", headers=headers or {})

        page.route("**/trial/", fulfil)
        page.goto(site + "/trial/")

    return answer


def reported_once(errors: list[str]) -> str:
    """The one error reported, taken away so that the test may end well."""
    assert len(errors) == 1
    return errors.pop()


def test_a_sound_page_reports_nothing(
    open_page: Callable[..., None], browser_errors: list[str]
) -> None:
    open_page("<script>console.log('all is well')</script>")

    assert browser_errors == []


def test_a_script_error_is_reported(
    open_page: Callable[..., None], browser_errors: list[str], page: Page
) -> None:
    open_page("<script>nothing.here()</script><h1>Trial</h1>")
    page.get_by_role("heading").wait_for()

    assert "nothing is not defined" in reported_once(browser_errors)


def test_an_inline_script_under_the_policy_is_reported(
    open_page: Callable[..., None], browser_errors: list[str], page: Page
) -> None:
    open_page("<script>alert(1)</script><h1>Trial</h1>", POLICY)
    page.get_by_role("heading").wait_for()

    assert "Content Security Policy" in reported_once(browser_errors)


def test_a_failed_request_is_reported(page: Page, site: Site, browser_errors: list[str]) -> None:
    page.goto(site + "/accounts/login/")
    page.evaluate("fetch('/static/nowhere.js').then(() => null)")

    assert "404" in reported_once(browser_errors)


def test_axe_finds_an_image_without_words(
    open_page: Callable[..., None], page: Page, axe: Callable[[Page], None]
) -> None:
    open_page("<main><h1>Trial</h1><img src='data:,'></main>")

    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)


def test_only_expected_errors_are_forgiven() -> None:
    errors = ["the server responded with a status of 409", "x is not defined"]

    assert unexpected(errors, ["status of 409"]) == ["x is not defined"]


ASKED = """() => {
  document.querySelector("main").innerHTML =
    '<div id="asker" hx-get="/slow/" hx-trigger="ask" hx-sync="this:replace"></div>';
  htmx.process(document.querySelector("#asker"));
  for (const told of ["htmx:sendAbort", "htmx:sendError"])
    htmx.on(told, () => { document.title = told; });
}"""


def test_a_question_that_gave_way_to_a_newer_one_is_no_error(page: Page, site: Site) -> None:
    page.route("**/slow/**", lambda route: None)
    page.goto(site + "/accounts/login/")
    page.evaluate(ASKED)

    page.evaluate("for (const _ of [1, 2]) htmx.trigger('#asker', 'ask')")

    expect(page).to_have_title("htmx:sendAbort")


def test_a_question_that_failed_is_reported(
    page: Page, site: Site, browser_errors: list[str]
) -> None:
    page.route("**/slow/**", lambda route: route.abort("connectionrefused"))
    page.goto(site + "/accounts/login/")
    page.evaluate(ASKED)

    page.evaluate("htmx.trigger('#asker', 'ask')")

    expect(page).to_have_title("htmx:sendError")
    found = " ".join(unexpected(browser_errors, []))
    browser_errors.clear()
    assert ("ERR_CONNECTION_REFUSED" in found, "htmx:sendError" in found) == (True, True)
