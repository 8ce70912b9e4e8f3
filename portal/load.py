"""The load page: which days, whose, and the charts that show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agenda.models import Calendar
from agenda.queries import calendars_of
from agenda.queries.load import Load, NoShows, practice_load
from agenda.rules.load import DayFill
from clients.models import Client
from core.charts import Bar, Chart, Given, chart
from portal.agenda_wording import day_words, short_day
from portal.wording_load import hours_words, percent_words

WEEK = timedelta(days=7)
HEIGHT = 120
ALL = "all"
FEW = 8  # columns over which there is room to write
MANY = 31  # columns beside each other at most: then weeks are shown


@dataclass(frozen=True)
class Span:
    """Some weeks around this one; `first` counts weeks from this one's Monday."""

    key: str
    label: Any
    first: int
    weeks: int


SPANS = (
    Span("week", gettext_lazy("This week"), 0, 1),
    Span("ahead", gettext_lazy("4 weeks ahead"), 0, 4),
    Span("far", gettext_lazy("3 months ahead"), 0, 13),
    Span("back", gettext_lazy("4 weeks back"), -4, 4),
    Span("past", gettext_lazy("3 months back"), -13, 13),
)


@dataclass(frozen=True)
class Choice:
    """One span or one calendar of several."""

    href: str
    label: str
    is_current: bool


@dataclass(frozen=True)
class LoadRow:
    """One row of a table: a day or a week, and the appointments on it."""

    label: str
    fill: DayFill
    visits: int


def load_context(request: HttpRequest, client: Client, now: datetime) -> dict[str, Any] | None:
    """Give what the load page shows; None for a client without calendars."""
    calendars = list(calendars_of(client).select_related("client"))
    if not calendars:
        return None
    span, wanted = _span(request), _calendar(request, calendars)
    today = now.astimezone(calendars[0].zone).date()
    first = today - timedelta(days=today.weekday()) + WEEK * span.first
    kept = [wanted] if wanted else calendars
    load = practice_load(kept, first, days=span.weeks * 7, now=now)
    key = str(wanted.uuid) if wanted else ALL
    return {
        "load": load,
        "first": first,
        "last": first + WEEK * span.weeks - timedelta(days=1),
        "is_ahead": span.first >= 0,
        "spans": [_choice(client, one.label, one.key, key, one == span) for one in SPANS],
        "whose": _whose(client, calendars, span.key, key),
        "tables": _tables(load, span.weeks > 1),
        "fill_chart": _fill_chart(load, span.weeks),
        "free_chart": _free_chart(load, span.weeks) if span.first >= 0 else None,
        "no_show_chart": _no_show_chart(load.no_shows),
        "most_minutes": max((share.minutes for share in load.motives), default=0),
        "now": now,
    }


def shown_days(days: Sequence[DayFill], visits: dict[date, int]) -> list[DayFill]:
    """Leave out the days of the week on which nothing is on during the whole span."""
    used = {
        fill.day.weekday()
        for fill in days
        if fill.regular.offered or fill.emergency.offered or fill.outside or visits.get(fill.day)
    }
    return [fill for fill in days if fill.day.weekday() in used]


def _span(request: HttpRequest) -> Span:
    return next((span for span in SPANS if span.key == request.GET.get("span")), SPANS[1])


def _calendar(request: HttpRequest, calendars: Sequence[Calendar]) -> Calendar | None:
    if len(calendars) == 1:
        return calendars[0]
    named = request.GET.get("calendar", "")
    return next((calendar for calendar in calendars if str(calendar.uuid) == named), None)


def _choice(client: Client, label: object, span: str, calendar: str, current: bool) -> Choice:
    address = reverse("portal:load", args=[client.uuid])
    query = urlencode({"span": span, "calendar": calendar})
    return Choice(f"{address}?{query}", str(label), current)


def _whose(client: Client, calendars: Sequence[Calendar], span: str, key: str) -> list[Choice]:
    if len(calendars) < 2:
        return []
    names = [(ALL, _("the practice")), *((str(one.uuid), one.name) for one in calendars)]
    return [_choice(client, name, span, value, value == key) for value, name in names]


def _tables(load: Load, has_weeks: bool) -> dict[str, list[LoadRow]]:
    """Give the rows of the days, and of the weeks where there are several."""
    days = shown_days(load.days, load.visits)
    rows = [LoadRow(day_words(one.day), one, load.visits.get(one.day, 0)) for one in days]
    return {"days": rows, "weeks": _weeks(load) if has_weeks else []}


def _weeks(load: Load) -> list[LoadRow]:
    return [LoadRow(_week_words(week.day), week, _visits_in(load, week.day)) for week in load.weeks]


def _visits_in(load: Load, monday: date) -> int:
    return sum(count for day, count in load.visits.items() if monday <= day < monday + WEEK)


def _week_words(monday: date) -> str:
    return _("week of %(day)s") % {"day": short_day(monday, "d MMM")}


def _columns(load: Load, weeks: int) -> list[tuple[str, DayFill]]:
    """Give the days, or the weeks where the days are too many to stand beside each other."""
    if weeks * 7 > MANY:
        return [(_week_words(week.day), week) for week in load.weeks]
    return [(day_words(one.day), one) for one in shown_days(load.days, load.visits)]


def _under(nth: int, day: date, count: int, *, by_week: bool) -> str:
    """Say what stands under a column: all of few, some of many."""
    if by_week:
        return short_day(day, "d/M") if nth % 2 == 0 else ""
    if count <= FEW:
        return short_day(day, "EEE d")
    return short_day(day, "d/M") if day.weekday() == 0 else ""


def _fill_chart(load: Load, weeks: int) -> Chart:
    shown = _columns(load, weeks)
    given = [
        Given(
            words=_fill_words(label, fill),
            bars=[
                Bar(0, "offered", fill.regular.offered / 60),
                Bar(0, "booked", fill.regular.booked / 60),
                Bar(1, "offered-urgent", fill.emergency.offered / 60),
                Bar(1, "booked-urgent", fill.emergency.booked / 60),
            ],
            over=percent_words(fill.regular.percent) if len(shown) <= FEW else "",
            under=_under(nth, fill.day, len(shown), by_week=weeks * 7 > MANY),
        )
        for nth, (label, fill) in enumerate(shown)
    ]
    return chart(given, height=HEIGHT, step=2, least=2)


def _fill_words(label: str, fill: DayFill) -> str:
    words = {
        "label": label,
        "booked": hours_words(fill.regular.booked),
        "offered": hours_words(fill.regular.offered),
    }
    return _("%(label)s: %(booked)s booked of %(offered)s") % words


def _free_chart(load: Load, weeks: int) -> Chart:
    shown = _columns(load, weeks)
    given = [
        Given(
            words=_free_words(label, fill),
            bars=[
                Bar(0, "free", fill.regular.free),
                Bar(1, "offered-urgent", fill.emergency.free),
            ],
            over=str(fill.regular.free) if len(shown) <= MANY else "",
            under=_under(nth, fill.day, len(shown), by_week=weeks * 7 > MANY),
        )
        for nth, (label, fill) in enumerate(shown)
    ]
    return chart(given, height=HEIGHT * 2 // 3, step=5, least=5)


def _free_words(label: str, fill: DayFill) -> str:
    free = ngettext("%(count)d free place", "%(count)d free places", fill.regular.free)
    return f"{label} : {free % {'count': fill.regular.free}}"


def _no_show_chart(months: Sequence[NoShows]) -> Chart:
    given = [
        Given(
            words=f"{short_day(month.month, 'MMMM y')} : {month.missed} / {month.over}",
            bars=[Bar(0, "missed", month.percent or 0)],
            over=percent_words(month.percent),
            under=short_day(month.month, "MMM"),
        )
        for month in months
    ]
    return chart(given, height=HEIGHT * 2 // 3, step=5, least=10)
