"""Directives, and what was changed of them, in sentences."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any

import recurrence
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agenda.models import Absence, Motive, OpeningRule
from agenda.queries.directives import DIRECTIVES, said_absence, said_hours
from agenda.queries.preview import Conflict
from agenda.rules import Reason, Region, Release, Replaces, public_holidays
from agenda.rules.directives import SaidAbsence, SaidDays, SaidHours, StoredRule, days_of
from agenda.rules.wording import absence_sentence, hours_sentence
from clients.models import AuditEntry
from core.recurrences import rule_text
from portal.agenda_wording import absence_words, day_words

REASONS: dict[Reason, Callable[[], str]] = {
    Reason.HOLIDAY: lambda: _("on a public holiday"),
    Reason.ABSENCE: lambda: _("under an absence"),
    Reason.EMERGENCY: lambda: _("in hours kept for emergencies"),
    Reason.OTHER_MOTIVES: lambda: _("in hours for other purposes"),
    Reason.OUTSIDE_OPENING: lambda: _("outside opening hours"),
}


def language() -> str:
    """Name the language that is read."""
    return get_language() or "fr"


def capped(text: str) -> str:
    """Begin a sentence with a capital and leave the rest as it is."""
    return text[:1].upper() + text[1:]


def hours_words(said: SaidHours, motives: Sequence[Motive], today: date | None) -> str:
    """Say which hours are meant."""
    names = [motive.name for motive in motives if motive.pk in said.motives]
    return capped(hours_sentence(said, language(), motives=names, today=today))


def rule_words(rule: OpeningRule, today: date) -> str:
    """Say a stored rule; one that the form cannot say is told as its recurrence is."""
    motives, said = list(rule.motives.all()), said_hours(rule)
    if said is not None:
        return hours_words(said, motives, today)
    span = f"{rule.start_time:%H:%M}–{rule.end_time:%H:%M}"
    return capped(f"{recurrence_words(rule_text(rule.recurrence))}, {span}")


def recurring_words(absence: Absence, today: date) -> str:
    """Say when a recurring absence falls."""
    said = said_absence(absence)
    if said is None:
        return capped(recurrence_words(rule_text(absence.recurrence)))
    return capped(absence_sentence(said, language(), today=today))


def recurrence_words(text: str) -> str:
    """Say a recurrence in the library's own words."""
    rules = recurrence.deserialize(text, include_dtstart=False).rrules
    return ", ".join(str(rule.to_text()) for rule in rules) or _("every day")


def any_absence_words(absence: Absence, today: date) -> str:
    """Say when somebody is away, once or again and again."""
    if absence.is_recurring:
        return recurring_words(absence, today)
    whole = _whole_days(absence)
    return capped(absence_sentence(whole, language()) if whole else absence_words(absence))


def _whole_days(absence: Absence) -> SaidAbsence | None:
    """Return the days of an absence that goes from a midnight to a midnight."""
    zone = absence.calendar.zone
    start, end = absence.starts_at.astimezone(zone), absence.ends_at.astimezone(zone)
    if start.time() != time() or end.time() != time():
        return None
    return SaidAbsence(SaidDays(start.date(), end.date() - timedelta(days=1)))


def conflict_words(conflict: Conflict) -> str:
    """Say why a visit could not stay."""
    reason = REASONS.get(conflict.reason)
    return reason() if reason else ""


def said_kept(kept: Mapping[str, Any]) -> SaidHours | None:
    """Return the hours that the history kept; None where the form could not say them."""
    until = kept["valid_until"]
    stored = StoredRule(
        kept["text"],
        date.fromisoformat(kept["valid_from"]),
        date.fromisoformat(until) if until else None,
    )
    days = days_of(stored)
    if days is None:
        return None
    at = kept["release_time"]
    return SaidHours(
        days=days,
        start=time.fromisoformat(kept["start_time"]),
        end=time.fromisoformat(kept["end_time"]),
        slot_minutes=kept["slot_minutes"],
        emergency=kept["kind"] == OpeningRule.Kind.EMERGENCY,
        release=Release(time.fromisoformat(at) if at else None, kept["release_hours"]),
        motives=frozenset(kept["motives"]),
        replaces=Replaces(kept["replaces"]),
    )


def kept_words(kept: Mapping[str, Any], motives: Sequence[Motive]) -> str:
    """Say the hours that the history kept."""
    said = said_kept(kept)
    return hours_words(said, motives, None) if said else recurrence_words(kept["text"])


WHAT: dict[str, Callable[[], str]] = {
    "hours.added": lambda: _("Hours added"),
    "hours.changed": lambda: _("Hours changed"),
    "hours.ended": lambda: _("Hours ended"),
    "hours.undone": lambda: _("Change of hours taken back"),
    "handed_over": lambda: _("Visits put on the assistant’s list"),
    "motive.added": lambda: _("Purpose added"),
    "motive.changed": lambda: _("Purpose changed"),
    "motive.archived": lambda: _("Purpose put away"),
    "motive.restored": lambda: _("Purpose taken again"),
    "motive.ordered": lambda: _("Purposes put in another order"),
    "absence.blocked": lambda: _("Time blocked"),
    "absence.changed": lambda: _("Absence changed"),
    "absence.lifted": lambda: _("Time given back"),
    "absence.ended": lambda: _("Absence ended"),
    "absence.day_given_back": lambda: _("One day of an absence given back"),
    "absence.day_taken_back": lambda: _("One day of an absence blocked again"),
    "holiday.opened": lambda: _("Public holiday opened"),
    "holiday.closed": lambda: _("Public holiday closed"),
    "holidays.region_set": lambda: _("Public holidays set"),
}


def what_words(change: AuditEntry) -> str:
    """Say in a few words what was done."""
    word = WHAT.get(change.action.removeprefix(DIRECTIVES))
    return word() if word else change.action


def detail_words(
    change: AuditEntry, motives: Sequence[Motive], absences: Mapping[str, Absence]
) -> list[str]:
    """Say what exactly was changed, line by line."""
    action, detail = change.action.removeprefix(DIRECTIVES), change.detail
    if action.startswith("hours."):
        return _hours_lines(detail, motives)
    if action.startswith("motive."):
        return [detail["name"], *_motive_lines(detail)] if "name" in detail else []
    if action.startswith("absence."):
        absence = absences.get(str(change.target_uuid))
        lines = [any_absence_words(absence, change.at.date())] if absence else []
        return lines + _day_of(detail)
    return _day_of(detail)


def _hours_lines(detail: Mapping[str, Any], motives: Sequence[Motive]) -> list[str]:
    before = [kept_words(kept, motives) for kept in detail.get("before", [])]
    after = [kept_words(kept, motives) for kept in detail.get("after", [])]
    from_day = day_words(date.fromisoformat(detail["from_day"]))
    if not after:
        ended = _("No longer from %(day)s on: %(hours)s")
        return [ended % {"day": from_day, "hours": hours} for hours in before]
    was = [_("Before: %(hours)s") % {"hours": hours} for hours in before]
    return [*after, *was]


def _motive_lines(detail: Mapping[str, Any]) -> list[str]:
    """Say what of a purpose was changed, where it was one already."""
    before, after = detail.get("before"), detail.get("after", {})
    if before is None:
        return []
    change = _("%(what)s: %(before)s, then %(after)s")
    return [
        change
        % {
            "what": capped(str(Motive._meta.get_field(name).verbose_name)),  # type: ignore[union-attr]
            "before": _value_words(before[name]),
            "after": _value_words(after[name]),
        }
        for name in after
    ]


def _value_words(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = dict(Motive.For.choices)
    return str(choices.get(str(value), value)) if value not in (None, "") else "—"


def _day_of(detail: Mapping[str, Any]) -> list[str]:
    if "day" not in detail:
        return []
    day = date.fromisoformat(detail["day"])
    words = capped(day_words(day))
    region = detail.get("region")
    named = (
        public_holidays(Region(region), day, date.fromordinal(day.toordinal() + 1))
        if region
        else []
    )
    return [f"{words} · {named[0].name}" if named else words]
