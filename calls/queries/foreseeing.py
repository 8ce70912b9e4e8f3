"""What would become of a caller at an instant, with everybody at her desk."""

from dataclasses import dataclass, replace
from datetime import datetime

from calls.models import Presence
from calls.queries.directing import Direction, direction_of
from calls.queries.routing import candidates_for
from calls.rules.routing import Plan, ring_plan
from clients.models import Line


@dataclass(frozen=True)
class Foreseen:
    """What would be done with a caller who came at an instant, and why.

    `direction` is None where the line is not the client's then: nothing would come here.
    """

    at: datetime
    direction: Direction | None
    plan: Plan


def foresee(line: Line, at: datetime, caller: str = "") -> Foreseen:
    """Tell by the rules of a real call what would become of one; `caller` is in E.164.

    Who will be on a break then is not known: everybody counts as at her desk and free, but who has
    no telephone is not rung.
    """
    if line.valid_from > at or (line.valid_until is not None and line.valid_until <= at):
        return Foreseen(at, None, Plan(steps=(), refused=()))
    direction = direction_of(line, at, caller)
    there = Presence.State.AVAILABLE.value
    people = [
        replace(one, presence=there, is_talking=False, since="")
        for one in candidates_for(line.client, at)
    ]
    return Foreseen(at, direction, ring_plan(people, direction.directives))
