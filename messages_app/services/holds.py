"""Frees the slot that somebody held for a caller who has hung up."""

from uuid import UUID

from agenda.models import SlotHold
from agenda.services import release_holds
from calls.facts import CallEnded
from calls.models import Call
from core.after_commit import after_commit


def free_holds(fact: CallEnded) -> None:
    """Let go, after the commit, what the person who answered held of this client.

    Not within the transaction that ends the call: it has locked the call, and a booking locks the
    calendar first. Somebody who talks to another caller of the same client keeps her hold.
    """
    if fact.user_id is not None:
        after_commit(_free, fact.user_id, fact.client_uuid)


def _free(user_id: int, client_uuid: UUID) -> None:
    held = SlotHold.objects.filter(holder=user_id, calendar__client__uuid=client_uuid)
    hold = held.select_related("holder", "calendar__client").first()
    if hold is not None and not _talks(user_id, client_uuid):
        release_holds(by=hold.holder, client=hold.calendar.client)


def _talks(user_id: int, client_uuid: UUID) -> bool:
    others = Call.objects.filter(client__uuid=client_uuid, answered_by=user_id)
    return others.filter(state=Call.State.IN_PROGRESS).exists()
