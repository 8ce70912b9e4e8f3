"""Reading TwiML: from XML to verbs, with the faults that Twilio reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

VERBS = frozenset(
    {"Say", "Play", "Pause", "Gather", "Record", "Dial", "Enqueue", "Leave"}
    | {"Redirect", "Hangup", "Reject"}
)
NOUNS: Mapping[str, frozenset[str]] = {
    "Gather": frozenset({"Say", "Play", "Pause"}),
    "Dial": frozenset({"Number", "Sip", "Client", "Queue", "Conference"}),
}
ATTRIBUTES: Mapping[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "Say": "voice language loop",
        "Play": "loop digits",
        "Pause": "length",
        "Gather": "input action method timeout speechTimeout numDigits finishOnKey "
        "actionOnEmptyResult language hints",
        "Dial": "action method timeout hangupOnStar timeLimit callerId answerOnBridge sequential "
        "record ringTone recordingStatusCallback",
        "Number": "url method sendDigits statusCallback statusCallbackEvent statusCallbackMethod",
        "Sip": "url method username password statusCallback statusCallbackEvent "
        "statusCallbackMethod",
        "Client": "url method statusCallback statusCallbackEvent statusCallbackMethod",
        "Queue": "url method reservationSid postWorkActivitySid",
        "Conference": "muted beep startConferenceOnEnter endConferenceOnExit participantLabel "
        "waitUrl waitMethod maxParticipants record region trim coach statusCallback "
        "statusCallbackEvent statusCallbackMethod recordingStatusCallback",
        "Enqueue": "action method waitUrl waitUrlMethod maxQueueSize workflowSid",
        "Redirect": "method",
        "Record": "action method timeout finishOnKey maxLength playBeep trim transcribe "
        "transcribeCallback recordingStatusCallback recordingStatusCallbackMethod "
        "recordingStatusCallbackEvent",
        "Reject": "reason",
        "Hangup": "",
        "Leave": "",
    }.items()
}


class InvalidTwiml(Exception):
    """The document cannot be executed; `code` is Twilio's number for the fault."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True)
class Verb:
    """One TwiML element with its text and what is nested in it."""

    name: str
    attributes: Mapping[str, str]
    text: str
    children: tuple[Verb, ...] = ()

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def number(self, name: str, default: int) -> int:
        value = self.get(name)
        return int(value) if value.isdigit() else default

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.get(name)
        return value.lower() == "true" if value else default


@dataclass(frozen=True)
class Document:
    """The verbs of one answer, and the warnings that Twilio's debugger would show."""

    verbs: tuple[Verb, ...]
    warnings: tuple[str, ...] = ()


def parse(body: str) -> Document:
    """Read a TwiML document; raises InvalidTwiml (12100) when there is none to execute.

    Unknown elements and attributes are only warned about (12200), as Twilio does.
    """
    if "<!DOCTYPE" in body or "<!ENTITY" in body:
        raise InvalidTwiml(12100, "document type declarations are not allowed")
    try:
        root = ElementTree.fromstring(body.strip())
    except ElementTree.ParseError as error:
        raise InvalidTwiml(12100, f"document parse failure: {error}") from error
    if root.tag != "Response":
        raise InvalidTwiml(12100, f"the root element is <{root.tag}>, not <Response>")
    warnings = tuple(_faults(root, VERBS))
    return Document(tuple(_verb(child) for child in root if child.tag in VERBS), warnings)


def _verb(element: ElementTree.Element) -> Verb:
    nouns = NOUNS.get(element.tag, frozenset())
    children = tuple(_verb(child) for child in element if child.tag in nouns)
    return Verb(element.tag, dict(element.attrib), (element.text or "").strip(), children)


def _faults(element: ElementTree.Element, allowed: frozenset[str]) -> Iterator[str]:
    for child in element:
        if child.tag not in allowed:
            yield f"<{child.tag}> is not allowed in <{element.tag}>"
            continue
        for name in sorted(set(child.attrib) - ATTRIBUTES[child.tag]):
            yield f"<{child.tag}> has no attribute {name}"
        yield from _faults(child, NOUNS.get(child.tag, frozenset()))
