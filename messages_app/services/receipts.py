"""Hears what a gateway says of a text that it has: late, twice and in any order."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from messages_app.models import Delivery
from messages_app.rules.delivery_states import DeliveryState, after_hearing, heard
from messages_app.services.cancelling import cancel_unsent
from messages_app.services.failures import follow_failure
from messages_app.services.recording import is_first_told, move, tell_delivery

FAILURES = frozenset({DeliveryState.UNDELIVERED, DeliveryState.FAILED})


class UnknownDelivery(Exception):
    """No delivery has this uuid."""


@transaction.atomic
def hear(*, delivery: UUID, provider_id: str, word: str, code: str, at: datetime) -> bool:
    """Take in one status of one delivery; False when it was told before or means nothing.

    It proves that the gateway has the text, even where we had never had its answer.
    """
    row = Delivery.objects.select_for_update(of=("self",)).select_related("client")
    found = row.filter(uuid=delivery).first()
    if found is None:
        raise UnknownDelivery(str(delivery))
    said = heard(word)
    key = f"{provider_id} {word} {code}".strip()[:120]
    if said is None or not is_first_told(found, said, at=at, key=key, code=code):
        return False
    _take_in(found, said, provider_id=provider_id, code=code, at=at)
    return True


def _take_in(
    delivery: Delivery, said: DeliveryState, *, provider_id: str, code: str, at: datetime
) -> None:
    before = DeliveryState(delivery.state)
    after = after_hearing(before, said)
    if after is before:
        return
    changes = {
        "provider_id": delivery.provider_id or provider_id,
        "needs_human": False,
        "error_code": code if after in FAILURES else "",
        "error": "",
    }
    move(Delivery.objects.filter(pk=delivery.pk), after, **changes)
    delivery.refresh_from_db()
    if after in FAILURES and before not in FAILURES:
        follow_failure(delivery=delivery, code=code, at=at)
    if after is DeliveryState.DELIVERED:
        _cancel_replacement(delivery, at)
    tell_delivery(delivery)


def _cancel_replacement(delivery: Delivery, at: datetime) -> None:
    """It arrived after all: what was to be sent instead is not needed."""
    for replacement in Delivery.objects.filter(replaces=delivery):
        cancel_unsent(delivery=replacement, at=at)
