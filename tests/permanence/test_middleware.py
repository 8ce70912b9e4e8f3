"""What every request goes through before a view sees it."""

from __future__ import annotations

import time
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from calls.models import Call, WebhookRefusal
from clients.models import User
from messages_app.models import CallFile
from tests.desk.calls import ring
from tests.people import make_practice

pytestmark = pytest.mark.django_db
NUL = "a\0b"
Ask = Callable[[Browser, Call], Any]
ASKED: dict[str, Ask] = {
    "searched": lambda desk, call: desk.get(reverse("desk:search"), {"q": NUL}),
    "named": lambda desk, call: desk.get(reverse("desk:search"), {NUL: "x"}),
    "drafted": lambda desk, call: desk.post(
        reverse("desk:draft", args=[call.uuid, "message"]), {"body": NUL}
    ),
    "a field's name": lambda desk, call: desk.post(
        reverse("desk:draft", args=[call.uuid, "message"]), {NUL: "x"}
    ),
}


@pytest.fixture
def lea() -> User:
    return make_practice().lea


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED.keys())
def test_text_that_no_database_keeps_is_refused(ask: Ask, lea: User) -> None:
    desk = Browser()
    desk.force_login(lea)
    call = ring(lea.assignments.get().client, by=lea)

    assert ask(desk, call).status_code == 400
    assert not CallFile.objects.exists()


def test_a_strangers_cookie_with_a_nul_is_refused() -> None:
    browser = Browser()
    browser.cookies = SimpleCookie({"sessionid": "\0" * 32})

    assert browser.get(reverse("home")).status_code == 400


def test_a_strangers_webhook_with_a_nul_is_refused_and_leaves_no_trace() -> None:
    answer = Browser().post(reverse("twilio:voice"), {"To": NUL, "From": NUL})

    assert answer.status_code == 400
    assert not WebhookRefusal.objects.exists()


def test_ordinary_text_passes(lea: User) -> None:
    desk = Browser()
    desk.force_login(lea)

    assert desk.get(reverse("desk:search"), {"q": "Lefèvre\n🙂"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://localhost/health/"),
        ("127.0.0.1:8000", "http://localhost:8000/health/"),
    ],
)
def test_the_loopback_address_becomes_a_name(host: str, address: str) -> None:
    answer = Browser().get(reverse("health"), headers={"host": host})

    assert (answer.status_code, answer.headers["Location"]) == (301, address)


@pytest.mark.parametrize("host", ["127.0.0.1:80@other.example", "127.0.0.1:@other.example"])
def test_a_host_that_only_begins_as_ours_leads_nowhere(host: str) -> None:
    answer = Browser().get(reverse("home"), headers={"host": host})

    assert answer.status_code == 400
    assert "Location" not in answer.headers


@pytest.fixture
def desk(lea: User, settings: Settings) -> Browser:
    # A cache whose clock a test can turn.
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    browser = Browser()
    browser.force_login(lea)
    browser.get(reverse("portal:account"))
    return browser


def updates(desk: Browser, **headers: str) -> int:
    """How often a page writes to a row."""
    with CaptureQueriesContext(connection) as captured:
        assert desk.get(reverse("portal:account"), headers=headers).status_code == 200
    return sum(one["sql"].startswith("UPDATE") for one in captured.captured_queries)


def test_a_page_that_follows_at_once_writes_nothing(desk: Browser) -> None:
    assert UserSession.objects.count() == 1
    assert updates(desk) == 0


def test_a_session_used_from_another_browser_is_kept_at_once(desk: Browser) -> None:
    assert updates(desk, user_agent="Autre") == 1
    assert UserSession.objects.get().user_agent == "Autre"


def test_a_session_used_a_minute_later_is_kept_again(
    desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = time.time() + 61
    monkeypatch.setattr("django.core.cache.backends.locmem.time.time", lambda: later)
    assert updates(desk) == 1
