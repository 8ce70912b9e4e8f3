"""A telephone path asks the operator's way where it belongs, and is there from then on."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from calls.models import Call, Transfer
from calls.rules.places import SOUGHT, Place, outcome_of
from calls.services.following import (
    Outcome,
    end_transfer,
    hand_over,
    her_leg,
    open_transfer,
    tidy_later,
)
from calls.services.going_on import leave_to_plan
from calls.services.live import publish_call
from calls.services.rooms import locked, new_room


@dataclass(frozen=True)
class Leaving:
    """What a path comes from: its place (room, consult, ring, back, others, dial), and how it went.

    `turn` is the call's when it went there; empty `left`: it was moved by our own request.
    """

    left: str = ""
    turn: int = 0
    dial_status: str = ""
    was_bridged: bool = False


@dataclass(frozen=True)
class Arrival:
    """Where a path belongs now; `transfer` is who is rung there, unless he is in the room."""

    place: str
    transfer: Transfer | None = None
    all_three: bool = False
    is_met: bool = False


@transaction.atomic
def arrive(*, call: Call, role: str, leaving: Leaving, at: datetime) -> Arrival:
    """Say where a path belongs and keep that it is there.

    Asked twice, late, or for a Dial that our own request has interrupted, it gives the same.
    """
    call = locked(call)
    if call.state == Call.State.ENDED:
        return Arrival(Place.GONE)
    if leaving.left and leaving.turn == call.turn:
        place = _COMING_FROM.get(leaving.left, _parted)(call, leaving, at)
    else:
        place = call.places.get(role) or _place_of_hers(call, role)
    arrival = _ARRIVE[role](call, place, at)
    publish_call(call)
    return arrival


def _place_of_hers(call: Call, role: str) -> str:
    """A colleague's path still asks as the third person's when the caller is hers already."""
    last = call.transfers.order_by("-pk").first() if role == "third" else None
    if last is None or last.outcome != Outcome.PUT_THROUGH or last.colleague_id is None:
        return Place.GONE
    return call.places.get("assistant") or Place.GONE


def _parted(call: Call, leaving: Leaving, at: datetime) -> str:
    """Whom this path talked with has hung up, and nothing moved them."""
    return Place.GONE


def _from_consult(call: Call, leaving: Leaving, at: datetime) -> str:
    """Whom she rang did not take it, or has hung up: she and the caller talk again."""
    transfer = open_transfer(call)
    if transfer is not None:
        taken = transfer.taken_at is not None
        end_transfer(transfer, Outcome.HUNG_UP if taken else outcome_of(leaving.dial_status), at)
    _put(call, caller=Place.TALK, assistant=Place.TALK, third="")
    tidy_later(call)
    return Place.TALK


def _from_ring(call: Call, leaving: Leaving, at: datetime) -> str:
    """Nobody took the caller: he goes back to her; where both have talked it is over."""
    transfer = open_transfer(call)
    if transfer is None or leaving.was_bridged:
        return Place.GONE
    end_transfer(transfer, outcome_of(leaving.dial_status), at)
    _put(call, caller=Place.BACK, assistant="", third="")
    return Place.BACK


def _from_back(call: Call, leaving: Leaving, at: datetime) -> str:
    """She did not take him back either: whoever answers is rung, then his line's plan goes on."""
    if leaving.was_bridged or (call.handed_over_at is None and call.held_at is None):
        return Place.GONE
    if call.is_left_to_plan:
        return Place.PLAN
    if leaving.left == Place.BACK:
        _put(call, caller=Place.OTHERS)
        return Place.OTHERS
    return Place.PLAN if leave_to_plan(call, at) else Place.GONE


def _from_music(call: Call, leaving: Leaving, at: datetime) -> str:
    return str(call.places.get("caller", Place.GONE))


_COMING_FROM = {
    "music": _from_music,
    Place.CONSULT: _from_consult,
    Place.RING: _from_ring,
    Place.BACK: _from_back,
    Place.OTHERS: _from_back,
}


def _caller_arrives(call: Call, place: str, at: datetime) -> Arrival:
    if place in (Place.MUSIC, Place.TALK) and _is_alone(call):
        place = _without_her(call, place, at)
    if place == Place.MUSIC:
        _hold_since(call, call.held_at or at)
    elif place in SOUGHT:
        # He waits until somebody takes him back.
        _hold_since(call, call.held_at or at)
    elif place != Place.GONE:
        # Whom nobody has taken back is still without a voice as he goes.
        _hold_since(call, None)
    return Arrival(place, open_transfer(call), _all_three(call))


def _is_alone(call: Call) -> bool:
    """Whether nobody is left in the call but the caller."""
    is_third_there = call.places.get("third") in (Place.TALK, Place.CONSULT)
    return her_leg(call) is None and not is_third_there


def _without_her(call: Call, place: str, at: datetime) -> str:
    """She hung up: a caller on hold rings her again, one who was talking has ended too."""
    if place == Place.TALK and call.held_at is None:
        return Place.GONE
    transfer = open_transfer(call)
    if transfer is not None:
        end_transfer(transfer, Outcome.LEFT, at)
    _put(call, caller=Place.BACK, assistant="", third="")
    return Place.BACK


def _assistant_arrives(call: Call, place: str, at: datetime) -> Arrival:
    transfer = open_transfer(call)
    if transfer is not None and call.places.get("third") == Place.TALK:
        if place == Place.TALK and transfer.joined_at is None:
            transfer.joined_at = at
            transfer.save(update_fields=["joined_at"])
        elif call.places.get("assistant") == Place.GONE:
            # Not where the room has merely ended under her: then it is the caller who has left.
            hand_over(call, transfer, at)
    elif place == Place.GONE and call.places.get("caller") == Place.RING:
        call.handed_over_at = call.handed_over_at or at
        call.save(update_fields=["handed_over_at"])
    return Arrival(place, transfer, _all_three(call), _meet(call))


def _third_arrives(call: Call, place: str, at: datetime) -> Arrival:
    transfer = open_transfer(call)
    if place == Place.GONE and transfer is not None and not call.places.get("third"):
        # Moved by a request of which we thought that the operator had not taken it.
        new_room(call, caller=Place.MUSIC, assistant=Place.CONSULT, third=Place.CONSULT)
        place = Place.CONSULT
    return Arrival(place, transfer, _all_three(call), _meet(call))


_ARRIVE = {
    "caller": _caller_arrives,
    "assistant": _assistant_arrives,
    "third": _third_arrives,
}


def _all_three(call: Call) -> bool:
    return all(call.places.get(role) == Place.TALK for role in ("caller", "assistant", "third"))


def _meet(call: Call) -> bool:
    """Whether she and whom she rang speak in the call's room, and no longer by her Dial."""
    return call.places.get("third") == Place.CONSULT


def _hold_since(call: Call, at: datetime | None) -> None:
    if call.held_at != at:
        call.held_at = at
        call.save(update_fields=["held_at"])


def _put(call: Call, **places: str) -> None:
    call.places = call.places | places
    call.save(update_fields=["places"])
