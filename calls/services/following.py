"""What the operator's events mean for callers on hold and for those who are handed on."""

from datetime import datetime, timedelta

from celery import current_app

from calls.models import Call, CallLeg, StandIn, Transfer
from calls.rules.places import SOUGHT, Place
from calls.services.presence import begin_wrap_up
from calls.services.queueing import wake_queue
from calls.telephony.twilio import PROVIDER
from core.after_commit import after_commit

TIDY_TASK = "calls.tasks.tidy_talk"
# What our own closing of a path writes where the operator has not told of its end.
NOT_TOLD = "call-ended"
Outcome = Transfer.Outcome
# The operator tells instants in whole seconds.
_TOLD_WITHIN = timedelta(seconds=1)


def open_transfer(call: Call) -> Transfer | None:
    """Give the transfer under way."""
    return call.transfers.filter(ended_at=None).select_related("leg", "colleague").first()


def end_transfer(transfer: Transfer, outcome: str, at: datetime) -> None:
    """Write what came of a transfer, once."""
    if transfer.ended_at is None:
        transfer.ended_at, transfer.outcome = at, outcome
        transfer.save(update_fields=["ended_at", "outcome"])


def follow_leg(call: Call, leg: CallLeg, at: datetime) -> None:
    """Draw the consequences of a leg's news for a locked call that was held or handed on."""
    if not call.places:
        return
    transfer = open_transfer(call)
    if leg.role != CallLeg.Role.CALLER and transfer is not None and _is_aim(transfer, leg):
        _follow_aim(call, transfer, leg, at)
    if leg.state == CallLeg.State.ENDED and leg.role != CallLeg.Role.CALLER:
        _follow_leaving(call, leg, transfer, at)


def leave_transfer(call: Call, at: datetime) -> bool:
    """End a transfer whose caller is gone; True where she speaks on with whom she rang.

    Then it ends with that talk: until then both are on the telephone.
    """
    transfer = open_transfer(call) if call.places else None
    _note_left_alone(call, at)
    if transfer is None:
        return False
    speaks_on = transfer.taken_at is not None and transfer.joined_at is None
    if not speaks_on:
        end_transfer(transfer, Outcome.CALLER_LEFT, at)
    return speaks_on


def _note_left_alone(call: Call, at: datetime) -> None:
    """Who left while nobody had him is to be rung back, unless he spoke to the machine."""
    if call.held_at is None or call.places.get("caller") not in SOUGHT:
        return
    if not call.recordings.voicemails().exists():
        call.left_alone_at = at
        call.save(update_fields=["left_alone_at"])


def tidy_later(call: Call) -> None:
    """Have the operator asked, after the commit, for what the call's places still lack."""
    after_commit(current_app.send_task, TIDY_TASK, kwargs={"call_id": call.pk}, retry=False)


def _is_aim(transfer: Transfer, leg: CallLeg) -> bool:
    if transfer.leg_id is not None:
        return transfer.leg_id == leg.pk
    if transfer.colleague_id is None:
        return leg.role == CallLeg.Role.THIRD and leg.number == transfer.number
    person = leg.endpoint.person_id if leg.endpoint else None
    return person is not None and person == transfer.colleague_id


def _follow_aim(call: Call, transfer: Transfer, leg: CallLeg, at: datetime) -> None:
    if leg.state == CallLeg.State.ENDED:
        return
    if leg.state == CallLeg.State.RINGING and transfer.rang_at is None:
        transfer.rang_at = at
        transfer.save(update_fields=["rang_at"])


def note_taken(call: Call, leg: CallLeg, at: datetime) -> None:
    """Note that somebody is on the line for a caller who was handed on, or is sought a voice for.

    Where he was handed on unannounced both talk at once.
    """
    if _is_found(call, leg):
        taken_back(call, leg)
    transfer = open_transfer(call) if call.places else None
    if transfer is None or transfer.taken_at is not None or not _is_aim(transfer, leg):
        return
    transfer.taken_at, transfer.leg = at, leg
    transfer.save(update_fields=["taken_at", "leg"])
    if transfer.kind == Transfer.Kind.ANNOUNCED:
        # In a room of their own he stays when she hangs up.
        tidy_later(call)
    elif call.state != Call.State.ENDED:
        hand_over(call, transfer, at)


def hand_over(call: Call, transfer: Transfer, at: datetime) -> None:
    """Note that the caller now talks with somebody else: a colleague answers the call from then."""
    end_transfer(transfer, Outcome.PUT_THROUGH, at)
    if transfer.colleague is not None:
        call.answered_by, call.handed_over_at = transfer.colleague, None
        call.places = call.places | {"assistant": Place.TALK, "third": ""}
    else:
        call.handed_over_at = call.handed_over_at or at
    call.save(update_fields=["answered_by", "handed_over_at", "places"])
    # She has talked with him, whoever of ours does so now.
    begin_wrap_up(call, since=at, by=transfer.by)
    wake_queue()


def _is_found(call: Call, leg: CallLeg) -> bool:
    """Whether a path was rung for a caller whom nobody had, and not for what came before."""
    if call.held_at is None or call.places.get("caller") not in SOUGHT:
        return False
    if leg.started_at < call.held_at - _TOLD_WITHIN:
        return False
    if leg.role == CallLeg.Role.ASSISTANT:
        return leg.state == CallLeg.State.IN_PROGRESS
    return call.places["caller"] == Place.PLAN and not call.transfers.filter(leg=leg).exists()


def taken_back(call: Call, leg: CallLeg | None = None) -> None:
    """Note that a locked call's caller is talked to again, by whoever was rung for him."""
    if call.held_at is None or call.places.get("caller") not in SOUGHT:
        return
    is_ours = leg is not None and leg.role == CallLeg.Role.ASSISTANT
    if leg is not None and is_ours:
        person = leg.endpoint.person_id if leg.endpoint else None
        call.answered_by_id, call.handed_over_at = person or call.answered_by_id, None
    if call.is_waiting and leg is not None:
        call.left_queue_at = leg.answered_at
    call.held_at = call.left_alone_at = call.offered_to = None
    call.save(
        update_fields=[
            "answered_by",
            "handed_over_at",
            "left_queue_at",
            "held_at",
            "left_alone_at",
            "offered_to",
        ]
    )


def _follow_leaving(call: Call, leg: CallLeg, transfer: Transfer | None, at: datetime) -> None:
    """Somebody who is not the caller has hung up: the others stay together, or wait for him."""
    is_aim = transfer is not None and transfer.leg_id == leg.pk
    is_hers = not is_aim and leg.role == CallLeg.Role.ASSISTANT and _is_hers(call, leg)
    if call.state == Call.State.ENDED:
        _end_consultation(call, transfer if is_hers or is_aim else None, at)
    elif is_hers:
        _without_her(call, transfer, at)
    elif transfer is None:
        _without_whom_he_was_left_to(call, leg)
    if is_aim and transfer is not None and transfer.ended_at is None:
        _without_the_aim(call, transfer, at)
    tidy_later(call)


def _without_her(call: Call, transfer: Transfer | None, at: datetime) -> None:
    """By hanging up she leaves the caller with whom she speaks; one who only rings is let go."""
    if transfer is not None and call.places.get("third") in (Place.TALK, Place.CONSULT):
        call.places = call.places | {"caller": Place.TALK, "third": Place.TALK}
        hand_over(call, transfer, at)
    elif call.places.get("assistant") == Place.GONE and call.handed_over_at is None:
        call.handed_over_at = at
        call.save(update_fields=["handed_over_at"])
        wake_queue()


def _without_the_aim(call: Call, transfer: Transfer, at: datetime) -> None:
    """The other two talk on."""
    if transfer.joined_at is not None:
        end_transfer(transfer, Outcome.HUNG_UP, at)
    elif call.places.get("third") == Place.CONSULT:
        end_transfer(transfer, Outcome.HUNG_UP, at)
        call.places = {"caller": Place.TALK, "assistant": Place.TALK, "third": ""}
        call.save(update_fields=["places"])


def _without_whom_he_was_left_to(call: Call, leg: CallLeg) -> None:
    """Who was to talk with a caller has left before he came: she is rung for him again."""
    last = call.transfers.filter(leg=leg, outcome=Outcome.PUT_THROUGH).last()
    if last is None or call.held_at is None or call.places.get("caller") != Place.TALK:
        return
    last.outcome = Outcome.LEFT
    last.save(update_fields=["outcome"])
    call.answered_by, call.handed_over_at = last.by, None
    call.places = {"caller": Place.BACK, "assistant": "", "third": ""}
    call.save(update_fields=["answered_by", "handed_over_at", "places"])


def _end_consultation(call: Call, transfer: Transfer | None, at: datetime) -> None:
    """The caller left earlier; now she has ended her talk with whom she rang as well."""
    if transfer is None:
        return
    end_transfer(transfer, Outcome.CALLER_LEFT, at)
    left = call.legs.exclude(state=CallLeg.State.ENDED)
    left.update(state=CallLeg.State.ENDED, ended_at=at, end_cause=NOT_TOLD)
    begin_wrap_up(call, since=at)
    wake_queue()


def _is_hers(call: Call, leg: CallLeg) -> bool:
    person = leg.endpoint.person_id if leg.endpoint else None
    is_hers = person is None or person == call.answered_by_id
    if is_hers or leg.answered_at is None:
        return is_hers
    # She stood in there when she picked up, and has given the telephone back since.
    stays = StandIn.objects.filter(endpoint=leg.endpoint, user=call.answered_by)
    return stays.filter(began_at__lte=leg.answered_at, ended_at__gte=leg.answered_at).exists()


def her_leg(call: Call) -> CallLeg | None:
    """Give the telephone path of whoever of ours talks, while it is open."""
    legs = call.legs.filter(
        provider=PROVIDER, role=CallLeg.Role.ASSISTANT, state=CallLeg.State.IN_PROGRESS
    )
    hers = [one for one in legs.select_related("endpoint").order_by("-pk") if _is_hers(call, one)]
    return hers[0] if hers else None


def caller_leg(call: Call) -> CallLeg | None:
    """Give the outside person's own telephone path."""
    return call.legs.filter(role=CallLeg.Role.CALLER).order_by("pk").first()
