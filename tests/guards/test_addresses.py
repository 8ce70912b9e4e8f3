"""No address opens without an account, and none is written to without a token, unless listed."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from tests.house import Address, addresses

ADDRESSES = addresses()
# Called by the operator's machines, which sign what they send, or by a visitor's page elsewhere.
WITHOUT_CSRF_TOKEN = ("twilio:", "cti:", "twilio_messages:", "interpreter:", "public:", "visit:")


def is_exempt(address: Address) -> bool:
    namespace = address.name.rpartition(":")[0] + ":"
    return bool({address.name, namespace} & set(settings.LOGIN_EXEMPT))


@pytest.mark.once
@pytest.mark.parametrize(
    "address", [a for a in ADDRESSES if not is_exempt(a)], ids=lambda address: address.name
)
def test_a_stranger_is_sent_to_the_sign_in(db: None, address: Address) -> None:
    for answer in (
        Client().get(address.path, follow=True),
        Client().post(address.path, follow=True),
    ):
        assert [status for _, status in answer.redirect_chain][:1] == [302]
        assert answer.request["PATH_INFO"] == "/accounts/login/"


def test_everything_that_opens_without_an_account_exists() -> None:
    names = {a.name for a in ADDRESSES} | {a.name.rpartition(":")[0] + ":" for a in ADDRESSES}

    assert set(settings.LOGIN_EXEMPT) - names == set()


def test_only_machines_write_without_a_token() -> None:
    exempt = {a.name for a in ADDRESSES if getattr(a.view, "csrf_exempt", False)}

    assert {name for name in exempt if not name.startswith(WITHOUT_CSRF_TOKEN)} == set()


def test_a_form_without_its_token_is_refused(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@b.example"})

    assert answer.status_code == 403
