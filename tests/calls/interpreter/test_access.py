"""Who may play the operator."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from pytest_django import Settings

from clients.models import Membership
from tests.factories import make_assistant, make_client, make_member

pytestmark = pytest.mark.django_db
PAGES = ["/operator/", "/operator/outbox/", "/operator/state/"]


@pytest.mark.parametrize("page", PAGES)
def test_a_clients_member_does_not_see_everybodys_messages(page: str, settings: Settings) -> None:
    settings.DEMO = False
    browser = Browser()
    browser.force_login(make_member(make_client()).user)

    assert browser.get(page).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_who_works_in_a_bureau_trains_here(page: str, settings: Settings) -> None:
    settings.DEMO = False
    lea = make_assistant(make_client())
    assert Membership.objects.filter(user=lea).exists()
    browser = Browser()
    browser.force_login(lea)

    assert browser.get(page).status_code == 200
