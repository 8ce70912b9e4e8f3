"""Directives that nobody has saved, as the rows that they would make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from agenda.models import OpeningRule
from agenda.queries.hours_rows import HoursRow, read_day
from agenda.rules.directives import SaidAbsence, SaidHours, rule_of
from core.periods import Period

# The rule that is not saved yet counts as the one made last.
_LAST_MADE = 2**31


@dataclass(frozen=True)
class Proposal:
    """What would change: which rules end when, what begins, which holidays change.

    `ended` gives the last day of opening rules, `ended_absences` of recurring absences; `away` are
    single absences. `holidays` says of some days whether they would be open.
    """

    from_day: date
    ended: Mapping[int, date] = field(default_factory=dict)
    hours: Sequence[SaidHours] = ()
    ended_absences: Mapping[int, date] = field(default_factory=dict)
    absences: Sequence[SaidAbsence] = ()
    away: Sequence[Period] = ()
    holidays: Mapping[date, bool] = field(default_factory=dict)
    region: str | None = None


def changed_rows(rows: Sequence[HoursRow], proposal: Proposal) -> list[HoursRow]:
    """Return a calendar's rows as they would be."""
    calendar = next(row for row in rows if row.what == "calendar").calendar_id
    kept = [row for row in (_ended(row, proposal) for row in rows) if row is not None]
    added = [
        row
        for nth, said in enumerate(proposal.hours)
        for row in _opening_rows(calendar, _LAST_MADE + nth, said)
    ]
    away = [_absence_row(calendar, _LAST_MADE + n, one) for n, one in enumerate(proposal.absences)]
    return [*_holiday_rows(kept, proposal), *added, *away]


def _ended(row: HoursRow, proposal: Proposal) -> HoursRow | None:
    ends = {"opening": proposal.ended, "absence": proposal.ended_absences}.get(row.what, {})
    if row.pk not in ends:
        return row
    last = ends[row.pk]
    return row._replace(valid_until=last) if last >= row.begins_on else None


def _holiday_rows(rows: list[HoursRow], proposal: Proposal) -> list[HoursRow]:
    """Return the rows with the holidays opened and closed as proposed."""
    changed = set(proposal.holidays)
    own = next(row for row in rows if row.what == "calendar")
    if proposal.region is not None:
        own = own._replace(kind=proposal.region)
        rows = [r._replace(kind=own.kind) if r.what == "calendar" else r for r in rows]
    kept = [
        r for r in rows if r.what != "calendar" or r.day is None or read_day(r.day) not in changed
    ]
    opened = [own._replace(day=day) for day, is_open in proposal.holidays.items() if is_open]
    return [*kept, own._replace(day=None), *opened]


def _opening_rows(calendar: int, pk: int, said: SaidHours) -> list[HoursRow]:
    rule = rule_of(said.days)
    row = HoursRow(
        what="opening",
        calendar_id=calendar,
        pk=pk,
        kind=OpeningRule.Kind.EMERGENCY if said.emergency else OpeningRule.Kind.REGULAR,
        valid_from=rule.valid_from,
        valid_until=rule.valid_until,
        start_time=said.start,
        end_time=said.end,
        slot_minutes=said.slot_minutes,
        release=release_policy(said),
        release_time=said.release.at,
        release_hours=said.release.hours_before,
        replaces=said.replaces,
        rule_text=rule.text,
        motive=None,
        day=None,
    )
    return [row._replace(motive=motive) for motive in sorted(said.motives)] or [row]


def release_policy(said: SaidHours) -> str:
    """Return how the release of some hours is stored."""
    if said.release.at is not None:
        return OpeningRule.ReleasePolicy.AT
    before = said.release.hours_before is not None
    return OpeningRule.ReleasePolicy.BEFORE if before else OpeningRule.ReleasePolicy.NEVER


def _absence_row(calendar: int, pk: int, said: SaidAbsence) -> HoursRow:
    rule = rule_of(said.days)
    span = (rule.valid_from, rule.valid_until, said.start, said.end)
    return HoursRow(
        "absence", calendar, pk, "", *span, 0, "", None, None, "", rule.text, None, None
    )
