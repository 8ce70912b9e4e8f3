"""Signing in and out, and what happens when one can't."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client
from pytest_django import Settings

from clients.models import User
from tests.accounts.conftest import PASSWORD


def sign_in(email: str, password: str = PASSWORD) -> tuple[Client, str]:
    """A new browser, and where the form led (empty: it was shown again)."""
    client = Client(HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
    answer = client.post("/accounts/login/", {"login": email, "password": password})
    return client, answer.headers.get("Location", "")


def is_signed_in(client: Client) -> bool:
    return client.get("/portal/account/").status_code == 200


def code_for(secret: str) -> str:
    """What the authenticator application shows now."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_the_right_password_signs_in(alice: User) -> None:
    client, led_to = sign_in(alice.email)

    assert (led_to, is_signed_in(client)) == ("/", True)


def test_the_address_may_be_typed_in_capitals(alice: User) -> None:
    client, _ = sign_in("ALICE@Tests.Example")

    assert is_signed_in(client)


def test_a_wrong_password_says_so_and_opens_nothing(alice: User) -> None:
    client = Client()
    answer = client.post("/accounts/login/", {"login": alice.email, "password": "autre-chose-12"})

    assert answer.status_code == 200
    assert "notice-danger" in answer.text
    assert not is_signed_in(client)


def test_ten_wrong_passwords_stop_even_the_right_one_for_a_while(alice: User) -> None:
    for _ in range(10):
        sign_in(alice.email, "autre-chose-12")

    client = Client()
    answer = client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})

    assert "Trop de tentatives" in answer.text
    assert not is_signed_in(client)


def test_an_account_that_was_closed_does_not_open(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)

    client, _ = sign_in(alice.email)

    assert not is_signed_in(client)


def test_signing_out_ends_the_session(alice: User) -> None:
    client, _ = sign_in(alice.email)

    client.post("/accounts/logout/")

    assert not is_signed_in(client)


def test_nobody_makes_an_account_alone(db: None) -> None:
    fields = {"email": "x@tests.example", "password1": PASSWORD, "password2": PASSWORD}

    Client().post("/accounts/signup/", fields)

    assert not User.objects.exists()


# --- A forgotten password ------------------------------------------------------------------------


def link_in_mail() -> str:
    """The path of the link in the last e-mail."""
    (found,) = re.findall(
        r"https?://[^/]+(/accounts/password/reset/key/\S+)", str(mail.outbox[-1].body)
    )
    return str(found)


def test_a_forgotten_password_is_replaced_through_the_mail(alice: User) -> None:
    visitor = Client()
    answer = visitor.post("/accounts/password/reset/", {"email": alice.email})
    assert answer.headers["Location"] == "/accounts/password/reset/done/"

    form = visitor.get(link_in_mail(), follow=True)
    new = "encore-une-autre-phrase"
    visitor.post(form.request["PATH_INFO"], {"password1": new, "password2": new})

    assert is_signed_in(sign_in(alice.email, new)[0])
    assert not is_signed_in(sign_in(alice.email)[0])


def test_the_link_of_the_mail_works_once(alice: User) -> None:
    visitor = Client()
    visitor.post("/accounts/password/reset/", {"email": alice.email})
    link = link_in_mail()
    form = visitor.get(link, follow=True)
    new = "encore-une-autre-phrase"
    visitor.post(form.request["PATH_INFO"], {"password1": new, "password2": new})

    again = Client().get(link, follow=True)

    assert "Ce lien n’ouvre plus" in again.text


def test_an_unknown_address_gets_the_same_page_and_a_mail_that_says_so(db: None) -> None:
    answer = Client().post("/accounts/password/reset/", {"email": "nobody@tests.example"})

    assert answer.headers["Location"] == "/accounts/password/reset/done/"
    assert "n’a pas de compte ici" in mail.outbox[-1].body


def test_the_mail_is_in_french_and_names_no_stranger(alice: User) -> None:
    Client().post("/accounts/password/reset/", {"email": alice.email})

    assert mail.outbox[-1].subject.endswith("Choisir un nouveau mot de passe")
    assert mail.outbox[-1].body.startswith("Bonjour,")


# --- A second factor -----------------------------------------------------------------------------


@pytest.fixture
def secret(browser_of_alice: Client) -> str:
    """The secret of the authenticator application that Alice has set up."""
    page = browser_of_alice.get("/accounts/2fa/totp/activate/").text
    (found,) = re.findall(r'class="secret">(\w+)<', page)
    answer = browser_of_alice.post("/accounts/2fa/totp/activate/", {"code": code_for(found)})
    assert answer.status_code == 302, answer.text
    return str(found)


def test_with_an_authenticator_the_password_alone_does_not_open(alice: User, secret: str) -> None:
    client, led_to = sign_in(alice.email)

    assert (led_to, is_signed_in(client)) == ("/accounts/2fa/authenticate/", False)


def test_the_six_digits_open(alice: User, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client, _ = sign_in(alice.email)

    # The code that set it up is spent; the next one comes half a minute later.
    later = time.time() + 31
    monkeypatch.setattr("time.time", lambda: later)
    client.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})

    assert is_signed_in(client)


def test_wrong_digits_do_not_open(alice: User, secret: str) -> None:
    client, _ = sign_in(alice.email)

    answer = client.post("/accounts/2fa/authenticate/", {"code": "000000"})

    assert answer.status_code == 200
    assert not is_signed_in(client)


def test_a_recovery_code_opens_once(alice: User, secret: str, browser_of_alice: Client) -> None:
    page = browser_of_alice.get("/accounts/2fa/recovery-codes/").text
    code = re.findall(r"<li><code>([\w-]+)</code></li>", page)[0]

    first, _ = sign_in(alice.email)
    first.post("/accounts/2fa/authenticate/", {"code": code})
    second, _ = sign_in(alice.email)
    second.post("/accounts/2fa/authenticate/", {"code": code})

    assert (is_signed_in(first), is_signed_in(second)) == (True, False)


def test_the_authenticator_can_be_put_away(
    alice: User, secret: str, browser_of_alice: Client
) -> None:
    browser_of_alice.post("/accounts/2fa/totp/deactivate/")

    assert is_signed_in(sign_in(alice.email)[0])


def test_what_touches_safety_asks_the_password_again(alice: User) -> None:
    client, _ = sign_in(alice.email)

    answer = client.get("/accounts/2fa/totp/activate/")

    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")


# --- Sessions and the account --------------------------------------------------------------------


def test_the_list_of_sessions_names_browsers_and_ends_the_others(alice: User) -> None:
    here, _ = sign_in(alice.email)
    elsewhere, _ = sign_in(alice.email)
    is_signed_in(elsewhere)
    assert here.get("/accounts/sessions/").text.count("Firefox · Linux") == 2

    here.post("/accounts/sessions/")

    assert (is_signed_in(here), is_signed_in(elsewhere)) == (True, False)


def test_a_new_password_ends_the_other_sessions(browser_of_alice: Client, alice: User) -> None:
    elsewhere, _ = sign_in(alice.email)
    new = "encore-une-autre-phrase"
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}

    browser_of_alice.post("/accounts/password/change/", fields)

    assert not is_signed_in(elsewhere)


def test_ones_language_is_spoken_from_the_next_page_on(alice: User) -> None:
    client, _ = sign_in(alice.email)
    fields = {"full_name": "Alice Martin", "first_name": "", "language": "en"}

    client.post("/portal/account/", fields)

    assert "<h1>My account</h1>" in client.get("/portal/account/").text


def test_the_account_page_keeps_the_address(alice: User) -> None:
    client, _ = sign_in(alice.email)
    fields = {"full_name": "Alice M.", "language": "fr", "email": "thief@tests.example"}

    client.post("/portal/account/", fields)

    alice.refresh_from_db()
    assert (alice.full_name, alice.email) == ("Alice M.", "alice@tests.example")


def test_the_demonstration_shows_its_people_and_no_installation_does(
    db: None, settings: Settings
) -> None:
    plain = Client().get("/accounts/login/").text
    settings.DEMO = True
    demonstration = Client().get("/accounts/login/").text

    assert ("permanence.example" in plain, "permanence.example" in demonstration) == (False, True)


def test_nobody_changes_the_address_she_signs_in_with(alice: User) -> None:
    client, _ = sign_in(alice.email)

    read = client.get("/accounts/email/")
    written = client.post("/accounts/email/", {"action_add": "", "email": "thief@tests.example"})

    for answer in (read, written):
        assert (answer.status_code, answer.headers["Location"]) == (302, "/portal/account/")
    alice.refresh_from_db()
    assert alice.email == "alice@tests.example"
