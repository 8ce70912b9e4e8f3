"""What one calendar gives out to other programs, and which calendar an address belongs to."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import NamedTuple

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from agenda.models import Appointment, AppointmentChange, Calendar, CalendarFeed
from agenda.queries.named_closures import named_closures
from agenda.rules.published import Published, PublishedEvent
from clients.models.correspondent import Correspondent
from core.wall_clock import instant_of

BACK, AHEAD = timedelta(days=92), timedelta(days=366)
# For how long a cancelled appointment is given out as such, so that programs take it away.
CANCELLED_SHOWN = timedelta(days=30)
_COLUMNS = (
    "pk",
    "uuid",
    "created_at",
    "starts_at",
    "ends_at",
    "status",
    "motive__name",
    "booked_for",
    "correspondent__civility",
    "correspondent__first_name",
    "correspondent__last_name",
)


class _Changed(NamedTuple):
    """How many changes an appointment has, and when the last one was."""

    times: int
    at: datetime


def digest_of(token: str) -> str:
    """Return what is kept of a token."""
    return sha256(token.encode()).hexdigest()


def feed_by_token(token: str) -> CalendarFeed | None:
    """Return the address in force that the token opens.

    It is looked for by its digest, which tells nothing about the token however long it takes.
    """
    digest = digest_of(token)
    found = CalendarFeed.objects.in_force().filter(token_digest=digest)
    feed = found.select_related("calendar__client", "made_by").first()
    return feed if feed and compare_digest(feed.token_digest, digest) else None


def published_calendar(feed: CalendarFeed, *, now: datetime, link: str = "") -> Published:
    """Return three months back and a year ahead of the feed's calendar, in the active language.

    Without names an event says its motive and nobody's name; the note, the number and the birth
    date are never given out. `link` is the address of an appointment with {uuid} for its own.
    """
    calendar = feed.calendar
    today = now.astimezone(calendar.zone).date()
    start = instant_of(today - BACK, time(), calendar.zone)
    end = instant_of(today + AHEAD, time(), calendar.zone)
    events = [
        *_appointments(feed, start, end, now, link),
        *_absences(feed, start, end),
    ]
    events.sort(key=lambda event: (event.starts_at, event.uid))
    return Published(calendar.name, calendar.zone, tuple(events), private=feed.with_names)


def _appointments(
    feed: CalendarFeed, start: datetime, end: datetime, now: datetime, link: str
) -> Iterator[PublishedEvent]:
    within = {"calendar": feed.calendar_id, "block_starts_at__lt": end}
    within["block_starts_at__gte"] = start
    changes = _changes(within)
    for row in Appointment.objects.filter(**within).order_by("starts_at").values(*_COLUMNS):
        changed = changes.get(row["pk"]) or _Changed(1, row["created_at"])
        cancelled = row["status"] == Appointment.Status.CANCELLED
        if cancelled and changed.at < now - CANCELLED_SHOWN:
            continue
        yield PublishedEvent(
            uid=str(row["uuid"]),
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            summary=_summary(row, with_names=feed.with_names),
            changed_at=changed.at.replace(microsecond=0),
            sequence=changed.times - 1,
            cancelled=cancelled,
            link=link.format(uuid=row["uuid"]),
        )


def _changes(within: dict[str, object]) -> dict[int, _Changed]:
    found = (
        AppointmentChange.objects.filter(
            **{f"appointment__{name}": value for name, value in within.items()}
        )
        .values("appointment")
        .annotate(count=Count("pk"), last=Max("at"))
        .order_by()
    )
    return {row["appointment"]: _Changed(row["count"], row["last"]) for row in found}


def _summary(row: dict[str, str], *, with_names: bool) -> str:
    motive = row["motive__name"] or _("Appointment")
    if not with_names:
        return motive
    person = Correspondent(
        civility=row["correspondent__civility"] or "",
        first_name=row["correspondent__first_name"] or "",
        last_name=row["correspondent__last_name"] or "",
    )
    name = row["booked_for"] or person.listed_name
    return f"{name} · {motive}" if name else motive


def _absences(feed: CalendarFeed, start: datetime, end: datetime) -> Iterator[PublishedEvent]:
    for closure in named_closures(feed.calendar, first=start, until=end):
        is_told = feed.with_names or closure.is_holiday
        yield PublishedEvent(
            uid=closure.uid,
            starts_at=closure.starts_at,
            ends_at=closure.ends_at,
            summary=(is_told and closure.words) or _("Absence"),
            changed_at=closure.changed_at.replace(microsecond=0),
            all_day=_is_whole_days(feed.calendar, closure.starts_at, closure.ends_at),
            away=True,
        )


def _is_whole_days(calendar: Calendar, start: datetime, end: datetime) -> bool:
    return all(_is_midnight(calendar, at) for at in (start, end))


def _is_midnight(calendar: Calendar, at: datetime) -> bool:
    day: date = at.astimezone(calendar.zone).date()
    return at == instant_of(day, time(), calendar.zone)
