"""One telephone path: what Twilio calls a Call resource, and the ear at its far end."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, NamedTuple

from calls.telephony.interpreter.addresses import country_of
from calls.telephony.interpreter.tasks import Channel, Promise, Script, Task

if TYPE_CHECKING:
    from calls.telephony.interpreter.exchange import Exchange

FINAL = frozenset({"completed", "busy", "no-answer", "canceled", "failed"})
SILENCE = ""
"""What the ear puts among the digits when the speaker falls silent."""


class Heard(NamedTuple):
    """One thing heard: `kind` is ringing, said, played, music, silence, connected, ended…"""

    at: datetime
    kind: str
    text: str
    language: str


@dataclass(frozen=True)
class Callback:
    """Where a leg's progress is told, and which events of it."""

    url: str
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


class Leg:
    """A call resource; its state changes only through the methods below."""

    def __init__(
        self,
        exchange: Exchange,
        *,
        from_: str,
        to: str,
        direction: str,
        parent: Leg | None = None,
        callback: Callback | None = None,
        forwarded_from: str = "",
    ) -> None:
        self.exchange = exchange
        self.sid = exchange.sids.new("CA")
        self.from_, self.to, self.direction, self.parent = from_, to, direction, parent
        self.callback, self.forwarded_from = callback, forwarded_from
        self.status = "queued"
        self.created_at = exchange.clock.now()
        self.answered_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.heard: list[Heard] = []
        self.digits: Channel[str] = Channel(exchange.clock)
        self.bridge: Bridge | None = None
        self.on_progress: Callable[[str], None] = lambda _event: None
        self._sequence = 0
        self._task: Task | None = None
        self._farewells: list[Callable[[str], None]] = []
        exchange.legs[self.sid] = self

    def __repr__(self) -> str:
        return f"<Leg {self.from_} → {self.to}: {self.status}>"

    @property
    def is_over(self) -> bool:
        return self.status in FINAL

    @property
    def duration(self) -> int:
        """Seconds of conversation so far, 0 when never answered."""
        if self.answered_at is None:
            return 0
        end = self.ended_at or self.exchange.clock.now()
        return int((end - self.answered_at).total_seconds())

    def hear(self, kind: str, text: str = "", language: str = "") -> None:
        self.heard.append(Heard(self.exchange.clock.now(), kind, text, language))

    def press(self, digits: str) -> None:
        for digit in digits:
            self.digits.put(digit)

    def progress(self, status: str) -> None:
        """Move on towards the answer: initiated, then ringing."""
        if not self.is_over:
            self.status = status
            self._announce(status, status)
            self.on_progress(status)

    def answer(self) -> None:
        """Somebody, or TwiML, picks up; a second time changes nothing."""
        if self.answered_at is not None or self.is_over:
            return
        self.status = "in-progress"
        self.answered_at = self.exchange.clock.now()
        self._announce("answered", "in-progress")
        self.on_progress("answered")

    def hang_up(self) -> None:
        """The human at the far end hangs up, or gives up."""
        self.end(self.natural_ending)

    @property
    def natural_ending(self) -> str:
        return "completed" if self.answered_at else "no-answer"

    def end(self, status: str) -> None:
        """The path is over; what the leg was doing says its last words first."""
        if self.is_over:
            return
        self.status = status
        self.ended_at = self.exchange.clock.now()
        self.hear("ended", status)
        self._leave("hangup")
        self._announce("completed", status)
        self.on_progress("ended")

    def run(self, script: Script[None]) -> None:
        """Replace whatever ran on this leg."""
        if self._task is not None:
            self._task.cancel()
        self._task = Task(self.exchange.clock, script)

    def redirect(self, script: Script[None]) -> None:
        """Leave a conversation, a queue or a conference, and run other TwiML."""
        self._leave("redirected")
        self.run(script)

    @contextmanager
    def last_words(self, farewell: Callable[[str], None]) -> Generator[None, None, None]:
        """While inside, `farewell` is called with hangup or redirected when the leg leaves."""
        self._farewells.append(farewell)
        try:
            yield
        finally:
            if farewell in self._farewells:
                self._farewells.remove(farewell)

    def _leave(self, reason: str) -> None:
        farewells, self._farewells = self._farewells, []
        for farewell in farewells:
            farewell(reason)
        if self.bridge is not None:
            self.bridge.part()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def parameters(self) -> dict[str, str]:
        """The parameters that come with every voice webhook of this leg."""
        values = {
            "AccountSid": self.exchange.account.sid,
            "ApiVersion": "2010-04-01",
            "CallSid": self.sid,
            "CallStatus": self.status,
            "Called": self.to,
            "CalledCountry": country_of(self.to),
            "Caller": self.from_,
            "CallerCountry": country_of(self.from_),
            "Direction": self.direction,
            "From": self.from_,
            "FromCountry": country_of(self.from_),
            "To": self.to,
            "ToCountry": country_of(self.to),
        }
        if self.parent is not None:
            values["ParentCallSid"] = self.parent.sid
        if self.forwarded_from:
            values["ForwardedFrom"] = self.forwarded_from
        return values

    def _announce(self, event: str, status: str) -> None:
        if self.callback is None:
            return
        sequence, self._sequence = self._sequence, self._sequence + 1
        if event not in self.callback.events:
            return
        values = self.parameters() | {
            "CallStatus": status,
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(sequence),
            "Timestamp": format_datetime(self.exchange.clock.now()),
        }
        if event == "completed":
            values["CallDuration"] = str(self.duration)
            values["Duration"] = str(math.ceil(self.duration / 60))
        self.exchange.courier.notify(self.callback.url, self.callback.method, values)


class Bridge:
    """Two legs that hear each other until one of them leaves."""

    def __init__(self, one: Leg, other: Leg) -> None:
        self.over: Promise[None] = Promise(one.exchange.clock)
        self._legs = (one, other)
        self._started_at = one.exchange.clock.now()
        for leg, far in ((one, other), (other, one)):
            leg.bridge = self
            leg.hear("connected", far.from_ if far.direction == "inbound" else far.to)

    def part(self) -> None:
        for leg in self._legs:
            leg.bridge = None
        self.over.resolve(None)

    def other(self, leg: Leg) -> Leg:
        return self._legs[1] if leg is self._legs[0] else self._legs[0]

    @property
    def seconds(self) -> int:
        elapsed = self._legs[0].exchange.clock.now() - self._started_at
        return int(elapsed.total_seconds())
