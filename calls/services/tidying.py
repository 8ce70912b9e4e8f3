"""Asks the operator for what a call's places still lack: nobody stays alone on a line."""

import logging
from datetime import datetime, timedelta

from calls.models import Call, CallLeg
from calls.rules.places import Place
from calls.services.consulting import meet_in_a_room
from calls.services.following import NOT_TOLD, caller_leg, her_leg
from calls.services.rooms import place_url
from calls.telephony.twilio import api

logger = logging.getLogger(__name__)

# Calls that were moved this lately are looked at again.
_LATELY = timedelta(hours=12)


def tidy_talk(*, call: Call) -> None:
    """End the paths that nobody is left on, and fetch a caller who waits for nobody.

    And let her and whom she rang meet in a room, which either may leave.
    """
    if call.state == Call.State.ENDED:
        _end_what_is_left(call)
        return
    place = call.places.get("caller")
    if _waits_for_nothing(call, place):
        _ask(call, caller_leg(call), "caller")
    elif place == Place.TALK and not _company(call):
        _end(caller_leg(call))
    elif call.places.get("assistant") == Place.GONE and call.handed_over_at is None:
        _end(her_leg(call))
    else:
        meet_in_a_room(call=call)


def tidy_talks(*, at: datetime) -> int:
    """Do so for all calls that were ever moved and are open, or ended lately; give how many."""
    moved = Call.objects.exclude(room="").filter(started_at__gt=at - _LATELY)
    open_ones = list(moved.exclude(state=Call.State.ENDED))
    for call in open_ones:
        tidy_talk(call=call)
    return len(open_ones)


def _waits_for_nothing(call: Call, place: str | None) -> bool:
    """Whether he hears music although he is to be talked to, or she has hung up."""
    if place == Place.TALK:
        return call.held_at is not None
    return place == Place.MUSIC and her_leg(call) is None


def _company(call: Call) -> bool:
    others = call.legs.exclude(role=CallLeg.Role.CALLER)
    return others.exclude(state=CallLeg.State.ENDED).exists()


def _end_what_is_left(call: Call) -> None:
    for leg in call.legs.filter(end_cause=NOT_TOLD).exclude(role=CallLeg.Role.CALLER):
        _end(leg)


def _ask(call: Call, leg: CallLeg | None, role: str) -> None:
    if leg is None:
        return
    try:
        api.redirect_leg(leg.provider_id, place_url(call, role))
    except api.OperatorUnavailable:
        logger.warning("the operator does not move %s", leg.provider_id)


def _end(leg: CallLeg | None) -> None:
    if leg is None:
        return
    try:
        api.end_call(leg.provider_id)
    except api.OperatorUnavailable:
        logger.info("the operator does not end %s, which may be over", leg.provider_id)
