"""Twilio's requests to the product: signed, limited to 15 seconds, sometimes disturbed."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from urllib.parse import urlencode, urljoin

from twilio.request_validator import RequestValidator

from calls.telephony.interpreter.clock import Clock
from calls.telephony.interpreter.doors import WEBHOOK_SECONDS, Answer, DoorClosed, Doors
from calls.telephony.interpreter.tasks import Promise

MAX_REDIRECTS = 10
HTTP_FAILURE, CONNECTION_FAILURE, BAD_CONTENT_TYPE = 11200, 11205, 12300
TWIML_TYPES = ("text/xml", "application/xml", "text/html")


@dataclass(frozen=True)
class Request:
    """One webhook as it leaves: the parameters are in the body, or in the URL for a GET."""

    method: str
    url: str
    parameters: Mapping[str, str]
    token: str = ""


@dataclass(frozen=True)
class Reply:
    """What came of a webhook; `code` is 0, or Twilio's number for the failure."""

    request: Request
    status: int
    body: str
    content_type: str
    code: int
    reason: str
    seconds: float


@dataclass(frozen=True)
class TraceEntry:
    """One webhook as the page shows it."""

    at: datetime
    kind: str
    request: Request
    status: int
    milliseconds: int
    reason: str


@dataclass
class Disturbance:
    """Bad days of the status callbacks: `duplicate` and `lose` are probabilities.

    `late` is the most seconds that a callback may be delayed; `shuffle` lets the callbacks of a
    few seconds overtake each other.
    """

    duplicate: float = 0.0
    late: float = 0.0
    lose: float = 0.0
    shuffle: bool = False
    rng: Random = field(default_factory=Random)

    def delays(self) -> list[float]:
        """After how many seconds each copy of one callback leaves; no copy when it is lost."""
        if self.rng.random() < self.lose:
            return []
        copies = 2 if self.rng.random() < self.duplicate else 1
        spread = self.late + (3.0 if self.shuffle else 0.0)
        return [self.rng.uniform(0, spread) for _copy in range(copies)]


CALM = Disturbance(rng=Random(0))


class Courier:
    """Carries webhooks to the product and writes the trace."""

    def __init__(self, clock: Clock, doors: Doors, auth_token: str, tokens: Random) -> None:
        self._clock = clock
        self._doors = doors
        self._validator = RequestValidator(auth_token)
        self._tokens = tokens
        self.disturbance = CALM
        self.trace: deque[TraceEntry] = deque(maxlen=2000)

    def fetch(self, url: str, method: str, parameters: Mapping[str, str]) -> Promise[Reply]:
        """Ask for TwiML; the promise is always kept."""
        reply: Promise[Reply] = Promise(self._clock)
        self._send(self._request(url, method, parameters), "voice", reply)
        return reply

    def notify(self, url: str, method: str, parameters: Mapping[str, str]) -> None:
        """Tell a status; nobody waits for the answer, and the disturbance applies."""
        request = self._request(url, method, parameters)
        for delay in self.disturbance.delays():
            self._clock.schedule(delay, lambda: self._send(request, "status", None))

    def _request(self, url: str, method: str, parameters: Mapping[str, str]) -> Request:
        token = f"{self._tokens.getrandbits(128):032x}"
        if method.upper() == "GET":
            return Request("GET", with_query(url, parameters), {}, token)
        return Request("POST", url, dict(parameters), token)

    def _send(self, request: Request, kind: str, reply: Promise[Reply] | None) -> None:
        started = self._clock.now()

        def done(outcome: Reply) -> None:
            milliseconds = round(outcome.seconds * 1000)
            self.trace.append(
                TraceEntry(started, kind, request, outcome.status, milliseconds, outcome.reason)
            )
            if reply is not None:
                reply.resolve(outcome)

        self._clock.in_background(lambda: self._exchange(request), done)

    def _exchange(self, request: Request) -> Reply:
        """The whole conversation, redirects included, within the ceiling."""
        seconds = 0.0
        for _hop in range(MAX_REDIRECTS):
            try:
                answer = self._one_request(request)
            except DoorClosed as closed:
                spent = min(seconds + closed.seconds, WEBHOOK_SECONDS)
                return _failure(request, CONNECTION_FAILURE, str(closed), spent)
            seconds += answer.seconds
            if seconds > WEBHOOK_SECONDS:
                return _failure(request, CONNECTION_FAILURE, "too slow", WEBHOOK_SECONDS)
            if answer.status not in (301, 302, 303, 307, 308) or not answer.location:
                return _judged(request, answer, seconds)
            request = _redirected(request, answer)
        return _failure(request, HTTP_FAILURE, "too many redirects", seconds)

    def _one_request(self, request: Request) -> Answer:
        headers = {
            "X-Twilio-Signature": self._signature(request),
            "I-Twilio-Idempotency-Token": request.token,
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
        }
        if request.method == "GET":
            return self._doors.get(request.url, headers)
        return self._doors.post(request.url, request.parameters, headers)

    def _signature(self, request: Request) -> str:
        bare = request.url.partition("#")[0]
        return str(self._validator.compute_signature(bare, dict(request.parameters)))


def with_query(url: str, parameters: Mapping[str, str]) -> str:
    """The URL with more parameters in its query, before the fragment."""
    if not parameters:
        return url
    bare, mark, fragment = url.partition("#")
    return bare + ("&" if "?" in bare else "?") + urlencode(parameters) + mark + fragment


def _redirected(request: Request, answer: Answer) -> Request:
    """301, 302 and 303 turn a POST into a GET and drop its parameters, as Twilio's client does."""
    url = urljoin(request.url, answer.location)
    if answer.status in (307, 308):
        return Request(request.method, url, request.parameters, request.token)
    return Request("GET", url, {}, request.token)


def _judged(request: Request, answer: Answer, seconds: float) -> Reply:
    code, reason = 0, ""
    if not 200 <= answer.status < 300:
        code, reason = HTTP_FAILURE, f"HTTP {answer.status}"
    return Reply(request, answer.status, answer.body, answer.content_type, code, reason, seconds)


def _failure(request: Request, code: int, reason: str, seconds: float) -> Reply:
    return Reply(request, 0, "", "", code, reason, seconds)
