"""Calls that went silent: the operator is asked how they ended."""

import logging
from datetime import datetime, timedelta

from calls.models import Call, CallLeg
from calls.services.events import record_event
from calls.telephony.events import ProviderEvent
from calls.telephony.twilio import PROVIDER, api

logger = logging.getLogger(__name__)

SILENT_AFTER = timedelta(minutes=2)
AT_ONCE = 50


def settle_silent_calls(*, at: datetime) -> int:
    """Ask how long-open calls stand and record what the operator says; give how many ended.

    Status callbacks are best effort: one that never comes must not leave a call open for ever.
    """
    settled = 0
    for leg in _silent_caller_legs(at):
        try:
            status, seconds = api.leg_status(leg.provider_id)
        except api.OperatorUnavailable:
            logger.warning("the operator does not answer about %s", leg.provider_id)
            continue
        settled += _record(leg, status, seconds, at)
    return settled


def _silent_caller_legs(at: datetime) -> list[CallLeg]:
    legs = CallLeg.objects.filter(
        provider=PROVIDER, role=CallLeg.Role.CALLER, call__started_at__lt=at - SILENT_AFTER
    ).exclude(call__state=Call.State.ENDED)
    return list(legs.select_related("call__client").order_by("started_at", "pk")[:AT_ONCE])


def _record(leg: CallLeg, status: str, seconds: int | None, at: datetime) -> bool:
    event = ProviderEvent(
        provider=PROVIDER,
        leg_id=leg.provider_id,
        status=status,
        key=f"asked-{at.isoformat()}",
        at=at,
        seconds=seconds,
    )
    record_event(call=leg.call, event=event)
    leg.call.refresh_from_db(fields=["state"])
    return leg.call.state == Call.State.ENDED
