"""Enqueue and Dial Queue: callers wait in line, somebody takes the first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from calls.telephony.interpreter.legs import Bridge, Leg
from calls.telephony.interpreter.program import Jump, Performer, Program, Stopped
from calls.telephony.interpreter.tasks import Delay, Promise, Script, Task, first_of, sleep
from calls.telephony.interpreter.twiml import Verb

if TYPE_CHECKING:
    from calls.telephony.interpreter.exchange import Exchange

LARGEST_QUEUE = 100


class Pairing:
    """A waiting caller and the one who takes him; `bridge` is None when one of them left."""

    def __init__(self, taker: Program, whisper: Jump | None) -> None:
        self.taker, self.whisper = taker, whisper
        self.bridged: Promise[Bridge | None] = Promise(taker.clock)
        self.taken_from_queue = ""
        self.taken: Leg | None = None


class Entry:
    """One caller waiting."""

    def __init__(self, program: Program, queue: Queue) -> None:
        self.program, self.queue = program, queue
        self.leg = program.leg
        self.entered_at: datetime = program.clock.now()
        self.pairing: Promise[Pairing] = Promise(program.clock)

    @property
    def seconds(self) -> int:
        return int((self.program.clock.now() - self.entered_at).total_seconds())

    @property
    def position(self) -> int:
        """From 1; 0 once the caller is taken."""
        entries = self.queue.entries
        return entries.index(self) + 1 if self in entries else 0

    def parameters(self) -> Mapping[str, str]:
        """What comes with each request for the waiting music."""
        return {
            "QueueSid": self.queue.sid,
            "QueueTime": str(self.seconds),
            "QueuePosition": str(self.position),
            "CurrentQueueSize": str(len(self.queue.entries)),
            "AvgQueueTime": "0",
        }

    def result(self, outcome: str) -> Mapping[str, str]:
        return {
            "QueueSid": self.queue.sid,
            "QueueResult": outcome,
            "QueueTime": str(self.seconds),
        }


class Queue:
    """A named waiting line, first come first served."""

    def __init__(self, exchange: Exchange, name: str) -> None:
        self.sid = exchange.sids.new("QU")
        self.name = name
        self.created_at = exchange.clock.now()
        self.entries: list[Entry] = []
        self.takers: list[tuple[Pairing, Promise[Pairing]]] = []

    def enter(self, entry: Entry) -> None:
        self.entries.append(entry)
        self.match()

    def drop(self, entry: Entry) -> None:
        if entry in self.entries:
            self.entries.remove(entry)

    def match(self) -> None:
        """Give waiting callers to those who ask for one."""
        while self.entries and self.takers:
            entry = self.entries.pop(0)
            pairing, found = self.takers.pop(0)
            pairing.taken, pairing.taken_from_queue = entry.leg, self.sid
            entry.pairing.resolve(pairing)
            found.resolve(pairing)


def enqueue(program: Program, verb: Verb) -> Script[Jump | None]:
    program.leg.answer()
    queue = program.exchange.queue(verb.text)
    entry = Entry(program, queue)
    if len(queue.entries) >= verb.number("maxQueueSize", LARGEST_QUEUE):
        return program.action(verb, entry.result("queue-full"))
    state = {"result": ""}

    def gone(reason: str) -> None:
        queue.drop(entry)
        program.tell(program.action(verb, entry.result(state["result"] or reason)))

    queue.enter(entry)
    with program.leg.last_words(gone):
        outcome = yield from _wait_in_line(entry, verb)
        if outcome == "paired":
            outcome = yield from _be_taken(entry, state)
    queue.drop(entry)
    return program.action(verb, entry.result(outcome))


def _wait_in_line(entry: Entry, verb: Verb) -> Script[str]:
    """Music until the caller is taken or leaves: paired, leave or error."""
    if entry.pairing.done:
        return "paired"
    music = Task(entry.program.clock, _music(entry, verb))
    try:
        first = yield first_of(entry.program.clock, entry.pairing, music.finished)
    finally:
        music.cancel()
    if first is entry.pairing:
        return "paired"
    outcome = str(music.finished.value)
    if outcome == "hangup":
        entry.leg.end("completed")
        raise Stopped("hangup")
    return outcome


def _music(entry: Entry, verb: Verb) -> Script[str]:
    program = Program(entry.leg, WAITING_VERBS, extra=entry.parameters)
    if not verb.get("waitUrl"):
        entry.leg.hear("music")
        yield Promise(program.clock)
    start = entry.program.jump(verb.get("waitUrl"), verb.get("waitUrlMethod", "POST"))
    while True:
        asked_at = program.clock.now()
        outcome = yield from program.run(start)
        if outcome != "end":
            return outcome
        if program.clock.now() == asked_at:
            # An empty document would be asked for again and again in one instant.
            yield from sleep(program.clock, 1)


def _be_taken(entry: Entry, state: dict[str, str]) -> Script[str]:
    pairing = entry.pairing.value
    assert pairing is not None
    try:
        if pairing.whisper is not None:
            yield from Program(entry.leg, WAITING_VERBS).run(pairing.whisper)
        if pairing.taker.leg.is_over or entry.leg.is_over:
            return "system-error"
        state["result"] = "bridged"
        bridge = Bridge(entry.leg, pairing.taker.leg)
        pairing.bridged.resolve(bridge)
    finally:
        pairing.bridged.resolve(None)
    yield bridge.over
    return "bridged"


def dial_queue(program: Program, verb: Verb, noun: Verb) -> Script[Jump | None]:
    """Take the first caller of a queue, waiting for one until the timeout."""
    program.leg.answer()
    queue = program.exchange.queue(noun.text)
    whisper = None
    if noun.get("url"):
        whisper = program.jump(noun.get("url"), noun.get("method", "POST"), {"QueueSid": queue.sid})
    pairing = Pairing(program, whisper)

    def gone(reason: str) -> None:
        if reason == "hangup":
            program.tell(program.action(verb, _taken(pairing)))

    with program.leg.last_words(gone):
        found = yield from _find_caller(program, verb, queue, pairing)
        if found:
            bridge = yield pairing.bridged
            if bridge is not None:
                yield bridge.over
    return program.action(verb, _taken(pairing))


def _find_caller(program: Program, verb: Verb, queue: Queue, pairing: Pairing) -> Script[bool]:
    found: Promise[Pairing] = Promise(program.clock)
    request = (pairing, found)
    queue.takers.append(request)
    queue.match()
    patience = Delay(program.clock, verb.number("timeout", 30))
    try:
        first = yield first_of(program.clock, found, patience)
    finally:
        patience.cancel()
        if request in queue.takers:
            queue.takers.remove(request)
    return first is found


def _taken(pairing: Pairing) -> Mapping[str, str]:
    bridge = pairing.bridged.value
    if bridge is None or pairing.taken is None:
        return {"DialCallStatus": "no-answer", "DialBridged": "false"}
    return {
        "DialCallStatus": "completed",
        "DialCallSid": pairing.taken.sid,
        "DialCallDuration": str(bridge.seconds),
        "DialBridged": "true",
        "QueueSid": pairing.taken_from_queue,
    }


WAITING_VERBS: dict[str, Performer] = {}
"""What a waiting caller may be played; filled in `verbs`."""
