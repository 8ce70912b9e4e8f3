"""When a client's lines ask for whoever is on call."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from calls.models import LineSchedule
from calls.queries.directing import holidays_around, rule_of
from calls.rules.hours import stretches_of_day
from calls.rules.routing import Action
from clients.models import Client, Line
from core.periods import Period, union
from core.wall_clock import instant_of

_DAY = timedelta(days=1)


def on_call_wanted(client: Client, window: Period) -> list[Period]:
    """Return the times, merged, in which one of a client's lines would ring whoever is on call.

    A fixed number of questions, however many lines there are.
    """
    lines = list(client.lines.filter(valid_from__lt=window.end).order_by("pk"))
    rows = LineSchedule.objects.filter(line__in=lines).prefetch_related("hours__steps")
    versions: dict[int, list[LineSchedule]] = defaultdict(list)
    for version in rows.order_by("-starts_on"):
        versions[version.line_id].append(version)
    found: list[Period] = []
    for line in lines:
        line.client = client
        in_force = Period(line.valid_from, line.valid_until or window.end).clipped(window)
        wanted = _wanted(line, versions[line.pk], window) if in_force else ()
        found += [part for one in wanted if in_force and (part := one.clipped(in_force))]
    return union(found)


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
