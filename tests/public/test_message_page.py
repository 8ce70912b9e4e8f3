"""The message that opens with its link alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.signing import TimestampSigner
from django.test import Client
from time_machine import travel

from messages_app.models import Message, Relay
from messages_app.queries.links import LINK_LIFE, message_token
from tests.people import NOW, Firm, make_firm, urgent_message


@pytest.fixture
def firm(db: None) -> Firm:
    return make_firm()


@pytest.fixture
def message(firm: Firm) -> Message:
    return urgent_message(firm, at=NOW)


@pytest.fixture
def path(message: Message) -> str:
    """The address in the SMS, without its host."""
    return f"/p/m/{message_token(message.relays.get())}/"


def relay_of(message: Message) -> Relay:
    return Relay.objects.get(message=message)


def test_the_link_shows_who_called_what_was_said_and_whom_to_ring(path: str) -> None:
    page = Client().get(path).text

    assert "Greffe du tribunal judiciaire de Lyon" in page
    assert "avancée au mercredi 2\N{NO-BREAK SPACE}décembre" in page
    assert 'href="tel:+33465717012"' in page
    assert "mardi 24 novembre à 8\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}40" in page


def test_opening_the_link_acknowledges_nothing(path: str, message: Message) -> None:
    """Mail programs open every link to look for viruses."""
    Client().get(path)
    Client().head(path)

    message.refresh_from_db()
    assert (relay_of(message).acknowledged_at, message.read_at) == (None, None)


def test_the_button_acknowledges_without_cookies_and_without_script(
    path: str, message: Message
) -> None:
    visitor = Client(enforce_csrf_checks=True)

    answer = visitor.post(path)

    assert (answer.status_code, answer.headers["Location"]) == (302, path)
    assert relay_of(message).state == "acknowledged"
    assert relay_of(message).acknowledged_how == "link"


def test_afterwards_the_page_says_so_and_asks_no_more(path: str) -> None:
    Client().post(path)

    page = Client().get(path).text

    assert "Votre assistante le sait" in page
    assert "<form" not in page


def test_pressing_twice_changes_nothing(path: str, message: Message) -> None:
    Client().post(path)
    first = relay_of(message).acknowledged_at

    Client().post(path)

    assert relay_of(message).acknowledged_at == first


def test_a_forged_link_opens_nothing(path: str) -> None:
    answer = Client().get(path.replace("/p/m/", "/p/m/9"))

    assert answer.status_code == 410
    assert "Ce lien n’ouvre plus" in answer.text


def test_a_link_signed_for_something_else_opens_nothing(message: Message) -> None:
    other = TimestampSigner(salt="something else").sign(str(relay_of(message).pk))

    assert Client().get(f"/p/m/{other}/").status_code == 410


def test_an_old_link_says_what_to_do(path: str) -> None:
    with travel(NOW + LINK_LIFE + timedelta(days=400), tick=False):
        answer = Client().get(path)

    assert answer.status_code == 410
    assert 'href="/portal/"' in answer.text


def test_an_old_link_acknowledges_nothing(path: str, message: Message) -> None:
    with travel(NOW + LINK_LIFE + timedelta(days=400), tick=False):
        answer = Client().post(path)

    assert answer.status_code == 410
    assert relay_of(message).acknowledged_at is None


def test_the_page_stays_out_of_search_engines_and_of_other_sites(path: str) -> None:
    headers = Client().get(path).headers

    assert headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in headers["Cache-Control"]


def test_the_page_carries_no_script(path: str) -> None:
    assert "<script" not in Client().get(path).text
