"""What closes a calendar, one by one and with its words, for those who read it outside the grid."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from agenda.models import Absence, Calendar
from agenda.queries.hours import read_hours
from agenda.rules import Holiday, Occurrence
from core.periods import Period


class NamedClosure(NamedTuple):
    """An absence, one time of a recurring one, or a public holiday.

    `uid` stays the same for as long as it stands; `words` are the reason that only the practice
    reads, or the holiday's name.
    """

    starts_at: datetime
    ends_at: datetime
    uid: str
    words: str
    changed_at: datetime
    is_holiday: bool = False

    @property
    def period(self) -> Period:
        return Period(self.starts_at, self.ends_at)


def named_closures(calendar: Calendar, *, first: datetime, until: datetime) -> list[NamedClosure]:
    """Return what closes the calendar between the instants, in order, in two statements."""
    hours = read_hours([calendar], first=first, until=until)[calendar.pk]
    absences = {
        absence.pk: absence
        for absence in Absence.objects.in_force()
        .filter(calendar=calendar)
        .filter(~Q(recurrence="") | Q(starts_at__lt=until, ends_at__gt=first))
    }
    found = [
        *(_once(absence) for absence in absences.values() if not absence.is_recurring),
        *_again(hours.occurrences, absences),
        *(_holiday(holiday, calendar) for holiday in hours.holidays),
    ]
    within = Period(first, until)
    return sorted(closure for closure in found if closure.period.overlaps(within))


def _once(absence: Absence) -> NamedClosure:
    start, end = absence.starts_at, absence.ends_at
    return NamedClosure(start, end, str(absence.uuid), absence.reason, absence.created_at)


def _again(
    occurrences: tuple[Occurrence, ...], absences: dict[int, Absence]
) -> Iterator[NamedClosure]:
    for start, end, day, pk in occurrences:
        if pk in absences:
            absence = absences[pk]
            uid = f"{absence.uuid}-{day:%Y%m%d}"
            yield NamedClosure(start, end, uid, absence.reason, absence.created_at)


def _holiday(holiday: Holiday, calendar: Calendar) -> NamedClosure:
    uid = f"{calendar.uuid}-{holiday.day:%Y%m%d}"
    start, end = holiday.start, holiday.end
    return NamedClosure(start, end, uid, holiday.name, calendar.created_at, is_holiday=True)
