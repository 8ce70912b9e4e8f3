"""Forgets what was kept of visits for as long as its reason lasts, and no longer."""

from datetime import datetime

from django.db.models import Q, QuerySet

from agenda.models import Absence, Appointment, Displaced, WaitingListEntry
from core.purging import in_batches

# A double booking stays one, and who waited was somebody: without a word in the place of the reason
# or of the name the database would refuse the row.
FORGOTTEN = "—"


def purge_appointments(*, at: datetime) -> int:
    """Blank notes, reasons and names of visits that ended long ago; how many rows.

    The periods are those that the model declares, from the visit's end. The visit stays, for the
    figures, with its link to the person's file, which is erased by itself.
    """
    notes = _ended(at, "note").exclude(note="")
    reasons = _ended(at, "override_reason").exclude(override_reason__in=["", FORGOTTEN])
    names = _ended(at, "booked_for").exclude(booked_for="")
    return (
        in_batches(notes, lambda rows: rows.update(note=""))
        + in_batches(reasons, lambda rows: rows.update(override_reason=FORGOTTEN))
        + in_batches(names, lambda rows: rows.update(booked_for=""))
    )


def _ended(at: datetime, field: str) -> QuerySet[Appointment]:
    """Give the visits whose end is further back than this field is kept."""
    return Appointment.objects.filter(ends_at__lt=at - Appointment.personal[field].keep)


def purge_wishes(*, at: datetime) -> int:
    """Blank who waited, why somebody was away, and what came of ringing; how many rows.

    Counted from the end of the wait, of the absence, and of what was to be done.
    """
    waits = WaitingListEntry.objects.filter(
        ended_at__lt=at - WaitingListEntry.personal["name"].keep
    ).exclude(number="", note="", name__in=["", FORGOTTEN], first_day=None, last_day=None)
    notes = Displaced.objects.filter(done_at__lt=at - Displaced.personal["note"].keep)
    return (
        in_batches(waits, _blank_waits)
        + in_batches(notes.exclude(note=""), lambda rows: rows.update(note=""))
        + in_batches(_absences_long_over(at), lambda rows: rows.update(reason=""))
    )


def _blank_waits(rows: QuerySet[WaitingListEntry]) -> None:
    keys = list(rows.values_list("pk", flat=True))
    waits = WaitingListEntry.objects.filter(pk__in=keys)
    waits.exclude(name="").update(name=FORGOTTEN)
    waits.update(number="", note="", after=None, before=None, first_day=None, last_day=None)


def _absences_long_over(at: datetime) -> QuerySet[Absence]:
    since = at - Absence.personal["reason"].keep
    single = Q(recurrence="", ends_at__lt=since)
    recurring = ~Q(recurrence="") & Q(valid_until__lt=since.date())
    over = single | recurring | Q(lifted_at__lt=since)
    return Absence.objects.filter(over).exclude(reason="")
