"""What the simulator's page shows of the crowd and of the operator's bad day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.telephony.interpreter.bad_days import Trouble
from calls.telephony.interpreter.crowd import STATES, Caller
from calls.telephony.interpreter.exchange import Exchange

MOST_SHOWN = 40
_SEEN_FIRST = ("ringing", "waiting", "talking", "expected", *STATES[4:])


@dataclass(frozen=True)
class CrowdRow:
    """One caller in one line."""

    who: str
    line: str
    state: str
    word: str


@dataclass(frozen=True)
class CrowdPicture:
    """How many are in each state, how soon they were heard, and some of them by name.

    Who is on the line comes before the rest.
    """

    counts: Sequence[str]
    speed: str
    rows: Sequence[CrowdRow]
    more: str


@dataclass(frozen=True)
class Switch:
    """One thing that can go wrong, and whether it does."""

    name: str
    label: str
    explanation: str
    is_on: bool


def shown_callers(exchange: Exchange) -> list[Caller]:
    """Those whom the page names, as they are now."""
    ranks = {state: rank for rank, state in enumerate(_SEEN_FIRST)}
    newest = list(reversed(exchange.crowd.callers))
    return sorted(newest, key=lambda one: ranks[one.state])[:MOST_SHOWN]


def crowd_picture(exchange: Exchange, who: Callable[[str], str]) -> CrowdPicture:
    """The crowd as it is now; `who` says whose an address is."""
    words = _state_words()
    rows = [
        CrowdRow(who(one.number), who(one.line), state := one.state, words[state])
        for one in shown_callers(exchange)
    ]
    hidden = len(exchange.crowd.callers) - len(rows)
    more = ngettext("and %(count)s other caller", "and %(count)s other callers", hidden)
    counts = [f"{count} {words[state]}" for state, count in exchange.crowd.counts().items()]
    return CrowdPicture(counts, _speed(exchange), rows, more % {"count": hidden} if hidden else "")


def _speed(exchange: Exchange) -> str:
    waited = [one.waited for one in exchange.crowd.callers]
    heard = [seconds for seconds in waited if seconds is not None]
    if not heard:
        return ""
    said = {"half": round(median(heard)), "slowest": round(max(heard))}
    return _("half were answered within %(half)s s, the slowest after %(slowest)s s") % said


def switches(exchange: Exchange) -> list[Switch]:
    """What can go wrong, in the page's order."""
    words = {
        Trouble.TWICE: (_("Everything twice"), _("each event is told twice")),
        Trouble.LATE: (_("Late"), _("events come up to twenty seconds late")),
        Trouble.SHUFFLED: (_("Out of order"), _("events overtake each other")),
        Trouble.LOST: (_("Lost"), _("three events in ten never come")),
        Trouble.SILENT: (
            _("Operator silent"),
            _("no event comes any more, and no request is answered"),
        ),
    }
    return [
        Switch(trouble, label, explanation, trouble in exchange.troubles)
        for trouble, (label, explanation) in words.items()
    ]


def _state_words() -> dict[str, str]:
    """Words that fit one caller and many."""
    return {
        "expected": _("yet to come"),
        "ringing": _("hearing it ring"),
        "waiting": _("waiting for a voice"),
        "talking": _("in conversation"),
        "answered": _("with an answer"),
        "voicemail": _("on the machine"),
        "gave_up": _("without an answer"),
        "ended": _("turned away"),
    }
