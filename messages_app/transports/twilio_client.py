"""Twilio's client with time-outs, without logs of its own, and at another address where set."""

import threading
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

# Seconds for the connection and again for the answer: together well under a delivery's lease.
TIME_OUT = 10

_of_thread = threading.local()


class QuietHttpClient(TwilioHttpClient):
    """Requests with a time-out; `base` replaces Twilio's scheme and host.

    The SDK has no time-out by default, and logs numbers at level INFO.
    """

    def __init__(self, base: str = "") -> None:
        super().__init__(timeout=TIME_OUT)
        self.base = base.rstrip("/")
        self.retry_after: str = ""

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        response = super().request(method, self._placed(url), *args, **kwargs)
        self.retry_after = (response.headers or {}).get("Retry-After", "")
        return response

    def _placed(self, url: str) -> str:
        if not self.base:
            return url
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return f"{self.base}{parts.path}{query}"

    def log_request(self, kwargs: dict[str, Any]) -> None:
        """Say nothing: queries hold telephone numbers."""

    def log_response(self, status_code: int, response: Any) -> None:
        """Say nothing."""


def is_configured() -> bool:
    """An operator's account is set."""
    return bool(settings.TWILIO_ACCOUNT_SID and settings.TWILIO_AUTH_TOKEN)


def twilio_client() -> Client:
    """This thread's client: requests' sessions are not meant to be shared between threads."""
    account = (
        settings.TWILIO_ACCOUNT_SID,
        settings.TWILIO_AUTH_TOKEN,
        settings.TWILIO_API_BASE,
    )
    if getattr(_of_thread, "account", None) != account:
        sid, token, base = account
        _of_thread.client = Client(sid, token, http_client=QuietHttpClient(base))
        _of_thread.account = account
    client: Client = _of_thread.client
    return client


def forget_client() -> None:
    """Close this thread's connections."""
    client: Client | None = getattr(_of_thread, "client", None)
    if client is not None and client.http_client.session is not None:
        client.http_client.session.close()
    _of_thread.__dict__.clear()
