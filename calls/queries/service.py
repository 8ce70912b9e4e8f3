"""The calls of a time, as the figures of service need them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from calls.models import Call, CallerRule
from calls.rules.service import Contact

_ROWS = ("client", "started_at", "answered_at", "answered_by", "ended_at", "ending")


def contacts_between(
    calls: QuerySet[Call], start: datetime, end: datetime, zone: ZoneInfo
) -> list[Contact]:
    """Return the incoming calls of a time that were answered or are over; hours are the zone's.

    One question, whatever their number. Callers whom the client does not want are no service.
    """
    answered_or_over = Q(answered_at__isnull=False) | Q(state=Call.State.ENDED)
    unwanted = Q(ending=Call.Ending.ABANDONED, routing__because=CallerRule.Verdict.BLOCKED)
    found = calls.filter(
        answered_or_over,
        direction=Call.Direction.IN,
        started_at__gte=start,
        started_at__lt=end,
    ).exclude(unwanted)
    return [
        Contact(
            client_id=client_id,
            hour=started.astimezone(zone).hour,
            waited=((answered or ended) - started).total_seconds(),
            was_answered=answered is not None,
            answered_by=answered_by,
            has_spoken_to_the_machine=ending == Call.Ending.VOICEMAIL,
        )
        for client_id, started, answered, answered_by, ended, ending in found.order_by(
            "pk"
        ).values_list(*_ROWS)
    ]
