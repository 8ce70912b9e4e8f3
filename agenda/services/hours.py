"""Tells that the hours of a calendar are others, and follows what that means."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db.models import F

from agenda.models import Calendar
from agenda.services.freeing import GAINED_WITHIN, noting_gained, review_period
from agenda.services.locking import locked
from agenda.services.telling import publish_days
from agenda.services.worklist import listing_left_outside
from clients.models import User
from clients.services.audit import record_audit
from core.periods import Period


@contextmanager
def changing_hours(
    calendar: Calendar, *, by: User | None, at: datetime, to_move: bool = True
) -> Iterator[None]:
    """Follow what the hours, or the holidays, that are written meanwhile mean.

    Visits left outside are the assistant's work, unless they are to stay; time that opens is noted
    for those who wait, and what closes is offered no more. Under the calendar's lock.
    """
    with (
        listing_left_outside(calendar, by=by, at=at, to_move=to_move),
        noting_gained(calendar, at=at),
    ):
        yield
    review_period(calendar, Period(at, at + GAINED_WITHIN), at=at)


def note_changed_hours(*, calendar: Calendar, by: User | None, at: datetime) -> None:
    """Keep who changed a calendar's opening rules, and have open screens ask for it again."""
    with locked(calendar.pk):
        count_revision(calendar)
        record_audit(by=by, action="hours.changed", target=calendar, client=calendar.client, at=at)
        publish_days(calendar, [])


def count_revision(calendar: Calendar) -> None:
    """Say that hours read before now are out of date; under the calendar's lock."""
    Calendar.objects.filter(pk=calendar.pk).update(revision=F("revision") + 1)
