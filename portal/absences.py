"""The page about absences and public holidays, and what an absence would do."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from agenda.models import Absence, Appointment, Calendar
from agenda.queries.directives import (
    coming_absences,
    holidays_of,
    recurring_absences,
    said_absence,
)
from agenda.queries.proposals import Proposal
from agenda.rules import HolidayName
from agenda.rules.directives import rule_of
from agenda.services import block_period, block_recurring
from agenda.services.absences import Blocked
from agenda.services.directives import change_recurring, replacing_absence
from clients.models import Client, User
from core.periods import Period
from core.wall_clock import day_bounds, instant_of
from portal.directive_forms import AbsenceForm, days_initial
from portal.directive_wording import any_absence_words
from portal.hours import calendar_choices, chosen_calendar, next_monday, today_in
from portal.pages import page
from portal.scope import may_change, viewer

_DAYS_SHOWN = 6
_LOOKED_AHEAD = timedelta(days=200)


@dataclass(frozen=True)
class AbsenceRow:
    """One absence of the list, with the next days of a recurring one."""

    absence: Absence
    words: str
    next_days: list[date]
    given_back: list[date]


@dataclass(frozen=True)
class HolidayRow:
    """One public holiday: whether it is open, and what is booked on it."""

    holiday: HolidayName
    is_open: bool
    booked: int


def absences_page(request: HttpRequest, client: Client) -> HttpResponse:
    """Show when the practice is away, and the public holidays of a year."""
    calendar, calendars = chosen_calendar(request, client)
    if calendar is None:
        return page(request, "portal/no_agenda.html", client, tab="hours")
    now, today = timezone.now(), today_in(calendar)
    return page(
        request,
        "portal/hours/absences.html",
        client,
        tab="hours",
        section="absences",
        calendar=calendar,
        calendars=calendar_choices("portal:absences", client, calendars, calendar),
        singles=[_row(one, today) for one in coming_absences(calendar, now)],
        recurring=[_row(one, today) for one in recurring_absences(calendar, today)],
        holidays=holiday_rows(calendar, today),
        regions=Calendar.Holidays.choices,
        may_change=may_change(viewer(request), client),
    )


def _row(absence: Absence, today: date) -> AbsenceRow:
    words = any_absence_words(absence, today)
    if not absence.is_recurring:
        return AbsenceRow(absence, words, [], [])
    coming = absence.days_between(today, today + _LOOKED_AHEAD)[:_DAYS_SHOWN]
    back = absence.days_given_back.filter(day__gte=today).values_list("day", flat=True)
    return AbsenceRow(absence, words, coming, list(back))


def holiday_rows(calendar: Calendar, today: date) -> list[HolidayRow]:
    """Give the holidays of a year from today, with the number of visits booked on each."""
    until = today.replace(day=1) + timedelta(days=366)
    found = holidays_of(calendar, today, until)
    days = [holiday.day for holiday, _ in found]
    booked = Appointment.objects.filter(calendar=calendar, local_day__in=days).active()
    counts: dict[date, int] = {}
    for day in booked.values_list("local_day", flat=True):
        counts[day] = counts.get(day, 0) + 1
    return [HolidayRow(one, is_open, counts.get(one.day, 0)) for one, is_open in found]


def absence_form(
    request: HttpRequest, calendar: Calendar, absence: Absence | None = None
) -> AbsenceForm:
    """Read the form, or begin it with what the absence says now."""
    given, today = request.POST if request.method == "POST" else None, today_in(calendar)
    initial = {"first": next_monday(today), "seen": calendar.revision}
    if absence is not None:
        initial |= _initial_of(absence, next_monday(today))
    return AbsenceForm(given, today=today, initial=initial)


def _initial_of(absence: Absence, first: date) -> dict[str, object]:
    said = said_absence(absence)
    days = days_initial(said.days, first) if said else {}
    named = {"reason": absence.reason, "reason_shared": absence.reason_shared}
    return {**days, "start": absence.start_time, "end": absence.end_time, **named}


def single_period(form: AbsenceForm, calendar: Calendar) -> Period:
    """Give the time that a valid form about one absence names."""
    given = form.cleaned_data
    first, last = given["first"], given["last"] or given["first"]
    start, end = day_bounds(first, calendar.zone)[0], day_bounds(last, calendar.zone)[1]
    if given["start"] is not None:
        start = instant_of(first, given["start"], calendar.zone)
        end = instant_of(last, given["end"], calendar.zone)
    return Period(start, end)


def proposal_of(form: AbsenceForm, calendar: Calendar, absence: Absence | None) -> Proposal:
    """Give what a valid form proposes."""
    if absence is not None:
        return replacing_absence(absence, form.said(), today_in(calendar))
    first = form.cleaned_data["first"]
    if form.is_single:
        return Proposal(first, away=[single_period(form, calendar)])
    return Proposal(first, absences=[form.said()])


def save_absence(
    form: AbsenceForm, calendar: Calendar, absence: Absence | None, by: User, at: datetime
) -> Blocked:
    """Block what a valid form says, in the place of the absence where one is given."""
    given = form.cleaned_data
    why = {"reason": given["reason"], "reason_shared": given["reason_shared"], "by": by, "at": at}
    if absence is not None:
        return change_recurring(absence=absence, said=form.said(), **why)
    if form.is_single:
        start, end = single_period(form, calendar)
        return block_period(calendar=calendar, starts_at=start, ends_at=end, **why)
    said = form.said()
    return block_recurring(
        calendar=calendar,
        recurrence=rule_of(said.days).text,
        valid_from=said.days.first,
        valid_until=said.days.last,
        start_time=said.start,
        end_time=said.end,
        **why,
    )
