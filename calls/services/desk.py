"""What the assistant does about calls."""

from datetime import datetime

from django.db import transaction

from calls.models import Call, CallLeg
from calls.services.following import her_leg, open_transfer
from calls.services.live import publish_call
from calls.services.presence import end_wrap_up_of
from calls.telephony.twilio import PROVIDER, api
from clients.models import Correspondent, User
from clients.services.audit import record_audit


class NotTheAnswerer(PermissionError):
    """Only who talks may hang up."""


def request_hang_up(*, call: Call, by: User, at: datetime) -> None:
    """Ask the operator to end a call; its events then end it here.

    While she speaks with somebody for the caller it ends her own path, as her telephone does: the
    caller stays. Raises NotTheAnswerer, or OperatorUnavailable where the operator can't be asked.
    """
    if call.answered_by_id != by.pk:
        raise NotTheAnswerer
    leg = her_leg(call) if open_transfer(call) is not None else _first_leg(call)
    if leg is None or leg.provider != PROVIDER:
        raise api.OperatorUnavailable("no path of this call is the operator's")
    api.end_call(leg.provider_id)
    record_audit(by=by, action="call.hang_up_requested", target=call, client=call.client, at=at)


def _first_leg(call: Call) -> CallLeg | None:
    """Give the path that the other ends with."""
    rings_out = call.is_rung_out and call.answered_at is None
    # Whom she rings is a child of her own path, and ends with it.
    role = CallLeg.Role.ASSISTANT if rings_out else CallLeg.Role.CALLER
    return call.legs.filter(role=role).order_by("pk").first()


@transaction.atomic
def set_disposition(*, call: Call, disposition: str, by: User, at: datetime) -> Call:
    """Say what a call led to; a correction leaves the former word in the audit.

    Of the call that she answered last, it ends her time to write up: the next caller may ring.
    """
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
    end_wrap_up_of(call, by=by, at=at)
    publish_call(call)
    return call


@transaction.atomic
def promise_callback(*, call: Call, promised: bool, by: User, at: datetime) -> Call:
    """Note that the caller was promised to be rung back, or that the promise is off.

    It stands until he is reached, whoever rings him, however often nobody answers.
    """
    call = Call.objects.select_for_update(of=("self",)).select_related("client").get(pk=call.pk)
    call.callback_promised_at = (call.callback_promised_at or at) if promised else None
    call.save(update_fields=["callback_promised_at"])
    action = "call.callback_promised" if promised else "call.callback_withdrawn"
    record_audit(by=by, action=action, target=call, client=call.client, at=at)
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
