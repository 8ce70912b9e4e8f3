"""What was directed for a line at an instant."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from calls.models import CallerRule, Crisis, LineHours, LineSchedule, LineStep
from calls.rules.hours import EVERY_DAY, Hours, When, hours_at
from calls.rules.routing import OF_PEOPLE, USUAL, Action, Directive
from clients.models import Line
from core.holidays import Region, public_holidays

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Direction:
    """What a line does with a caller, and why.

    `because` is usual, hours, crisis, always or blocked. `language` is empty for the client's
    first.
    """

    directives: tuple[Directive, ...]
    because: str
    schedule: LineSchedule | None = None
    hours: LineHours | None = None
    language: str = ""

    @property
    def is_blocked(self) -> bool:
        """Whether this caller is not let in."""
        return self.because == CallerRule.Verdict.BLOCKED


def direction_of(line: Line, at: datetime, caller: str = "") -> Direction:
    """Return what holds for a line at an instant, for a caller in E.164, empty when unknown."""
    verdict = _verdict_on(line, caller)
    directed = _directed(line, at)
    if verdict:
        # A caller who is always put through hears telephones first, whatever the hour.
        directives = USUAL + directed.directives if verdict == CallerRule.Verdict.ALWAYS else ()
        return replace(directed, directives=directives, because=verdict)
    if any(one.action == Action.TEAM for one in directed.directives) and _is_in_crisis(line, at):
        ours = tuple(one for one in directed.directives if one.action != Action.TEAM)
        # Where the team alone was to answer, we do.
        answered = any(one.action in OF_PEOPLE for one in ours)
        return replace(directed, directives=ours if answered else USUAL + ours, because="crisis")
    return directed


def _verdict_on(line: Line, caller: str) -> str:
    if not caller:
        return ""
    rules = CallerRule.objects.filter(
        Q(line=line) | Q(line=None), client=line.client_id, number=caller
    )
    # The line's own rule goes before the client's.
    ordered = rules.order_by("line").values_list("line", "verdict")
    return next((verdict for of, verdict in ordered if of), "") or next(
        (verdict for _of, verdict in ordered), ""
    )


def _is_in_crisis(line: Line, at: datetime) -> bool:
    return Crisis.objects.in_force(at).filter(line=line).exists()


def _directed(line: Line, at: datetime) -> Direction:
    schedule = LineSchedule.objects.in_force(line, at)
    if schedule is None:
        return Direction(USUAL, "usual")
    # Known already, with its client.
    schedule.line = line
    hours = hours_in_force(schedule, at)
    if hours is None:
        return Direction(USUAL, "usual", schedule)
    directives = tuple(directive_of(step, hours.language) for step in hours.steps.all())
    return Direction(directives or USUAL, "hours", schedule, hours, hours.language)


def hours_in_force(schedule: LineSchedule, at: datetime) -> LineHours | None:
    """Return the hours of a schedule that hold at an instant."""
    rows = {one.pk: one for one in schedule.hours.prefetch_related("steps")}
    wall = at.astimezone(ZoneInfo(schedule.line.zone_name)).replace(tzinfo=None)
    holidays = holidays_around(schedule, wall.date())
    found = hours_at([rule_of(one) for one in rows.values()], wall, holidays)
    return rows[found.key] if found else None


def holidays_around(schedule: LineSchedule, day: date) -> set[date]:
    """Return the public holidays among a day and the one before, whose hours may go on."""
    found = public_holidays(Region(schedule.holidays), day - _DAY, day + _DAY)
    return {one.day for one in found}


def rule_of(hours: LineHours) -> Hours:
    """Return hours as the pure rules know them."""
    return Hours(
        key=hours.pk,
        when=When(hours.kind),
        weekdays=frozenset(hours.weekdays) or EVERY_DAY,
        starts=hours.starts,
        ends=hours.ends,
        first=hours.first_day,
        last=hours.last_day,
    )


def directive_of(step: LineStep, language: str = "") -> Directive:
    """Return a step as the pure rules know it, its sentence in a language."""
    return Directive(
        action=Action(step.action),
        seconds=step.seconds,
        numbers=tuple(step.numbers),
        text=step.text_en if language == "en" and step.text_en else step.text,
    )
