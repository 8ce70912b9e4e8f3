"""Calls that went silent: the operator is asked how they ended."""

import logging
from datetime import datetime, timedelta

from celery import current_app
from django.db.models import F, Q

from calls.models import Call, CallLeg
from calls.services.events import record_event
from calls.telephony.events import ProviderEvent
from calls.telephony.twilio import PROVIDER, api
from core.after_commit import after_commit

logger = logging.getLogger(__name__)

SETTLE_TASK = "calls.tasks.settle_call"
SILENT_AFTER = timedelta(minutes=2)
AT_ONCE = 50


def settle_silent_calls(*, at: datetime) -> int:
    """Ask how long-open calls stand and record what is new of it; give how many ended.

    Those asked about longest ago come first, so that each has its turn however many are open.

    Status callbacks are best effort: one that never comes must not leave a call open for ever.
    """
    legs = _silent_caller_legs(at)
    CallLeg.objects.filter(pk__in=[leg.pk for leg in legs]).update(asked_at=at)
    return sum(_settle(leg, at) for leg in legs)


def settle_call(*, call: Call, at: datetime) -> None:
    """Ask at once about the paths of a call whose caller is alone where others should be.

    Their ends may have been told to nobody; what is heard of them ends his waiting too.
    """
    legs = call.legs.filter(provider=PROVIDER).exclude(state=CallLeg.State.ENDED)
    for leg in legs.exclude(role=CallLeg.Role.CALLER).select_related("call__client").order_by("pk"):
        _settle(leg, at)


def settle_later(call: Call) -> None:
    """Have `settle_call` done after the commit."""
    after_commit(current_app.send_task, SETTLE_TASK, kwargs={"call_id": call.pk}, retry=False)


def _settle(leg: CallLeg, at: datetime) -> bool:
    try:
        status, seconds = api.leg_status(leg.provider_id)
    except api.OperatorUnavailable:
        logger.warning("the operator does not answer about %s", leg.provider_id)
        return False
    return _record(leg, status, seconds, at)


def _silent_caller_legs(at: datetime) -> list[CallLeg]:
    callers = Q(role=CallLeg.Role.CALLER) & ~Q(call__state=Call.State.ENDED)
    # Of calls that were held or handed on every path may outlive the others.
    moved = ~Q(call__room="") & ~Q(state=CallLeg.State.ENDED)
    rung_out = Q(call__direction=Call.Direction.OUT) & ~Q(call__state=Call.State.ENDED)
    legs = CallLeg.objects.filter(
        callers | moved | rung_out, provider=PROVIDER, call__started_at__lt=at - SILENT_AFTER
    )
    waiting_longest = F("asked_at").asc(nulls_first=True)
    in_turn = legs.order_by(waiting_longest, "started_at", "pk")
    return list(in_turn.select_related("call__client")[:AT_ONCE])


def _record(leg: CallLeg, status: str, seconds: int | None, at: datetime) -> bool:
    event = ProviderEvent(
        provider=PROVIDER,
        leg_id=leg.provider_id,
        status=status,
        # The same answer to every question: only the first is an event.
        key="asked",
        at=at,
        seconds=seconds,
    )
    record_event(call=leg.call, event=event)
    leg.call.refresh_from_db(fields=["state"])
    return leg.role == CallLeg.Role.CALLER and leg.call.state == Call.State.ENDED
