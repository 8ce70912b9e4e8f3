"""Each path of a call that was held or handed on asks here where it belongs."""

from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from calls.models import Call, CallLeg, LineSchedule
from calls.queries import candidates_for, telephones_of
from calls.rules.lifecycle import LEG_STATE_OF
from calls.rules.places import SOUGHT, Place
from calls.rules.routing import RING_FREE_SECONDS, why_not_rung
from calls.services import Arrival, Leaving, arrive, note_bridged, record_event, settle_later
from calls.services.outgoing import note_callee
from calls.telephony.twilio import talk, twiml
from calls.telephony.twilio.forms import dialled_leg_event, read_event
from calls.webhooks.door import answer, operator_door
from calls.webhooks.plan import go_on_after_talk, say_unanswered
from clients.models import Endpoint

ROLES = ("caller", "assistant", "third")
MOST_TELEPHONES = 10


@operator_door
def place(request: HttpRequest, call_uuid: UUID, role: str) -> HttpResponse:
    """Tell a path where it belongs now."""
    if role not in ROLES:
        raise Http404
    return _place(request, _call(call_uuid), role, _leaving(request))


def follow(request: HttpRequest, call: Call) -> HttpResponse:
    """Tell the caller's path the same, whose first Dial is over: whom it joined was moved."""
    return _place(request, _call(call.uuid), "caller", _leaving(request, left="dial"))


def _call(call_uuid: UUID) -> Call:
    found = Call.objects.select_related("client", "line__client")
    return get_object_or_404(found, uuid=call_uuid)


def _leaving(request: HttpRequest, left: str = "") -> Leaving:
    turn = request.GET.get("turn", "")
    return Leaving(
        left=left or request.GET.get("left", ""),
        turn=int(turn) if turn.isdigit() else 0,
        dial_status=request.POST.get("DialCallStatus", ""),
        was_bridged=request.POST.get("DialBridged", "") == "true",
    )


def _place(request: HttpRequest, call: Call, role: str, leaving: Leaving) -> HttpResponse:
    now = timezone.now()
    if leaving.was_bridged and leaving.left in SOUGHT and leaving.turn == call.turn:
        note_bridged(call=call)
    # Of a Dial that our own request has interrupted the leg may live on elsewhere.
    if leaving.turn == call.turn:
        _note_dialled(request, call, leaving, now)
    if LEG_STATE_OF.get(request.POST.get("CallStatus", "")) == CallLeg.State.ENDED:
        # The path itself is over: nobody is left to tell.
        record_event(call=call, event=read_event(request.POST, at=now))
        return answer()
    arrival = arrive(call=call, role=role, leaving=leaving, at=now)
    call.refresh_from_db()
    if arrival.place == Place.PLAN:
        return go_on_after_talk(call)
    if leaving.left == Place.OTHERS and arrival.place == Place.GONE and _is_still_sought(call):
        return say_unanswered(call)
    return answer(_document(call, role, arrival))


def _is_still_sought(call: Call) -> bool:
    return call.state != Call.State.ENDED and call.held_at is not None


def _note_dialled(request: HttpRequest, call: Call, leaving: Leaving, at: datetime) -> None:
    """Keep what a Dial's end says of whom it rang: that path's own callbacks may be lost."""
    event = dialled_leg_event(request.POST, at=at, endpoint_uuid="")
    if event is None:
        return
    if leaving.left == talk.RUNG_OUT:
        note_callee(call=call, event=event)
    elif call.legs.filter(provider_id=event.leg_id).exists():
        record_event(call=call, event=event)


def _document(call: Call, role: str, arrival: Arrival) -> str:
    if arrival.place == Place.MUSIC:
        return talk.music(call, _sound(call))
    if arrival.place == Place.TALK:
        # Of three, two talk on when somebody other than the caller leaves.
        ends_with = role == "caller" or not arrival.all_three
        return talk.room(call, role, Place.TALK, ends_with=ends_with)
    if arrival.place == Place.CONSULT and arrival.is_met:
        # Whom she rang stays when she hangs up, for the caller comes to him; where he leaves she
        # and the caller talk again.
        is_aim = role == "third"
        return talk.room(call, role, Place.TALK if is_aim else Place.CONSULT, ends_with=is_aim)
    if arrival.place in (Place.CONSULT, Place.RING) and arrival.transfer is not None:
        colleague = arrival.transfer.colleague_id
        telephones = telephones_of(colleague) if colleague else []
        return talk.ring_third(call, arrival.transfer, telephones, role, arrival.place)
    if arrival.place in (Place.BACK, Place.OTHERS):
        telephones = _who_takes_him_back(call, arrival.place)
        return talk.ring_back(call, telephones, RING_FREE_SECONDS, arrival.place)
    return twiml.hang_up()


def _sound(call: Call) -> str:
    schedule = LineSchedule.objects.in_force(call.line, call.started_at)
    if schedule is None or schedule.waiting_sound == LineSchedule.Sound.MUSIC:
        return twiml.music_url()
    return str(schedule.waiting_url) if schedule.waiting_sound == LineSchedule.Sound.OWN else ""


def _who_takes_him_back(call: Call, place: str) -> list[Endpoint]:
    if place == Place.BACK:
        return telephones_of(call.answered_by_id) if call.answered_by_id else []
    people = candidates_for(call.client, timezone.now())
    free = [one for one in people if not why_not_rung(one) and one.user_id != call.answered_by_id]
    ids = [pk for one in free for pk in one.endpoint_ids][:MOST_TELEPHONES]
    return list(Endpoint.objects.filter(pk__in=ids).order_by("pk"))


@operator_door
def alone(request: HttpRequest, call_uuid: UUID) -> HttpResponse:
    """What somebody hears who is alone in a call's room."""
    call, role = _call(call_uuid), request.GET.get("role", "")
    if role == "assistant":
        return answer(talk.alone(call, role, _("The caller is on hold.")))
    if role == "caller" and "again" in request.GET:
        # Nobody comes: who should be there may be gone, and nothing was heard of it.
        settle_later(call)
    language = call.language or "fr"
    with translation.override(language):
        text = _("One moment, you are being connected.")
    return answer(talk.alone(call, role, text, language, _sound(call)))
