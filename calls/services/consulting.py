"""She speaks with whom she rang, in a room of their own: so she puts through by hanging up."""

import logging

from django.db import transaction

from calls.models import Call, CallLeg
from calls.rules.places import Place
from calls.services.following import open_transfer
from calls.services.rooms import Former, locked, new_room, place_url
from calls.telephony.twilio import api

logger = logging.getLogger(__name__)


def meet_in_a_room(*, call: Call) -> bool:
    """Move whom she rang out of her Dial, so that he stays when she hangs up; False: nothing to do.

    Her own path follows by its Dial's action. Where the operator is silent they speak on as they
    are, and a sweep asks again.
    """
    leg, former = _begin(call)
    if leg is None:
        return False
    try:
        api.redirect_leg(leg.provider_id, place_url(call, "third"))
    except api.OperatorUnavailable:
        logger.warning("the operator does not move %s", leg.provider_id)
        _stay(call, former)
        return False
    return True


@transaction.atomic
def _begin(call: Call) -> tuple[CallLeg | None, Former]:
    call = locked(call)
    former, current = (call.room, call.places), open_transfer(call)
    speaks_alone = call.places.get("assistant") == Place.CONSULT and not call.places.get("third")
    if current is None or current.taken_at is None or not speaks_alone:
        return None, former
    new_room(call, caller=Place.MUSIC, assistant=Place.CONSULT, third=Place.CONSULT)
    return current.leg, former


@transaction.atomic
def _stay(call: Call, former: Former) -> None:
    at_stake = locked(call)
    if at_stake.places.get("third") == Place.CONSULT:
        at_stake.room, at_stake.places = former
        at_stake.save(update_fields=["room", "places"])
