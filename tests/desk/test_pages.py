"""The other pages: the day, a client, a person, the search, her presence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from calls.models import Call, Presence
from clients.models import Assignment, User
from desk.queries.figures import figures
from desk.queries.search import search
from tests.desk.calls import ring
from tests.factories import make_assistant, make_correspondent
from tests.people import NOW, Firm, Practice, plain_message, visit

Ask = Callable[..., Any]


def found(user: User, words: str) -> list[list[str]]:
    return [[hit.title for hit in group.hits] for group in search(user, words, NOW)]


def test_nobody_on_the_line_shows_the_day_and_says_what_comes_next(desk: Browser) -> None:
    page = desk.get("/desk/").content.decode()

    assert page.count('class="empty-title"') == 2


def test_the_day_lists_calls_and_messages_of_her_clients_only(
    desk: Browser, practice: Practice, firm: Firm
) -> None:
    ring(practice.client, ended=Call.Ending.MISSED)
    plain_message(firm, at=NOW)

    day = desk.get("/desk/day/").context["day"]

    assert [item.client for item in day.calls] == [practice.client.short_name]
    assert day.messages == []


@pytest.mark.parametrize("named", ["2026-11-23", "nonsense", "2026-02-31"])
def test_a_day_is_shown_whatever_the_address_names(desk: Browser, named: str) -> None:
    day = desk.get(f"/desk/day/?day={named}").context["day"]

    assert str(day.shown) == (named if named == "2026-11-23" else "2026-11-24")


def test_a_client_is_shown_to_those_who_answer_it(desk: Browser, practice: Practice) -> None:
    page = desk.get(f"/desk/clients/{practice.client.uuid}/").content.decode()

    assert "12 rue des Tilleuls, Lyon" in page


def test_the_files_of_another_assistants_client_are_not_found(desk: Browser, firm: Firm) -> None:
    addresses = [f"/desk/clients/{firm.client.uuid}/", f"/desk/people/{firm.court.uuid}/"]

    assert [desk.get(address).status_code for address in addresses] == [404, 404]


def test_a_persons_file_shows_her_appointments(desk: Browser, practice: Practice) -> None:
    booked = visit(practice, "2026-11-24 14:00", "Aubry")
    assert booked.correspondent is not None

    page = desk.get(f"/desk/people/{booked.correspondent.uuid}/").content.decode()

    assert "24 nov. 14:00" in page


def test_a_persons_file_rings_her_with_a_button(desk: Browser, practice: Practice) -> None:
    aubry = make_correspondent(practice.client, "Aubry", number="+33639984477")

    page = desk.get(f"/desk/people/{aubry.uuid}/").content.decode()

    assert f'value="number:{aubry.numbers.get().uuid.hex}"' in page


def test_search_finds_clients_people_and_their_appointments(lea: User, practice: Practice) -> None:
    visit(practice, "2026-11-24 14:00", "Martinez")

    clients, people, appointments = found(lea, "martin")

    assert clients == [practice.client.name]
    assert len(people) == 1
    assert len(appointments) == 1


def test_search_finds_a_person_by_a_number(lea: User, practice: Practice) -> None:
    make_correspondent(practice.client, "Aubry", number="+33639984477")

    assert found(lea, "06 39 98 44 77")[1] == ["Aubry"]


def test_search_finds_nothing_of_another_assistants_clients(lea: User, firm: Firm) -> None:
    assert found(lea, "greffe") == [[], [], []]


def test_an_empty_search_says_what_to_type(desk: Browser) -> None:
    answers = [desk.get(f"/desk/search/?q={q}").content.decode() for q in ("", "zzz", "<zz>")]

    assert [answer.count("combobox-none") for answer in answers] == [1, 1, 1]
    assert "<zz>" not in answers[2]


def test_presence_is_said_by_one_key(hx: Ask, lea: User) -> None:
    answer = hx("post", "/desk/presence/", {"state": "paused"})

    assert Presence.objects.get(user=lea).state == "paused"
    assert 'value="available"' in answer.content.decode()


def test_an_unknown_presence_is_not_found(hx: Ask) -> None:
    assert hx("post", "/desk/presence/", {"state": "asleep"}).status_code == 404


def test_the_figures_are_of_today_and_of_her_clients(
    lea: User, practice: Practice, firm: Firm
) -> None:
    ring(practice.client, by=lea, ago=100, ended=Call.Ending.ANSWERED)
    ring(practice.client, ago=50, ended=Call.Ending.MISSED)
    ring(practice.client, by=lea, ago=100_000, ended=Call.Ending.ANSWERED)
    ring(firm.client, by=firm.lea, ended=Call.Ending.ANSWERED)

    shown = figures(lea, NOW)

    assert (shown.calls, shown.missed, shown.answered_in) == (2, 1, 6)


def test_the_deputy_is_who_shares_most_clients(both: User, practice: Practice, firm: Firm) -> None:
    claire = make_assistant(practice.client, "claire", rank=2)
    Assignment.objects.create(client=firm.client, user=claire, rank=2)

    deputy = figures(both, NOW).deputy

    assert deputy is not None
    assert "Claire" in deputy.text
    assert deputy.is_available


def test_alone_she_has_no_deputy(lea: User) -> None:
    assert figures(lea, NOW).deputy is None


def test_a_page_asks_for_the_day_in_french(desk: Browser) -> None:
    assert "mardi 24 novembre" in desk.get("/desk/day/").content.decode()
