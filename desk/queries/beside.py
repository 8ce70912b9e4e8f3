"""What stands beside a call: instructions, guide, phrases, practical facts, directory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from calls.models import Call
from clients.models import (
    Client,
    DirectoryEntry,
    PracticalInfo,
    StockPhrase,
    TriageGuide,
    TriageSign,
)
from clients.queries import instructions_in_force
from desk.wording import short_day


@dataclass(frozen=True)
class Rule:
    """One instruction: its mark, its words, and when it ends."""

    mark: str
    text: str
    until: str = ""


@dataclass(frozen=True)
class Beside:
    """The right column, and the facts of the fourth face."""

    rules: Sequence[Rule]
    guide: TriageGuide | None
    signs: Sequence[TriageSign]
    phrases: Sequence[StockPhrase]
    infos: Sequence[PracticalInfo]
    directory: Sequence[DirectoryEntry]


def beside_call(call: Call, guide: TriageGuide | None, now: datetime) -> Beside:
    """Give what stands beside a call: the instructions are those that it was answered with."""
    shown = call.shown.get("instructions")
    if shown is None:
        return beside_client(call.client, guide, now)
    rules = [Rule(mark=one.get("mark", ""), text=one["text"]) for one in shown]
    return _beside(call.client, guide, rules)


def beside_client(client: Client, guide: TriageGuide | None, now: datetime) -> Beside:
    """Give the same for a client nobody is calling, as it holds now."""
    rules = [
        Rule(mark=one.mark, text=one.text, until=_until(one.valid_until))
        for one in instructions_in_force(client, now)
    ]
    return _beside(client, guide, rules)


def _until(at: datetime | None) -> str:
    return _("until %(day)s") % {"day": short_day(localtime(at).date())} if at else ""


def _beside(client: Client, guide: TriageGuide | None, rules: Sequence[Rule]) -> Beside:
    signs = guide.signs.all() if guide else ()
    return Beside(
        rules=rules,
        guide=guide,
        signs=[sign for sign in signs if sign.action == TriageSign.Action.CALL_15],
        phrases=list(StockPhrase.objects.filter(client=client)),
        infos=list(PracticalInfo.objects.filter(client=client)),
        directory=list(DirectoryEntry.objects.filter(client=client)),
    )
