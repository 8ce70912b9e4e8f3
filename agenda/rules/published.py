"""A calendar as other programs read it: RFC 5545, written by the icalendar package.

What phones, Outlook and Thunderbird are known to want: wall-clock times with their VTIMEZONE, a UID
that never changes, a SEQUENCE that grows with each change, a stamp that stays when nothing did,
cancelled events said so for a while, and how often to come back (RFC 7986, and Outlook's own).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

PRODUCT = "-//Permanence//Agenda//FR"
COME_BACK = timedelta(minutes=15)


class PublishedEvent(NamedTuple):
    """One event: an appointment or an absence.

    `busy` says whether the time is taken: a cancelled event's is not. An all-day event lasts from
    the local day of its start up to, not including, that of its end.
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    changed_at: datetime
    sequence: int = 0
    all_day: bool = False
    cancelled: bool = False
    away: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """What one calendar gives out; `private` marks events that name people."""

    name: str
    zone: ZoneInfo
    events: tuple[PublishedEvent, ...]
    private: bool = False

    @property
    def digest(self) -> str:
        """Return a text that is the same exactly when what is given out is."""
        facts = (PRODUCT, self.name, self.zone.key, self.private, self.events)
        return sha256(repr(facts).encode()).hexdigest()


def icalendar_text(published: Published) -> bytes:
    """Return the calendar in UTF-8, lines folded at 75 octets and ended by CRLF."""
    calendar = Calendar()
    for name, value in _headers(published):
        calendar.add(name, value)
    calendar.add("refresh-interval", COME_BACK, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", f"PT{COME_BACK // timedelta(minutes=1)}M")
    timed = [event for event in published.events if not event.all_day]
    if timed:
        calendar.add_component(_timezone(published.zone, *_span(timed)))
    for event in published.events:
        calendar.add_component(_event(event, published))
    text: bytes = calendar.to_ical()
    return text


def _headers(published: Published) -> list[tuple[str, str]]:
    return [
        ("version", "2.0"),
        ("prodid", PRODUCT),
        ("calscale", "GREGORIAN"),
        ("method", "PUBLISH"),
        ("name", published.name),
        ("x-wr-calname", published.name),
        ("x-wr-timezone", published.zone.key),
    ]


def _span(events: Iterable[PublishedEvent]) -> tuple[date, date]:
    """Return the days that the zone must be told for: whole years, so that they rarely change."""
    days = [event.starts_at.date() for event in events]
    return date(min(days).year - 1, 1, 1), date(max(days).year + 2, 1, 1)


@lru_cache(maxsize=32)
def _timezone(zone: ZoneInfo, first: date, last: date) -> Timezone:
    return Timezone.from_tzinfo(zone, zone.key, first_date=first, last_date=last)


def _event(event: PublishedEvent, published: Published) -> Event:
    written = Event()
    start, end = (at.astimezone(published.zone) for at in (event.starts_at, event.ends_at))
    written.add("uid", event.uid)
    written.add("dtstamp", event.changed_at.astimezone(UTC))
    written.add("last-modified", event.changed_at.astimezone(UTC))
    written.add("sequence", event.sequence)
    written.add("dtstart", start.date() if event.all_day else start)
    written.add("dtend", end.date() if event.all_day else end)
    written.add("summary", event.summary)
    written.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    written.add("transp", "TRANSPARENT" if event.cancelled else "OPAQUE")
    if event.away:
        written.add("x-microsoft-cdo-busystatus", "OOF")
    if published.private:
        written.add("class", "PRIVATE")
    if event.link:
        written.add("url", event.link)
    return written
