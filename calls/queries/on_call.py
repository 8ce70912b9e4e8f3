"""When a client's lines ask for whoever is on call."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from calls.models import LineSchedule
from calls.queries.directing import holidays_around, rule_of
from calls.rules.hours import stretches_of_day
from calls.rules.routing import Action
from clients.models import Client, Line
from clients.queries import turns_within
from clients.rules.rosters import uncovered
from core.periods import Period, union
from core.wall_clock import instant_of

_DAY = timedelta(days=1)


def on_call_wanted(client: Client, window: Period) -> list[Period]:
    """Return the times, merged, in which one of a client's lines would ring whoever is on call."""
    return on_call_wanted_of([client], window)[client.pk]


def uncovered_on_call(clients: Iterable[Client], window: Period) -> dict[int, list[Period]]:
    """Return, by client, the times in which a line would ring whoever is on call, and nobody is.

    Only of clients who have a roster, and times: the others ring the numbers of the step. A fixed
    number of questions, however many clients and lines there are.
    """
    known = {one.pk: one for one in clients}
    turns = turns_within(known.values(), window)
    wanted = on_call_wanted_of([known[key] for key in turns], window)
    found = {key: uncovered(turns[key], wanted[key]) for key in turns}
    return {key: times for key, times in found.items() if times}


def on_call_wanted_of(clients: Iterable[Client], window: Period) -> dict[int, list[Period]]:
    """Return the same for several clients; a fixed number of questions, however many lines."""
    known = {one.pk: one for one in clients}
    rows = Line.objects.filter(client__in=known, valid_from__lt=window.end)
    lines = list(rows.order_by("pk"))
    versions = _versions_of(lines)
    found: dict[int, list[Period]] = {key: [] for key in known}
    for line in lines:
        line.client = known[line.client_id]
        in_force = Period(line.valid_from, line.valid_until or window.end).clipped(window)
        wanted = _wanted(line, versions[line.pk], window) if in_force else ()
        parts = [part for one in wanted if in_force and (part := one.clipped(in_force))]
        found[line.client_id] += parts
    return {key: union(times) for key, times in found.items()}


def _versions_of(lines: Sequence[Line]) -> dict[int, list[LineSchedule]]:
    rows = LineSchedule.objects.filter(line__in=lines).prefetch_related("hours__steps")
    versions: dict[int, list[LineSchedule]] = defaultdict(list)
    for version in rows.order_by("-starts_on"):
        versions[version.line_id].append(version)
    return versions


def _wanted(line: Line, versions: Sequence[LineSchedule], window: Period) -> Iterator[Period]:
    zone = ZoneInfo(line.zone_name)
    day, last = (one.astimezone(zone).date() for one in window)
    while day <= last:
        version = next((one for one in versions if one.starts_on <= day), None)
        if version is not None:
            version.line = line
            yield from _wanted_on(version, day, zone)
        day += _DAY


def _wanted_on(version: LineSchedule, day: date, zone: ZoneInfo) -> Iterator[Period]:
    rows = {one.pk: one for one in version.hours.all()}
    asking = {
        key
        for key, one in rows.items()
        if any(step.action == Action.ON_CALL for step in one.steps.all())
    }
    if not asking:
        return
    rules = [rule_of(one) for one in rows.values()]
    held = stretches_of_day(rules, day, holidays_around(version, day))
    ends = [*(_at(day, start, zone) for start, _hours in held[1:]), _at(day + _DAY, time(), zone)]
    for (start, hours), end in zip(held, ends, strict=True):
        if hours is not None and hours.key in asking:
            yield Period(_at(day, start, zone), end)


def _at(day: date, wall: time, zone: ZoneInfo) -> datetime:
    return instant_of(day, wall, zone)
