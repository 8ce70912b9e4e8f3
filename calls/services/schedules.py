"""What a line does at each hour is written as dated versions; what has begun is history."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from calls.models import LineHours, LineSchedule, LineStep
from calls.queries import rule_of
from calls.rules.drafts import Draft, DraftHours, DraftStep, Fault, faults_of
from calls.rules.routing import Action
from calls.services.live import publish_line
from clients.models import Line, OnCallShift, User
from clients.services.audit import record_audit
from core.phones import parse_number


class ScheduleRefused(ValueError):
    """A version can't hold as it is wanted; `faults` names all that is wrong."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(", ".join(sorted({fault.what.value for fault in faults})))
        self.faults = faults


class InThePast(ValueError):
    """A version would begin before today: calls were routed by what held then."""


class VersionHasBegun(ValueError):
    """A version that has begun is history and is never changed."""


class SchedulesChanged(RuntimeError):
    """Somebody else has written a version of this line meanwhile; nothing was changed."""


def revision_of(line: Line) -> str:
    """Name the versions that a line has: another name, other versions."""
    keys = LineSchedule.objects.filter(line=line).order_by("pk").values_list("pk", flat=True)
    return "-".join(map(str, keys))


def today_of(line: Line, at: datetime) -> date:
    """Give the day that it is in the line's zone."""
    return at.astimezone(ZoneInfo(line.zone_name)).date()


def faults_in(draft: Draft, line: Line) -> list[Fault]:
    """Name all that is wrong with a draft for a line."""
    has_roster = OnCallShift.objects.filter(client=line.client_id).exists()
    return faults_of(draft, lambda number: parse_number(number) is not None, has_roster=has_roster)


@transaction.atomic
def publish_schedule(
    *,
    line: Line,
    draft: Draft,
    starts_on: date,
    by: User | None,
    at: datetime,
    seen: str | None = None,
) -> LineSchedule:
    """Have a line do as a draft says from a day on, until the next version begins.

    A version of the same day is replaced, unless that day is over; what began earlier is left as it
    is. `seen` is the revision that whoever asks has looked at. Raises ScheduleRefused, InThePast,
    and SchedulesChanged where the revision is another by now.
    """
    line = _locked(line)
    if seen is not None and seen != revision_of(line):
        raise SchedulesChanged
    if starts_on < today_of(line, at):
        raise InThePast
    draft = _tidied(draft, line)
    faults = faults_in(draft, line)
    if faults:
        raise ScheduleRefused(faults)
    replaced = LineSchedule.objects.filter(line=line, starts_on=starts_on).first()
    if replaced is not None:
        replaced.delete()
    version = _write(line, draft, starts_on)
    told = {"starts_on": starts_on.isoformat(), "replaces": str(replaced.uuid) if replaced else ""}
    _audit("line.schedule_published", version, line, by, at, told)
    return version


@transaction.atomic
def withdraw_schedule(*, schedule: LineSchedule, by: User | None, at: datetime) -> None:
    """Give up a version that has not begun; what held before it holds on.

    Raises VersionHasBegun.
    """
    line = _locked(schedule.line)
    if schedule.starts_on <= today_of(line, at):
        raise VersionHasBegun
    told = {"starts_on": schedule.starts_on.isoformat()}
    _audit("line.schedule_withdrawn", schedule, line, by, at, told)
    LineSchedule.objects.filter(pk=schedule.pk).delete()


def draft_of(schedule: LineSchedule) -> Draft:
    """Give a version as a draft, to be changed and published from another day on."""
    hours = schedule.hours.prefetch_related("steps")
    settings = {name: getattr(schedule, name) for name in LineSchedule.SETTINGS}
    return Draft(hours=tuple(_draft_hours(one) for one in hours), **settings)


def _draft_hours(one: LineHours) -> DraftHours:
    rule = rule_of(one)
    return DraftHours(
        name=one.name,
        when=rule.when,
        weekdays=rule.weekdays,
        starts=rule.starts,
        ends=rule.ends,
        first=rule.first,
        last=rule.last,
        language=one.language,
        steps=tuple(_draft_step(step) for step in one.steps.all()),
    )


def _draft_step(step: LineStep) -> DraftStep:
    return DraftStep(
        action=Action(step.action),
        seconds=step.seconds,
        numbers=tuple(step.numbers),
        text=step.text,
        text_en=step.text_en,
    )


def _locked(line: Line) -> Line:
    return (
        Line.objects.select_for_update(of=("self",))
        .select_related("client__bureau")
        .get(pk=line.pk)
    )


def _tidied(draft: Draft, line: Line) -> Draft:
    """Write numbers in E.164 where they can be read; what is no number is left for the faults."""
    region = line.client.bureau.region
    hours = tuple(
        replace(
            one,
            steps=tuple(
                replace(step, numbers=tuple(parse_number(n, region) or n for n in step.numbers))
                for step in one.steps
            ),
        )
        for one in draft.hours
    )
    return replace(draft, hours=hours)


def _write(line: Line, draft: Draft, starts_on: date) -> LineSchedule:
    settings = {name: getattr(draft, name) for name in LineSchedule.SETTINGS}
    version = LineSchedule.objects.create(line=line, starts_on=starts_on, **settings)
    for position, hours in enumerate(draft.hours):
        _write_hours(version, position, hours)
    return version


def _write_hours(version: LineSchedule, position: int, one: DraftHours) -> None:
    row = LineHours.objects.create(
        schedule=version,
        position=position,
        name=one.name.strip(),
        kind=one.when.value,
        weekdays=sorted(one.weekdays),
        starts=one.starts,
        ends=one.ends,
        first_day=one.first,
        last_day=one.last,
        language=one.language,
    )
    LineStep.objects.bulk_create(
        LineStep(
            hours=row,
            position=place,
            action=step.action.value,
            seconds=step.seconds,
            numbers=list(step.numbers),
            text=step.text.strip(),
            text_en=step.text_en.strip(),
        )
        for place, step in enumerate(one.steps)
    )


def _audit(
    action: str,
    version: LineSchedule,
    line: Line,
    by: User | None,
    at: datetime,
    told: dict[str, str],
) -> None:
    record_audit(
        by=by,
        action=action,
        target=version,
        client=line.client,
        at=at,
        detail=told | {"line": str(line.uuid)},
    )
    publish_line(line)
