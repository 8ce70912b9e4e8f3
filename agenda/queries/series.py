"""What a calendar leaves free for a series of visits, and the visits of one that was booked."""

from datetime import datetime, time, timedelta

from django.db.models import QuerySet

from agenda.models import Appointment, AppointmentSeries, Calendar, Motive
from agenda.queries.acquaintance import visit_for
from agenda.queries.diaries import load_diaries
from agenda.rules.series import Rhythm, Sitting, propose
from clients.models import Correspondent, User
from core.wall_clock import instant_of

_DAY = timedelta(days=1)


def propose_series(
    calendar: Calendar,
    motive: Motive,
    rhythm: Rhythm,
    *,
    now: datetime,
    tolerance: timedelta = timedelta(),
    viewer: User | None = None,
    person: Correspondent | None = None,
) -> list[Sitting]:
    """Return a proposal for each visit of the series, in one reading of the calendar."""
    days, reach = rhythm.days, rhythm.reach
    diaries = load_diaries(
        [calendar],
        first=instant_of(days[0], time(), calendar.zone) - reach,
        until=instant_of(days[-1], time(), calendar.zone) + reach + 2 * _DAY,
        now=now,
        viewer=viewer,
        motives=[motive],
    )
    visit = visit_for(motive, person, at=now)
    return propose(rhythm, diaries[calendar.pk], visit, now=now, tolerance=tolerance)


def visits_of_series(series: AppointmentSeries) -> QuerySet[Appointment]:
    """Return all visits of a series in order, also those that were cancelled."""
    rows = Appointment.objects.filter(series=series).select_related("calendar", "motive")
    return rows.order_by("starts_at", "pk")
