"""The pages about lines: the list of all, and one line's week, sentences, preview and history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from calls.models import LineSchedule
from calls.queries import Foreseen, foresee, on_call_wanted
from calls.rules.drafts import Draft, DraftHours, DraftStep
from calls.rules.hours import When
from calls.rules.routing import USUAL, Action
from calls.services import draft_of, today_of
from clients.models import Client, Line, User
from core.days import written_day
from core.periods import Period
from desk.line_editor import Editor
from desk.line_forms import CallerRuleForm, PreviewForm
from desk.line_now import RightNow
from desk.line_picture import DayPicture, kind_of, week_picture
from desk.line_settings import zone_words
from desk.line_words import (
    Team,
    draft_words,
    foreseen_words,
    hours_words,
    settings_words,
    steps_words,
)
from desk.queries.board import rounded_hue
from desk.queries.lines import (
    Versions,
    caller_rules_of,
    changes_of,
    crisis_of,
    holidays_of_week,
    lines_on_desk,
    may_direct,
    names_in,
    teams_of,
    zone_of,
)
from desk.rosters import SOON, roster_rows
from desk.wording import locale

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class LineRow:
    """A line of the list: what holds on it right now, in words."""

    line: Line
    state: str
    now: str
    why: Sequence[str]
    is_urgent: bool
    in_crisis: bool


@dataclass(frozen=True)
class ClientLines:
    """A client and its lines."""

    client: Client
    hue: int
    rows: Sequence[LineRow]
    has_roster: bool


@dataclass(frozen=True)
class HoursWords:
    """Some hours of a version in sentences."""

    name: str
    when: str
    what: str
    language: str
    kind: str


def list_of_lines(user: User, now: datetime) -> list[ClientLines]:
    """Give all lines of a desk by client, with what holds on each right now."""
    lines = list(lines_on_desk(user))
    right_now = RightNow(lines, now)
    teams = teams_of({line.client for line in lines})
    by_client: dict[Client, list[LineRow]] = {}
    for line in lines:
        by_client.setdefault(line.client, []).append(_row(line, right_now, now))
    return [
        ClientLines(one, rounded_hue(one), rows, teams[one.pk].has_roster)
        for one, rows in by_client.items()
    ]


def _row(line: Line, right_now: RightNow, now: datetime) -> LineRow:
    state = state_of(line, now)
    in_crisis = right_now.directions[line.pk].because == "crisis"
    if state != "open":
        return LineRow(line, state, "", (), is_urgent=False, in_crisis=in_crisis)
    said = right_now.words(line, in_short=True)
    why, is_urgent = right_now.why(line), right_now.is_urgent(line)
    return LineRow(line, state, said, why, is_urgent, in_crisis)


def state_of(line: Line, now: datetime) -> str:
    """Name whether a line is the client's by now: coming, open or over."""
    if line.valid_from > now:
        return "coming"
    return "over" if line.valid_until is not None and line.valid_until <= now else "open"


def line_context(user: User, line: Line, asked: dict[str, str], now: datetime) -> dict[str, Any]:
    """What a line's page shows; `asked` is its address: the week, and a moment to foresee."""
    versions, today, team = Versions(line), today_of(line, now), team_of(line)
    monday = monday_of(asked.get("week", ""), today)
    version, right_now = versions.on(today), RightNow([line], now)
    return {
        "line": line,
        "hue": rounded_hue(line.client),
        "state": state_of(line, now),
        "may_direct": may_direct(user, line),
        "crisis": crisis_of(line, now),
        "now_words": right_now.words(line),
        "now_why": right_now.why(line),
        "now_is_urgent": right_now.is_urgent(line),
        "asks_the_team": _asks_the_team(versions, today),
        **week_context(versions, monday, today),
        **version_context(version, team),
        "versions": _versions(versions, version, today),
        "changes": changes_of(line),
        "zone_words": zone_words(line.zone_name, locale()),
        "live_url": _address(line, monday, today),
        **_roster_of(line, team, now),
        "caller_rules": caller_rules_of(line),
        "caller_form": CallerRuleForm(),
        **preview_context(line, asked, now),
    }


def _address(line: Line, monday: date, today: date) -> str:
    """Give where the page is asked for again, in the week that it shows."""
    address = reverse("desk:line", args=[line.uuid])
    return address if monday <= today < monday + _WEEK else f"{address}?week={monday.isoformat()}"


def _roster_of(line: Line, team: Team, now: datetime) -> dict[str, Any]:
    """Who is on call soon, where a line of the client's asks for it."""
    soon = Period(now, now + SOON)
    is_wanted = team.has_roster or bool(on_call_wanted(line.client, soon))
    rows = roster_rows(line.client, now, SOON) if team.has_roster else []
    return {"roster_wanted": is_wanted, "rows": rows}


def team_of(line: Line) -> Team:
    """Give who answers a line's client."""
    return teams_of([line.client]).get(line.client_id, Team())


def _asks_the_team(versions: Versions, today: date) -> bool:
    draft = versions.draft_on(today)
    steps = (step for one in (draft.hours if draft else ()) for step in one.steps)
    return any(step.action == "team" for step in steps)


def monday_of(written: str, today: date) -> date:
    """Give the Monday of the week that an address names, else of this one."""
    day = written_day(written) or today
    return day - timedelta(days=day.weekday())


def week_context(versions: Versions, monday: date, today: date) -> dict[str, Any]:
    """What `desk/line_week.html` needs."""
    version = versions.on(monday)
    holidays = holidays_of_week(version.holidays if version else None, monday)
    picture: list[DayPicture] = week_picture(versions.draft_on, monday, holidays, today)
    return {
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "previous": (monday - _WEEK).isoformat(),
        "following": (monday + _WEEK).isoformat(),
        "picture": picture,
        "clock_hours": range(0, 24, 3),
    }


def version_context(version: LineSchedule | None, team: Team) -> dict[str, Any]:
    """What a version says, in sentences; without one, what a line usually does."""
    draft = draft_of(version) if version else None
    return {
        "version": version,
        "hours": [hours_of(one, team) for one in draft.hours] if draft else [],
        "usual_words": steps_words(USUAL, team),
        "settings_words": _sentence(settings_words(draft)) if draft else "",
    }


def hours_of(one: DraftHours, team: Team) -> HoursWords:
    """Give some hours in sentences."""
    return HoursWords(
        one.name, hours_words(one), draft_words(one, team), one.language, kind_of(one)
    )


def _sentence(parts: Iterable[str]) -> str:
    return ", ".join(parts) + "."


def _versions(
    versions: Versions, current: LineSchedule | None, today: date
) -> list[dict[str, Any]]:
    return [
        {
            "version": one,
            "state": "now" if one == current else "coming" if one.starts_on > today else "past",
        }
        for one in versions.newest_first
    ]


def first_draft(line: Line) -> Draft:
    """Give what the editor begins with where nothing was directed yet."""
    workdays, silence = frozenset(range(5)), line.unanswered_text
    return Draft(
        hours=(
            DraftHours(
                name=_("Workdays"),
                when=When.WEEKLY,
                steps=(DraftStep(Action.ASSISTANTS), DraftStep(Action.QUEUE, 180)),
                weekdays=workdays,
                starts=time(8),
                ends=time(19),
            ),
            DraftHours(
                name=_("Closed"),
                when=When.OTHERWISE,
                steps=(DraftStep(Action.ANNOUNCE, text=silence),),
            ),
        )
    )


def editor_context(
    line: Line, editor: Editor, draft: Draft | None, now: datetime
) -> dict[str, Any]:
    """What `desk/line_edit.html` needs; `draft` is what valid forms say, to be read again."""
    team, today = team_of(line), today_of(line, now)
    context = {
        "page": "lines",
        "line": line,
        "hue": rounded_hue(line.client),
        "editor": editor,
        "roster_url": reverse("desk:roster", args=[line.client.uuid]),
        "hours": [],
        "usual_words": "",
        "settings_words": "",
        "picture": [],
    }
    if draft is None:
        return context
    monday = monday_of(editor.settings.cleaned_data["starts_on"].isoformat(), today)
    holidays = holidays_of_week(draft.holidays, monday)
    return context | {
        "hours": [hours_of(one, team) for one in draft.hours],
        "settings_words": _sentence(settings_words(draft)),
        "picture": week_picture(lambda _day: draft, monday, holidays, today),
        "clock_hours": range(0, 24, 3),
    }


def preview_context(line: Line, asked: dict[str, str], now: datetime) -> dict[str, Any]:
    """What `desk/line_preview.html` needs: the form, and what would become of a call."""
    local = now.astimezone(zone_of(line))
    initial = {"day": local.date(), "time": local.time().replace(second=0, microsecond=0)}
    if "day" not in asked:
        return {"preview_form": PreviewForm(initial=initial), "foreseen": []}
    form = PreviewForm(asked, region=line.client.bureau.region)
    return {"preview_form": form, "foreseen": _foreseen(line, form) if form.is_valid() else []}


def _foreseen(line: Line, form: PreviewForm) -> list[str]:
    zone, caller = zone_of(line), form.cleaned_data["caller"]
    instants = form.instants(zone)
    if not instants:
        return [_("That night the clocks go forward: this hour does not exist. Choose another.")]
    found = [foresee(line, at, caller) for at in instants]
    said = [
        foreseen_words(one, names_in([one.plan]), zone, _unanswered(line, one)) for one in found
    ]
    if len(said) == 1:
        return said
    twice = _("That night the clocks go back and show this hour twice.")
    return [twice, *dict.fromkeys(said)]


def _unanswered(line: Line, seen: Foreseen) -> str:
    return line.unanswered_in(seen.direction.language if seen.direction else "")
