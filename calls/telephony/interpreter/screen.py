"""What the simulator's page shows: the caller's ear, the telephones, the trace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from calls.telephony.interpreter.addresses import WITHHELD_FORMS, normalised
from calls.telephony.interpreter.directory import TelephoneChoice
from calls.telephony.interpreter.exchange import Exchange
from calls.telephony.interpreter.legs import Heard, Leg
from calls.telephony.interpreter.telephones import Telephone
from calls.telephony.interpreter.training_screen import crowd_picture, shown_callers, switches
from calls.telephony.interpreter.webhooks import TraceEntry
from core.phones import spoken

TRACE_LENGTH = 40
IDENTIFIER = re.compile(r"\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
ANSWER_KEYS, END_KEYS, AUTO_KEYS, OFF_KEYS = "JKL", "UIO", "VBN", "FGT"
SHOWN_PARAMETERS = ("CallStatus", "DialCallStatus", "MessageStatus", "Digits", "RecordingStatus")


@dataclass(frozen=True)
class Region:
    """A part of the page that is replaced as a whole, and only when it has changed."""

    name: str
    html: str

    @property
    def digest(self) -> str:
        return sha256(self.html.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Sound:
    """One line of the caller's transcript."""

    after: str
    kind: str
    text: str
    is_spoken: bool
    language: str


@dataclass(frozen=True)
class RingingLine:
    """One call at a telephone."""

    sid: str
    who: str
    state: str
    said: str
    waits_for_a_key: bool
    answer_key: str
    end_key: str


@dataclass(frozen=True)
class TelephoneCard:
    """One telephone with its calls."""

    address: str
    label: str
    offline: bool
    auto_answers: bool
    auto_key: str
    off_key: str
    calls: list[RingingLine]


@dataclass(frozen=True)
class TraceLine:
    """One webhook."""

    number: int
    entry: TraceEntry
    path: str
    what: str
    parameters: list[tuple[str, str]]


def regions(
    exchange: Exchange,
    leg: Leg | None,
    choices: Iterable[TelephoneChoice],
    names: Mapping[str, str],
) -> list[Region]:
    """The parts of the page as they are now; `names` says who has which address."""
    cards = telephone_cards(exchange, choices, names)
    return [
        _region("caller", {"leg": leg, "sounds": transcript(leg, names) if leg else []}),
        _region("telephones", {"telephones": cards}),
        _region("trace", {"lines": trace(exchange)}),
        _region("troubles", {"switches": switches(exchange)}),
        _region("crowd", {"crowd": crowd_picture(exchange, lambda one: _briefly(one, names))}),
    ]


def addresses_in_use(exchange: Exchange, leg: Leg | None) -> set[str]:
    """The addresses that the page will name."""
    live = [one for one in exchange.legs.values() if not one.is_over or one is leg]
    crowd = {address for one in shown_callers(exchange) for address in (one.number, one.line)}
    return crowd | {address for one in live for address in (one.from_, one.to)}


def _region(name: str, context: Mapping[str, object]) -> Region:
    return Region(name, render_to_string(f"interpreter/{name}.html", dict(context)))


def transcript(leg: Leg, names: Mapping[str, str]) -> list[Sound]:
    """What was heard so far at one end."""
    told: list[Sound] = []
    for heard in leg.heard:
        sentence = _sentence(heard, names)
        # It rings before and after the product's answer: one line says it.
        if not told or told[-1].text != sentence or heard.kind == "said":
            told.append(_sound(leg, heard, sentence))
    return told


def _sound(leg: Leg, heard: Heard, sentence: str) -> Sound:
    kind = heard.kind.replace(" ", "-")
    return Sound(_after(leg, heard), kind, sentence, heard.kind == "said", heard.language)


def _after(leg: Leg, heard: Heard) -> str:
    seconds = int((heard.at - leg.created_at).total_seconds())
    return f"{seconds // 60}:{seconds % 60:02}"


def _sentence(heard: Heard, names: Mapping[str, str]) -> str:
    if heard.kind == "said":
        return heard.text
    if heard.kind == "ended":
        return _ending(heard.text)
    if heard.kind in ("connected", "held", "resumed"):
        return _company(heard.kind, who(heard.text, names))
    return {
        "ringing": _("It rings."),
        "music": _("Music."),
        "silence": _("Silence."),
        "beep": _("Beep: speak, then press a key or hang up."),
        "busy": _("Engaged tone."),
        "not in service": _("This number is not in service."),
        "played": _("A recording is played: %(name)s.") % {"name": heard.text.rpartition("/")[2]},
    }.get(heard.kind, heard.text)


def _company(kind: str, name: str) -> str:
    patterns = {
        "connected": _("Talking to %(name)s."),
        "held": _("Put on hold by %(name)s."),
        "resumed": _("Talking to %(name)s again."),
    }
    return patterns[kind] % {"name": name}


def _ending(status: str) -> str:
    return {
        "completed": _("The call is over."),
        "busy": _("The call is over: engaged."),
        "no-answer": _("The call is over: nobody answered."),
        "canceled": _("The call is over: cancelled."),
    }.get(status, _("The call failed."))


def who(address: str, names: Mapping[str, str]) -> str:
    """The name at an address, or the address as people read it."""
    if address in WITHHELD_FORMS:
        return _("withheld number")
    if ", " in address:
        return ", ".join(who(one, names) for one in address.split(", "))
    name = names.get(normalised(address), "")
    if not address.startswith("+"):
        return name or address
    return f"{name} ({spoken(address)})" if name else spoken(address)


def _briefly(address: str, names: Mapping[str, str]) -> str:
    return names.get(normalised(address)) or who(address, names)


def telephone_cards(
    exchange: Exchange, choices: Iterable[TelephoneChoice], names: Mapping[str, str]
) -> list[TelephoneCard]:
    """The known telephones, then any other at which a call is under way."""
    labels = {normalised(one.address): one.label for one in choices}
    others = [
        key
        for key, telephone in list(exchange.telephones.items())
        if key not in labels and (telephone.ringing or telephone.connected)
    ]
    keys = iter(zip(ANSWER_KEYS, END_KEYS, strict=True))
    return [
        _card(exchange.telephone(address), labels.get(address, ""), names, keys, place)
        for place, address in enumerate([*labels, *others])
    ]


def _card(
    telephone: Telephone,
    label: str,
    names: Mapping[str, str],
    keys: Iterator[tuple[str, str]],
    place: int,
) -> TelephoneCard:
    legs = telephone.ringing + telephone.connected
    return TelephoneCard(
        address=telephone.address,
        label=label or who(telephone.address, names),
        offline=telephone.offline,
        auto_answers=telephone.auto_answers_after is not None,
        auto_key=AUTO_KEYS[place : place + 1],
        off_key=OFF_KEYS[place : place + 1],
        calls=[_line(telephone, leg, names, *next(keys, ("", ""))) for leg in legs],
    )


def _line(
    telephone: Telephone, leg: Leg, names: Mapping[str, str], answer_key: str, end_key: str
) -> RingingLine:
    said = [heard.text for heard in leg.heard if heard.kind == "said"]
    state = "ringing" if leg.status == "ringing" else "talking"
    return RingingLine(
        sid=leg.sid,
        who=who(leg.from_, names),
        state="held" if leg in telephone.held else state,
        said=said[-1] if said and leg.bridge is None else "",
        waits_for_a_key=leg.status == "in-progress" and leg.bridge is None,
        answer_key=answer_key,
        end_key=end_key,
    )


def trace(exchange: Exchange) -> list[TraceLine]:
    """The last webhooks, newest first."""
    entries = list(exchange.courier.trace)
    numbered = enumerate(reversed(entries))
    return [
        _trace_line(len(entries) - place, entry) for place, entry in islice(numbered, TRACE_LENGTH)
    ]


def _trace_line(number: int, entry: TraceEntry) -> TraceLine:
    parts = urlsplit(entry.request.url)
    parameters = sorted(entry.request.parameters.items())
    shown = [entry.request.parameters.get(name, "") for name in SHOWN_PARAMETERS]
    what = " · ".join(value for value in shown if value)
    path = IDENTIFIER.sub(r"\1…", parts.path) + ("?" + parts.query if parts.query else "")
    return TraceLine(number, entry, path, what, parameters)
