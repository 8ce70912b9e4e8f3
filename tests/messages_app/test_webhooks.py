"""Twilio's status callbacks: signed, to an address of ours, told once."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client
from pytest_django import Settings
from twilio.request_validator import RequestValidator

from messages_app.models import Delivery
from messages_app.transports.addresses import status_address
from tests.messages_app.conftest import Lawyer, only

FORM = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+33639980018"}


@pytest.fixture
def sms(lawyer: Lawyer) -> Delivery:
    lawyer.note()
    Delivery.objects.filter(channel="sms").update(state="accepted", provider_id="SM1")
    return only("sms")


def post(client: Client, url: str, form: dict[str, str], token: str) -> int:
    signature = RequestValidator(token).compute_signature(url, form)
    path = url.removeprefix("http://localhost:8000")
    response = client.post(path, form, headers={"X-Twilio-Signature": signature})
    return response.status_code


def test_a_signed_callback_moves_the_delivery(
    client: Client, sms: Delivery, settings: Settings
) -> None:
    status = post(client, status_address(sms.uuid), FORM, settings.TWILIO_AUTH_TOKEN)

    sms.refresh_from_db()
    assert (status, sms.state) == (204, "delivered")


def test_a_repeated_callback_is_answered_and_changes_nothing(
    client: Client, sms: Delivery, settings: Settings
) -> None:
    url = status_address(sms.uuid)

    statuses = [post(client, url, FORM, settings.TWILIO_AUTH_TOKEN) for _ in range(2)]

    assert (statuses, sms.events.count()) == ([204, 204], 1)


def test_a_failure_keeps_its_code(client: Client, sms: Delivery, settings: Settings) -> None:
    form = {**FORM, "MessageStatus": "undelivered", "ErrorCode": "30003"}

    post(client, status_address(sms.uuid), form, settings.TWILIO_AUTH_TOKEN)

    sms.refresh_from_db()
    assert (sms.state, sms.error_code) == ("undelivered", "30003")


def test_a_callback_that_twilio_did_not_sign_is_refused(client: Client, sms: Delivery) -> None:
    status = post(client, status_address(sms.uuid), FORM, "somebody else's token")

    sms.refresh_from_db()
    assert (status, sms.state) == (403, "accepted")


def test_a_callback_to_an_address_that_we_did_not_make_is_refused(
    client: Client, sms: Delivery, settings: Settings
) -> None:
    url = status_address(UUID(int=1)).replace(str(UUID(int=1)), str(sms.uuid))

    status = post(client, url, FORM, settings.TWILIO_AUTH_TOKEN)

    assert status == 403


def test_a_callback_for_what_is_gone_is_not_found(
    client: Client, db: None, settings: Settings
) -> None:
    status = post(client, status_address(UUID(int=1)), FORM, settings.TWILIO_AUTH_TOKEN)

    assert status == 404


def test_a_callback_can_only_be_posted(client: Client, sms: Delivery) -> None:
    path = status_address(sms.uuid).removeprefix("http://localhost:8000")

    assert client.get(path).status_code == 405
