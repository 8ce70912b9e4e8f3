"""Frees the slot that somebody held for a caller who has hung up."""

from agenda.services import release_holds
from calls.facts import CallEnded
from calls.models import Call
from core.after_commit import after_commit


def free_holds(fact: CallEnded) -> None:
    """Let go, after the commit, what the person who answered held of this client.

    Not within the transaction that ends the call: it has locked the call, and a booking locks the
    calendar first. Somebody who talks to another caller of the same client keeps her hold.
    """
    call = Call.objects.only("answered_by", "client").get(pk=fact.call_id)
    if call.answered_by is None or _talks_on(call):
        return
    after_commit(release_holds, by=call.answered_by, client=call.client)


def _talks_on(call: Call) -> bool:
    others = Call.objects.filter(client=call.client_id, answered_by=call.answered_by_id)
    return others.filter(state=Call.State.IN_PROGRESS).exclude(pk=call.pk).exists()
