"""The pages about opening hours: the list, the forms with their preview, what was saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from agenda.models import Calendar, Motive, OpeningRule
from agenda.queries import calendars_of, motives_of
from agenda.queries.directives import (
    HOURS_CHANGED,
    last_change_of_hours,
    opening_rules,
    said_hours,
)
from agenda.queries.preview import Preview, left_outside, preview, troubled_by, week_as_it_is
from agenda.queries.proposals import Proposal
from agenda.rules import Reason
from agenda.services.directives import can_undo
from clients.models import AuditEntry, Client
from core.days import written_day
from portal.directive_wording import detail_words, hours_words, rule_words
from portal.hours_picture import Picture, picture_of
from portal.pages import page
from portal.scope import may_change, viewer

LISTED = 20
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class RuleRow:
    """One rule of the list: `coming` has not begun, `ends` has a last day, `sayable` has a form."""

    rule: OpeningRule
    words: str
    coming: bool
    sayable: bool


@dataclass(frozen=True)
class CalendarChoice:
    """One practitioner of several."""

    name: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class Shown:
    """What a preview shows beside a form."""

    words: str
    found: Preview
    picture: Picture

    @property
    def first_conflicts(self) -> Sequence[Any]:
        return self.found.conflicts[:LISTED]

    @property
    def leaves_outside(self) -> bool:
        """Whether a visit would stand outside hours, where an assistant moves it."""
        return any(one.reason is Reason.OUTSIDE_OPENING for one in self.found.conflicts)

    @property
    def more(self) -> int:
        return max(0, len(self.found.conflicts) - LISTED)


def today_in(calendar: Calendar) -> date:
    """Give the day that it is on the calendar's wall."""
    return timezone.now().astimezone(calendar.zone).date()


def next_monday(today: date) -> date:
    """Give the first day from which a change is proposed."""
    return today + timedelta(days=7 - today.weekday())


def chosen_calendar(request: HttpRequest, client: Client) -> tuple[Calendar | None, list[Calendar]]:
    """Give the calendar that the address names, else the first, and all of them."""
    calendars = list(calendars_of(client).select_related("client"))
    wanted = request.GET.get("calendar", "")
    named = (calendar for calendar in calendars if str(calendar.uuid) == wanted)
    return next(named, calendars[0] if calendars else None), calendars


def calendar_choices(
    name: str, client: Client, calendars: Sequence[Calendar], chosen: Calendar
) -> list[CalendarChoice]:
    """Give the practitioners to choose from."""
    base = reverse(name, args=[client.uuid])
    return [
        CalendarChoice(one.name, f"{base}?{urlencode({'calendar': one.uuid})}", one == chosen)
        for one in calendars
    ]


def hours_page(request: HttpRequest, client: Client) -> HttpResponse:
    """Show the week in force and its rules."""
    calendar, calendars = chosen_calendar(request, client)
    if calendar is None:
        return page(request, "portal/no_agenda.html", client, tab="hours")
    today = today_in(calendar)
    day = written_day(request.GET.get("week", "")) or today
    monday = day - timedelta(days=day.weekday())
    here = {"calendar": str(calendar.uuid)}
    return page(
        request,
        "portal/hours/hours.html",
        client,
        tab="hours",
        section="hours",
        calendar=calendar,
        calendars=calendar_choices("portal:hours", client, calendars, calendar),
        rows=rule_rows(calendar, today),
        monday=monday,
        sunday=monday + timedelta(days=6),
        previous="?" + urlencode(here | {"week": (monday - _WEEK).isoformat()}),
        following="?" + urlencode(here | {"week": (monday + _WEEK).isoformat()}),
        picture=picture_of(week_as_it_is(calendar, monday), calendar.zone),
        done=done_of(request, client),
        may_change=may_change(viewer(request), client),
    )


def rule_rows(calendar: Calendar, today: date) -> list[RuleRow]:
    """Give the rules, those in force before those to come, in the order of the day."""
    rows = [
        RuleRow(
            rule, rule_words(rule, today), rule.valid_from > today, said_hours(rule) is not None
        )
        for rule in opening_rules(calendar, today)
    ]
    return sorted(rows, key=lambda row: row.coming)


@dataclass(frozen=True)
class Done:
    """A change that was just saved: what it says, and whether it can be taken back."""

    change: AuditEntry
    lines: list[str]
    undo_url: str


def done_of(request: HttpRequest, client: Client) -> Done | None:
    """Give the change that the address names."""
    try:
        named = UUID(request.GET.get("done", ""))
    except ValueError:
        return None
    found = AuditEntry.objects.filter(client=client, action__startswith=HOURS_CHANGED, uuid=named)
    change = found.select_related("by").first()
    return shown_change(change, client) if change else None


def shown_change(change: AuditEntry, client: Client) -> Done:
    """Give a change of hours with its words and its way back."""
    calendar = Calendar.objects.select_related("client").get(uuid=change.detail["calendar"])
    motives = list(Motive.objects.filter(client=client))
    undoable = can_undo(change, last_change_of_hours(calendar), today_in(calendar))
    undo = reverse("portal:directive_undo", args=[change.uuid]) if undoable else ""
    return Done(change, detail_words(change, motives, {}), undo)


def change_page(
    request: HttpRequest, client: Client, change: AuditEntry, *, why: str = "", status: int = 200
) -> HttpResponse:
    """Show a change that was saved, and the visits that it troubles."""
    now = timezone.now()
    calendar = Calendar.objects.select_related("client").get(uuid=change.detail["calendar"])
    return page(
        request,
        "portal/hours/change.html",
        client,
        status=status,
        why=why,
        tab="hours",
        section="hours",
        calendar=calendar,
        done=shown_change(change, client),
        troubled=troubled_by(change, now=now),
        outside=left_outside(calendar, change, now=now),
        may_change=may_change(viewer(request), client),
    )


def form_page(
    request: HttpRequest,
    template: str,
    calendar: Calendar,
    form: Form,
    proposal: Proposal | None,
    *,
    words: str = "",
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    """Show a form with what saving it would do; without a proposal, what is missing."""
    now = timezone.now()
    return page(
        request,
        template,
        calendar.client,
        status=status,
        tab="hours",
        calendar=calendar,
        form=form,
        preview=shown_preview(calendar, proposal, words, now) if proposal else None,
        may_change=True,
        **shown,
    )


def shown_preview(calendar: Calendar, proposal: Proposal, words: str, now: datetime) -> Shown:
    """Give what a preview shows."""
    found = preview(calendar, proposal, now=now)
    return Shown(words, found, picture_of(found.week, calendar.zone))


def proposed_words(form: Any, calendar: Calendar) -> str:
    """Say what a valid form about hours says."""
    return hours_words(form.said(), list(motives_of(calendar)), None)
