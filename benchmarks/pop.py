"""A call pops up: from the signed webhook's departure to its HTML at every open desk."""

import asyncio
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator
from websockets.asyncio.client import ClientConnection, connect

from benchmarks import Aim, note
from benchmarks.stacks import ROOT, call, environment
from benchmarks.timing import percentile
from permanence.configuration import interpreter_token

AIMS = {"pop.*.p99_ms": Aim(most=150), "pop.x_bare_channels": Aim(most=1.5)}
DESKS = (1, 50)
PASSES = 3
WARM_UP = 5
PATIENCE = 20.0
# Desks have said all that they have to say about a call once they are silent for so long.
SILENCE = 0.08
ACCOUNT = "AC" + "0" * 32


def measure(quick: bool) -> dict[str, float]:
    """Return how long a call needs to the desks, and how long it needs with bare Channels."""
    with environment("sqlite") as variables:
        port, bare_port = free_port(), free_port()
        product = variables | {
            "TELEPHONY": "interpreter",
            "TWILIO_API_BASE": "http://127.0.0.1:9",
            "PUBLIC_BASE_URL": f"http://localhost:{port}",
        }
        bare = product | {
            "BARE_DATABASE": f"{variables['PERMANENCE_VAR_DIR']}-bare.sqlite3",
            "PUBLIC_BASE_URL": f"http://localhost:{bare_port}",
        }
        made = call(product, "benchmarks.processes.pop:open_desks", list(DESKS))
        with (
            serving("permanence.asgi:application", port, product),
            serving("benchmarks.processes.bare_channels:application", bare_port, bare),
        ):
            return asyncio.run(compare(product, bare, made, quick))


async def compare(
    product: dict[str, str], bare: dict[str, str], made: dict[str, Any], quick: bool
) -> dict[str, float]:
    figures: dict[str, float] = {}
    for count in DESKS:
        calls = (10 if quick else 60) if count == 1 else (4 if quick else 15)
        desks = made["desks"][str(count)]
        cookies = [f"{made['cookie']}={key}" for key in desks["cookies"]]
        async with (
            ringing(product, cookies, desks["line"]) as ours,
            ringing(bare, cookies, desks["line"]) as theirs,
        ):
            taken = await in_passes([ours, theirs], calls)
        ours_ms, bare_ms = taken
        every = [value for one in ours_ms for value in one]
        figures[f"pop.desks{count}.p50_ms"] = median(every)
        figures[f"pop.desks{count}.p99_ms"] = percentile(every, 0.99)
        ratio = median(median(a) / median(b) for a, b in zip(ours_ms, bare_ms, strict=True))
        figures["pop.x_bare_channels" if count == 1 else f"pop.desks{count}.x_bare"] = ratio
        note(f"{count} desks: bare Channels takes {median(map(median, bare_ms)):.1f} ms (median)")
    note("bare WebSockets, each signed in as a person who answers the line that rings")
    note("one computer: one process, SQLite, events in memory; the client shares its processors")
    return figures


# --- ringing -------------------------------------------------------------------------------------


@dataclass
class Ringing:
    """A server, its open desks, and what the operator needs to ring a line there."""

    environment: dict[str, str]
    line: str
    desks: list[ClientConnection]
    heard: list[list[tuple[float, str]]] = field(default_factory=list)
    calls: int = 0

    async def listen(self, number: int) -> None:
        async for text in self.desks[number]:
            self.heard[number].append((time.perf_counter(), str(text)))

    async def ring(self) -> list[float]:
        """Return how many milliseconds each desk waited for this call, and end the call."""
        self.calls += 1
        caller = f"+3363998{self.calls:04d}"
        spoken = f"98 {self.calls // 100:02d} {self.calls % 100:02d}"
        for texts in self.heard:
            texts.clear()
        began = time.perf_counter()
        await asyncio.to_thread(self.post, "voice", caller, "ringing")
        waits = [await self.arrival(texts, (caller, spoken)) - began for texts in self.heard]
        if "BARE_DATABASE" not in self.environment:
            await asyncio.to_thread(self.post, "status", caller, "completed")
            await self.silence()
        return [wait * 1000 for wait in waits]

    async def arrival(self, texts: list[tuple[float, str]], words: tuple[str, str]) -> float:
        deadline = time.perf_counter() + PATIENCE
        while time.perf_counter() < deadline:
            for at, text in texts:
                if any(word in text.replace("\N{NO-BREAK SPACE}", " ") for word in words):
                    return at
            await asyncio.sleep(0.001)
        raise AssertionError(f"no desk heard of {words}: {[text for _, text in texts]}")

    async def silence(self) -> None:
        said = -1
        while said != (said := sum(map(len, self.heard))):
            await asyncio.sleep(SILENCE)

    def post(self, door: str, caller: str, status: str) -> None:
        """Post one signed form, as the operator does: a connection for each."""
        form = {
            "CallSid": f"CA{self.line}{caller}",
            "AccountSid": ACCOUNT,
            "To": self.line,
            "From": caller,
            "CallStatus": status,
            "Direction": "inbound",
        }
        path, base = f"/telephony/twilio/{door}/", self.environment["PUBLIC_BASE_URL"]
        validator = RequestValidator(interpreter_token(self.environment["SECRET_KEY"]))
        headers = {
            "X-Twilio-Signature": validator.compute_signature(base + path, form),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        link = http.client.HTTPConnection("localhost", int(base.rpartition(":")[2]), timeout=20)
        link.request("POST", path, urlencode(form), headers)
        answer = link.getresponse()
        assert answer.status == 200, f"{path}: {answer.status}"
        answer.read()
        link.close()


@asynccontextmanager
async def ringing(
    environment: dict[str, str], cookies: list[str], line: str
) -> AsyncIterator[Ringing]:
    """Open one desk for each cookie; yield once each is silent."""
    address = environment["PUBLIC_BASE_URL"].replace("http", "ws", 1) + "/ws/desk/"
    async with AsyncExitStack() as stack:
        desks = [
            await stack.enter_async_context(
                connect(
                    address,
                    additional_headers={"Cookie": cookie},
                    origin=environment["PUBLIC_BASE_URL"],  # type: ignore[arg-type]
                )
            )
            for cookie in cookies
        ]
        ringing = Ringing(environment, line, desks, [[] for _ in desks])
        listening = [asyncio.create_task(ringing.listen(n)) for n in range(len(desks))]
        await asyncio.sleep(1)
        await ringing.silence()
        yield ringing
        for task in listening:
            task.cancel()


async def in_passes(sides: list[Ringing], calls: int) -> list[list[list[float]]]:
    """Return each side's waits, pass by pass; within a pass the sides take turns call by call."""
    taken: list[list[list[float]]] = [[] for _ in sides]
    for _ in range(WARM_UP):
        for side in sides:
            await side.ring()
    for _ in range(PASSES):
        waits: list[list[float]] = [[] for _ in sides]
        for _ in range(calls):
            for side, each in zip(sides, waits, strict=True):
                each += await side.ring()
        for whole, each in zip(taken, waits, strict=True):
            whole.append(each)
    return taken


# --- servers -------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(application: str, port: int, environment: dict[str, str]) -> Iterator[None]:
    """Serve an application with uvicorn as bin/run does, until the end of the block."""
    options = ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
    command = [sys.executable, "-m", "uvicorn", application, *options, "--no-access-log"]
    server = subprocess.Popen(
        [*command, "--timeout-graceful-shutdown", "2"], cwd=ROOT, env=os.environ | environment
    )
    try:
        wait_for(server, port)
        yield
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the server does not start")
