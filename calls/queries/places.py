"""Where each of several waiting callers stands, in a fixed number of questions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from calls.models import Call, LineSchedule
from calls.queries.routing import covers_among, with_deputies
from calls.queries.waiting import waiting_calls
from calls.rules.queue import Waiting, in_turn, position_of
from calls.rules.routing import Candidate, with_cover


@dataclass(frozen=True)
class Place:
    """A caller's place among those whom the same people may take, and in the turn of all."""

    position: int
    turn: int
    has_priority: bool


def places_of(calls: Iterable[Call], at: datetime) -> dict[int, Place]:
    """Give, by call id, the places in the queue; empty where none of these calls waits.

    Everybody who waits counts, as in what callers are told of their place.
    """
    if not any(call.is_waiting for call in calls):
        return {}
    waiting = list(waiting_calls().select_related("line__client"))
    priorities, people = _priorities(waiting), _people(waiting, at)
    rows = [_row(call, priorities[call.pk], people[call.client_id]) for call in waiting]
    turns = {one.call_id: turn for turn, one in enumerate(in_turn(rows), start=1)}
    return {
        one.call_id: Place(position_of(one.call_id, rows), turns[one.call_id], one.priority > 0)
        for one in rows
    }


def _row(call: Call, priority: int, people: Sequence[Candidate]) -> Waiting:
    assert call.queued_at is not None
    return Waiting(call.pk, call.queued_at, priority, tuple(people))


def _people(calls: Iterable[Call], at: datetime) -> dict[int, list[Candidate]]:
    """Give who answers each client, who covers somebody among them; how they stand changes nothing.

    One question.
    """
    assigned: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in with_deputies(sorted({call.client_id for call in calls}), at):
        assigned[row["client"]].append(row)
    return defaultdict(list, {pk: _with_covers(people) for pk, people in assigned.items()})


def _with_covers(people: Sequence[dict[str, Any]]) -> list[Candidate]:
    own = [Candidate(row["user"], row["rank"], "available", False, ()) for row in people]
    covers = covers_among(people)
    beside = [Candidate(one, 0, "available", False, ()) for one in covers.values()]
    return with_cover(own, covers, beside)


def _priorities(calls: Sequence[Call]) -> dict[int, int]:
    """Give each call's priority, by the version of its line's schedule that it came under."""
    versions: dict[int, list[tuple[date, int]]] = defaultdict(list)
    rows = LineSchedule.objects.filter(line__in={call.line_id for call in calls})
    for line, starts_on, priority in rows.order_by("starts_on").values_list(
        "line", "starts_on", "priority"
    ):
        versions[line].append((starts_on, priority))
    return {call.pk: _in_force(call, versions[call.line_id]) for call in calls}


def _in_force(call: Call, versions: Sequence[tuple[date, int]]) -> int:
    day = call.started_at.astimezone(ZoneInfo(call.line.zone_name)).date()
    begun = [priority for starts_on, priority in versions if starts_on <= day]
    return begun[-1] if begun else 0
