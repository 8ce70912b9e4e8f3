"""Settles doubts by asking the gateway, and shows a human what can't be settled."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from clients.models import User
from clients.services.audit import record_audit
from messages_app.models import Delivery
from messages_app.rules.delivery_states import DeliveryState, heard
from messages_app.rules.retries import ASK_AFTER, Verdict, judge_absence, judge_silence
from messages_app.rules.sending import Absent, CannotTell, Found, LookUp
from messages_app.services.dispatch import Clock, Rows, envelope_of
from messages_app.services.receipts import hear
from messages_app.services.recording import move, note_event, tell_delivery
from messages_app.services.wake import wake_after_commit
from messages_app.transports.registry import transport_for


class NotUncertain(Exception):
    """The delivery is not waiting for anybody's decision any more."""


def reconcile(*, delivery_id: int, clock: Clock = timezone.now) -> None:
    """Ask the gateway about one uncertain delivery, outside any transaction, and act on it."""
    doubt = Delivery.objects.to_ask_about(clock()).select_related("client", "replaces")
    delivery = doubt.filter(pk=delivery_id).first()
    if delivery is not None:
        look_up = transport_for(delivery.channel).find(envelope_of(delivery))
        settle(delivery=delivery, look_up=look_up, at=clock())


@transaction.atomic
def settle(*, delivery: Delivery, look_up: LookUp, at: datetime) -> None:
    """Write what the question brought; of two who asked at once, the second changes nothing."""
    match look_up:
        case Found():
            _found(delivery, look_up, at)
        case Absent():
            verdict = judge_absence(
                absences=delivery.absences + 1, was_sent_again=delivery.was_sent_again
            )
            _apply(delivery, verdict, at, absences=delivery.absences + 1)
        case CannotTell(detail=detail):
            can_be_asked = transport_for(delivery.channel).can_be_asked
            verdict = judge_silence(asks=delivery.asks + 1, can_be_asked=can_be_asked)
            _apply(delivery, verdict, at, error=detail[:300])


def _found(delivery: Delivery, found: Found, at: datetime) -> None:
    """The gateway has it: whatever it calls that state, nothing is sent again."""
    word = found.state if heard(found.state) else "accepted"
    hear(delivery=delivery.uuid, provider_id=found.provider_id, word=word, code=found.code, at=at)
    doubtful = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.UNCERTAIN)
    move(doubtful, DeliveryState.ACCEPTED, provider_id=found.provider_id, needs_human=False)


def _apply(delivery: Delivery, verdict: Verdict, at: datetime, **changes: object) -> None:
    """`asks` counts every question: the row must be as it was when this one was put."""
    same = Delivery.objects.filter(
        pk=delivery.pk, state=DeliveryState.UNCERTAIN, claim=delivery.claim, asks=delivery.asks
    )
    asked = {"asks": delivery.asks + 1, **changes}
    match verdict:
        case Verdict.ASK_AGAIN:
            same.update(due_at=at + ASK_AFTER, **asked)
        case Verdict.SEND_AGAIN:
            _send_again(delivery, same, at)
        case Verdict.ASK_HUMAN:
            same.update(needs_human=True, **asked)
            tell_delivery(delivery)


def _send_again(delivery: Delivery, same: Rows, at: datetime) -> bool:
    """Back to the queue, flagged: the gateway has said that it never had the text."""
    fresh = {"claim": None, "due_at": at, "asks": 0, "absences": 0, "needs_human": False}
    if not move(same, DeliveryState.DUE, was_sent_again=True, **fresh):
        return False
    note_event(
        delivery, DeliveryState.DUE, at=at, key=f"again {delivery.attempts}", code="not found"
    )
    wake_after_commit(delivery.pk)
    tell_delivery(delivery)
    return True


@transaction.atomic
def decide_doubt(*, delivery: Delivery, resend: bool, by: User, at: datetime) -> None:
    """A human's word about an uncertain delivery: send it once more, or hold it to have arrived.

    NotUncertain when the gateway or a colleague has settled it meanwhile.
    """
    waiting = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.UNCERTAIN)
    if resend:
        settled = _send_again(delivery, waiting, at)
    else:
        settled = move(waiting, DeliveryState.ACCEPTED, needs_human=False)
        note_event(delivery, DeliveryState.ACCEPTED, at=at, key=f"held {delivery.attempts}")
    if not settled:
        raise NotUncertain
    action = "delivery.sent_again" if resend else "delivery.held_as_sent"
    record_audit(by=by, action=action, target=delivery, client=delivery.client, at=at)
    tell_delivery(delivery)


@transaction.atomic
def dismiss(*, delivery: Delivery, by: User, at: datetime) -> None:
    """A human has seen a text that reached nobody, and has done what was needed."""
    lost = Delivery.objects.filter(pk=delivery.pk, needs_human=True)
    if lost.exclude(state=DeliveryState.UNCERTAIN).update(needs_human=False):
        record_audit(
            by=by, action="delivery.dismissed", target=delivery, client=delivery.client, at=at
        )
        tell_delivery(delivery)
