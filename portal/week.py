"""The week of a client's calendars."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from agenda.models import Calendar, Side
from agenda.queries import WeekGrid, calendars_of, week_grid
from clients.models import Client
from portal.agenda import WEEK, day_of
from portal.agenda_wording import short_day
from portal.scope import may_change, viewer

ALL = "all"
# On a telephone or a half-open laptop more columns than these can't be read.
SHOWN_TOGETHER = 3


@dataclass(frozen=True)
class Choice:
    """One practitioner, or all of them."""

    href: str
    label: str
    current: bool


@dataclass(frozen=True)
class WeekShown:
    """What the screen adds to the week's grid."""

    client: UUID
    monday: date
    shown_day: date
    wanted: str  # the calendar shown, or ALL
    calendars: Sequence[Calendar]
    move_name: str
    chosen: str = ""
    open_name: str = "portal:appointment"

    @property
    def sunday(self) -> date:
        """The last day of the week."""
        return self.monday + timedelta(days=6)

    @property
    def title(self) -> str:
        """« 23 – 29 nov. »"""
        pattern = "d" if self.monday.month == self.sunday.month else "d MMM"
        return f"{short_day(self.monday, pattern)} – {short_day(self.sunday, 'd MMM')}"

    @property
    def here(self) -> str:
        """The address of this very week."""
        return self._address(self.shown_day, self.wanted)

    @property
    def previous(self) -> str:
        """The week before."""
        return self._address(self.monday - WEEK, self.wanted)

    @property
    def next(self) -> str:
        """The week after."""
        return self._address(self.monday + WEEK, self.wanted)

    @property
    def today(self) -> str:
        """This week."""
        return self._address(None, self.wanted)

    @property
    def choices(self) -> list[Choice]:
        """One practitioner at a time, or all."""
        if len(self.calendars) < 2:
            return []
        names = [*((str(one.uuid), one.name) for one in self.calendars), (ALL, _("all"))]
        return [Choice(self._address(self.shown_day, v), n, v == self.wanted) for v, n in names]

    def _address(self, day: date | None, calendar: str) -> str:
        query = {"day": day.isoformat() if day else "", "calendar": calendar}
        base = reverse("portal:week", args=[self.client])
        return f"{base}?{urlencode({k: v for k, v in query.items() if v})}"


def week_context(request: HttpRequest, client: Client, now: datetime) -> dict[str, Any] | None:
    """Give the grid of the week that the address names; None for a client without calendars."""
    calendars = list(calendars_of(client).select_related("client"))
    if not calendars:
        return None
    today = now.astimezone(calendars[0].zone).date()
    day = day_of(request) or today
    wanted, kept = _wanted(request, calendars)
    writes = may_change(viewer(request), client)
    week = WeekShown(
        client=client.uuid,
        monday=day - timedelta(days=day.weekday()),
        shown_day=day,
        wanted=wanted,
        calendars=calendars,
        move_name="portal:move" if writes else "",
    )
    grid = grid_of(kept, week.monday, now)
    return {"week": week, "grid": grid, "now": now, "may_change": writes}


def grid_of(calendars: Sequence[Calendar], monday: date, now: datetime) -> WeekGrid:
    """Give the week's grid, without the days at its end on which nothing is on."""
    grid = week_grid(calendars, monday, now=now, side=Side.PORTAL)
    days = 7
    while days > 5 and not any(_is_used(c.items) for c in grid.days[days - 1].columns):
        days -= 1
    return replace(grid, days=grid.days[:days])


def _is_used(items: Sequence[Any]) -> bool:
    return any(item.kind != "closed" for item in items)


def _wanted(request: HttpRequest, calendars: Sequence[Calendar]) -> tuple[str, Sequence[Calendar]]:
    named = request.GET.get("calendar", "")
    one = [calendar for calendar in calendars if str(calendar.uuid) == named]
    if one:
        return named, one
    if named != ALL and len(calendars) > SHOWN_TOGETHER:
        return str(calendars[0].uuid), calendars[:1]
    return ALL, calendars
