"""Whose callers reach nobody once she stops answering, and what they hear then."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from calls.queries import candidates_for, direction_of
from calls.rules.routing import Candidate, Plan, ring_plan
from clients.models import Client, Line, User
from desk.line_words import heard_words
from desk.queries.board import rounded_hue


@dataclass(frozen=True)
class LeftAlone:
    """A client whose callers would reach nobody on a line, and what they would hear."""

    client: str
    hue: int
    heard: str


def left_alone(user: User, now: datetime) -> list[LeftAlone]:
    """Give the clients for whom only she would be rung at this moment."""
    hers = Client.objects.in_service().answered_by(user).order_by("name", "pk")
    return [one for client in hers.select_related("bureau") for one in _alone(client, user, now)]


def _alone(client: Client, user: User, now: datetime) -> Iterator[LeftAlone]:
    people = candidates_for(client, now)
    if not any(one.user_id == user.pk for one in people):
        return
    said: set[str] = set()
    lines = list(client.lines.in_force(now).select_related("client"))
    for line in lines:
        plan = _without_her(line, people, user, now)
        heard = heard_words(plan, line.unanswered_text) if plan else ""
        if heard and heard not in said:
            said.add(heard)
            name = client.short_name or client.name
            if len(lines) > 1:
                name = f"{name} · {line.label}"
            yield LeftAlone(client=name, hue=rounded_hue(client), heard=heard)


def _without_her(line: Line, people: list[Candidate], user: User, now: datetime) -> Plan | None:
    """Return what the line does without her; None where others are rung, or she is not now."""
    directives = direction_of(line, now).directives
    there, away = (
        ring_plan([_standing(one, user, state) for one in people], directives)
        for state in ("available", "away")
    )
    rung = {step.user_id for step in there.steps}
    if user.pk not in rung or any(step.user_id for step in away.steps):
        return None
    return away


def _standing(one: Candidate, user: User, state: str) -> Candidate:
    return replace(one, presence=state) if one.user_id == user.pk else one
