"""A call's plan goes on."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from calls.models import Call
from calls.rules.places import Place
from calls.rules.routing import Action
from calls.services import (
    enter_queue,
    first_of_plan,
    move_of,
    next_move,
    note_bridged,
    record_event,
    step_in_plan,
)
from calls.telephony.moves import Move
from calls.telephony.twilio import twiml
from calls.telephony.twilio.forms import dialled_leg_event, was_bridged
from calls.webhooks.door import answer


def begin(call: Call) -> HttpResponse:
    """Do the first step of a plan that was just made; asked again, the same."""
    return _do(call, move_of(call, 0), first=True)


def go_on(call: Call, *, after: int) -> HttpResponse:
    """Do what comes after a step of the plan; after the last, say the line's own sentence."""
    now = timezone.now()
    move = next_move(call=call, after=after, at=now)
    if move is not None and move.action == Action.QUEUE:
        enter_queue(call=call, at=now)
    return _do(call, move)


def go_on_after_talk(call: Call) -> HttpResponse:
    """Do what a line does with a caller whom nobody took back; asked again, the same."""
    index = step_in_plan(call)
    if index is None:
        return go_on(call, after=first_of_plan(call) - 1)
    return _do(call, move_of(call, index))


def is_of_plan(call: Call, index: int | None = None) -> bool:
    """Tell whether a Dial's end is about a call's plan, be it what goes on after a talk."""
    if not call.room:
        return True
    return call.places.get("caller") == Place.PLAN and (
        index is None or index >= first_of_plan(call)
    )


def _do(call: Call, move: Move | None, *, first: bool = False) -> HttpResponse:
    if move is None:
        return say_unanswered(call)
    return answer(twiml.do(call, move, first=first))


def say_unanswered(call: Call) -> HttpResponse:
    """Say the line's own sentence by a voice of its language, then hang up."""
    line = call.line
    in_english = call.language == "en" and line.unanswered_text_en
    sentence = line.unanswered_in(call.language)
    return answer(twiml.say_and_hang_up(sentence, "en" if in_english else "fr"))


def has_talked(
    request: HttpRequest, call: Call, *, endpoint_uuid: str = "", third_number: str = ""
) -> bool:
    """Keep what a Dial's end says of the leg that it rang; tell whether the caller is done.

    That leg's own status callbacks may be late or lost: whoever has talked must not be rung for
    again.
    """
    event = dialled_leg_event(
        request.POST, at=timezone.now(), endpoint_uuid=endpoint_uuid, third_number=third_number
    )
    if event is not None:
        record_event(call=call, event=event)
        call.refresh_from_db(fields=["answered_at", "state", "offered_to", "held_at", "places"])
    bridged = was_bridged(request.POST)
    if bridged:
        note_bridged(call=call)
    has_voice = call.answered_at is not None and not call.is_left_to_plan
    return has_voice or bridged or call.state == Call.State.ENDED


def step_index(request: HttpRequest) -> int:
    """Read which step of the plan an address is about."""
    step = request.GET.get("step", "0")
    return int(step) if step.isdigit() else 0
