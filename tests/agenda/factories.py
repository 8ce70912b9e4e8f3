"""A practitioner's agenda for tests: Monday to Friday, 9–12 and 14–18, 20 minutes, in Paris."""

from datetime import UTC, date, datetime, time
from typing import Any

from agenda.models import Appointment, Calendar, Motive, OpeningRule
from agenda.services import book_appointment
from clients.models import Client
from core.recurrences import weekly
from tests.agenda.workload import PARIS
from tests.factories import make_client

# Monday 15 March 2027, 8 o'clock in Paris.
NOW = datetime(2027, 3, 15, 7, tzinfo=UTC)
MONDAY = date(2027, 3, 15)
WORKDAYS = weekly(range(5))
OFFICE_HOURS = ((time(9), time(12)), (time(14), time(18)))


def paris(text: str) -> datetime:
    """The instant of a wall-clock text like 2027-03-15 09:00, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def make_calendar(
    client: Client | None = None,
    *,
    hours: tuple[tuple[time, time], ...] = OFFICE_HOURS,
    **fields: Any,
) -> Calendar:
    """A calendar with its regular hours."""
    calendar = Calendar.objects.create(
        client=client or make_client(), name=fields.pop("name", "Dr Martin"), **fields
    )
    for start, end in hours:
        make_rule(calendar, start, end)
    return calendar


def make_rule(calendar: Calendar, start: time, end: time, **fields: Any) -> OpeningRule:
    """Hours of a calendar, on workdays unless told otherwise."""
    motives = fields.pop("motives", [])
    fields.setdefault("recurrence", WORKDAYS)
    fields.setdefault("valid_from", date(2022, 1, 1))
    rule = OpeningRule.objects.create(calendar=calendar, start_time=start, end_time=end, **fields)
    rule.motives.set(motives)
    return rule


def make_emergency(calendar: Calendar, **fields: Any) -> OpeningRule:
    """11 to 12, kept for emergencies, open to all from 10:30 on the day."""
    fields.setdefault("release", OpeningRule.ReleasePolicy.AT)
    if fields["release"] == OpeningRule.ReleasePolicy.AT:
        fields.setdefault("release_time", time(10, 30))
    kind = OpeningRule.Kind.EMERGENCY
    return make_rule(calendar, time(11), time(12), kind=kind, **fields)


def make_motive(client: Client, minutes: int = 20, **fields: Any) -> Motive:
    """A kind of appointment of the client's."""
    return Motive.objects.create(
        client=client, name=fields.pop("name", "Consultation"), minutes=minutes, **fields
    )


def book(calendar: Calendar, motive: Motive, start: str, **fields: Any) -> Appointment:
    """Book through the service, at NOW, by nobody in particular."""
    fields = {"by": None, "at": NOW} | fields
    return book_appointment(calendar=calendar, motive=motive, starts_at=paris(start), **fields)
