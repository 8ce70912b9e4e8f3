"""A call's plan goes on."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from calls.models import Call
from calls.rules.routing import Action
from calls.services import enter_queue, move_of, next_move
from calls.telephony.moves import Move
from calls.telephony.twilio import twiml
from calls.webhooks.door import answer


def begin(call: Call) -> HttpResponse:
    """Do the first step of a plan that was just made; asked again, the same."""
    return _do(call, move_of(call, 0))


def go_on(call: Call, *, after: int) -> HttpResponse:
    """Do what comes after a step of the plan; after the last, say the line's own sentence."""
    now = timezone.now()
    move = next_move(call=call, after=after, at=now)
    if move is not None and move.action == Action.QUEUE:
        enter_queue(call=call, at=now)
    return _do(call, move)


def _do(call: Call, move: Move | None) -> HttpResponse:
    if move is None:
        return answer(twiml.say_and_hang_up(call.line.unanswered_text, call.language))
    return answer(twiml.do(call, move))


def step_index(request: HttpRequest) -> int:
    """Read which step of the plan an address is about."""
    step = request.GET.get("step", "0")
    return int(step) if step.isdigit() else 0
