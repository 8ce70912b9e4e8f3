"""A hand-over that begins or ends while a line rings changes what comes next."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from calls.models import Call
from calls.queries import candidates_for, direction_of
from calls.rules.routing import Step, covers_in, in_order, rest_of_plan, ring_plan


def plan_again(call: Call, *, after: int, at: datetime) -> None:
    """Make the steps ahead of a locked call anew where somebody else answers from now on.

    Who is being rung goes on being rung: this looks at what comes after that. What the line does at
    its hour is what it did when the call came.
    """
    if after < 0 or "went_on" in call.routing:
        # The plan was made at this instant; or it goes on without people.
        return
    people = candidates_for(call.client, at)
    covers = covers_in(people)
    if covers == call.routing.get("covers", {}):
        return
    direction = direction_of(call.line, call.started_at, str(call.caller_number or ""))
    plan = ring_plan(people, direction.directives)
    behind = call.routing["steps"][: after + 1]
    rest = rest_of_plan([_step(one) for one in behind], plan.steps)
    call.routing = call.routing | {
        "steps": [*behind, *(asdict(step) for step in rest)],
        "refused": [asdict(refused) for refused in plan.refused],
        "order": [one.user_id for one in in_order(people)],
        "covers": covers,
        "planned_again_at": at.isoformat(),
        "exhausted": call.routing.get("exhausted", False) and not rest,
    }
    call.save(update_fields=["routing"])


def _step(kept: dict[str, Any]) -> Step:
    """Read a step as it was kept; calls of before this version lack what they did not know."""
    return Step(
        action=kept.get("action", "assistants"),
        seconds=kept["seconds"],
        because=kept["because"],
        user_id=kept["user_id"],
        numbers=tuple(kept.get("numbers", ())),
        text=kept.get("text", ""),
        on_call=tuple(kept.get("on_call", ())),
    )
