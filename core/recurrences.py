"""The one door to django-recurrence: rules are stored bare and expanded in local dates.

Given aware datetimes, the library shifts a weekly 9 o'clock by an hour at each change of
clock and no longer recognises its own exceptions. So a stored rule says which days and
nothing else: no DTSTART, no UNTIL, no EXDATE. Its first day and last day are columns beside
it, exceptions are rows of their own, and the wall clock is added by `core.wall_clock`.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import recurrence
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from recurrence.fields import RecurrenceField

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_PLAIN_WEEKLY = re.compile(
    r"RRULE:FREQ=WEEKLY(?:;INTERVAL=(?P<interval>\d+))?(?:;WKST=(?P<wkst>[A-Z]{2}))?"
    r";BYDAY=(?P<days>[A-Z]{2}(?:,[A-Z]{2})*)"
)
_DAY = timedelta(days=1)


class PlainWeekly(NamedTuple):
    """A rule that only names weekdays, every so many weeks."""

    weekdays: tuple[int, ...]
    interval: int
    week_start: int


class RuleField(RecurrenceField):
    """A recurrence field that refuses everything but bare rules, and may be blank.

    Blank means every day from the row's first day to its last.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs["include_dtstart"] = False
        super().__init__(**kwargs)

    def get_prep_value(self, value: Any) -> str:
        text = rule_text(value)
        check_bare_rule(text)
        return text

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value, model_instance)
        check_bare_rule(rule_text(value))


def weekly(weekdays: Iterable[int], *, interval: int = 1) -> str:
    """Return the text of the rule for these weekdays (0 is Monday), every `interval` weeks."""
    days = ",".join(_WEEKDAYS[weekday] for weekday in sorted(set(weekdays)))
    every = f";INTERVAL={interval}" if interval > 1 else ""
    return f"RRULE:FREQ=WEEKLY{every};BYDAY={days}"


def rule_text(rule: "recurrence.Recurrence | str | None") -> str:
    """Return the rule as its stored text; no rule is the empty text."""
    if not rule:
        return ""
    return rule if isinstance(rule, str) else str(recurrence.serialize(rule))


def check_bare_rule(text: str) -> None:
    """Raise ValidationError unless the text holds only rules for days, without limits."""
    if not text:
        return
    try:
        rule = recurrence.deserialize(text, include_dtstart=False)
        recurrence.base.validate(rule)
    except (recurrence.exceptions.RecurrenceError, ValueError) as error:
        raise ValidationError(_("This recurrence can’t be read."), code="unreadable") from error
    if _says_more_than_days(rule):
        raise ValidationError(
            _("A recurrence says which days; its first and last day and its exceptions go apart."),
            code="not_bare",
        )


def _says_more_than_days(rule: "recurrence.Recurrence") -> bool:
    beside = rule.dtstart or rule.dtend or rule.exrules or rule.rdates or rule.exdates
    return bool(beside) or not rule.rrules or any(map(_is_not_bare, rule.rrules))


def _is_not_bare(rule: "recurrence.Rule") -> bool:
    limited = rule.count is not None or rule.until is not None
    return limited or rule.freq > recurrence.DAILY or bool(rule.byhour or rule.byminute)


def rule_days(
    text: str, *, valid_from: date, valid_until: date | None, first: date, until: date
) -> Sequence[date]:
    """Return, in order, the days of the rule from `first` up to, not including, `until`.

    The rule runs from `valid_from` to `valid_until`, both included. "Every two weeks" counts
    from the week that holds `valid_from`, whatever the window.
    """
    start = max(first, valid_from)
    end = until if valid_until is None else min(until, valid_until + _DAY)
    if start >= end:
        return []
    if not text:
        return [start + _DAY * n for n in range((end - start).days)]
    plain = plain_weekly(text)
    if plain:
        return _plain_weekly_days(plain, valid_from, start, end)
    return _expanded_days(text, valid_from, start, end)


@lru_cache(maxsize=1024)
def plain_weekly(text: str) -> PlainWeekly | None:
    """Return the rule's weekdays and interval when it says nothing else, else None."""
    match = _PLAIN_WEEKLY.fullmatch(text)
    if not match:
        return None
    days = match["days"].split(",")
    week_start = _WEEKDAYS.index(match["wkst"] or "MO")
    weekdays = tuple(sorted({_WEEKDAYS.index(day) for day in days}))
    return PlainWeekly(weekdays, int(match["interval"] or 1), week_start)


def _plain_weekly_days(rule: PlainWeekly, valid_from: date, start: date, end: date) -> list[date]:
    week = _week_in_phase(valid_from, start, rule.interval, rule.week_start)
    offsets = sorted((weekday - rule.week_start) % 7 for weekday in rule.weekdays)
    steps = range(0, (end - week).days, 7 * rule.interval)
    days = (week + timedelta(step + offset) for step in steps for offset in offsets)
    return [day for day in days if start <= day < end]


def _week_in_phase(valid_from: date, near: date, interval: int, week_start: int) -> date:
    """Return the start of the last week at or before `near` in which the rule may fall."""
    anchor = valid_from - timedelta((valid_from.weekday() - week_start) % 7)
    return anchor + timedelta((near - anchor).days // (7 * interval) * 7 * interval)


def _expanded_days(text: str, valid_from: date, start: date, end: date) -> list[date]:
    found: set[date] = set()
    for rule in _parsed(text).rrules:
        anchor = datetime.combine(_anchor_of(rule, valid_from, start), time())
        whole = recurrence.Recurrence(rrules=[rule], include_dtstart=False)
        window = (datetime.combine(start, time()), datetime.combine(end - _DAY, time()))
        found.update(moment.date() for moment in whole.between(*window, inc=True, dtstart=anchor))
    return sorted(found)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> "recurrence.Recurrence":
    return recurrence.deserialize(text, include_dtstart=False)


def _anchor_of(rule: "recurrence.Rule", valid_from: date, start: date) -> date:
    """Return a day near the window from which the rule gives the same days as from its first.

    Months and years are few: they start from the first day itself, which also says on which
    day of the month a rule falls that names none.
    """
    if rule.freq == recurrence.DAILY:
        return start - timedelta((start - valid_from).days % rule.interval)
    if rule.freq == recurrence.WEEKLY and rule.byday:
        week_start = getattr(rule.wkst, "number", rule.wkst) or 0
        return _week_in_phase(valid_from, start, rule.interval, week_start)
    return valid_from
