"""What becomes of a caller next, by his call's plan."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from calls.models import Call, LineSchedule
from calls.queries import candidates_for
from calls.rules.routing import LAST, Action, why_not_rung
from calls.services.replanning import plan_again
from calls.telephony.moves import Move
from clients.models import Endpoint


def move_of(call: Call, index: int) -> Move | None:
    """Give a step of the call's plan as the operator is asked for it, or None past the last."""
    steps = call.routing.get("steps", [])
    if not 0 <= index < len(steps):
        return None
    step = steps[index]
    found = Endpoint.objects.filter(pk__in=step["endpoint_ids"], is_active=True)
    # A telephone at which somebody else sits by now is not hers to be rung at.
    endpoints = [one for one in found if one.person_id == step["user_id"]]
    return Move(
        index=index,
        action=step.get("action", Action.ASSISTANTS.value),
        seconds=step["seconds"],
        endpoints=endpoints,
        numbers=step.get("numbers", ()),
        text=step.get("text", "") or _sentence(call, step),
        language=call.language or "fr",
    )


def _sentence(call: Call, step: dict[str, Any]) -> str:
    """What the line says where the step has no sentence of its own."""
    if step.get("action") == Action.ANNOUNCE:
        return call.line.unanswered_in(call.language)
    if step.get("action") == Action.VOICEMAIL:
        return _before_the_tone(call)
    return ""


def _before_the_tone(call: Call) -> str:
    schedule = LineSchedule.objects.in_force(call.line, call.started_at)
    english = schedule.voicemail_text_en if schedule and call.language == "en" else ""
    own = english or (schedule.voicemail_text if schedule else "")
    with translation.override(call.language or "fr"):
        return own or _("Nobody can answer you now. Please leave a message after the tone.")


@transaction.atomic
def next_move(*, call: Call, after: int, at: datetime) -> Move | None:
    """Give what comes after a step that brought nobody, or None once the plan is exhausted.

    Who has gone on a break or begun to talk meanwhile is passed over, and it is kept why.
    """
    locked = Call.objects.select_for_update(of=("self",)).select_related("line__client")
    call = locked.get(pk=call.pk)
    plan_again(call, after=after, at=at)
    index = after + 1
    while (move := move_of(call, index)) is not None:
        because = _passed_over(call, move, at)
        if not because:
            _keep_tried(call, move, at)
            return move
        _keep_skipped(call, index, because, at)
        index += 1
    _keep_exhausted(call)
    return None


def _passed_over(call: Call, move: Move, at: datetime) -> str:
    """Name why a step is passed over, empty where it is taken."""
    step = call.routing["steps"][move.index]
    if step["user_id"] is None:
        return ""
    if not move.endpoints:
        return "no_telephone"
    if move.index == 0:
        # The plan was made at this instant.
        return ""
    people = {one.user_id: one for one in candidates_for(call.client, at)}
    person = people.get(step["user_id"])
    if person is None:
        return "no_longer_answers"
    if person.is_talking and step["because"] != "talking":
        return "talking"
    return why_not_rung(person)


def _keep_tried(call: Call, move: Move, at: datetime) -> None:
    tried = [*call.routing.get("tried", []), {"index": move.index, "at": at.isoformat()}]
    call.routing = call.routing | {"tried": tried}
    if move.action in LAST:
        call.routing["exhausted"] = True
    call.save(update_fields=["routing"])


def _keep_skipped(call: Call, index: int, because: str, at: datetime) -> None:
    skipped = {"index": index, "because": because, "at": at.isoformat()}
    call.routing = call.routing | {"skipped": [*call.routing.get("skipped", []), skipped]}


def _keep_exhausted(call: Call) -> None:
    call.routing = call.routing | {"exhausted": True}
    call.save(update_fields=["routing"])
