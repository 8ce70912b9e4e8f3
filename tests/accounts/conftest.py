"""People who sign in with a password."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from clients.models import User

PASSWORD = "une-phrase-assez-longue"


@pytest.fixture
def alice(db: None) -> User:
    """A member of nobody's, with a password."""
    return User.objects.create_user("alice@tests.example", PASSWORD, full_name="Alice Martin")


@pytest.fixture
def type_password(alice: User) -> Callable[[Page], None]:
    """Sign Alice in through the form."""

    def sign_in(page: Page) -> None:
        page.goto("/accounts/login/")
        page.locator("[name=login]").fill(alice.email)
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Se connecter", exact=True).click()
        expect(page).not_to_have_url(re.compile("/login/"))

    return sign_in


@pytest.fixture
def confirm_password() -> Callable[[Page], None]:
    """Answer the question whether it is still her."""

    def confirm(page: Page) -> None:
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Confirmer").click()

    return confirm


@pytest.fixture
def browser_of_alice(alice: User) -> Client:
    """A browser in which Alice has typed her password, twice for what touches her safety."""
    client = Client()
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client
