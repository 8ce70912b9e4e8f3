"""Running TwiML on a leg: fetch a document, perform its verbs, follow where they lead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from calls.telephony.interpreter.legs import Leg
from calls.telephony.interpreter.tasks import Script, sleep
from calls.telephony.interpreter.twiml import Document, InvalidTwiml, Verb, parse
from calls.telephony.interpreter.webhooks import BAD_CONTENT_TYPE, TWIML_TYPES, Reply

if TYPE_CHECKING:
    from calls.telephony.interpreter.exchange import Exchange

APOLOGY = "We are sorry. An application error has occurred. Goodbye."
MAX_DOCUMENTS_AT_ONCE = 100


@dataclass(frozen=True)
class Jump:
    """The next document: a URL to ask, or TwiML already given."""

    url: str = ""
    method: str = "POST"
    parameters: Mapping[str, str] = field(default_factory=dict)
    twiml: str = ""


class Stopped(Exception):
    """The program ends here; `outcome` is hangup, leave or error."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


Performer = Callable[["Program", Verb], Script[Jump | None]]


class Program:
    """TwiML running on one leg.

    `verbs` maps the allowed verbs to what performs them; `extra` goes with every request;
    `fallback` is asked once when a document can't be had or read.
    """

    def __init__(
        self,
        leg: Leg,
        verbs: Mapping[str, Performer],
        *,
        fallback: str = "",
        extra: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self.leg = leg
        self.exchange: Exchange = leg.exchange
        self.clock = leg.exchange.clock
        self.url = ""
        self._verbs = verbs
        self._fallback = fallback
        self._extra = extra

    def run(self, start: Jump) -> Script[str]:
        """Perform documents until they run out: end, hangup, leave or error."""
        jump: Jump | None = start
        try:
            while jump is not None:
                document = yield from self._load(jump)
                jump = yield from self._perform(document)
        except Stopped as stopped:
            return stopped.outcome
        return "end"

    def perform(self, verb: Verb) -> Script[Jump | None]:
        """One verb; what is not allowed here is warned about and passed over."""
        performer = self._verbs.get(verb.name)
        if performer is None:
            self.exchange.alert(12200, self.url, f"<{verb.name}> is not allowed here")
            return None
        return (yield from performer(self, verb))

    def action(self, verb: Verb, parameters: Mapping[str, str]) -> Jump | None:
        """Where the verb's `action` leads, or None to go on with the next verb."""
        if "action" not in verb.attributes:
            return None
        return self.jump(verb.get("action"), verb.get("method", "POST"), parameters)

    def jump(self, url: str, method: str, parameters: Mapping[str, str] | None = None) -> Jump:
        return Jump(urljoin(self.url, url), method, parameters or {})

    def tell(self, jump: Jump | None) -> None:
        """Ask for a document that nobody performs: the leg is gone."""
        if jump is not None:
            self.exchange.courier.fetch(
                jump.url, jump.method, self.leg.parameters() | dict(jump.parameters)
            )

    def _perform(self, document: Document) -> Script[Jump | None]:
        for verb in document.verbs:
            jump = yield from self.perform(verb)
            if jump is not None:
                return jump
        return None

    def _load(self, jump: Jump) -> Script[Document]:
        try:
            return (yield from self._fetch(jump))
        except InvalidTwiml as fault:
            self.exchange.alert(fault.code, jump.url, str(fault))
            if not self._fallback:
                raise Stopped("error") from fault
            fallback, self._fallback = self._fallback, ""
            told = {"ErrorCode": str(fault.code), "ErrorUrl": jump.url}
            return (yield from self._load(Jump(fallback, "POST", told)))

    def _fetch(self, jump: Jump) -> Script[Document]:
        if jump.twiml:
            return self._read(jump.twiml)
        parameters = self.leg.parameters() | dict(self._extra()) | dict(jump.parameters)
        reply: Reply = yield self.exchange.courier.fetch(jump.url, jump.method, parameters)
        if reply.code:
            raise InvalidTwiml(reply.code, reply.reason)
        self.url = reply.request.url
        if reply.status == 204:
            return Document(())
        if reply.content_type.partition(";")[0].strip().lower() not in TWIML_TYPES:
            raise InvalidTwiml(BAD_CONTENT_TYPE, f"content type {reply.content_type!r}")
        return self._read(reply.body)

    def _read(self, body: str) -> Document:
        document = parse(body)
        for warning in document.warnings:
            self.exchange.alert(12200, self.url, warning)
        return document


def main(program: Program, start: Jump) -> Script[None]:
    """The whole life of a leg that has TwiML of its own."""
    outcome = yield from program.run(start)
    leg = program.leg
    if outcome == "error":
        leg.answer()
        leg.hear("said", APOLOGY, "en-US")
        yield from sleep(program.clock, 4)
    leg.end(leg.natural_ending)
