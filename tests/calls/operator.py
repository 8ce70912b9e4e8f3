"""Speaks to our doors as the operator does: signed forms."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse
from twilio.request_validator import RequestValidator


def post_signed(path: str, form: dict[str, str], **extra: Any) -> HttpResponse:
    """Post a form to one of our doors with the account's signature."""
    token = settings.TWILIO_AUTH_TOKENS[0]
    url = settings.PUBLIC_BASE_URL + path
    signature = RequestValidator(token).compute_signature(url, form)
    headers = {"X-Twilio-Signature": signature}
    return Browser().post(path, form, headers=headers, **extra)  # type: ignore[return-value]


def ring(to: str, from_: str = "+33639983456", sid: str = "CA1") -> HttpResponse:
    """Let a line ring."""
    return post_signed(reverse("twilio:voice"), voice_form(to, from_, sid))


def voice_form(to: str, from_: str = "+33639983456", sid: str = "CA1") -> dict[str, str]:
    """The form of a voice webhook."""
    return {
        "CallSid": sid,
        "AccountSid": settings.TWILIO_ACCOUNT_SID,
        "To": to,
        "From": from_,
        "CallStatus": "ringing",
        "Direction": "inbound",
    }


def leg_form(sid: str, status: str, sequence: int, **extra: str) -> dict[str, str]:
    """The form of a status callback of a telephone that we ring."""
    return {"CallSid": sid, "CallStatus": status, "SequenceNumber": str(sequence), **extra}
