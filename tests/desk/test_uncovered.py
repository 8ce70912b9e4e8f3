"""Nobody is on call in the days to come: those who supervise are told where they look anyway."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from clients.models import Client, Membership, User
from clients.models.bureau import Grant
from desk.queries.uncovered import count_uncovered
from tests.calls.lines import WORKING, direct
from tests.clients.rosters import make_on_call, make_shift
from tests.desk.test_lines import browser, post, read
from tests.desk.test_rosters import TURN
from tests.factories import make_assistant, make_client, make_line, make_user
from tests.people import NOW

pytestmark = pytest.mark.django_db

# The tests' clock stands on Tuesday 24 November 2026, 8:40 in Paris.
TODAY, FRIDAY, MONDAY = date(2026, 11, 24), date(2026, 11, 27), date(2026, 11, 30)
LATER = date(2026, 12, 7)
TITLE = "Personne d’astreinte"


def make_on_call_client(bureau: Any = None, **fields: Any) -> Client:
    """A client whose line rings whoever is on call at night and at the week-end."""
    client = make_client(bureau=bureau, **fields) if bureau else make_client(**fields)
    line = make_line(client, purpose="on_call")
    direct(line, {"action": "holder"}, kind="weekly", hours=dict(WORKING))
    direct(line, {"action": "on_call", "numbers": []}, hours={"name": "Nuit"})
    return client


@pytest.fixture
def renaud() -> Client:
    """On call from today on, but for the week-end."""
    client = make_on_call_client(name="Plomberie Renaud")
    marc = make_on_call(client)
    make_shift(marc, TODAY, FRIDAY)
    make_shift(marc, MONDAY, LATER)
    return client


@pytest.fixture
def boss(renaud: Client) -> User:
    user = make_user("boss")
    Membership.objects.create(bureau=renaud.bureau, user=user, grants=[Grant.SUPERVISE])
    return user


def header(user: User) -> str:
    """What the header says of what is to be followed up."""
    page = read(user, "home")
    start = page.index('id="follow-up-link"')
    return page[start : page.index("</a>", start)]


def test_who_supervises_reads_when_nobody_is_on_call_until_somebody_is_entered(
    renaud: Client, boss: User
) -> None:
    page, counted = read(boss, "follow_up"), header(boss)

    assert "Plomberie Renaud" in page
    assert "du vendredi 27 novembre à 18 h au lundi 30 novembre à 8 h" in page
    assert f"{reverse('desk:roster', args=[renaud.uuid])}#roster-add" in page
    assert "<b>1</b>" in counted

    post(boss, "roster_add", renaud.uuid, **TURN)

    assert TITLE not in read(boss, "follow_up")
    assert "<b>" not in header(boss)


def test_who_only_answers_is_not_told(renaud: Client) -> None:
    lea = make_assistant(renaud, "lea")

    assert TITLE not in read(lea, "follow_up")
    assert "<b>" not in header(lea)


def test_nobody_is_told_of_another_bureau_nor_of_clients_without_a_roster(boss: User) -> None:
    stranger = make_on_call_client(name="Ailleurs")
    make_shift(make_on_call(stranger), TODAY, FRIDAY)
    make_on_call_client(bureau=boss.memberships.get().bureau, name="Sans tableau")

    page = read(boss, "follow_up")

    assert ("Ailleurs" in page, "Sans tableau" in page) == (False, False)


def test_the_list_asks_the_database_as_often_for_many_clients(
    renaud: Client, boss: User, assert_same_queries_at_1_and_3: Any
) -> None:
    visitor = browser(boss)
    visitor.get(reverse("desk:follow_up"))  # her session begins

    def add_one() -> None:
        client = make_on_call_client(bureau=renaud.bureau)
        make_shift(make_on_call(client), TODAY, FRIDAY)

    assert_same_queries_at_1_and_3(add=add_one, show=lambda: visitor.get(reverse("desk:follow_up")))


def test_the_header_asks_the_database_once_in_a_while_only(
    boss: User, django_assert_num_queries: Any
) -> None:
    assert count_uncovered(boss, NOW) == 1

    with django_assert_num_queries(0):
        assert count_uncovered(boss, NOW) == 1
