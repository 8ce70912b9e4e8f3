"""The page « to qualify »: calls of hers of which nobody has said what came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from calls.models import Call
from clients.models import User
from desk.queries.board import names_of, names_on_numbers, rounded_hue, unsaid_calls
from desk.shortcuts import printed_keys
from desk.wording import caller_words

# More at once than anybody names in one go; the others follow as these are dealt with.
SHOWN = 20


@dataclass(frozen=True)
class Choice:
    """One word for what came of a call, and its key."""

    value: str
    label: str
    action: str
    key: str


@dataclass(frozen=True)
class Unsaid:
    """One call to name."""

    uuid: UUID
    url: str
    client: str
    hue: int
    who: str
    at: datetime
    ended_at: datetime


@dataclass(frozen=True)
class ToQualify:
    """The page: the calls, the latest first, and the words to choose from."""

    calls: Sequence[Unsaid]
    count: int
    choices: Sequence[Choice]


def to_qualify(user: User, now: datetime) -> ToQualify:
    """Give the calls that she has not named yet; nothing is guessed for her."""
    waiting = unsaid_calls(user, now)
    calls = list(waiting[:SHOWN])
    count = waiting.count() if len(calls) == SHOWN else len(calls)
    names = names_on_numbers(calls)
    return ToQualify(
        calls=[_unsaid(call, names_of(call, names)) for call in calls],
        count=count,
        choices=_choices(user),
    )


def _unsaid(call: Call, names: list[str]) -> Unsaid:
    assert call.answered_at is not None
    assert call.ended_at is not None
    return Unsaid(
        uuid=call.uuid,
        url=reverse("desk:call", args=[call.uuid]),
        client=call.client.short_name or call.client.name,
        hue=rounded_hue(call.client),
        who=caller_words(call.correspondent, str(call.caller_number), names),
        at=call.answered_at,
        ended_at=call.ended_at,
    )


def _choices(user: User) -> list[Choice]:
    keys = printed_keys(user)
    return [
        Choice(value, str(label).capitalize(), f"disposition_{value}", keys[f"disposition_{value}"])
        for value, label in Call.Disposition.choices
    ]
