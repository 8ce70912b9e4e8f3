"""Changes a practitioner's opening hours: dated, so that what was stays as it was.

Every change is kept with what it replaced and which booked visits it troubles, in the audit under
`directive.…`; `undo_hours` takes the last one back.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from agenda.models import Absence, Calendar, Displaced, OpeningRule
from agenda.queries.directives import DIRECTIVES, HOURS_CHANGED, last_change_of_hours
from agenda.queries.preview import left_outside, preview
from agenda.queries.proposals import Proposal, release_policy
from agenda.rules.directives import SaidAbsence, SaidHours, StoredRule, last_day_kept, rule_of
from agenda.services.absences import Blocked
from agenda.services.hours import changing_hours, note_changed_hours
from agenda.services.locking import changing
from agenda.services.recurring import block_recurring, end_recurring
from agenda.services.worklist import list_left_outside
from clients.models import AuditEntry, User
from clients.services.audit import record_audit
from core.recurrences import rule_text

_DAY = timedelta(days=1)
_UNDOABLE = frozenset(f"{HOURS_CHANGED}{what}" for what in ("added", "changed", "ended"))
_FIELDS = ("kind", "slot_minutes", "release", "release_hours", "replaces")
_ISO = ("valid_from", "valid_until", "start_time", "end_time", "release_time")


class DirectivesChanged(Exception):
    """Somebody else has changed the directives meanwhile; nothing was changed."""


class InThePast(Exception):
    """A change would begin on a day gone by; nothing was changed."""


def add_hours(
    *,
    calendar: Calendar,
    said: SaidHours,
    by: User | None,
    at: datetime,
    seen: int | None = None,
    to_move: bool = True,
) -> AuditEntry:
    """Open further hours, or replace some on single dates; return what was kept of it.

    Visits left outside are listed for the assistant at once; without `to_move` they stay.

    `seen` is the calendar's revision that whoever asks has looked at: DirectivesChanged where it
    is another by now. InThePast where the hours would begin before today.
    """
    with changing(calendar.pk) as calendars:
        fresh = _fresh(calendars[calendar.pk], seen, said.days.first, at)
        proposal = Proposal(said.days.first, hours=[said])
        troubled = _troubled(fresh, proposal, at)
        with changing_hours(fresh, by=by, at=at, to_move=to_move):
            rule = _make(fresh, said)
        return _keep("added", fresh, [], [rule], said.days.first, troubled, by, at)


def change_hours(
    *,
    rule: OpeningRule,
    said: SaidHours,
    by: User | None,
    at: datetime,
    seen: int | None = None,
    to_move: bool = True,
) -> AuditEntry:
    """Have other hours take the place of a rule from their first day on.

    Lists and raises as `add_hours` does; DirectivesChanged where the rule is over by that day.
    """
    with changing(rule.calendar_id) as calendars:
        from_day = said.days.first
        fresh = _fresh(calendars[rule.calendar_id], seen, from_day, at)
        old = _standing(rule, from_day)
        proposal = replacing(old, said, _today(fresh, at))
        troubled, before = _troubled(fresh, proposal, at), snapshot(old)
        with changing_hours(fresh, by=by, at=at, to_move=to_move):
            _end(old, proposal.ended[old.pk])
            new = _make(fresh, said)
        return _keep("changed", fresh, [before], [new], from_day, troubled, by, at)


def end_hours(
    *,
    rule: OpeningRule,
    last_day: date,
    by: User | None,
    at: datetime,
    seen: int | None = None,
    to_move: bool = True,
) -> AuditEntry:
    """Give no more slots by a rule after its last day; lists and raises as `change_hours` does."""
    from_day = last_day + _DAY
    with changing(rule.calendar_id) as calendars:
        fresh = _fresh(calendars[rule.calendar_id], seen, from_day, at)
        old = _standing(rule, from_day)
        troubled, before = _troubled(fresh, ending(old, last_day), at), snapshot(old)
        with changing_hours(fresh, by=by, at=at, to_move=to_move):
            _end(old, last_day)
        return _keep("ended", fresh, [before], [], from_day, troubled, by, at)


def change_recurring(
    *,
    absence: Absence,
    said: SaidAbsence,
    reason: str,
    reason_shared: bool,
    by: User | None,
    at: datetime,
) -> Blocked:
    """Have another recurring absence take the place of one from its first day on."""
    with changing(absence.calendar_id) as calendars:
        calendar, rule = calendars[absence.calendar_id], rule_of(said.days)
        fresh = _fresh(calendar, None, said.days.first, at)
        last = _last_of(absence, said.days.first, _today(fresh, at))
        end_recurring(absence=absence, from_day=last + _DAY, by=by, at=at)
        return block_recurring(
            calendar=fresh,
            recurrence=rule.text,
            valid_from=rule.valid_from,
            valid_until=rule.valid_until,
            start_time=said.start,
            end_time=said.end,
            reason=reason,
            reason_shared=reason_shared,
            by=by,
            at=at,
        )


def replacing_absence(absence: Absence, said: SaidAbsence, today: date) -> Proposal:
    """Return the proposal that a recurring absence gives way to another."""
    first = said.days.first
    last = _last_of(absence, first, today)
    return Proposal(first, ended_absences={absence.pk: last}, absences=[said])


def _last_of(absence: Absence, from_day: date, today: date) -> date:
    assert absence.valid_from is not None
    text = rule_text(absence.recurrence)
    return last_day_kept(StoredRule(text, absence.valid_from, None), from_day, today)


def replacing(rule: OpeningRule, said: SaidHours, today: date) -> Proposal:
    """Return the proposal that a rule gives way to other hours."""
    stored = StoredRule(rule_text(rule.recurrence), rule.valid_from, rule.valid_until)
    last = last_day_kept(stored, said.days.first, today)
    return Proposal(said.days.first, ended={rule.pk: last}, hours=[said])


def ending(rule: OpeningRule, last_day: date) -> Proposal:
    """Return the proposal that a rule counts no more after a day."""
    return Proposal(last_day + _DAY, ended={rule.pk: last_day})


def undo_hours(*, change: AuditEntry, by: User | None, at: datetime) -> AuditEntry:
    """Put the rules back as they were before the change.

    Visits that stand inside hours again are the assistant's work no more. Only the calendar's last
    change can be taken back, and while nothing of it is past: DirectivesChanged otherwise.
    """
    calendar = Calendar.objects.get(uuid=change.detail["calendar"])
    with changing(calendar.pk) as calendars:
        fresh = calendars[calendar.pk]
        if not can_undo(change, last_change_of_hours(fresh), _today(fresh, at)):
            raise DirectivesChanged
        with changing_hours(fresh, by=by, at=at):
            OpeningRule.objects.filter(calendar=fresh, uuid__in=_uuids(change, "after")).delete()
            for kept in change.detail["before"]:
                _put_back(fresh, kept)
        from_day = date.fromisoformat(change.detail["from_day"])
        detail = {"before": change.detail["after"], "after": change.detail["before"]}
        return note("hours.undone", fresh, detail | _when(from_day), by, at)


def can_undo(change: AuditEntry, latest: AuditEntry | None, today: date) -> bool:
    """Say whether a change may be taken back: it is the last one and touches no past day."""
    if latest is None or latest.pk != change.pk or change.action not in _UNDOABLE:
        return False
    return date.fromisoformat(change.detail["from_day"]) >= today


def hand_over(*, change: AuditEntry, by: User | None, at: datetime) -> list[Displaced]:
    """Put the visits that a change left outside opening hours on the assistant's worklist.

    For those that were to stay at first; visits that stand in hours kept for emergencies stay
    where they are. A second time lists what is still to be listed.
    """
    calendar = Calendar.objects.get(uuid=change.detail["calendar"])
    with changing(calendar.pk) as calendars:
        fresh = calendars[calendar.pk]
        visits = left_outside(fresh, change, now=at)
        listed = list_left_outside(calendar=fresh, visits=visits, at=at)
        detail = {"change": str(change.uuid), "visits": [str(one.uuid) for one in visits]}
        note("handed_over", fresh, detail, by, at)
    return listed


def _today(calendar: Calendar, at: datetime) -> date:
    return at.astimezone(calendar.zone).date()


def _fresh(calendar: Calendar, seen: int | None, from_day: date, at: datetime) -> Calendar:
    if seen is not None and seen != calendar.revision:
        raise DirectivesChanged
    if from_day < _today(calendar, at):
        raise InThePast
    return calendar


def _standing(rule: OpeningRule, from_day: date) -> OpeningRule:
    fresh = OpeningRule.objects.filter(pk=rule.pk).exclude(valid_until__lt=from_day).first()
    if fresh is None:
        raise DirectivesChanged
    return fresh


def _troubled(calendar: Calendar, proposal: Proposal, at: datetime) -> list[str]:
    """Return which booked visits the proposal troubles."""
    conflicts = preview(calendar, proposal, now=at).conflicts
    return [str(one.appointment.uuid) for one in conflicts if one.appointment]


def _make(calendar: Calendar, said: SaidHours) -> OpeningRule:
    stored = rule_of(said.days)
    rule = OpeningRule.objects.create(
        calendar=calendar,
        kind=OpeningRule.Kind.EMERGENCY if said.emergency else OpeningRule.Kind.REGULAR,
        recurrence=stored.text,
        valid_from=stored.valid_from,
        valid_until=stored.valid_until,
        start_time=said.start,
        end_time=said.end,
        slot_minutes=said.slot_minutes,
        release=release_policy(said),
        release_time=said.release.at,
        release_hours=said.release.hours_before,
        replaces=said.replaces,
    )
    rule.motives.set(said.motives)
    return rule


def _end(rule: OpeningRule, last_day: date) -> None:
    if last_day < rule.valid_from:
        rule.delete()
        return
    rule.valid_until = last_day
    rule.save(update_fields=["valid_until"])


def snapshot(rule: OpeningRule) -> dict[str, Any]:
    """Return a rule as JSON, for the history and for `undo_hours`."""
    iso = {name: getattr(rule, name) for name in _ISO}
    return {
        "uuid": str(rule.uuid),
        "text": rule_text(rule.recurrence),
        "motives": sorted(rule.motives.values_list("pk", flat=True)),
        **{name: getattr(rule, name) for name in _FIELDS},
        **{name: value.isoformat() if value else None for name, value in iso.items()},
    }


def _put_back(calendar: Calendar, kept: dict[str, Any]) -> None:
    values = {name: kept[name] for name in (*_FIELDS, *_ISO)}
    rule, _ = OpeningRule.objects.update_or_create(
        uuid=kept["uuid"], defaults={"calendar": calendar, "recurrence": kept["text"], **values}
    )
    rule.motives.set(kept["motives"])


def _uuids(change: AuditEntry, which: str) -> list[str]:
    return [kept["uuid"] for kept in change.detail[which]]


def _when(from_day: date) -> dict[str, Any]:
    return {"from_day": from_day.isoformat()}


def _keep(
    action: str,
    calendar: Calendar,
    before: Sequence[dict[str, Any]],
    after: Sequence[OpeningRule],
    from_day: date,
    troubled: Sequence[str],
    by: User | None,
    at: datetime,
) -> AuditEntry:
    rules = {"before": list(before), "after": [snapshot(rule) for rule in after]}
    detail = rules | _when(from_day) | {"troubled": list(troubled)}
    return note(f"hours.{action}", calendar, detail, by, at)


def note(
    action: str, calendar: Calendar, detail: dict[str, Any], by: User | None, at: datetime
) -> AuditEntry:
    """Keep a change of what opens or closes a calendar, and have open screens ask for it again."""
    note_changed_hours(calendar=calendar, by=by, at=at)
    return record_audit(
        by=by,
        action=f"{DIRECTIVES}{action}",
        target=calendar,
        client=calendar.client,
        at=at,
        detail={"calendar": str(calendar.uuid), **detail},
    )
