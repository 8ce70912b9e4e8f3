"""Desks that hear the same event share one reading of the calls; each shows its own clients."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import wait

import pytest
from django.db import connection

from calls.models import Call
from clients.models import Assignment, Bureau, Client, User
from core.consumers import RENDERERS
from desk import live
from desk.consumers import DeskConsumer
from desk.who_waits import who_waits
from tests.desk.calls import ring
from tests.desk.test_live import fragment
from tests.factories import make_assistant, make_correspondent
from tests.people import Firm, Practice


@pytest.fixture(autouse=True)
def _on_disk(transactional_db: None) -> Iterator[None]:
    """What is asked here is asked by other threads, which keep their connections."""
    yield
    wait([RENDERERS.submit(connection.close) for _ in range(2 * RENDERERS._max_workers)])


@pytest.fixture
def claire(practice: Practice) -> User:
    """Léa's deputy at the practice."""
    return make_assistant(practice.client, "claire")


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[User]:
    """For whom a board was rendered."""
    asked: list[User] = []
    real = live.now

    def counted(user: User, *rest: object) -> str:
        asked.append(user)
        return real(user, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("desk.live.now", counted)
    return asked


def boards(*users: User, events: tuple[str, ...] = ("an event",)) -> list[str]:
    """What the desks of these people receive for the same events."""
    desks = []
    for user in users:
        desk = DeskConsumer()
        desk.groups_of(user)
        desks.append((user, desk.bureaus, desk.clients))

    async def all_at_once() -> list[str]:
        return await asyncio.gather(*(who_waits(*desk, events) for desk in desks))

    return asyncio.run(all_at_once())


def test_what_a_desk_receives_equals_a_fresh_page(lea: User, practice: Practice) -> None:
    ring(practice.client)
    ring(practice.client, "+33639984499", by=lea)

    [html] = boards(lea)

    assert fragment(html, "board-now") == fragment(live.whole(lea, None), "board-now")


def test_two_who_see_the_same_have_it_rendered_once(
    lea: User, claire: User, practice: Practice, rendered: list[User]
) -> None:
    call = ring(practice.client)

    hers, deputys = boards(lea, claire)

    assert hers == deputys
    assert f'id="waiting-{call.uuid}"' in hers
    assert len(rendered) == 1


def test_her_own_call_is_hers_on_her_desk_and_lea_s_on_claires(
    lea: User, claire: User, practice: Practice
) -> None:
    ring(practice.client, by=lea)

    hers, deputys = boards(lea, claire)

    assert ('data-mine="true"' in hers, 'data-mine="true"' in deputys) == (True, False)
    assert ("· Léa" in hers, "· Léa" in deputys) == (False, True)


def test_nobody_is_shown_the_calls_of_clients_she_does_not_answer(
    lea: User, practice: Practice, firm: Firm
) -> None:
    stranger = make_assistant(firm.client, "stranger")
    ours, theirs = ring(practice.client), ring(firm.client)

    hers, others = boards(lea, stranger)

    assert (str(ours.uuid) in hers, str(theirs.uuid) in hers) == (True, False)
    assert (str(ours.uuid) in others, str(theirs.uuid) in others) == (False, True)


def test_each_reads_her_own_language(lea: User, claire: User, practice: Practice) -> None:
    ring(practice.client)
    claire.language = "en"

    hers, deputys = boards(lea, claire)

    assert "En attente" in hers
    assert "Waiting" in deputys


def test_a_person_of_two_bureaus_has_both_on_one_board(lea: User, practice: Practice) -> None:
    firm = _firm_elsewhere()
    Assignment.objects.create(client=firm, user=lea)
    calls = [ring(practice.client), ring(firm, "+33639984499")]

    [html] = boards(lea)

    assert [str(call.uuid) in html for call in calls] == [True, True]


def _firm_elsewhere() -> Client:
    """A client of another bureau."""
    bureau = Bureau.objects.create(name="Ailleurs")
    return Client.objects.create(bureau=bureau, name="Ailleurs", short_name="Ailleurs", hue=10)


def test_a_known_caller_is_called_by_name(lea: User, practice: Practice, call: Call) -> None:
    caller = make_correspondent(practice.client)
    Call.objects.filter(pk=call.pk).update(correspondent=caller)

    [html] = boards(lea)

    assert caller.listed_name in html
