"""The queue: callers wait until somebody is free, and are given to her."""

import logging
from datetime import datetime, timedelta

from celery import current_app
from django.db import transaction

from calls.models import Call, CallLeg, Presence
from calls.queries.routing import candidates_for, is_talking, telephones_of
from calls.queries.waiting import queue_at, waiting_calls, waiting_of
from calls.rules.queue import Match, is_free, matches, may_take
from calls.services.live import publish_call
from calls.telephony.moves import Move
from calls.telephony.twilio import api, twiml
from clients.models import User
from clients.services.audit import record_audit
from core.after_commit import after_commit
from core.live import publish, user_group

logger = logging.getLogger(__name__)

OFFER_TASK = "calls.tasks.offer_waiting_calls"
# An offer that nobody reported on (the operator's request was lost) is free again after this.
OFFER_LASTS = timedelta(seconds=60)


@transaction.atomic
def enter_queue(*, call: Call, at: datetime) -> Call:
    """Let a caller wait; who waits already keeps the instant from which he does."""
    call = _locked(call)
    call.queued_at = call.queued_at or at
    call.offered_to = None
    call.save(update_fields=["queued_at", "offered_to"])
    publish_call(call)
    return call


@transaction.atomic
def claim_waiting(*, call: Call, at: datetime) -> int | None:
    """Offer one waiting caller to whoever may take him; give her id, or None where nobody may.

    Asked by the caller's own waiting document, which is fetched again and again: so nobody waits
    for a request of ours that was lost.
    """
    call = _locked(call)
    if not call.is_waiting:
        return None
    if call.offered_to_id is not None:
        return call.offered_to_id
    if not may_take(waiting_of(call, at), at):
        # Most often nobody is free, whoever else waits.
        return None
    ours = [match for match in _matches(at) if match.call_id == call.pk]
    if not ours or _is_rung_for_another(ours[0].candidate.user_id):
        return None
    _offer(call, ours[0].candidate.user_id, at)
    return call.offered_to_id


def _matches(at: datetime) -> list[Match]:
    rung = waiting_calls().exclude(offered_to=None).values_list("offered_to", flat=True)
    return matches(queue_at(at), at, rung=set(rung))


def _is_rung_for_another(user_id: int) -> bool:
    """Look once more under her own lock: two callers may be given to her at the same instant."""
    list(Presence.objects.select_for_update().filter(user=user_id))
    return waiting_calls().filter(offered_to=user_id).exists()


def offer_waiting(*, at: datetime) -> int:
    """Give waiting callers to those who have become free; give how many were offered."""
    _forget_lost_offers(at)
    offered = [call for match in _matches(at) if (call := _claim(match, at))]
    for call in offered:
        _take_out(call)
    return len(offered)


def _forget_lost_offers(at: datetime) -> None:
    for call in waiting_calls().exclude(offered_to=None):
        if _is_lost(call, at):
            note_declined(call=call, at=at)


def _is_lost(call: Call, at: datetime) -> bool:
    """Whether nothing was heard of an offer: what the operator rings, it tells the end of."""
    last = call.routing.get("offers", [{}])[-1]
    if "rung_at" in last or "at" not in last:
        return False
    return at - datetime.fromisoformat(last["at"]) >= OFFER_LASTS


@transaction.atomic
def begin_offer(*, call: Call, at: datetime) -> Call:
    """Note that the operator now rings whom a waiting caller was offered to; else nobody is.

    Between offer and ring she may have left her desk: then he is somebody else's. From the ring on
    the offer is not lost, however long nothing is heard: both may be talking, and the callback that
    told of the answer may have gone astray.
    """
    call = _locked(call)
    *before, last = call.routing.get("offers", [{}])
    if last.get("asked") or _may_still_be_rung(call, at):
        call.routing = call.routing | {"offers": [*before, last | {"rung_at": at.isoformat()}]}
        call.save(update_fields=["routing"])
    elif call.offered_to_id is not None:
        call.offered_to = None
        call.save(update_fields=["offered_to"])
        publish_call(call)
        wake_queue()
    return call


def _may_still_be_rung(call: Call, at: datetime) -> bool:
    people = candidates_for(call.client, at)
    return any(one.user_id == call.offered_to_id and is_free(one) for one in people)


@transaction.atomic
def _claim(match: Match, at: datetime) -> Call | None:
    """Write an offer where it still stands: another process may have been quicker."""
    call = _locked(Call(pk=match.call_id))
    if not call.is_waiting or call.offered_to_id is not None:
        return None
    free = {one.user_id for one in may_take(waiting_of(call, at), at)}
    chosen = match.candidate.user_id
    if chosen not in free or _is_rung_for_another(chosen):
        return None
    _offer(call, chosen, at)
    return call


def _offer(call: Call, user_id: int, at: datetime, **more: bool) -> None:
    call.offered_to_id = user_id
    one = {"user": user_id, "at": at.isoformat()} | more
    offers = [*call.routing.get("offers", []), one]
    call.routing = call.routing | {"offers": offers}
    call.save(update_fields=["offered_to", "routing"])
    publish_call(call)


class CannotTake(Exception):
    """A waiting caller can't be rung through to somebody now.

    `because` is gone (he waits no more), offered (he rings elsewhere), talking, rings or
    no_telephone.
    """

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


def take_waiting(*, call: Call, by: User, at: datetime) -> Call:
    """Ring a waiting caller through to her at once, out of his turn; raises CannotTake.

    She need not be available: she asks for him herself, and her time to write up is over with that.
    """
    taken = _take(call, by, at)
    _take_out(taken)
    return taken


@transaction.atomic
def _take(call: Call, by: User, at: datetime) -> Call:
    call = _locked(call)
    if because := _why_not_taken(call, by):
        raise CannotTake(because)
    Presence.objects.filter(user=by, wrap_up_until__gt=at).update(wrap_up_until=None)
    _offer(call, by.pk, at, asked=True)
    record_audit(by=by, action="call.taken_out_of_turn", target=call, client=call.client, at=at)
    publish(user_group(by.uuid), "presence.changed")
    return call


def _why_not_taken(call: Call, by: User) -> str:
    if not call.is_waiting:
        return "gone"
    if call.offered_to_id is not None:
        return "offered"
    if is_talking(by):
        return "talking"
    telephones = telephones_of(by.pk)
    rings = CallLeg.objects.filter(
        endpoint__in=telephones, state=CallLeg.State.RINGING, call__state=Call.State.RINGING
    )
    if _is_rung_for_another(by.pk) or rings.exists():
        return "rings"
    return "" if telephones else "no_telephone"


def _take_out(call: Call) -> None:
    """Ask the operator for the caller; where it can't be asked his own document takes him out."""
    leg = call.legs.filter(role=CallLeg.Role.CALLER).first()
    if leg is None:
        return
    try:
        api.redirect_leg(leg.provider_id, twiml.absolute("twilio:offered", call.uuid))
    except api.OperatorUnavailable:
        logger.warning("the operator does not give %s out of the queue", leg.provider_id)


@transaction.atomic
def note_declined(*, call: Call, at: datetime) -> Call:
    """Note that who was rung for a caller did not take him: he waits on, and she is let be."""
    call = _locked(call)
    if call.offered_to_id is not None:
        one = {"user": call.offered_to_id, "at": at.isoformat()}
        call.routing = call.routing | {"declined": [*call.routing.get("declined", []), one]}
    call.offered_to = None
    call.save(update_fields=["offered_to", "routing"])
    publish_call(call)
    return call


@transaction.atomic
def leave_queue(*, call: Call, at: datetime) -> Call:
    """Note that a caller waits no more, with no voice for him: his plan goes on."""
    call = _locked(call)
    if call.left_queue_at is None:
        call.left_queue_at = at
        call.offered_to = None
        call.save(update_fields=["left_queue_at", "offered_to"])
        publish_call(call)
    return call


def has_waited_enough(call: Call, move: Move, at: datetime) -> bool:
    """Tell whether the time that his line gives a caller in the queue is over."""
    return call.queued_at is not None and at - call.queued_at >= timedelta(seconds=move.seconds)


def _locked(call: Call) -> Call:
    locked = Call.objects.select_for_update(of=("self",))
    return locked.select_related("client", "line__client").get(pk=call.pk)


def wake_queue(*, after: int = 0) -> None:
    """Have the queue looked at once the running transaction is committed: somebody may be free.

    `after` are seconds in which somebody will be. A wake-up that is lost costs seconds: a sweep
    looks at the queue too.
    """
    later = {"countdown": after} if after else {}
    after_commit(current_app.send_task, OFFER_TASK, retry=False, **later)
