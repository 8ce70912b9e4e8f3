"""The doors of the product: how the interpreter's requests reach it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

import requests

from calls.telephony.interpreter.clock import Stopwatch

WEBHOOK_SECONDS = 15.0


@dataclass(frozen=True)
class Answer:
    """What the product answered, and after how many seconds."""

    status: int
    body: str = ""
    content_type: str = "text/xml"
    location: str = ""
    seconds: float = 0.0


class DoorClosed(Exception):
    """Nobody answered: connection refused, cut, or too slow."""

    def __init__(self, reason: str, seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Doors(Protocol):
    """`post` and `get` return the answer without following redirects, or raise DoorClosed."""

    def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer: ...

    def get(self, url: str, headers: Mapping[str, str]) -> Answer: ...


class HttpDoors:
    """Real HTTP, with Twilio's ceiling of 15 seconds."""

    def __init__(self) -> None:
        # One session per thread of the clock's pool: sessions are not made to be shared.
        self._sessions = threading.local()

    def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        return self._send("POST", url, headers, data=dict(form))

    def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        return self._send("GET", url, headers)

    def _send(self, method: str, url: str, headers: Mapping[str, str], **body: Any) -> Answer:
        watch = Stopwatch()
        # The fragment carries connection overrides and never travels.
        bare = url.partition("#")[0]
        try:
            response = self._session().request(
                method,
                bare,
                headers=dict(headers),
                timeout=WEBHOOK_SECONDS,
                allow_redirects=False,
                **body,
            )
        except requests.RequestException as error:
            raise DoorClosed(str(error), watch.seconds()) from error
        return Answer(
            response.status_code,
            response.text,
            response.headers.get("Content-Type", ""),
            response.headers.get("Location", ""),
            watch.seconds(),
        )

    def _session(self) -> requests.Session:
        if not hasattr(self._sessions, "session"):
            self._sessions.session = requests.Session()
            # The product is on this computer: no proxy of the environment stands between.
            self._sessions.session.trust_env = False
        session: requests.Session = self._sessions.session
        return session


class DjangoClientDoors:
    """The product in the same process, through Django's test client.

    `base_url` is PUBLIC_BASE_URL: URLs below it are sent to the test client by their path, others
    are refused. `around` wraps each request, for instance in
    `TestCase.captureOnCommitCallbacks(execute=True)`. Exceptions of the product's views come
    through, so that a test fails where the fault is, unless `errors_as_500` is set.
    """

    def __init__(
        self,
        base_url: str,
        *,
        around: Callable[[], AbstractContextManager[Any]] = nullcontext,
        errors_as_500: bool = False,
    ) -> None:
        from django.test import Client

        self._base = base_url.rstrip("/")
        self._around = around
        self._client = Client(raise_request_exception=not errors_as_500)

    def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        return self._send("POST", url, headers, urlencode(form))

    def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        return self._send("GET", url, headers, "")

    def _send(self, method: str, url: str, headers: Mapping[str, str], body: str) -> Answer:
        bare = url.partition("#")[0]
        if not bare.startswith(self._base + "/"):
            raise DoorClosed(f"{bare} is not below {self._base}")
        with self._around():
            response = self._client.generic(
                method,
                bare.removeprefix(self._base),
                body,
                content_type="application/x-www-form-urlencoded",
                secure=urlsplit(self._base).scheme == "https",
                headers=dict(headers),
            )
        return Answer(
            response.status_code,
            response.content.decode(),
            response.headers.get("Content-Type", ""),
            response.headers.get("Location", ""),
        )
