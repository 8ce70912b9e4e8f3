from datetime import date, datetime, timedelta
from typing import Any

import pytest
import recurrence
from dateutil.rrule import rrulestr
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from core.recurrences import RuleField, check_bare_rule, plain_weekly, rule_days, rule_text, weekly

MONDAY = date(2027, 3, 15)


def days(text: str, first: date, until: date, **valid: Any) -> list[date]:
    span = {"valid_from": date(2024, 1, 1), "valid_until": None, **valid}
    return list(rule_days(text, first=first, until=until, **span))


def test_a_weekly_rule_gives_its_weekdays_in_the_window() -> None:
    found = days(weekly([0, 3]), MONDAY, MONDAY + timedelta(days=14))

    assert found == [date(2027, 3, 15), date(2027, 3, 18), date(2027, 3, 22), date(2027, 3, 25)]


def test_the_first_day_of_a_rule_counts_only_when_it_matches() -> None:
    tuesday = date(2027, 3, 16)

    assert days(weekly([0]), tuesday, tuesday + timedelta(days=7), valid_from=tuesday) == [
        date(2027, 3, 22)
    ]


def test_every_two_weeks_keeps_its_phase_whatever_the_window() -> None:
    rule = weekly([0], interval=2)
    whole = days(rule, MONDAY, MONDAY + timedelta(days=84), valid_from=MONDAY)

    assert whole[:5] == [MONDAY + timedelta(days=14 * n) for n in range(5)]
    for shift in range(70):
        first = MONDAY + timedelta(days=shift)
        near = days(rule, first, first + timedelta(days=7), valid_from=MONDAY)
        assert near == [day for day in whole if first <= day < first + timedelta(days=7)]


def test_every_two_weeks_counts_from_the_week_of_the_first_day() -> None:
    thursday = date(2027, 3, 18)
    rule = weekly([0, 4], interval=2)

    found = days(rule, MONDAY, MONDAY + timedelta(days=21), valid_from=thursday)

    assert found == [date(2027, 3, 19), date(2027, 3, 29), date(2027, 4, 2)]


def test_valid_from_and_valid_until_are_both_included() -> None:
    found = days(
        weekly(range(7)),
        MONDAY,
        MONDAY + timedelta(days=30),
        valid_from=date(2027, 3, 17),
        valid_until=date(2027, 3, 19),
    )

    assert found == [date(2027, 3, 17), date(2027, 3, 18), date(2027, 3, 19)]


def test_a_blank_rule_is_every_day_from_its_first_to_its_last() -> None:
    single = date(2027, 3, 18)

    found = days("", MONDAY, MONDAY + timedelta(days=30), valid_from=single, valid_until=single)

    assert found == [single]


def test_a_rule_beyond_the_window_gives_nothing() -> None:
    assert days(weekly([0]), MONDAY, MONDAY + timedelta(days=7), valid_from=date(2028, 1, 1)) == []


def test_the_first_monday_of_the_month_goes_through_the_library() -> None:
    rule = "RRULE:FREQ=MONTHLY;BYDAY=1MO"

    assert plain_weekly(rule) is None
    assert days(rule, MONDAY, date(2027, 6, 30)) == [
        date(2027, 4, 5),
        date(2027, 5, 3),
        date(2027, 6, 7),
    ]


def test_two_rules_in_one_text_are_joined() -> None:
    rule = f"{weekly([0])}\n{weekly([3], interval=2)}"

    assert days(rule, MONDAY, MONDAY + timedelta(days=14), valid_from=MONDAY) == [
        date(2027, 3, 15),
        date(2027, 3, 18),
        date(2027, 3, 22),
    ]


RULES = st.sampled_from(
    [
        weekly([1]),
        weekly([0, 2, 6], interval=2),
        weekly([3], interval=3),
        "RRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,MO",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;BYMONTH=3,4",
        "RRULE:FREQ=WEEKLY;INTERVAL=2",
        "RRULE:FREQ=DAILY;INTERVAL=3",
        "RRULE:FREQ=MONTHLY",
        "RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR",
        "RRULE:FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1",
    ]
)


@given(RULES, st.integers(0, 400), st.integers(0, 900), st.integers(1, 60))
def test_every_window_agrees_with_expanding_from_the_first_day(
    rule: str, start: int, shift: int, length: int
) -> None:
    valid_from = date(2024, 1, 1) + timedelta(days=start)
    first = valid_from + timedelta(days=shift)
    until = first + timedelta(days=length)
    whole = rrulestr(rule, dtstart=datetime(valid_from.year, valid_from.month, valid_from.day))
    expected = whole.between(
        datetime(first.year, first.month, first.day),
        datetime(until.year, until.month, until.day) - timedelta(days=1),
        inc=True,
    )

    found = days(rule, first, until, valid_from=valid_from)

    assert found == [moment.date() for moment in expected]


@pytest.mark.parametrize(
    "text",
    [
        "DTSTART:20270315T080000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO",
        "RRULE:FREQ=WEEKLY;UNTIL=20280101T000000Z;BYDAY=MO",
        "RRULE:FREQ=WEEKLY;COUNT=5;BYDAY=MO",
        "RRULE:FREQ=WEEKLY;BYDAY=MO\nEXDATE:20270315T080000Z",
        "RRULE:FREQ=WEEKLY;BYDAY=MO\nEXRULE:FREQ=MONTHLY;BYDAY=1MO",
        "RDATE:20270315T080000Z",
        "RRULE:FREQ=HOURLY",
        "RRULE:FREQ=DAILY;BYHOUR=9",
        "every monday",
        "RRULE:FREQ=SOMETIMES",
    ],
)
def test_a_rule_that_says_more_than_its_days_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        check_bare_rule(text)


def test_the_field_stores_the_rule_only() -> None:
    rule = recurrence.Recurrence(
        rrules=[recurrence.Rule(recurrence.WEEKLY, byday=[recurrence.MO, recurrence.TH])]
    )

    assert RuleField().get_prep_value(rule) == weekly([0, 3])


def test_the_field_refuses_a_dated_rule_even_unvalidated() -> None:
    rule = recurrence.Recurrence(dtstart=datetime(2027, 3, 15), rdates=[datetime(2027, 3, 15)])

    with pytest.raises(ValidationError):
        RuleField().get_prep_value(rule)


def test_a_rule_read_back_is_the_rule_written() -> None:
    text = weekly([0, 3], interval=2)

    assert rule_text(RuleField().to_python(text)) == text
    assert rule_text(None) == ""
