"""Dial: ring one or several telephones for the caller, first to answer wins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from calls.telephony.interpreter.addresses import is_e164
from calls.telephony.interpreter.conference import join_conference
from calls.telephony.interpreter.legs import Bridge, Callback, Leg
from calls.telephony.interpreter.program import Jump, Performer, Program
from calls.telephony.interpreter.queue import dial_queue
from calls.telephony.interpreter.speech import keep_recording
from calls.telephony.interpreter.tasks import Channel, Delay, Promise, Script, first_of
from calls.telephony.interpreter.twiml import Verb

MOST_PARTIES = 10
SCHEMES = {"Client": "client:", "Number": "", "Sip": ""}
WORST_FIRST = ("completed", "busy", "no-answer", "canceled", "failed")
"""What Dial reports when nobody was put through: the first of these that a leg ended with."""


def dial(program: Program, verb: Verb) -> Script[Jump | None]:
    nouns = verb.children or (Verb("Number", {}, verb.text),)
    if nouns[0].name == "Conference":
        return (yield from join_conference(program, verb, nouns[0]))
    if nouns[0].name == "Queue":
        return (yield from dial_queue(program, verb, nouns[0]))
    return (yield from Dialling(program, verb, nouns).run())


class Dialling:
    """One Dial with its legs."""

    def __init__(self, program: Program, verb: Verb, nouns: tuple[Verb, ...]) -> None:
        self.program, self.verb, self.nouns = program, verb, nouns[:MOST_PARTIES]
        self.leg, self.exchange = program.leg, program.exchange
        self.children: list[Leg] = []
        self.winner: Leg | None = None
        self.bridge: Bridge | None = None
        self.starred = False
        self._events: Channel[tuple[Leg, str]] = Channel(program.clock)

    def run(self) -> Script[Jump | None]:
        if not self._may_call():
            self.exchange.alert(13214, self.program.url, "Dial: invalid callerId value")
            return self.program.action(self.verb, {"DialCallStatus": "failed"})
        if not self.verb.flag("answerOnBridge"):
            self.leg.answer()
        self.leg.hear("ringing")
        with self.leg.last_words(self._abandon):
            yield from self._ring_in_turn()
            if self.winner is not None:
                yield from self._talk(self.winner)
        return self.program.action(self.verb, self.result())

    def result(self) -> Mapping[str, str]:
        """What the `action` is told."""
        if self.winner is None or self.bridge is None:
            endings = {child.status for child in self.children}
            status = next((one for one in WORST_FIRST if one in endings), "no-answer")
            last = self.children[-1].sid if self.children else ""
            return {"DialCallStatus": status, "DialCallSid": last, "DialBridged": "false"}
        return {
            "DialCallStatus": "completed",
            "DialCallSid": self.winner.sid,
            "DialCallDuration": str(self.bridge.seconds),
            "DialBridged": "true",
        }

    @property
    def caller_id(self) -> str:
        return self.verb.get("callerId") or self.leg.from_

    def _may_call(self) -> bool:
        """Towards telephone numbers only a known caller identity is let through."""
        if all(noun.name != "Number" for noun in self.nouns):
            return True
        if not is_e164(self.caller_id):
            return False
        own = self.exchange.owns(self.caller_id)
        return own or self.caller_id in (self.leg.from_, self.leg.to)

    def _ring_in_turn(self) -> Script[None]:
        groups = [[noun] for noun in self.nouns] if self.verb.flag("sequential") else [self.nouns]
        for group in groups:
            yield from self._ring([self._child(noun) for noun in group])
            if self.winner is not None or self.starred:
                return

    def _child(self, noun: Verb) -> Leg:
        child = Leg(
            self.exchange,
            from_=self.caller_id,
            to=SCHEMES[noun.name] + noun.text,
            direction="outbound-dial",
            parent=self.leg,
            callback=callback_of(noun, self.program.url),
        )
        child.on_progress = lambda event: self._progress(child, noun, event)
        self.children.append(child)
        self.exchange.ring(child)
        return child

    def _progress(self, child: Leg, noun: Verb, event: str) -> None:
        if event == "answered" and noun.get("url"):
            child.run(self._screen(child, noun))
        else:
            self._events.put((child, event))

    def _screen(self, child: Leg, noun: Verb) -> Script[None]:
        """The noun's TwiML on the called leg; it is put through when the document runs out."""
        program = Program(child, SCREENING_VERBS)
        start = self.program.jump(noun.get("url"), noun.get("method", "POST"))
        outcome = yield from program.run(start)
        if outcome == "end":
            self._events.put((child, "answered"))
        else:
            child.end("completed")

    def _ring(self, children: list[Leg]) -> Script[None]:
        """Wait for the first to be put through, for the last to give up, or for the timeout."""
        deadline = Delay(self.program.clock, self.verb.number("timeout", 30))
        try:
            while self.winner is None and any(not child.is_over for child in children):
                yield from self._wait_for_news(children, deadline)
        finally:
            deadline.cancel()
        losers = [child for child in children if child is not self.winner]
        _give_up(losers, self.exchange.given_up_status)

    def _wait_for_news(self, children: list[Leg], deadline: Delay) -> Script[None]:
        arrival = self._events.arrival()
        waits: list[Promise[Any]] = [] if deadline.done else [deadline]
        first = yield first_of(self.program.clock, arrival, *waits, *self._star())
        if first is arrival:
            self._heed(*self._events.take())
        elif first is deadline:
            _give_up([one for one in children if not one.answered_at], "no-answer")
        elif self.leg.digits.take() == "*":
            self.starred = True
            _give_up(children, "canceled")

    def _heed(self, child: Leg, event: str) -> None:
        if event == "answered" and not child.is_over:
            self.winner = child

    def _star(self) -> list[Promise[Any]]:
        if not self.verb.flag("hangupOnStar"):
            return []
        return [self.leg.digits.arrival()]

    def _talk(self, child: Leg) -> Script[None]:
        self.leg.answer()
        self.bridge = Bridge(self.leg, child)
        limit = Delay(self.program.clock, self.verb.number("timeLimit", 14400))
        try:
            yield from self._until_parted(self.bridge, limit)
        finally:
            limit.cancel()
        self._keep_recording()
        if child.bridge is self.bridge:
            child.end("completed")

    def _keep_recording(self) -> None:
        """What both said, where the Dial records it."""
        if self.bridge is not None and self.verb.get("record").startswith("record-"):
            keep_recording(self.program, self.verb, self.bridge.seconds, "DialVerb")

    def _until_parted(self, bridge: Bridge, limit: Delay) -> Script[None]:
        while True:
            first = yield first_of(self.program.clock, bridge.over, limit, *self._star())
            if first in (bridge.over, limit) or self.leg.digits.take() == "*":
                return

    def _abandon(self, reason: str) -> None:
        """The caller is gone, or taken elsewhere: nobody is left to talk to."""
        if self.bridge is not None:
            self._keep_recording()
            talking = [child for child in self.children if child.bridge is self.bridge]
            _give_up(talking, "completed")
        else:
            _give_up(self.children, self.exchange.given_up_status)
        # Also when it was taken elsewhere; nobody performs the answer (twilio.com/changelog/
        # changes-to-dial-behavior-for-enhanced-programmable-sip-feature-accounts).
        self.program.tell(self.program.action(self.verb, self.result()))


def _give_up(legs: list[Leg], status: str) -> None:
    for leg in legs:
        leg.end("completed" if leg.answered_at else status)


def callback_of(noun: Verb, base: str) -> Callback | None:
    """Where the noun wants its progress told; without a list of events, only the end."""
    if not noun.get("statusCallback"):
        return None
    events = noun.get("statusCallbackEvent", "completed").split()
    url = urljoin(base, noun.get("statusCallback"))
    return Callback(url, noun.get("statusCallbackMethod", "POST"), frozenset(events))


SCREENING_VERBS: dict[str, Performer] = {}
"""What the called leg may be played before it is put through; filled in `verbs`."""
