"""W1 in the product's tables, and the floor that it is compared with."""

from datetime import UTC, datetime, time, timedelta

from agenda.models import Absence, Appointment, Calendar, Motive, OpeningRule
from agenda.queries import OpenSlot, open_slots
from clients.models import Bureau, Client
from core.periods import Period, subtract, union
from core.recurrences import weekly
from tests.agenda import workload


def make(total: int) -> tuple[Calendar, Motive]:
    """Write W1 with this many appointments, and return whose agenda and which motive it is."""
    client = Client.objects.create(
        bureau=Bureau.objects.create(name="Mesure"), name=f"W1 {total}", short_name="W1", hue=200
    )
    calendar = Calendar.objects.create(client=client, name=f"W1 {total}")
    motive = Motive.objects.create(client=client, name="Consultation", minutes=20)
    regular, emergency = OpeningRule.Kind.REGULAR, OpeningRule.Kind.EMERGENCY
    ranges = [(kind, hours) for kind, hours in zip([regular] * 2, workload.RANGES, strict=True)]
    for kind, (start, end) in [*ranges, (emergency, workload.EMERGENCY_RANGE)]:
        OpeningRule.objects.create(
            calendar=calendar,
            kind=kind,
            recurrence=weekly(range(5)),
            valid_from=datetime(2022, 1, 1, tzinfo=UTC).date(),
            start_time=start,
            end_time=end,
        )
    for start_at, end_at in workload.absences():
        Absence.objects.create(calendar=calendar, starts_at=start_at, ends_at=end_at)
    rows = [_row(calendar, motive, start) for start in workload.appointment_starts(total)]
    Appointment.objects.bulk_create(rows, batch_size=1000)
    return calendar, motive


def _row(calendar: Calendar, motive: Motive, local: datetime) -> Appointment:
    start = local.replace(tzinfo=workload.PARIS).astimezone(UTC)
    end = start + workload.STEP
    return Appointment(
        calendar=calendar,
        client=calendar.client,
        motive=motive,
        starts_at=start,
        ends_at=end,
        block_starts_at=start,
        block_ends_at=end,
        local_day=local.date(),
        local_time=local.time(),
        timezone="Europe/Paris",
    )


def q30(calendar: Calendar, motive: Motive) -> list[OpenSlot]:
    """Return all free slots of the 30 days."""
    return open_slots([calendar], motive, first_day=workload.FIRST_DAY, days=30, now=workload.FIRST)


def q5(calendar: Calendar, motive: Motive) -> list[OpenSlot]:
    """Return the first five free slots."""
    return open_slots(
        [calendar], motive, first_day=workload.FIRST_DAY, days=30, now=workload.FIRST, limit=5
    )


def floor(calendar: Calendar) -> list[datetime]:
    """Return the same slots in the barest way: one indexed query, then interval arithmetic.

    It knows W1's hours and absences by heart and reads nothing but the appointments.
    """
    rows = Appointment.objects.filter(
        calendar=calendar,
        block_starts_at__gte=workload.FIRST,
        block_starts_at__lt=workload.UNTIL,
    ).exclude(status="cancelled")
    taken = rows.order_by("block_starts_at").values_list("block_starts_at", "block_ends_at")
    free = subtract(_open_periods(), union([*taken, *workload.absences()]))
    return [start for period in free for start in _starts(period)]


def _open_periods() -> list[Period]:
    zone, days = workload.PARIS, (workload.END_DAY - workload.FIRST_DAY).days
    hours = ((time(9), time(11)), (time(14), time(18)))
    dates = (workload.FIRST_DAY + timedelta(days=n) for n in range(days))
    return [
        Period(
            datetime.combine(day, start, zone).astimezone(UTC),
            datetime.combine(day, end, zone).astimezone(UTC),
        )
        for day in dates
        if day.weekday() < 5
        for start, end in hours
    ]


def _starts(period: Period) -> list[datetime]:
    count = period.length // workload.STEP
    return [period.start + workload.STEP * n for n in range(count)]


def check(calendar: Calendar, motive: Motive) -> None:
    """Assert that all three give W1's right answer."""
    slots, first, bare = q30(calendar, motive), q5(calendar, motive), floor(calendar)
    starts = [slot.starts_at for slot in slots]
    assert len(starts) == workload.FREE_SLOTS, len(starts)
    assert [slot.local_start.replace(tzinfo=None) for slot in first] == workload.FIRST_FREE
    assert starts == bare, "the floor differs"
    assert [slot.starts_at for slot in first] == starts[:5]
