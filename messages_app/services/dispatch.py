"""Sends what is due: claim, commit, send outside any transaction, close.

The table is the queue. One worker wins the claim; whoever dies in between leaves a row whose lease
runs out, which the sweep turns into a question to the gateway, never into a second send.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import DateTimeField, QuerySet, UUIDField
from django.utils import timezone

from messages_app.models import Delivery
from messages_app.rules.delivery_states import DeliveryState
from messages_app.rules.retries import ASK_AFTER, LEASE, wait_before_retry
from messages_app.rules.sending import Accepted, Envelope, NotSent, Refused, SendResult, Unknown
from messages_app.services.accepting import write_acceptance
from messages_app.services.failures import fall_back
from messages_app.services.pausing import rest_channel
from messages_app.services.recording import move, note_event, tell_delivery
from messages_app.services.turns import own_turn
from messages_app.transports.registry import transport_for

Clock = Callable[[], datetime]
Rows = QuerySet[Delivery]

# One statement, so that the row comes back as it was claimed and nothing waits in between. Nothing
# leaves for a member who has left the client since it was written; the sweep takes it back.
CLAIM = """
    UPDATE messages_app_delivery
    SET state = 'sending', claim = %(token)s, claimed_at = %(at)s, lease_until = %(lease_until)s,
        attempts = attempts + 1
    WHERE id = %(id)s AND state = 'due' AND due_at <= %(at)s
        AND (expires_at IS NULL OR expires_at > %(at)s)
        AND (wanted_until IS NULL OR wanted_until > %(at)s)
        AND (recipient_id IS NULL OR EXISTS (
            SELECT 1 FROM clients_clientmember AS member
            JOIN clients_user AS person ON person.id = member.user_id
            WHERE member.id = recipient_id AND member.is_active AND person.is_active
        ))
    RETURNING *, (SELECT uuid FROM clients_client WHERE id = client_id) AS client_uuid
"""


def dispatch(*, delivery_id: int, clock: Clock = timezone.now) -> Delivery | None:
    """Send one delivery if it is due and nobody else has it; None when there was nothing to do.

    Never inside a transaction: the claim must be committed before the gateway hears anything.
    """
    delivery = claim(delivery_id=delivery_id, at=clock())
    if delivery is None:
        return None
    result = transport_for(delivery.channel).send(envelope_of(delivery))
    close(delivery=delivery, result=result, at=clock())
    return delivery


def claim(*, delivery_id: int, at: datetime) -> Delivery | None:
    """Take a due delivery for the length of a lease; None when another has it or it may not leave.

    The conditional UPDATE is the lock: the database lets one of many win.
    """
    _refuse_transaction()
    values = {
        "id": delivery_id,
        "token": UUIDField().get_db_prep_value(uuid4(), connection),
        "at": DateTimeField().get_db_prep_value(at, connection),
        "lease_until": DateTimeField().get_db_prep_value(at + LEASE, connection),
    }
    with own_turn():
        won = list(Delivery.objects.raw(CLAIM, values))
    return won[0] if won else None


def _refuse_transaction() -> None:
    """What a claim inside a transaction would send is not known to the table if it rolls back."""
    blocks = connection.atomic_blocks
    if blocks and not getattr(blocks[-1], "_from_testcase", False):
        raise RuntimeError("A delivery is claimed outside any transaction.")


def envelope_of(delivery: Delivery) -> Envelope:
    """What the gateway is handed, or asked about."""
    replaced = delivery.replaces
    return Envelope(
        delivery=delivery.uuid,
        address=delivery.address,
        text=delivery.text,
        subject=delivery.subject,
        html=delivery.html,
        sender=delivery.sender,
        written_at=delivery.created_at,
        claimed_at=delivery.claimed_at,
        expires_at=delivery.expires_at,
        foreign_ids=frozenset({replaced.provider_id} if replaced else ()),
    )


def close(*, delivery: Delivery, result: SendResult, at: datetime) -> bool:
    """Write the gateway's answer into the row that this claim holds.

    False when the row has gone on without us: a callback was faster, or the lease ran out and
    another claimed it. What is known for certain still counts after the lease has run out, as long
    as nobody else has claimed the row.
    """
    if isinstance(result, Accepted):
        return _accepted(delivery, result, at)
    with own_turn(), transaction.atomic():
        return _not_accepted(delivery, result, at)


def _not_accepted(delivery: Delivery, result: NotSent | Refused | Unknown, at: datetime) -> bool:
    mine = Delivery.objects.filter(
        pk=delivery.pk,
        claim=delivery.claim,
        state__in=[DeliveryState.SENDING, DeliveryState.UNCERTAIN],
    )
    match result:
        case NotSent():
            return _not_sent(delivery, result, mine, at)
        case Refused():
            return _refused(delivery, result, mine, at)
        case Unknown():
            return _unknown(delivery, result, mine, at)


def _accepted(delivery: Delivery, result: Accepted, at: datetime) -> bool:
    """One statement; only where nobody could be asked after a power cut it waits for the disk."""
    with own_turn():
        is_written = write_acceptance(
            delivery=delivery,
            provider_id=result.provider_id,
            at=at,
            may_be_forgotten=transport_for(delivery.channel).can_be_asked,
        )
        if not is_written:
            unnamed = Delivery.objects.filter(pk=delivery.pk, claim=delivery.claim, provider_id="")
            unnamed.update(provider_id=result.provider_id)
    if is_written:
        tell_delivery(delivery)
    return is_written


def _not_sent(delivery: Delivery, result: NotSent, mine: Rows, at: datetime) -> bool:
    wait = wait_before_retry(delivery.attempts, result.retry_after)
    if result.stops_channel:
        rest_channel(channel=delivery.channel, refusal=result, until=at + wait, at=at)
    changes = _error(result) | {"due_at": at + wait, "claim": None}
    if not move(mine, DeliveryState.DUE, **changes):
        return False
    return _noted(delivery, DeliveryState.DUE, at, result.code)


def _refused(delivery: Delivery, result: Refused, mine: Rows, at: datetime) -> bool:
    if not move(mine, DeliveryState.DEAD, needs_human=result.alarms, **_error(result)):
        return False
    _noted(delivery, DeliveryState.DEAD, at, result.code)
    fall_back(delivery=delivery, at=at)
    return True


def _unknown(delivery: Delivery, result: Unknown, mine: Rows, at: datetime) -> bool:
    changes = _error(result) | {"due_at": at + ASK_AFTER}
    if not move(mine, DeliveryState.UNCERTAIN, **changes):
        return False
    return _noted(delivery, DeliveryState.UNCERTAIN, at, result.code)


def _noted(delivery: Delivery, state: DeliveryState, at: datetime, code: str = "") -> bool:
    note_event(delivery, state, at=at, key=f"attempt {delivery.attempts} {state}", code=code)
    tell_delivery(delivery)
    return True


def _error(result: NotSent | Refused | Unknown) -> dict[str, object]:
    return {"error_code": result.code, "error": result.detail}
