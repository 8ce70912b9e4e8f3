"""A caller waits, is taken out of the queue, is offered to somebody."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from calls.models import Call, LineSchedule
from calls.queries import telephones_of
from calls.rules.routing import RING_FREE_SECONDS
from calls.services import (
    begin_offer,
    claim_waiting,
    enter_queue,
    first_of_plan,
    has_waited_enough,
    leave_queue,
    move_of,
    note_declined,
)
from calls.telephony.twilio import twiml
from calls.webhooks.door import answer, operator_door
from calls.webhooks.plan import go_on, has_talked, is_of_plan, step_index
from calls.webhooks.talk import follow
from calls.webhooks.waiting_words import place_in_the_queue

TOLD_EVERY_SECONDS = 60


def _call(call_uuid: UUID) -> Call:
    found = Call.objects.select_related("line__client", "client")
    return get_object_or_404(found, uuid=call_uuid)


@operator_door
def waiting(request: HttpRequest, call_uuid: UUID) -> HttpResponse:
    """What a caller hears while he waits; asked for again and again, so it also lets him out."""
    call, now = _call(call_uuid), timezone.now()
    move = move_of(call, step_index(request))
    if move is None or has_waited_enough(call, move, now) or claim_waiting(call=call, at=now):
        return answer(twiml.leave_queue())
    return answer(_keep_waiting(call, now, is_told=_is_told_now(request)))


def _is_told_now(request: HttpRequest) -> bool:
    """Whether it is time to tell him his place: as he comes, then once a minute."""
    seconds = request.POST.get("QueueTime", "")
    return not seconds.isdigit() or int(seconds) % TOLD_EVERY_SECONDS < twiml.MUSIC_SECONDS


def _keep_waiting(call: Call, now: datetime, *, is_told: bool) -> str:
    schedule = LineSchedule.objects.in_force(call.line, call.started_at)
    language = call.language or "fr"
    sentence = place_in_the_queue(call, schedule, now) if is_told else ""
    if schedule is None:
        return twiml.keep_waiting(sentence, language, "music", twiml.music_url())
    own = schedule.waiting_sound == LineSchedule.Sound.OWN
    url = schedule.waiting_url if own else twiml.music_url()
    return twiml.keep_waiting(sentence, language, schedule.waiting_sound, url)


@operator_door
def waited(request: HttpRequest, call_uuid: UUID) -> HttpResponse:
    """A caller left the queue: for a telephone that rings for him, or because nobody came."""
    call, now = _call(call_uuid), timezone.now()
    if request.POST.get("QueueResult") in ("hangup", "bridged", "redirected"):
        return answer()
    if call.offered_to_id is not None:
        return _offer(call)
    leave_queue(call=call, at=now)
    return go_on(call, after=step_index(request))


@operator_door
def offered(request: HttpRequest, call_uuid: UUID) -> HttpResponse:
    """The operator took a caller out of the queue at our request."""
    return _offer(_call(call_uuid))


def _offer(call: Call) -> HttpResponse:
    call = begin_offer(call=call, at=timezone.now())
    telephones = telephones_of(call.offered_to_id) if call.offered_to_id else []
    if not telephones:
        return _wait_on(call)
    return answer(twiml.ring_from_queue(call, telephones, RING_FREE_SECONDS))


@operator_door
def declined(request: HttpRequest, call_uuid: UUID) -> HttpResponse:
    """Whom a waiting caller was offered to has talked with him, or let it ring."""
    call = _call(call_uuid)
    if not is_of_plan(call):
        return follow(request, call)
    rung = telephones_of(call.offered_to_id)[:1] if call.offered_to_id else []
    if has_talked(request, call, endpoint_uuid=str(rung[0].uuid) if rung else ""):
        return answer(twiml.hang_up())
    return _wait_on(note_declined(call=call, at=timezone.now()))


def _wait_on(call: Call) -> HttpResponse:
    """Let him wait on, at his place."""
    steps, first = call.routing.get("steps", []), first_of_plan(call)
    queues = (n for n, one in enumerate(steps) if n >= first and one.get("action") == "queue")
    index = next(queues, len(steps))
    move = move_of(call, index)
    if move is None:
        return go_on(call, after=index)
    enter_queue(call=call, at=timezone.now())
    return answer(twiml.enqueue(call, move))
