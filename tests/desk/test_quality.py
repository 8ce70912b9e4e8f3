"""How callers were served, on the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client as Browser

from clients.models import Client, User
from tests.factories import make_assistant, make_client
from tests.people import NOW, make_call

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_called() -> Client:
    return make_client(name="Dr Martin")


@pytest.fixture
def lea(client_called: Client) -> User:
    return make_assistant(client_called, "lea")


def shown(user: User, query: str = "") -> str:
    browser = Browser()
    browser.force_login(user)
    with time_machine.travel(NOW, tick=False):
        return browser.get(f"/desk/quality/{query}").text


def test_the_page_shows_the_figures_of_the_clients_that_she_answers(
    client_called: Client, lea: User
) -> None:
    make_call(client_called, at=NOW - timedelta(hours=1), waited=8)
    make_call(client_called, at=NOW - timedelta(hours=1), waited=None)
    make_call(make_client(name="Somebody else"), at=NOW - timedelta(hours=1))

    page = shown(lea).replace("\N{NO-BREAK SPACE}", " ")
    page = page.replace("\N{NARROW NO-BREAK SPACE}", " ")

    assert "<dt>taux de décroché</dt><dd>50 %</dd>" in page
    assert '<th scope="row">Dr Martin</th><td class="number">2</td>' in page
    assert "Somebody else" not in page


def test_a_span_begins_with_the_first_moment_of_its_first_day(
    client_called: Client, lea: User
) -> None:
    for days in (0, 6, 7, 29, 30):
        make_call(client_called, at=NOW - timedelta(days=days, hours=1))

    row = '<th scope="row">Dr Martin</th><td class="number">{}</td>'
    counted = (("today", 1), ("week", 2), ("month", 4), ("odd", 2))
    counts = [shown(lea, f"?span={span}").count(row.format(n)) for span, n in counted]

    assert counts == [1, 1, 1, 1]


def test_without_a_call_it_says_so(lea: User) -> None:
    assert "Aucun appel ces jours-là." in shown(lea)


def test_the_file_holds_the_same_figures_and_no_formula(client_called: Client, lea: User) -> None:
    Client.objects.update(name="=1+1")
    make_call(client_called, at=NOW - timedelta(hours=1), waited=8)
    browser = Browser()
    browser.force_login(lea)

    with time_machine.travel(NOW, tick=False):
        answer = browser.get("/desk/quality/service.csv")

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[1] == "'=1+1;1;1;100;100;8;8;0;"
    assert answer["Content-Type"].startswith("text/csv")


def test_the_page_asks_as_often_for_three_clients_as_for_one(
    lea: User, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    browser = Browser()
    browser.force_login(lea)

    def add() -> None:
        client = make_client(Client.objects.get(name="Dr Martin").bureau)
        client.assignments.create(user=lea, rank=1)
        make_call(client, at=NOW - timedelta(hours=1))

    with time_machine.travel(NOW, tick=False):
        browser.get("/desk/quality/")
        assert_same_queries_at_1_and_3(add=add, show=lambda: browser.get("/desk/quality/"))
