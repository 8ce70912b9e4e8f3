"""What an idle desk says: the next call opens here, or where calls go, from the real routing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import translation

from calls.models import Presence
from clients.models import Assignment, User
from desk import live
from desk.queries.idle import idle
from tests.calls.lines import direct
from tests.desk.calls import ring
from tests.factories import make_assistant, make_client, make_line
from tests.people import NOW, Firm, Practice

HERE = "The next call will open here by itself."


@pytest.fixture
def claire(practice: Practice) -> User:
    """Léa's deputy at the practice."""
    return make_assistant(practice.client, "claire", rank=2)


def says(user: User, **fields: Any) -> None:
    Presence.objects.filter(user=user).update(**fields)


def words(user: User) -> str:
    with translation.override("en"):
        return idle(user, NOW).words


def test_where_she_takes_calls_the_next_one_opens_here(lea: User, claire: User) -> None:
    assert (idle(lea, NOW).takes_calls, words(lea)) == (True, HERE)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"state": "paused", "since": NOW}, "You are on a break since 8:40."),
        ({"state": "away", "since": NOW}, "You are away."),
        ({"state": "away", "since": NOW, "gone_at": NOW}, "You can’t be reached since 8:40."),
        ({"wrap_up_until": NOW + timedelta(minutes=2)}, "You are writing up until 8:42."),
    ],
)
def test_on_a_break_away_or_writing_up_it_says_who_is_rung(
    lea: User, claire: User, fields: dict[str, Any], why: str
) -> None:
    says(lea, **fields)

    assert words(lea) == f"{why} Calls go to Claire."


def test_on_the_telephone_too(lea: User, claire: User, practice: Practice) -> None:
    ring(practice.client, by=lea)

    assert words(lea) == "You are on the telephone. Calls go to Claire."
    says(claire, state="away")
    assert words(lea) == "You are on the telephone. A second call rings at yours."


@pytest.mark.parametrize("state", Presence.State.values)
def test_without_a_telephone_nothing_opens_here_and_a_place_is_offered(
    desk: Browser, lea: User, claire: User, state: str
) -> None:
    lea.endpoints.all().delete()
    says(lea, state=state)

    assert words(lea) == "No telephone rings you. Calls go to Claire."
    assert 'id="idle-place"' in desk.get("/desk/").content.decode()


def test_each_client_goes_where_its_line_sends_it(
    lea: User, claire: User, practice: Practice, firm: Firm
) -> None:
    Assignment.objects.create(client=firm.client, user=lea, rank=2)
    says(lea, state="paused", since=NOW)
    assert words(lea).startswith("You are on a break since 8:40. Calls go to Claire and ")

    says(firm.lea, state="away")
    claire.endpoints.all().delete()
    shown = idle(lea, NOW)
    assert words(lea) == "You are on a break since 8:40."
    assert [one.client for one in shown.alone] == ["Me Durand", "Dr Martin"]


def test_at_night_no_line_rings_her(
    desk: Browser, lea: User, claire: User, practice: Practice
) -> None:
    direct(practice.client.lines.get(), {"action": "announce", "text": "Fermé."})

    assert words(lea) == "No line rings you at this hour."
    assert ["Fermé." in one.heard for one in idle(lea, NOW).alone] == [True]
    assert "Fermé." in desk.get("/desk/").content.decode()


def test_many_clients_without_anybody_are_counted(
    desk: Browser, lea: User, practice: Practice
) -> None:
    says(lea, state="paused", since=NOW)
    for number in range(6):
        client = make_client(name=f"Cabinet {number}")
        make_line(client)
        Assignment.objects.create(client=client, user=lea, rank=1)

    shown = idle(lea, NOW)
    assert (len(shown.alone), shown.more) == (5, 2)
    assert desk.get("/desk/idle/").content.decode().count("<li") == 6


def test_the_page_asks_again_when_the_routing_changes(desk: Browser, lea: User) -> None:
    assert 'id="idle-words"' in desk.get("/desk/").content.decode()
    assert desk.get("/desk/idle/").content.decode().startswith('<div id="idle-words"')
    assert 'id="live-lines"' in live.rest(lea, [{"name": "presence.changed"}])


def test_however_many_clients_it_asks_the_same(
    lea: User, practice: Practice, firm: Firm, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12) as one:
        idle(lea, NOW)
    Assignment.objects.create(client=firm.client, user=lea, rank=2)

    with django_assert_max_num_queries(len(one)):
        idle(lea, NOW)
