"""What the practitioner says, the rule that keeps it, and the sentence that says it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.rules import Release, Replaces
from agenda.rules.directives import (
    SaidAbsence,
    SaidDays,
    SaidHours,
    StoredRule,
    days_of,
    last_day_kept,
    next_day,
    rule_of,
)
from agenda.rules.wording import absence_sentence, days_sentence, hours_sentence
from core.recurrences import check_bare_rule, rule_days, weekly

MONDAY = date(2026, 11, 30)
_NBSP = "\N{NO-BREAK SPACE}"
_dates = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@st.composite
def said_days(draw: st.DrawFn) -> SaidDays:
    """Any days that the form can say."""
    first = draw(_dates)
    span = draw(st.none() | st.integers(0, 800))
    weekdays = draw(st.sets(st.integers(0, 6)))
    last = None if span is None else first + timedelta(days=span)
    if not weekdays:
        return SaidDays(first, last or first)
    return SaidDays(first, last, tuple(sorted(weekdays)), draw(st.integers(1, 4)))


_hours = st.builds(
    SaidHours,
    days=said_days(),
    start=st.times(),
    end=st.times(),
    slot_minutes=st.integers(1, 144).map(lambda n: 5 * n),
    emergency=st.booleans(),
    release=st.builds(Release, at=st.none() | st.times())
    | st.builds(Release, hours_before=st.integers(0, 200)),
    replaces=st.sampled_from(Replaces),
)


def spoken(text: str) -> str:
    return text.replace(_NBSP, " ")


def french(said: SaidHours, **more: object) -> str:
    return spoken(hours_sentence(said, "fr", today=date(2027, 1, 1), **more))  # type: ignore[arg-type]


def weekdays(*days: int, every: int = 1, last: date | None = None) -> SaidDays:
    return SaidDays(MONDAY, last, days, every)


REGULAR = SaidHours(weekdays(0, 3), time(9), time(12))
EMERGENCY = replace(REGULAR, start=time(11), emergency=True, release=Release(at=time(10, 30)))


def test_hours_are_said_as_a_practice_says_them() -> None:
    said = french(REGULAR)

    assert said == "tous les lundis et jeudis, 9 h–12 h, un patient toutes les 20 minutes"


def test_emergency_hours_say_when_they_open_to_all() -> None:
    assert french(EMERGENCY) == (
        "tous les lundis et jeudis, urgences 11 h–12 h, "
        "ouvertes à tous à 10 h 30 le jour même, une toutes les 20 minutes"
    )


@pytest.mark.parametrize(
    ("days", "in_french", "in_english"),
    [
        (weekdays(4, every=2), "un vendredi sur deux", "every other Friday"),
        (weekdays(4, every=3), "un vendredi sur trois", "every Friday, one week in 3"),
        (weekdays(0, 1, 2, 3, 4), "du lundi au vendredi", "Monday to Friday"),
        (weekdays(*range(7)), "tous les jours", "every day"),
        (weekdays(0, 2, 4), "tous les lundis, mercredis et vendredis", None),
        (weekdays(0, 3, every=2), "les lundis et jeudis, une semaine sur deux", None),
        (weekdays(*range(7), every=2), "tous les jours, une semaine sur deux", None),
        (SaidDays(date(2026, 12, 1), date(2026, 12, 1)), "le mardi 1er décembre 2026", None),
        (
            SaidDays(MONDAY, date(2026, 12, 4)),
            "du lundi 30 novembre 2026 au vendredi 4 décembre 2026",
            "from Monday 30 November 2026 to Friday 4 December 2026",
        ),
    ],
)
def test_days_are_said_in_both_languages(
    days: SaidDays, in_french: str, in_english: str | None
) -> None:
    assert days_sentence(days, "fr") == in_french
    if in_english:
        assert days_sentence(days, "en") == in_english


def test_a_first_day_to_come_and_a_last_day_are_told() -> None:
    said = replace(REGULAR, days=weekdays(0, last=date(2026, 12, 23)))

    assert hours_sentence(said, "fr", today=date(2026, 11, 24)).endswith(
        "à partir du 30 novembre 2026, jusqu’au 23 décembre 2026"
    )
    assert french(said).endswith("20 minutes, jusqu’au 23 décembre 2026")


def test_motives_and_what_is_replaced_are_told() -> None:
    dated = replace(REGULAR, days=SaidDays(MONDAY, MONDAY), replaces=Replaces.MORNING)

    assert french(dated, motives=["Suivi", "Bilan"]).endswith(
        "seulement pour « Suivi » et « Bilan », à la place du matin"
    )


@pytest.mark.parametrize(
    ("release", "said"),
    [
        (Release(), "jamais ouvertes à tous"),
        (Release(hours_before=1), "ouvertes à tous 1 heure avant"),
        (Release(hours_before=24), "ouvertes à tous 24 heures avant"),
    ],
)
def test_the_release_is_told(release: Release, said: str) -> None:
    assert said in french(replace(EMERGENCY, release=release))


def test_an_absence_is_said_with_its_times_or_as_whole_days() -> None:
    days = weekdays(2)

    assert spoken(absence_sentence(SaidAbsence(days, time(14), time(18)), "fr", today=MONDAY)) == (
        "tous les mercredis, 14 h–18 h"
    )
    assert absence_sentence(SaidAbsence(days), "en", today=MONDAY) == "every Wednesday, all day"


def test_an_end_before_the_start_is_on_the_next_day() -> None:
    night = replace(REGULAR, start=time(20), end=time(2))

    assert "20 h–2 h le lendemain" in french(night)


@given(said_days())
def test_the_form_says_back_what_it_said(days: SaidDays) -> None:
    assert days_of(rule_of(days)) == days


@given(said_days())
def test_a_rule_of_the_form_is_stored_and_means_the_same_days(days: SaidDays) -> None:
    text, valid_from, valid_until = rule_of(days)
    check_bare_rule(text)
    span = {"valid_from": valid_from, "valid_until": valid_until}
    window = (days.first - timedelta(days=20), days.first + timedelta(days=70))

    found = rule_days(text, first=window[0], until=window[1], **span)  # type: ignore[arg-type]

    monday = days.first - timedelta(days=days.first.weekday())
    every_day = (window[0] + timedelta(days=n) for n in range(90))
    assert list(found) == [
        day
        for day in every_day
        if day >= days.first
        and (days.last is None or day <= days.last)
        and (days.is_dated or day.weekday() in days.weekdays)
        and (day - monday).days // 7 % days.every == 0
    ]


@given(_hours, st.sampled_from(["fr", "en", "fr-FR", "de"]), st.none() | _dates)
def test_any_hours_can_be_said(said: SaidHours, language: str, today: date | None) -> None:
    assert hours_sentence(said, language, motives=["Suivi"], today=today)


@pytest.mark.parametrize(
    "text",
    [
        "RRULE:FREQ=MONTHLY;BYDAY=+1MO",
        "RRULE:FREQ=DAILY",
        "RRULE:FREQ=WEEKLY;INTERVAL=5;BYDAY=MO",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO",
    ],
)
def test_a_rule_that_the_form_cannot_say_is_left_alone(text: str) -> None:
    assert days_of(StoredRule(text, MONDAY, None)) is None


def test_the_stored_text_is_that_of_the_house() -> None:
    assert rule_of(weekdays(0, 3, every=2)).text == weekly([0, 3], interval=2)


def test_single_dates_need_a_last_day() -> None:
    with pytest.raises(ValueError, match="last day"):
        rule_of(SaidDays(MONDAY))


@given(said_days(), _dates)
def test_the_next_day_is_one_of_the_days(days: SaidDays, day: date) -> None:
    found = next_day(replace(days, last=None) if not days.is_dated else days, day)

    monday = days.first - timedelta(days=days.first.weekday())
    assert found >= max(day, days.first)
    assert days.is_dated or found.weekday() in days.weekdays
    assert days.is_dated or (found - monday).days // 7 % days.every == 0


def test_a_rule_in_force_counts_until_the_day_before() -> None:
    rule = rule_of(weekdays(0))

    assert last_day_kept(rule, date(2026, 12, 14), MONDAY) == date(2026, 12, 13)


def test_a_rule_that_has_not_begun_gives_way_at_once() -> None:
    rule = rule_of(weekdays(0))

    assert last_day_kept(rule, date(2026, 12, 14), date(2026, 11, 24)) < rule.valid_from


def test_single_dates_keep_what_is_past_of_them() -> None:
    rule = rule_of(SaidDays(MONDAY, date(2026, 12, 11)))

    assert last_day_kept(rule, date(2026, 12, 20), date(2026, 12, 3)) == date(2026, 12, 2)
