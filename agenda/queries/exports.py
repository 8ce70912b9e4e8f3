"""The appointments of a span, page after page, so that many of them never stand in memory."""

from collections.abc import Collection, Iterator
from datetime import date

from django.db.models import Prefetch, Q

from agenda.models import Appointment, Calendar
from clients.models import CorrespondentNumber

PAGE = 500


def exported_appointments(
    calendars: Collection[Calendar], first: date, last: date
) -> Iterator[list[Appointment]]:
    """Yield pages of the appointments of the days, both included, cancelled ones too, in order.

    Each page is read when it is asked for, after the last row of the one before: nothing is held
    open meanwhile.
    """
    numbers = Prefetch("correspondent__numbers", CorrespondentNumber.objects.order_by("pk"))
    rows = Appointment.objects.filter(
        calendar__in=calendars, local_day__gte=first, local_day__lte=last
    )
    rows = rows.select_related("calendar", "motive", "correspondent", "booked_by")
    rows = rows.prefetch_related(numbers).order_by("starts_at", "pk")
    page = list(rows[:PAGE])
    while page:
        yield page
        end = page[-1]
        after = Q(starts_at__gt=end.starts_at) | Q(starts_at=end.starts_at, pk__gt=end.pk)
        page = list(rows.filter(after)[:PAGE]) if len(page) == PAGE else []
