"""What callers say of when they can come is read as it is typed."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.rules.wishes import Wishes
from desk.rules.said import Said, understand

NOW = datetime(2026, 11, 24, 8, 40)  # a Tuesday
NOON = time(12)


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("", Wishes()),
        ("matin", Wishes(before=NOON)),
        ("plutôt l’après-midi", Wishes(after=NOON)),
        ("aprem", Wishes(after=NOON)),
        ("après 17 h", Wishes(after=time(17))),
        ("à partir de 16h30", Wishes(after=time(16, 30))),
        ("avant 10 h", Wishes(before=time(10))),
        ("avant 9:40", Wishes(before=time(9, 40))),
        ("entre 10 h et 14 h", Wishes(time(10), time(14))),
        ("mercredi", Wishes(weekdays=frozenset({2}))),
        ("Mercredis", Wishes(weekdays=frozenset({2}))),
        ("lun ou jeu matin", Wishes(before=NOON, weekdays=frozenset({0, 3}))),
        ("mar., ven. après 17h", Wishes(after=time(17), weekdays=frozenset({1, 4}))),
        ("pas avant le 3 décembre", Wishes(first_day=date(2026, 12, 3))),
        ("pas avant le 3/12", Wishes(first_day=date(2026, 12, 3))),
        ("à partir du 2", Wishes(first_day=date(2026, 12, 2))),
        ("à partir du 2 décembre", Wishes(first_day=date(2026, 12, 2))),
        ("jusqu’au 4", Wishes(last_day=date(2026, 12, 4))),
        ("jusqu’à 11 h", Wishes(before=time(11))),
        ("avant le 15 janvier", Wishes(last_day=date(2027, 1, 15))),
        ("pas avant le 1er mars", Wishes(first_day=date(2027, 3, 1))),
        (
            "mercredi pas avant le 3 déc",
            Wishes(weekdays=frozenset({2}), first_day=date(2026, 12, 3)),
        ),
        ("demain", Wishes(first_day=date(2026, 11, 25), last_day=date(2026, 11, 25))),
        (
            "après-demain matin",
            Wishes(None, NOON, frozenset(), date(2026, 11, 26), date(2026, 11, 26)),
        ),
        ("le 27", Wishes(first_day=date(2026, 11, 27), last_day=date(2026, 11, 27))),
        ("semaine prochaine", Wishes(first_day=date(2026, 11, 30), last_day=date(2026, 12, 6))),
        ("cette semaine", Wishes(last_day=date(2026, 11, 29))),
        ("dans 3 semaines", Wishes(first_day=date(2026, 12, 14))),
        ("wednesday after 17:00", Wishes(after=time(17), weekdays=frozenset({2}))),
        (
            "tomorrow morning",
            Wishes(None, NOON, frozenset(), date(2026, 11, 25), date(2026, 11, 25)),
        ),
        ("not before 3 december", Wishes(first_day=date(2026, 12, 3))),
    ],
)
def test_wishes_are_read_as_callers_say_them(text: str, wishes: Wishes) -> None:
    assert understand(text, now=NOW) == Said(wishes)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("14 h 10", "2026-11-24 14:10"),
        ("14h10", "2026-11-24 14:10"),
        ("14:10", "2026-11-24 14:10"),
        ("1410", "2026-11-24 14:10"),
        ("9 h", "2026-11-24 09:00"),
        ("8 h", "2026-11-25 08:00"),
        ("demain 9 h 40", "2026-11-25 09:40"),
        ("mer 14h10", "2026-11-25 14:10"),
        ("mardi à 8 h", "2026-12-01 08:00"),
        ("mardi à 9 h", "2026-11-24 09:00"),
        ("27/11 14:10", "2026-11-27 14:10"),
        ("27/11/2027 14:10", "2027-11-27 14:10"),
        ("le 3 décembre à 14 h 10", "2026-12-03 14:10"),
        ("le 3 à 9 h", "2026-12-03 09:00"),
        ("3 mars 10h", "2027-03-03 10:00"),
    ],
)
def test_a_time_makes_it_one_moment(text: str, moment: str) -> None:
    assert understand(text, now=NOW) == Said(moment=datetime.fromisoformat(moment))


@pytest.mark.parametrize(
    "text",
    [
        "bientôt",
        "mercredi peut-être",
        "31/2",
        "25 h",
        "14 h 75",
        "le 45",
        "99/99 9h",
        "3",
        "1/1/9999 9 h",
    ],
)
def test_what_is_not_understood_is_said_to_be_so(text: str) -> None:
    assert understand(text, now=NOW) is None


@given(st.text(max_size=40))
def test_no_words_break_it(text: str) -> None:
    understand(text, now=NOW)


@given(st.datetimes(datetime(2026, 11, 25), datetime(2029, 12, 31)))
def test_every_moment_is_read_back(moment: datetime) -> None:
    minute = moment.replace(second=0, microsecond=0)

    assert understand(f"{minute:%d/%m/%Y %H:%M}", now=NOW) == Said(moment=minute)
