"""Passkeys, with a device that Chromium plays."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Page, expect

from clients.models import User
from tests.browser.server import Site


@pytest.fixture
def device(site: Site, page: Page) -> CDPSession:
    """A device with a fingerprint reader, whose owner always agrees."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


@pytest.fixture
def alice_with_passkey(
    device: CDPSession,
    page: Page,
    alice: User,
    type_password: Callable[[Page], None],
    confirm_password: Callable[[Page], None],
) -> User:
    """Alice has signed in with her password and added a passkey that signs in alone."""
    type_password(page)
    page.goto("/accounts/2fa/webauthn/add/")
    confirm_password(page)
    page.locator("[name=name]").fill("Mon téléphone")
    page.locator("[name=passwordless]").check()
    page.get_by_role("button", name="Ajouter", exact=True).click()
    expect(page).not_to_have_url(re.compile(r"/webauthn/add/$"))
    page.wait_for_load_state()
    return alice


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/accounts/login/**")


def test_a_passkey_signs_in_without_a_password(alice_with_passkey: User, page: Page) -> None:
    sign_out(page)

    page.goto("/accounts/login/?next=/portal/account/")
    page.get_by_role("button", name="Se connecter avec une clé d’accès").click()

    expect(page.get_by_role("heading", name="Mon compte")).to_be_visible()


def test_a_passkey_is_listed_renamed_and_removed(alice_with_passkey: User, page: Page) -> None:
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_text("connecte sans mot de passe")).to_be_visible()

    page.get_by_role("link", name="Renommer Mon téléphone").click()
    page.locator("[name=name]").fill("Vieux téléphone")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Vieux téléphone")).to_be_visible()

    page.get_by_role("link", name="Supprimer Vieux téléphone").click()
    page.get_by_role("button", name="Supprimer", exact=True).click()
    expect(page.get_by_text("Vieux téléphone")).to_have_count(0)


def test_a_device_that_refuses_is_told_in_words(
    alice: User, page: Page, device: CDPSession
) -> None:
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Se connecter avec une clé d’accès").click()

    expect(page.get_by_role("alert")).to_contain_text("L’appareil n’a pas donné de clé d’accès")
