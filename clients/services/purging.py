"""Forgets the audit, and what was told at a hand-over, once their periods are over."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Coalesce

from clients.models import AuditEntry, Cover, OnCallPerson, OnCallShift
from clients.rules.rosters import MOST_WEEKS
from core.purging import in_batches


def purge_audit(*, at: datetime) -> int:
    """Delete old looks at files, and acts older than what they tell may be kept; how many rows."""
    entries = AuditEntry.objects.order_by()
    looks = entries.accesses().filter(at__lt=at - AuditEntry.ACCESS_KEPT)
    acts = entries.acts().filter(at__lt=at - AuditEntry.personal["detail"].keep)
    return sum(in_batches(old, lambda rows: rows.delete()) for old in (looks, acts))


def purge_covers(*, at: datetime) -> int:
    """Blank the notes of hand-overs that have long been over or come to nothing; how many rows."""
    settled = Cover.objects.exclude(state__in=(Cover.State.PROPOSED, Cover.State.ACCEPTED))
    ended = settled.alias(
        over_at=Coalesce("ended_at", "declined_at", "withdrawn_at", "proposed_at")
    )
    old = ended.filter(over_at__lt=at - Cover.personal["note"].keep).exclude(note="")
    return in_batches(old, lambda rows: rows.update(note=""))


def purge_rosters(*, at: datetime) -> int:
    """Delete turns on call that are long over, then people who were added long ago and have none.

    Gives how many rows.
    """
    long_ago = at - OnCallPerson.personal["name"].keep
    # A turn begins on or before its last day, and is over within the weeks until its next.
    margin = timedelta(weeks=MOST_WEEKS)
    once = Q(every_weeks=0, last_day__lt=long_ago.date())
    stopped = Q(every_weeks__gt=0, repeats_until__lt=(long_ago - margin).date())
    turns = OnCallShift.objects.filter(once | stopped)
    people = OnCallPerson.objects.filter(shifts=None, created_at__lt=long_ago)
    return in_batches(turns, lambda rows: rows.delete()) + in_batches(
        people, lambda rows: rows.delete()
    )
