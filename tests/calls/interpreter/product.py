"""A product played by the tests: it answers TwiML by path and checks every signature."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from twilio.request_validator import RequestValidator

from calls.telephony.interpreter.doors import Answer

BASE = "https://permanence.example"
TOKEN = "a-token-that-nobody-guesses"
LINE = "+33199004001"
CALLER = "+33639980001"

Reaction = str | Answer | Callable[[Mapping[str, str]], "str | Answer"]


@dataclass(frozen=True)
class Received:
    """One webhook as the product got it; parameters come from the body, or a GET's query."""

    method: str
    path: str
    form: Mapping[str, str]
    headers: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.form[name]


@dataclass
class Product:
    """Doors that answer by path; a list of reactions is used up one by one, the last one stays."""

    token: str = TOKEN
    reactions: dict[str, list[Reaction]] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)

    def on(self, path: str, *reactions: Reaction) -> None:
        self.reactions[path] = list(reactions)

    def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        return self._react("POST", url, dict(form), headers)

    def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        return self._react("GET", url, {}, headers)

    def at(self, path: str) -> list[Received]:
        return [one for one in self.received if one.path == path]

    def _react(
        self, method: str, url: str, form: dict[str, str], headers: Mapping[str, str]
    ) -> Answer:
        signature = headers["X-Twilio-Signature"]
        assert RequestValidator(self.token).validate(url.partition("#")[0], form, signature), url
        parts = urlsplit(url)
        known = form or dict(parse_qsl(parts.query, keep_blank_values=True))
        self.received.append(Received(method, parts.path, known, headers))
        reactions = self.reactions.get(parts.path, [""])
        reaction = reactions.pop(0) if len(reactions) > 1 else reactions[0]
        answer = reaction(known) if callable(reaction) else reaction
        return answer if isinstance(answer, Answer) else Answer(200, twiml(answer))


def twiml(inside: str) -> str:
    """A document around some verbs; what is already a document stays."""
    if inside.startswith("<Response"):
        return inside
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{inside}</Response>'
