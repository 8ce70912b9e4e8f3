"""The agenda page: the days and their load, one day's list, and what is opened beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from agenda.models import Absence, AppointmentChange, Calendar, Side
from agenda.queries import (
    DayLoad,
    OpenSlot,
    calendars_of,
    day_list,
    day_loads,
    motives_of,
    open_slots,
    unseen_absences,
    unseen_changes,
)
from clients.models import Client, User
from core.days import written_day
from portal.diary import day_entries
from portal.pages import page
from portal.scope import may_change, viewer
from portal.waiting import waiting_for_place_of

WEEK = timedelta(days=7)
UNDONE_WITHIN = timedelta(minutes=30)


@dataclass(frozen=True)
class DayLink:
    """One day of the strip above the list."""

    load: DayLoad
    href: str
    is_current: bool
    is_today: bool


@dataclass(frozen=True)
class CalendarLink:
    """One practitioner of several."""

    name: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class News:
    """What the desk did and nobody here has marked seen."""

    changes: list[AppointmentChange]
    absences: list[Absence]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.changes) + len(self.absences)

    @property
    def by_appointment(self) -> dict[int, str]:
        """The last of them for each appointment."""
        return {change.appointment_id: change.kind for change in self.changes}


def agenda_page(
    request: HttpRequest,
    client: Client,
    *,
    calendar: Calendar | None = None,
    day: date | None = None,
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    """Show a day of a calendar (those of the address, else the first's today), and a pane."""
    now = timezone.now()
    calendars = list(calendars_of(client).select_related("client"))
    calendar = calendar or _named(request, calendars)
    if calendar is None:
        return page(request, "portal/no_agenda.html", client, tab="agenda", status=status)
    day = day or day_of(request) or now.astimezone(calendar.zone).date()
    context = day_context(viewer(request), calendar, calendars, day, now)
    base = {"tab": "agenda", "done": done_of(request, client, now), "pane": "", "open_key": ""}
    return page(request, "portal/agenda.html", client, status=status, **context, **base | shown)


def day_context(
    user: User, calendar: Calendar, calendars: Sequence[Calendar], day: date, now: datetime
) -> dict[str, Any]:
    """Give what the strip and the list show of one day."""
    listed = day_list(calendar, day, now=now)
    news = news_for(user, calendar.client)
    slots = free_on(calendar, day, now)
    return {
        "calendar": calendar,
        "calendars": [_calendar_link(one, day, one == calendar) for one in calendars],
        "day": day,
        "load": listed.load,
        "free_places": listed.load.places - listed.load.taken,
        "strip": strip(calendar, day, now),
        "previous": day_address(calendar, day - WEEK),
        "next": day_address(calendar, day + WEEK),
        "today": day_address(calendar, now.astimezone(calendar.zone).date()),
        "entries": day_entries(listed, slots, news.by_appointment, now),
        "news": news,
        "may_change": may_change(user, calendar.client),
    }


def news_for(user: User, client: Client) -> News:
    """Give what the desk did since this side looked."""
    side = Side.PORTAL
    changes = unseen_changes(client, side=side, viewer=user).order_by("at", "pk")
    return News(list(changes), list(unseen_absences(client, side=side)))


def free_on(calendar: Calendar, day: date, now: datetime) -> list[OpenSlot]:
    """Give the day's free slots for the calendar's first ordinary motive."""
    motive = motives_of(calendar).filter(is_urgent=False).first()
    return open_slots([calendar], motive, first_day=day, days=1, now=now) if motive else []


def strip(calendar: Calendar, day: date, now: datetime) -> list[DayLink]:
    """Give the days of a week: Monday to Friday, and the others where something is on."""
    monday = day - timedelta(days=day.weekday())
    today = now.astimezone(calendar.zone).date()
    loads = day_loads([calendar], monday, days=7, now=now)[calendar.pk]
    return [
        DayLink(load, day_address(calendar, load.day), load.day == day, load.day == today)
        for load in loads
        if load.day.weekday() < 5 or load.places or load.appointments or load.day in (day, today)
    ]


def day_address(calendar: Calendar, day: date) -> str:
    """Give the address of a day of a calendar."""
    base = reverse("portal:agenda", args=[calendar.client.uuid])
    return f"{base}?{urlencode({'day': day.isoformat(), 'calendar': str(calendar.uuid)})}"


def day_of(request: HttpRequest) -> date | None:
    """Read the day that the address names."""
    return written_day(request.GET.get("day", ""))


@dataclass(frozen=True)
class Done:
    """What was just done here, and how it is taken back."""

    change: AppointmentChange | None
    absence: Absence | None
    undo_url: str
    waiting: int = 0  # persons who wait for the time that it made free


def done_of(request: HttpRequest, client: Client, now: datetime) -> Done | None:
    """Give what the address says was just done, for as long as it makes sense to take it back."""
    found = request.GET.get("done", "")
    since = now - UNDONE_WITHIN
    try:
        named = UUID(found)
    except ValueError:
        return None
    changes = AppointmentChange.objects.filter(client=client, uuid=named, at__gte=since)
    change = changes.select_related("appointment__correspondent", "undoes").first()
    if change:
        undo = "" if change.undoes_id else reverse("portal:undo", args=[change.uuid])
        waiting = waiting_for_place_of(change.appointment, now)
        return Done(change, None, undo, len(waiting))
    absences = Absence.objects.filter(calendar__client=client, uuid=named, created_at__gte=since)
    absence = absences.select_related("calendar").first()
    if absence is None:
        return None
    undo = "" if absence.lifted_at else reverse("portal:unblock", args=[absence.uuid])
    return Done(None, absence, undo)


def _named(request: HttpRequest, calendars: Sequence[Calendar]) -> Calendar | None:
    wanted = request.GET.get("calendar", "")
    found = (calendar for calendar in calendars if str(calendar.uuid) == wanted)
    return next(found, calendars[0] if calendars else None)


def _calendar_link(calendar: Calendar, day: date, is_current: bool) -> CalendarLink:
    return CalendarLink(calendar.name, day_address(calendar, day), is_current)
