"""Says to one side that the other has read its changes."""

from datetime import datetime

from django.db import transaction

from agenda.models import Absence, AppointmentChange, Side
from clients.models import Client, User
from core.live import client_group, publish


def mark_changes_seen(
    *, client: Client, side: Side, by: User, at: datetime, until: datetime | None = None
) -> int:
    """Mark what the other side changed as seen by this one, and return how many there were.

    `until` is when the reader's screen was made: what came after stays unseen.
    """
    until = until or at
    with transaction.atomic():
        unseen = {"side": side.other, "seen_at": None}
        changes = AppointmentChange.objects.filter(client=client, at__lte=until, **unseen)
        absences = Absence.objects.filter(calendar__client=client, created_at__lte=until, **unseen)
        count = changes.update(seen_at=at, seen_by=by) + absences.update(seen_at=at, seen_by=by)
        if count:
            group = client_group(client.uuid)
            publish(group, "agenda.seen", client=str(client.uuid), side=str(side))
    return count
