"""Whose callers reach nobody once she stops answering, and what they hear then."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from calls.queries import Direction, candidates_of, directions_of
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
    """Give the clients for whom only she would be rung at this moment.

    Asks as many questions for forty clients as for one: it stands between her and her break.
    """
    hers = Client.objects.in_service().answered_by(user).order_by("name", "pk")
    clients = list(hers.select_related("bureau"))
    people = candidates_of(clients, now)
    lines = _lines_of(clients, now)
    directions = directions_of([line for of_client in lines.values() for line in of_client], now)
    return [
        one
        for client in clients
        for one in _alone(client, lines[client.pk], people[client.pk], directions, user)
    ]


def _lines_of(clients: list[Client], now: datetime) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = {client.pk: [] for client in clients}
    known = {client.pk: client for client in clients}
    for line in Line.objects.in_force(now).filter(client__in=clients):
        line.client = known[line.client_id]
        found[line.client_id].append(line)
    return found


def _alone(
    client: Client,
    lines: list[Line],
    people: list[Candidate],
    directions: Mapping[int, Direction],
    user: User,
) -> Iterator[LeftAlone]:
    if not any(one.user_id == user.pk for one in people):
        return
    said: set[str] = set()
    for line in lines:
        plan = _without_her(directions[line.pk], people, user)
        heard = heard_words(plan, line.unanswered_text) if plan else ""
        if heard and heard not in said:
            said.add(heard)
            name = client.short_name or client.name
            if len(lines) > 1:
                name = f"{name} · {line.label}"
            yield LeftAlone(client=name, hue=rounded_hue(client), heard=heard)


def _without_her(direction: Direction, people: list[Candidate], user: User) -> Plan | None:
    """Return what a line does without her; None where others are rung, or she is not now."""
    there, away = (
        ring_plan([_standing(one, user, state) for one in people], direction.directives)
        for state in ("available", "away")
    )
    rung = {step.user_id for step in there.steps}
    if user.pk not in rung or any(step.user_id for step in away.steps):
        return None
    return away


def _standing(one: Candidate, user: User, state: str) -> Candidate:
    return replace(one, presence=state) if one.user_id == user.pk else one
