"""Everybody calls at once: two hundred calls in ten seconds, on twenty lines with twenty desks."""

import asyncio
import http.client
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator
from websockets.asyncio.client import ClientConnection, connect

from benchmarks import Aim, exactly, note
from benchmarks.pop import ACCOUNT, free_port, serving
from benchmarks.stacks import call, environment
from benchmarks.timing import percentile
from permanence.configuration import interpreter_token

AIMS = {
    "burst.*lost": exactly(0),
    "burst.*webhook_p99_ms": Aim(most=200),
    "burst.*dom_p99_ms": Aim(most=300),
}
LINES = 20
CALLS, SECONDS = 200, 10.0
QUICK_CALLS, QUICK_SECONDS = 40, 4.0
# The share of callers who are answered; the others wait ten seconds or more and hang up.
ANSWERED = 0.5
# Twilio speaks with us over many connections at once.
CONNECTIONS = 24
# Desks have heard of every call once so long nothing more has come.
PATIENCE, SILENCE = 30.0, 1.0
SHUFFLED_SPREAD = 3.0


def measure(quick: bool) -> dict[str, float]:
    """Return what became of a burst, and of another with each event twice and out of order."""
    with environment("sqlite") as variables:
        port = free_port()
        product = variables | {
            "TELEPHONY": "interpreter",
            "TWILIO_API_BASE": "http://127.0.0.1:9",
            "PUBLIC_BASE_URL": f"http://localhost:{port}",
        }
        made = call(product, "benchmarks.processes.burst:open_lines", LINES)
        figures: dict[str, float] = {}
        with serving("permanence.asgi:application", port, product):
            for prefix, shuffled in (("burst", False), ("burst.shuffled", True)):
                burst = Burst(product, made, prefix, shuffled)
                figures |= asyncio.run(burst.take(quick))
        note("bare WebSockets, each signed in as the person who answers one of the lines")
        note(
            "one computer: one process, SQLite, events in memory; the client shares its processors"
        )
        return figures


@dataclass(frozen=True)
class Event:
    """One webhook of one call, at its moment."""

    at: float
    door: str
    sid: str
    form: dict[str, str]


@dataclass
class Burst:
    """One burst: what is posted, and what the desks hear."""

    environment: dict[str, str]
    made: dict[str, Any]
    prefix: str
    shuffled: bool
    rang_at: dict[str, float] = field(default_factory=dict)
    popped_at: dict[str, float] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    heard_at: float = 0.0

    async def take(self, quick: bool) -> dict[str, float]:
        """Let it happen and count."""
        count, seconds = (QUICK_CALLS, QUICK_SECONDS) if quick else (CALLS, SECONDS)
        events = self.in_their_order(list(self.calls(count, seconds)))
        async with AsyncExitStack() as stack:
            await self.open_desks(stack)
            await asyncio.to_thread(self.post_all, events)
            await self.silence()
        callers = [self.caller(nth) for nth in range(count)]
        lost = call(self.environment, "benchmarks.processes.burst:lost", callers)
        unheard = [one for one in callers if one not in self.popped_at]
        if unheard:
            note(f"{self.prefix}: {len(unheard)} calls were over before a desk was told of them")
        waits = [
            (self.popped_at[one] - self.rang_at[one]) * 1000
            for one in callers
            if one not in unheard
        ]
        assert waits, "no desk heard of any call"
        return {
            f"{self.prefix}.calls": count,
            f"{self.prefix}.lost": lost + len(unheard),
            f"{self.prefix}.webhook_p99_ms": percentile(self.took, 0.99),
            f"{self.prefix}.dom_p99_ms": percentile(waits, 0.99),
        }

    # --- what the operator tells -----------------------------------------------------------------

    def calls(self, count: int, seconds: float) -> Iterator[Event]:
        """Give each call's events: it rings, half are answered, all end."""
        rng = Random(1)
        for nth in range(count):
            began = nth * seconds / count
            sid = f"CA{self.prefix}{nth}"
            line = self.made["lines"][nth % LINES]
            form = {
                "CallSid": sid,
                "AccountSid": ACCOUNT,
                "To": line["number"],
                "From": self.caller(nth),
                "Direction": "inbound",
            }
            yield Event(began, "voice/", sid, form | {"CallStatus": "ringing"})
            rung = form | {"CallSid": f"{sid}B", "ParentCallSid": sid}
            is_answered = rng.random() < ANSWERED
            told = ["ringing", *(["in-progress"] if is_answered else []), "completed"]
            talk = {"CallDuration": "5"} if is_answered else {}
            moments = (1.0, rng.uniform(3, 8), 0.0)
            over = began + rng.uniform(9, 14)
            for step, status in enumerate(told):
                sequence = {"CallStatus": status, "SequenceNumber": str(step)} | talk
                at = over if status == "completed" else began + moments[step]
                yield Event(at, "leg", sid, rung | sequence | {"line": line["endpoint"]})
            end = {"CallStatus": "completed", "SequenceNumber": "0"} | talk
            yield Event(over + 0.1, "status/", sid, form | end)

    def in_their_order(self, events: list[Event]) -> list[Event]:
        """Sort events by time; shuffled: each status twice, up to some seconds late."""
        if not self.shuffled:
            return sorted(events, key=lambda one: one.at)
        rng = Random(2)
        told = [one for one in events if one.door == "voice/"]
        for one in events:
            if one.door != "voice/":
                late = [rng.uniform(0, SHUFFLED_SPREAD) for _ in range(2)]
                told += [Event(one.at + more, one.door, one.sid, one.form) for more in late]
            else:
                told.append(Event(one.at + rng.uniform(0.05, 0.5), one.door, one.sid, one.form))
        return sorted(told, key=lambda one: one.at)

    def caller(self, nth: int) -> str:
        """Name the nth caller of this burst."""
        return f"+3363998{'2' if self.shuffled else '1'}{nth:03d}"

    def post_all(self, events: list[Event]) -> None:
        """Post everything at its moment, over as many connections as are needed."""
        began = time.perf_counter()
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            waiting = []
            for event in events:
                time.sleep(max(0.0, began + event.at - time.perf_counter()))
                waiting.append(pool.submit(self.post, event))
            for one in waiting:
                one.result()

    def post(self, event: Event) -> None:
        """Post one signed form; what a call's own addresses are is read from the first answer."""
        path = f"/telephony/twilio/{event.door}" if event.door != "leg" else self.leg_path(event)
        form = {name: value for name, value in event.form.items() if name != "line"}
        base = self.environment["PUBLIC_BASE_URL"]
        validator = RequestValidator(interpreter_token(self.environment["SECRET_KEY"]))
        headers = {
            "X-Twilio-Signature": validator.compute_signature(base + path, form),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        link = http.client.HTTPConnection("localhost", int(base.rpartition(":")[2]), timeout=30)
        began = time.perf_counter()
        if event.door == "voice/":
            self.rang_at.setdefault(form["From"], began)
        link.request("POST", path, urlencode(form), headers)
        answer = link.getresponse()
        body = answer.read().decode()
        self.took.append((time.perf_counter() - began) * 1000)
        link.close()
        assert answer.status == 200, f"{path}: {answer.status}"
        if event.door == "voice/" and (found := re.search(r"/calls/([0-9a-f-]{36})/", body)):
            self.made.setdefault("calls", {}).setdefault(event.sid, found[1])

    def leg_path(self, event: Event) -> str:
        """Name the address to which a telephone's progress is told."""
        deadline = time.perf_counter() + PATIENCE
        while event.sid not in self.made.get("calls", {}):
            assert time.perf_counter() < deadline, f"{event.sid} was never routed"
            time.sleep(0.005)
        uuid = self.made["calls"][event.sid]
        return f"/telephony/twilio/calls/{uuid}/legs/{event.form['line']}/"

    # --- what the desks hear ---------------------------------------------------------------------

    async def open_desks(self, stack: AsyncExitStack) -> None:
        base = self.environment["PUBLIC_BASE_URL"]
        address = base.replace("http", "ws", 1) + "/ws/desk/"
        for line in self.made["lines"]:
            cookie = f"{self.made['cookie']}={line['session']}"
            desk = await stack.enter_async_context(
                connect(
                    address,
                    additional_headers={"Cookie": cookie},
                    origin=base,  # type: ignore[arg-type]
                    max_size=None,
                )
            )
            listening = asyncio.create_task(self.listen(desk))
            stack.callback(listening.cancel)
        await self.silence()

    async def listen(self, desk: ClientConnection) -> None:
        async for text in desk:
            self.heard_at = time.perf_counter()
            spoken = str(text).replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
            for digits in set(re.findall(r"(?:\+33|0)(63998[12]\d{3})", spoken)):
                self.popped_at.setdefault(f"+33{digits}", self.heard_at)

    async def silence(self) -> None:
        """Wait until the desks have nothing more to say."""
        self.heard_at = time.perf_counter()
        while time.perf_counter() - self.heard_at < SILENCE:
            await asyncio.sleep(0.05)
