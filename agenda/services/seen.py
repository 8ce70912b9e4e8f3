"""Says to one side that the other has read its changes."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

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
        changes = AppointmentChange.objects.filter(client=client, at__lte=until)
        absences = Absence.objects.filter(calendar__client=client, created_at__lte=until, **unseen)
        count = changes.filter(**unseen).update(seen_at=at, seen_by=by)
        count += _mark_by_people(changes.filter(side=Side.PUBLIC), side, by, at)
        count += absences.update(seen_at=at, seen_by=by)
        if count:
            group = client_group(client.uuid)
            publish(group, "agenda.seen", client=str(client.uuid), side=str(side))
    return count


def mark_seen_at_the_desk(*, change: AppointmentChange, by: User, at: datetime) -> bool:
    """Mark one thing that the person herself did as seen by her client's desk."""
    with transaction.atomic():
        done = AppointmentChange.objects.filter(pk=change.pk, side=Side.PUBLIC)
        seen = bool(_mark_by_people(done, Side.DESK, by, at))
        if seen:
            uuid = change.client.uuid
            publish(client_group(uuid), "agenda.seen", client=str(uuid), side=str(Side.DESK))
    return seen


def _mark_by_people(
    changes: QuerySet[AppointmentChange], side: Side, by: User, at: datetime
) -> int:
    """Each side has its own mark on what neither of them did."""
    if side is Side.DESK:
        return changes.filter(desk_seen_at=None).update(desk_seen_at=at, desk_seen_by=by)
    return changes.filter(seen_at=None).update(seen_at=at, seen_by=by)
