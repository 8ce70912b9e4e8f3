"""Hold and transfer: where a call's people should be, and the request that sets them moving.

Each gesture writes the places first and then asks the operator to move one path; the others follow
by themselves (docs/adr/0002). Whatever the operator asks for then is answered by the places.
"""

from datetime import datetime

from django.db import transaction

from calls.models import Call, CallLeg, Transfer
from calls.queries.aims import Aim
from calls.rules.places import Place
from calls.services.desk import NotTheAnswerer
from calls.services.following import (
    Outcome,
    caller_leg,
    end_transfer,
    her_leg,
    open_transfer,
)
from calls.services.live import publish_call
from calls.services.rooms import Former, locked, new_room, place_url
from calls.telephony.twilio import api
from clients.models import User
from clients.services.audit import record_audit


class NotNow(Exception):
    """The call is not where this can be done with it."""


class CallerFollows(Exception):
    """Done, but the operator was not reached for the caller, who follows within seconds."""


def hold(*, call: Call, by: User, at: datetime) -> None:
    """Let the caller hear music; raises NotTheAnswerer, NotNow or OperatorUnavailable."""
    with transaction.atomic():
        call = _talked_by(call, by)
        if open_transfer(call) is not None or call.places.get("caller") == Place.MUSIC:
            raise NotNow
        first = _child(call)
        new_room(call, caller=Place.MUSIC, assistant=Place.TALK)
        _audit(call, "call.held", by, at)
    _set_off(call, first)


def resume(*, call: Call, by: User, at: datetime) -> None:
    """Talk to the caller on hold again."""
    with transaction.atomic():
        call = _talked_by(call, by)
        if open_transfer(call) is not None or call.places.get("caller") != Place.MUSIC:
            raise NotNow
        call.places = call.places | {"caller": Place.TALK}
        call.save(update_fields=["places"])
        _audit(call, "call.resumed", by, at)
    _let_follow(call)


def transfer(*, call: Call, aim: Aim, kind: str, by: User, at: datetime) -> Transfer:
    """Ring somebody for the caller: first spoken to alone, or put through as soon as he answers.

    Raises NotTheAnswerer, NotNow, or OperatorUnavailable: then both talk on.
    """
    with transaction.atomic():
        call = _talked_by(call, by)
        if open_transfer(call) is not None:
            raise NotNow
        is_held, first = call.places.get("caller") == Place.MUSIC, _child(call)
        former = (call.room, call.places)
        made = Transfer.objects.create(
            call=call,
            by=by,
            kind=Transfer.Kind(kind),
            name=aim.name,
            number=aim.number,
            colleague=aim.colleague,
            must_accept=aim.must_accept,
            asked_at=at,
        )
        if made.kind == Transfer.Kind.ANNOUNCED:
            new_room(call, caller=Place.MUSIC, assistant=Place.CONSULT)
            first = her_leg(call) if is_held else first
        else:
            new_room(call, caller=Place.RING, assistant=Place.GONE)
            first = caller_leg(call) if is_held else first
        _audit(call, "call.transfer_asked", by, at, kind=made.kind)
    _set_off(call, first, former if is_held else None, made)
    if is_held and made.kind == Transfer.Kind.DIRECT:
        _send_away(call)
    return made


def put_through(*, call: Call, by: User, at: datetime) -> None:
    """Leave the caller with whom she spoke to; raises CallerFollows where he is not reached yet."""
    with transaction.atomic():
        call = _talked_by(call, by)
        current, former = _taken(call), (call.room, call.places)
        were_three = current.joined_at is not None
        new_room(call, caller=Place.TALK, assistant=Place.GONE, third=Place.TALK)
        first = caller_leg(call) if were_three else current.leg
        _audit(call, "call.put_through", by, at)
    _set_off(call, first, former)
    if not were_three:
        _let_follow(call)


def join_three(*, call: Call, by: User, at: datetime) -> None:
    """Let all three talk together."""
    with transaction.atomic():
        call = _talked_by(call, by)
        current, former = _taken(call), (call.room, call.places)
        if current.joined_at is not None:
            raise NotNow
        new_room(call, caller=Place.TALK, assistant=Place.TALK, third=Place.TALK)
        _audit(call, "call.joined", by, at)
    _set_off(call, current.leg, former)
    _let_follow(call)


def take_back(*, call: Call, by: User, at: datetime) -> None:
    """Talk to the caller again, and let go whom she rang, or who rings for him."""
    with transaction.atomic():
        call = locked(call)
        current, former = open_transfer(call), (call.room, call.places)
        if call.answered_by_id != by.pk:
            raise NotTheAnswerer
        if current is None or call.state != Call.State.IN_PROGRESS:
            raise NotNow
        first = _first_of_taking_back(call, current)
        is_direct = current.kind == Transfer.Kind.DIRECT
        new_room(
            call,
            caller=Place.BACK if is_direct else Place.TALK,
            assistant="" if is_direct else Place.TALK,
            third=Place.GONE,
        )
        _audit(call, "call.taken_back", by, at)
    _set_off(call, first, former)
    end_transfer(current, Outcome.TAKEN_BACK, at)
    publish_call(call)
    if not is_direct and current.joined_at is None:
        _let_follow(call)


def _first_of_taking_back(call: Call, current: Transfer) -> CallLeg | None:
    """Give the path whose move ends the rest: hers parts with whom she rang."""
    if call.places.get("third") == Place.CONSULT:
        # Their room ends with him.
        return current.leg
    alone_with_her = current.kind == Transfer.Kind.ANNOUNCED and current.joined_at is None
    return her_leg(call) if alone_with_her else caller_leg(call)


def _talked_by(call: Call, by: User) -> Call:
    call = locked(call)
    if call.answered_by_id != by.pk:
        raise NotTheAnswerer
    if call.state != Call.State.IN_PROGRESS or call.handed_over_at or her_leg(call) is None:
        raise NotNow
    return call


def _taken(call: Call) -> Transfer:
    current = open_transfer(call)
    if current is None or current.taken_at is None or current.leg is None:
        raise NotNow
    return current


def _child(call: Call) -> CallLeg | None:
    """Give the path that was dialled: the other, its parent, follows by its Dial's action."""
    hers, callers = her_leg(call), caller_leg(call)
    rung_first = call.legs.order_by("pk").first()
    return callers if hers is not None and rung_first == hers else hers


def _set_off(
    call: Call, leg: CallLeg | None, former: Former | None = None, made: Transfer | None = None
) -> None:
    """Move the first path; where that fails all is as before, or both talk on wherever they are."""
    try:
        if leg is None:
            raise api.OperatorUnavailable("the path is gone")
        api.redirect_leg(leg.provider_id, place_url(call, _role_of(call, leg)))
    except api.OperatorUnavailable:
        _stay(call, former, made)
        raise


def _role_of(call: Call, leg: CallLeg) -> str:
    if leg.role == CallLeg.Role.CALLER:
        return "caller"
    current = open_transfer(call)
    return "third" if current is not None and current.leg_id == leg.pk else "assistant"


@transaction.atomic
def _stay(call: Call, former: Former | None, made: Transfer | None) -> None:
    """Nothing was moved, or nobody knows: without a former place both meet in the room."""
    at_stake = locked(call)
    if made is not None:
        end_transfer(made, Outcome.FAILED, made.asked_at)
    if former is not None:
        at_stake.room, at_stake.places = former
    else:
        at_stake.places = {"caller": Place.TALK, "assistant": Place.TALK, "third": ""}
    at_stake.save(update_fields=["room", "places"])
    publish_call(at_stake)


def _let_follow(call: Call) -> None:
    """Fetch the caller from the music; his own document brings him within seconds if that fails."""
    leg = caller_leg(call)
    try:
        if leg is not None:
            api.redirect_leg(leg.provider_id, place_url(call, "caller"))
    except api.OperatorUnavailable as error:
        raise CallerFollows from error


def _send_away(call: Call) -> None:
    """End her path, on which she is alone; where that fails a sweep does."""
    leg = her_leg(call)
    try:
        if leg is not None:
            api.redirect_leg(leg.provider_id, place_url(call, "assistant"))
    except api.OperatorUnavailable:
        return


def _audit(call: Call, action: str, by: User, at: datetime, **detail: str) -> None:
    record_audit(by=by, action=action, target=call, client=call.client, at=at, detail=detail)
