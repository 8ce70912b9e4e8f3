"""A caller whom nobody takes back goes on by his line's plan, past the people in it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from calls.models import Call, CallLeg
from calls.queries import direction_of
from calls.rules.places import Place
from calls.rules.routing import Step, after_people, ring_plan
from calls.services.following import taken_back
from calls.services.presence import begin_wrap_up
from calls.services.queueing import wake_queue
from calls.services.rooms import locked


def leave_to_plan(call: Call, at: datetime) -> bool:
    """Give a locked call what its line does once people have not answered; False: nothing.

    Who talked with him is free from now on, and has her time to write up.
    """
    steps = _steps_left(call)
    if not steps:
        return False
    before = call.routing.get("steps", [])
    call.routing = call.routing | {
        "steps": [*before, *(asdict(step) for step in steps)],
        "went_on": {
            "from": len(before),
            "at": at.isoformat(),
            "by": call.answered_by_id,
            "waited": _waited(call),
        },
        "declined": [*call.routing.get("declined", []), *_let_ring(call)],
        "exhausted": False,
    }
    call.places = {"caller": Place.PLAN, "assistant": "", "third": ""}
    call.handed_over_at = call.handed_over_at or at
    call.queued_at = call.left_queue_at = None
    call.save(
        update_fields=["routing", "places", "handed_over_at", "queued_at", "left_queue_at"],
    )
    begin_wrap_up(call, since=at)
    wake_queue()
    return True


def _steps_left(call: Call) -> tuple[Step, ...]:
    """Give what the line does at the hour at which the caller came; whom we rang has no line."""
    if call.direction == Call.Direction.OUT:
        return ()
    direction = direction_of(call.line, call.started_at, str(call.caller_number or ""))
    return ring_plan((), after_people(direction.directives)).steps


def _waited(call: Call) -> int | None:
    """Give the seconds that he waited in the queue before the first voice."""
    if call.queued_at is None or call.left_queue_at is None:
        return None
    return int((call.left_queue_at - call.queued_at).total_seconds())


def _let_ring(call: Call) -> list[dict[str, Any]]:
    """Give who was rung for him in vain: the queue lets them be a while."""
    rung = call.legs.filter(role=CallLeg.Role.ASSISTANT, ended_at__isnull=False)
    if call.held_at is not None:
        rung = rung.filter(started_at__gte=call.held_at)
    return [
        {"user": leg.endpoint.person_id, "at": leg.ended_at.isoformat()}
        for leg in rung.select_related("endpoint")
        if leg.endpoint and leg.endpoint.person_id and leg.ended_at
    ]


@transaction.atomic
def note_bridged(*, call: Call) -> None:
    """Keep that a caller was taken back: a Dial's end proves it where callbacks were lost."""
    taken_back(locked(call))


def step_in_plan(call: Call) -> int | None:
    """Give the step at which a caller left to his plan stands, None before the first."""
    tried = [one["index"] for one in call.routing.get("tried", [])]
    return tried[-1] if tried and tried[-1] >= first_of_plan(call) else None


def first_of_plan(call: Call) -> int:
    """Give the first step of what his line does now: later than any that came before a talk."""
    went_on = call.routing.get("went_on")
    return int(went_on["from"]) if went_on else 0
