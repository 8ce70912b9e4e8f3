"""What the assistant does about calls and herself."""

from datetime import datetime

from django.db import transaction

from calls.facts import PresenceChanged
from calls.models import Call, CallLeg, Presence
from calls.services.live import publish_call
from calls.services.queueing import wake_queue
from calls.telephony.twilio import api
from clients.models import Client, Correspondent, User
from clients.services.audit import record_audit
from core.facts import emit
from core.live import client_group, publish, user_group


class NotTheAnswerer(PermissionError):
    """Only who talks may hang up."""


def request_hang_up(*, call: Call, by: User, at: datetime) -> None:
    """Ask the operator to end a call; its events then end it here.

    Raises NotTheAnswerer, or OperatorUnavailable where the operator can't be asked.
    """
    if call.answered_by_id != by.pk:
        raise NotTheAnswerer
    leg = call.legs.get(role=CallLeg.Role.CALLER)
    api.end_call(leg.provider_id)
    record_audit(by=by, action="call.hang_up_requested", target=call, client=call.client, at=at)


@transaction.atomic
def set_disposition(*, call: Call, disposition: str, by: User, at: datetime) -> Call:
    """Say what a call led to; a correction leaves the former word in the audit."""
    call = Call.objects.select_for_update(of=("self",)).select_related("client").get(pk=call.pk)
    former, call.disposition = call.disposition, Call.Disposition(disposition)
    call.save(update_fields=["disposition"])
    record_audit(
        by=by,
        action="call.disposition_set",
        target=call,
        client=call.client,
        at=at,
        detail={"from": former, "to": disposition},
    )
    publish_call(call)
    return call


@transaction.atomic
def choose_correspondent(
    *, call: Call, correspondent: Correspondent | None, by: User, at: datetime
) -> Call:
    """Say who is calling; raises ValueError for somebody of another client's."""
    if correspondent is not None and correspondent.client_id != call.client_id:
        raise ValueError("This person is not known to the client called.")
    call = Call.objects.select_for_update(of=("self",)).select_related("client").get(pk=call.pk)
    call.correspondent = correspondent
    call.save(update_fields=["correspondent"])
    record_audit(by=by, action="call.caller_chosen", target=call, client=call.client, at=at)
    publish_call(call)
    return call


@transaction.atomic
def set_presence(*, user: User, state: str, by: User, at: datetime, reason: str = "") -> Presence:
    """Note that somebody is available, on a break or away; routing follows at once."""
    presence, _ = Presence.objects.select_for_update().get_or_create(user=user)
    presence.state = Presence.State(state)
    presence.reason = reason
    presence.since = at
    presence.save()
    record_audit(by=by, action="presence.changed", target=presence, at=at, detail={"to": state})
    emit(PresenceChanged(user_id=user.pk, state=state))
    wake_queue()
    publish(user_group(user.uuid), "presence.changed")
    for uuid in Client.objects.in_service().answered_by(user).values_list("uuid", flat=True):
        publish(client_group(uuid), "presence.changed", client=str(uuid))
    return presence
