"""What was directed for a line at an instant."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from calls.models import CallerRule, Crisis, LineHours, LineSchedule, LineStep
from calls.rules.hours import EVERY_DAY, Hours, When, hours_at
from calls.rules.routing import OF_PEOPLE, USUAL, Action, Directive, OnCall, with_roster
from clients.models import Client, Line
from clients.queries import turns_within
from clients.rules.rosters import on_call_at
from core.holidays import Region, public_holidays
from core.periods import Period

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Direction:
    """What a line does with a caller, and why.

    `because` is usual, hours, crisis, always or blocked. `language` is empty for the client's
    first. `nobody_on_call`: somebody on call is asked for, and the roster names nobody.
    """

    directives: tuple[Directive, ...]
    because: str
    schedule: LineSchedule | None = None
    hours: LineHours | None = None
    language: str = ""
    nobody_on_call: bool = False

    @property
    def is_blocked(self) -> bool:
        """Whether this caller is not let in."""
        return self.because == CallerRule.Verdict.BLOCKED


def direction_of(line: Line, at: datetime, caller: str = "") -> Direction:
    """Return what holds for a line at an instant, for a caller in E.164, empty when unknown."""
    verdict = _verdict_on(line, caller)
    directed = _directed(line, LineSchedule.objects.in_force(line, at), at)
    if _asks_for(directed, Action.ON_CALL):
        directed = _with_roster(directed, on_call_now([line.client], at).get(line.client_id))
    if verdict:
        # A caller who is always put through hears telephones first, whatever the hour.
        directives = USUAL + directed.directives if verdict == CallerRule.Verdict.ALWAYS else ()
        return replace(directed, directives=directives, because=verdict)
    if _asks_for(directed, Action.TEAM) and Crisis.objects.in_force(at).filter(line=line).exists():
        return _in_crisis(directed)
    return directed


def directions_of(lines: Sequence[Line], at: datetime) -> dict[int, Direction]:
    """Return what holds for each of many lines, by its key, for a caller like any other."""
    # A version may hold in a zone where the day has already begun.
    begun = LineSchedule.objects.filter(line__in=lines, starts_on__lte=at.date() + _DAY)
    versions: dict[int, list[LineSchedule]] = defaultdict(list)
    for one in begun.prefetch_related("hours__steps").order_by("-starts_on"):
        versions[one.line_id].append(one)
    on_call = on_call_now({line.client for line in lines}, at)
    crises = set(Crisis.objects.in_force(at).filter(line__in=lines).values_list("line", flat=True))
    found = {}
    for line in lines:
        day = at.astimezone(ZoneInfo(line.zone_name)).date()
        holds = next((one for one in versions[line.pk] if one.starts_on <= day), None)
        directed = _with_roster(_directed(line, holds, at), on_call.get(line.client_id))
        in_crisis = line.pk in crises and _asks_for(directed, Action.TEAM)
        found[line.pk] = _in_crisis(directed) if in_crisis else directed
    return found


def on_call_now(clients: Iterable[Client], at: datetime) -> dict[int, tuple[OnCall, ...]]:
    """Return who of each client's roster is on call at an instant, in one question.

    A client without a roster is left out.
    """
    turns = turns_within(clients, Period(at, at + timedelta(microseconds=1)))
    return {
        client: tuple(OnCall(one.person_id, one.number) for one in on_call_at(found, at))
        for client, found in turns.items()
    }


def _with_roster(directed: Direction, on_call: Sequence[OnCall] | None) -> Direction:
    if on_call is None:
        return directed
    nobody = _asks_for(directed, Action.ON_CALL) and not on_call
    directives = with_roster(directed.directives, on_call)
    return replace(directed, directives=directives, nobody_on_call=nobody)


def _asks_for(directed: Direction, action: Action) -> bool:
    return any(one.action == action for one in directed.directives)


def _in_crisis(directed: Direction) -> Direction:
    """Leave the client's own team out; where the team alone was to answer, we do."""
    ours = tuple(one for one in directed.directives if one.action != Action.TEAM)
    answered = any(one.action in OF_PEOPLE for one in ours)
    return replace(directed, directives=ours if answered else USUAL + ours, because="crisis")


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


def _directed(line: Line, schedule: LineSchedule | None, at: datetime) -> Direction:
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
    rows = {one.pk: one for one in _hours_of(schedule)}
    wall = at.astimezone(ZoneInfo(schedule.line.zone_name)).replace(tzinfo=None)
    holidays = holidays_around(schedule, wall.date())
    found = hours_at([rule_of(one) for one in rows.values()], wall, holidays)
    return rows[found.key] if found else None


def _hours_of(schedule: LineSchedule) -> Iterable[LineHours]:
    """Give a version's hours with their steps, which may have been read for many at once."""
    if "hours" in getattr(schedule, "_prefetched_objects_cache", {}):
        return schedule.hours.all()
    return schedule.hours.prefetch_related("steps")


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
