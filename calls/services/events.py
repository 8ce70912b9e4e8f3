"""What the operator says moves legs and calls; nothing else does."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from calls.facts import CallAnswered, CallEnded
from calls.models import Call, CallEvent, CallLeg
from calls.rules.lifecycle import LEG_STATE_OF, Contact, ending_of, later_state
from calls.rules.routing import Action
from calls.services.following import (
    NOT_TOLD,
    follow_leg,
    leave_transfer,
    note_taken,
    open_transfer,
    tidy_later,
)
from calls.services.live import publish_call
from calls.services.presence import begin_wrap_up
from calls.services.queueing import wake_queue
from calls.telephony.events import ProviderEvent
from clients.models import Endpoint, User
from core.facts import emit
from core.phones import parse_number


def record_event(*, call: Call, event: ProviderEvent) -> bool:
    """Keep one event of one leg and draw its consequences; False where it was known already.

    Safe in any order and any number of times: a leg never moves backwards, and a call that ended
    unanswered becomes answered if the proof of it comes late.
    """
    return record_event_of(Call.objects.filter(pk=call.pk), event=event)


@transaction.atomic
def record_event_of(calls: QuerySet[Call], *, event: ProviderEvent) -> bool:
    """Do as `record_event` does for the one call of these, which is found and locked at once.

    Raises Call.DoesNotExist.
    """
    call = _locked_of(calls)
    if not _keep_event(call, event):
        return False
    leg = _leg_of(call, event)
    _move_leg(leg, event)
    if call.is_rung_out and call.answered_at is None:
        _note_reached(call, leg)
    elif leg.role != CallLeg.Role.CALLER:
        _note_answer(call, leg)
    follow_leg(call, leg, event.at)
    _note_end(call, leg, event)
    _end_late_leg(call, leg)
    publish_call(call)
    return True


@transaction.atomic
def accept_third(*, call: Call, event: ProviderEvent) -> None:
    """Note that somebody who is nobody's here pressed 1: from now on both talk."""
    call = _locked(call)
    leg = _leg_of(call, event)
    _accept(call, leg, event)


@transaction.atomic
def accept_call(*, call: Call, endpoint: Endpoint, event: ProviderEvent) -> None:
    """Note that the person at an ordinary telephone pressed 1: from now on both talk."""
    call = _locked(call)
    leg = _leg_of(call, event)
    leg.endpoint = endpoint
    _accept(call, leg, event)


@transaction.atomic
def accept_from(*, call: Call, person: User | None, event: ProviderEvent) -> bool:
    """Note that an exchange says who talks, nobody of ours where it names none; False: known."""
    call = _locked(call)
    if not _keep_event(call, event):
        return False
    _accept(call, _leg_of(call, event), event, person)
    return True


def _accept(call: Call, leg: CallLeg, event: ProviderEvent, person: User | None = None) -> None:
    leg.state = later_state(leg.state, CallLeg.State.IN_PROGRESS)
    leg.answered_at = leg.answered_at or event.at
    leg.save()
    _answer(call, leg, person)
    note_taken(call, leg, event.at)
    follow_leg(call, leg, event.at)
    _end_late_leg(call, leg)
    publish_call(call)


def _locked(call: Call) -> Call:
    return _locked_of(Call.objects.filter(pk=call.pk))


def _locked_of(calls: QuerySet[Call]) -> Call:
    return calls.select_for_update(of=("self",)).select_related("client").get()


def _keep_event(call: Call, event: ProviderEvent) -> bool:
    """Keep an event; False where it was. The call is locked: nobody else keeps the same now."""
    one = {
        "provider": event.provider,
        "leg_id": event.leg_id,
        "name": event.status,
        "key": event.key,
    }
    if CallEvent.objects.filter(**one).exists():
        return False
    CallEvent.objects.create(call=call, at=event.at, form=event.form, **one)
    return True


def _leg_of(call: Call, event: ProviderEvent) -> CallLeg:
    """Give the leg of an event; the first event of an assistant's leg begins it, yet unsaved."""
    path = {"provider": event.provider, "provider_id": event.leg_id}
    known = CallLeg.objects.filter(**path).select_related("endpoint")
    leg = known.first() or CallLeg(
        call=call,
        role=CallLeg.Role.THIRD if event.third_number else CallLeg.Role.ASSISTANT,
        number=parse_number(event.third_number) or "",
        started_at=event.at,
        **path,
    )
    if leg.endpoint_id is None and leg.role != CallLeg.Role.CALLER:
        leg.endpoint = _endpoint(event.endpoint_uuid)
    if leg.call_id == call.pk:
        leg.call = call
    return leg


def _endpoint(uuid: str) -> Endpoint | None:
    try:
        return Endpoint.objects.filter(uuid=UUID(uuid)).first()
    except (ValueError, ValidationError):
        return None


def _move_leg(leg: CallLeg, event: ProviderEvent) -> None:
    reported = LEG_STATE_OF.get(event.status, leg.state)
    leg.state = later_state(leg.state, reported)
    if reported == CallLeg.State.IN_PROGRESS and leg.answered_at is None:
        leg.answered_at = event.at
    if reported == CallLeg.State.ENDED and leg.ended_at is None:
        leg.ended_at = event.at
        leg.end_cause = event.status
    if leg.answered_at is None and (leg.role != CallLeg.Role.CALLER or leg.call.is_rung_out):
        leg.answered_at = _proved_answer(event, reported)
    leg.save()


def _proved_answer(event: ProviderEvent, reported: str) -> datetime | None:
    """Where the event that told of the answer was lost, the length of the talk proves it.

    Also once the call's end has ended the leg: its own end may come after the caller's.
    """
    if reported != CallLeg.State.ENDED or not event.seconds:
        return None
    return event.at - timedelta(seconds=event.seconds)


def _note_reached(call: Call, leg: CallLeg) -> None:
    """Whom she rings has answered: not before, however long her own telephone is picked up."""
    if leg.role == CallLeg.Role.CALLER and leg.answered_at is not None:
        _answer(call, leg, call.answered_by)


def _note_answer(call: Call, leg: CallLeg) -> None:
    """An IP telephone that answers talks at once; who must press 1 only after that."""
    if leg.answered_at is not None and not _must_accept(call, leg):
        _answer(call, leg)
        note_taken(call, leg, leg.answered_at)


def _must_accept(call: Call, leg: CallLeg) -> bool:
    if leg.role == CallLeg.Role.THIRD:
        steps = call.routing.get("steps", [])
        on_call = [one for one in steps if one.get("action") == Action.ON_CALL]
        if any(leg.number in one["numbers"] for one in on_call):
            return True
        return call.transfers.filter(number=leg.number, must_accept=True).exists()
    return leg.endpoint is None or leg.endpoint.kind == Endpoint.Kind.NUMBER


def _answer(call: Call, leg: CallLeg, person: User | None = None) -> None:
    if call.answered_at is not None:
        return
    call.answered_at = _within(call, leg.answered_at)
    # Nobody of ours where the client's team or somebody on call took it.
    hers = leg.endpoint.person_id if leg.endpoint else None
    call.answered_by_id = person.pk if person else hers
    if call.is_waiting:
        call.left_queue_at = call.answered_at
    if call.state == Call.State.RINGING:
        call.state = Call.State.IN_PROGRESS
    elif call.state == Call.State.ENDED:
        call.ending = Call.Ending.ANSWERED
    call.offered_to = None
    call.save(
        update_fields=[
            "answered_at",
            "answered_by",
            "state",
            "ending",
            "left_queue_at",
            "offered_to",
        ]
    )
    emit(
        CallAnswered(
            call_id=call.pk,
            call_uuid=call.uuid,
            client_uuid=call.client.uuid,
            user_id=call.answered_by_id,
        )
    )


def _within(call: Call, answered_at: datetime | None) -> datetime | None:
    """Keep an answer inside its call.

    An event without a time of its own counts from its arrival, which may be after the call's end.
    """
    if answered_at is None:
        return None
    return max(call.started_at, min(answered_at, call.ended_at or answered_at))


def _note_end(call: Call, leg: CallLeg, event: ProviderEvent) -> None:
    """The contact is over when the caller's own leg is."""
    is_hers = leg.role == CallLeg.Role.ASSISTANT and call.is_rung_out and call.answered_at is None
    if not (leg.role == CallLeg.Role.CALLER or is_hers) or leg.state != CallLeg.State.ENDED:
        return
    if call.state != Call.State.ENDED:
        end_call(call, at=leg.ended_at or event.at, failed=event.status == "failed")


def _end_late_leg(call: Call, leg: CallLeg) -> None:
    """A telephone of which we hear only after the end rings no more: nothing else would end it.

    Unless she still speaks with whom she rang for the caller.
    """
    if call.state != Call.State.ENDED or leg.state == CallLeg.State.ENDED:
        return
    if open_transfer(call) is None:
        _open_legs(call).filter(pk=leg.pk).update(**_ended_with(call))


def end_call(call: Call, *, at: datetime, failed: bool) -> None:
    """Give a locked call its end, close its legs, and tell the apps above."""
    was_waiting = call.is_waiting
    call.state = Call.State.ENDED
    call.ended_at = max(at, call.started_at)
    if was_waiting:
        call.left_queue_at = call.ended_at
    call.offered_to = None
    call.answered_at = _within(call, call.answered_at)
    call.ending = ending_of(
        Contact(
            was_answered=call.answered_at is not None,
            waited=call.ended_at - call.started_at,
            has_failed=failed,
            plan_exhausted=bool(call.routing.get("exhausted")),
            # Who was answered need not be asked about.
            has_left_voicemail=call.answered_at is None and call.recordings.voicemails().exists(),
        )
    )
    is_ours = call.direction == Call.Direction.OUT
    if is_ours and call.ending in (Call.Ending.MISSED, Call.Ending.ABANDONED):
        call.ending = Call.Ending.UNREACHED
    call.save(
        update_fields=[
            "state",
            "answered_at",
            "ended_at",
            "ending",
            "left_queue_at",
            "offered_to",
        ]
    )
    speaks_on = leave_transfer(call, call.ended_at)
    if not speaks_on:
        _end_legs_with(call)
    if not speaks_on and call.handed_over_at is None:
        begin_wrap_up(call)
    wake_queue()
    emit(
        CallEnded(
            call_id=call.pk,
            call_uuid=call.uuid,
            client_uuid=call.client.uuid,
            ending=call.ending,
            user_id=call.answered_by_id,
        )
    )


def _end_legs_with(call: Call) -> None:
    """Close the call's paths; where it was moved the operator may have to be asked to end them."""
    _open_legs(call).update(**_ended_with(call))
    if call.room:
        tidy_later(call)


def _open_legs(call: Call) -> QuerySet[CallLeg]:
    return CallLeg.objects.filter(call=call).exclude(state=CallLeg.State.ENDED)


def _ended_with(call: Call) -> dict[str, Any]:
    return {"state": CallLeg.State.ENDED, "ended_at": call.ended_at, "end_cause": NOT_TOLD}
