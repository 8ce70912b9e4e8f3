"""Asks the operator to do something, or what it knows.

The SDK has no time-out of its own; every request here ends within ten seconds.
"""

from functools import cache
from time import sleep
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from calls.telephony.twilio.twiml import LEG_EVENTS

TIMEOUT_SECONDS = 10
# Seconds after which a call that was one too many is tried again.
CREATE_AGAIN_AFTER = (1.1, 1.7)


class OperatorUnavailable(Exception):
    """The operator could not be reached or refused; nothing is known to have changed."""


class OperatorBusy(OperatorUnavailable):
    """The operator takes no more new calls in this second; nothing was done."""


class OperatorHttpClient(TwilioHttpClient):
    """The SDK's HTTP client, with a time-out and, where configured, another address."""

    def __init__(self, base: str = "") -> None:
        super().__init__(timeout=TIMEOUT_SECONDS)
        self.base = base.rstrip("/")

    def request(self, method: str, url: str, **kwargs: Any) -> Response:
        """Send one request, to the configured address where there is one."""
        if self.base:
            parts = urlsplit(url)
            url = f"{self.base}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        return super().request(method, url, **kwargs)


@cache
def operator_client(sid: str, token: str, base: str) -> Client:
    """Give the SDK's client of an account."""
    return Client(sid, token, http_client=OperatorHttpClient(base))


def configured_client() -> Client:
    """Give the client of the configured account."""
    return operator_client(
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, settings.TWILIO_API_BASE
    )


def end_call(leg_id: str) -> None:
    """Ask the operator to end a leg; raises OperatorUnavailable. Its events tell the rest."""
    try:
        configured_client().calls(leg_id).update(status="completed")
    except (TwilioException, requests.RequestException) as error:
        raise OperatorUnavailable(str(error)) from error


def redirect_leg(leg_id: str, url: str) -> None:
    """Ask the operator to run other TwiML on a leg; raises OperatorUnavailable."""
    try:
        configured_client().calls(leg_id).update(url=url, method="POST")
    except (TwilioException, requests.RequestException) as error:
        raise OperatorUnavailable(str(error)) from error


def create_call(*, to: str, from_: str, url: str, status_callback: str, seconds: int) -> str:
    """Ring somebody and run a document when he answers; give the path's id.

    An account may create about one call per second: a refusal for that is tried again, then raises
    OperatorBusy. Anything else raises OperatorUnavailable: it is not known whether it rings.
    """
    for pause in (*CREATE_AGAIN_AFTER, None):
        try:
            return _created(to, from_, url, status_callback, seconds)
        except OperatorBusy:
            if pause is None:
                raise
            sleep(pause)
    raise OperatorBusy


def _created(to: str, from_: str, url: str, status_callback: str, seconds: int) -> str:
    try:
        made = configured_client().calls.create(
            to=to,
            from_=from_,
            url=url,
            method="POST",
            timeout=seconds,
            status_callback=status_callback,
            status_callback_event=LEG_EVENTS.split(),
        )
    except TwilioRestException as error:
        if error.status == 429:
            raise OperatorBusy(str(error)) from error
        raise OperatorUnavailable(str(error)) from error
    except (TwilioException, requests.RequestException) as error:
        raise OperatorUnavailable(str(error)) from error
    return str(made.sid)


def leg_status(leg_id: str) -> tuple[str, int | None]:
    """Ask for a leg's status and seconds talked; raises OperatorUnavailable.

    A leg that the operator does not know (404) has failed.
    """
    try:
        call = configured_client().calls(leg_id).fetch()
    except TwilioRestException as error:
        if error.status == 404:
            return "failed", None
        raise OperatorUnavailable(str(error)) from error
    except (TwilioException, requests.RequestException) as error:
        raise OperatorUnavailable(str(error)) from error
    return str(call.status), int(call.duration) if call.duration else None
