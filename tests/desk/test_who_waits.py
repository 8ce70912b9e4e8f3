"""Desks that hear the same event share one reading of the calls; each shows its own clients."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import wait
from datetime import timedelta

import pytest
from django.db import connection

from calls.models import Call
from clients.models import Assignment, Bureau, Client, User
from core.consumers import RENDERERS, off_the_loop
from desk import live
from desk.consumers import DeskConsumer
from desk.queries.board import names_on_numbers, queue_of
from desk.who_waits import Told, desk_joined, who_waits
from tests.desk.calls import ring
from tests.desk.test_live import fragment
from tests.factories import make_assistant, make_client, make_correspondent, make_line
from tests.people import NOW, Firm, Practice


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


def boards(*users: User, events: tuple[Told, ...] = (Told("an event"),)) -> list[str]:
    """What the desks of these people receive for the same events."""
    desks = []
    for user in users:
        desk = DeskConsumer()
        desk.groups_of(user)
        desks.append((user, desk.bureaus, desk.clients))

    async def all_at_once() -> list[str]:
        return await asyncio.gather(*(who_waits(*desk, events) for desk in desks))

    return asyncio.run(all_at_once())


def told_of(client: Client, at: str) -> Told:
    return Told(at, str(client.uuid))


async def board_of(user: User, told: Told) -> str:
    """What the desk of a person receives for one event."""
    desk = DeskConsumer()
    await off_the_loop(desk.groups_of, user)
    return await who_waits(user, desk.bureaus, desk.clients, [told])


async def join_of(user: User) -> None:
    """Let the desk of a person begin to hear."""
    desk = DeskConsumer()
    await off_the_loop(desk.groups_of, user)
    desk_joined(desk.bureaus)


def test_only_the_client_that_was_told_of_is_read_anew_for_a_while(
    lea: User, practice: Practice, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    Assignment.objects.create(client=firm.client, user=lea)
    ours, theirs = ring(practice.client), ring(firm.client, "+33639984499")

    async def scenario() -> list[tuple[bool, bool]]:
        shown = []
        for event, seconds in (("first", 0), ("second", 10), ("third", 11)):
            now = NOW + timedelta(seconds=seconds)
            monkeypatch.setattr("django.utils.timezone.now", lambda now=now: now)
            html = await board_of(lea, told_of(practice.client, event))
            shown.append((str(ours.uuid) in html, str(theirs.uuid) in html))
            await off_the_loop(_end, ours, theirs)
        return shown

    assert asyncio.run(scenario()) == [(True, True), (False, True), (False, False)]


def test_of_a_clients_calls_only_the_one_that_was_told_of_is_read_anew(
    lea: User, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    hers, other = ring(practice.client), ring(practice.client, "+33639984499")

    async def scenario() -> str:
        await board_of(lea, told_of(practice.client, "first"))
        await off_the_loop(_end, hers, other)
        return await board_of(lea, Told("second", str(practice.client.uuid), str(hers.uuid)))

    html = asyncio.run(scenario())
    assert (str(hers.uuid) in html, str(other.uuid) in html) == (False, True)


def test_names_are_kept_with_the_calls_that_are(
    lea: User, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    make_correspondent(practice.client, "Morel", number="+33639984499")
    ringing, known = ring(practice.client), ring(practice.client, "+33639984499")

    async def scenario() -> str:
        await board_of(lea, told_of(practice.client, "first"))
        return await board_of(lea, Told("second", str(practice.client.uuid), str(ringing.uuid)))

    html = asyncio.run(scenario())
    assert (str(known.uuid) in html, "Morel" in html) == (True, True)


def _end(*calls: Call) -> None:
    """Let calls be over without a word."""
    found = Call.objects.filter(pk__in=[call.pk for call in calls])
    found.update(state=Call.State.ENDED, ended_at=NOW, ending=Call.Ending.MISSED)


def test_to_render_a_reading_changes_nothing_of_it(lea: User, practice: Practice) -> None:
    """Other threads go through it meanwhile."""
    call = ring(practice.client, "+33639984499")
    names = names_on_numbers([call])

    live.now(lea, [call], names, queue_of([call], NOW), NOW)

    assert names == {}


@pytest.fixture
def deputys_own(practice: Practice, claire: User) -> Client:
    """A client of the same bureau, of whom only Claire's desk hears."""
    client = make_client(practice.client.bureau)
    make_line(client, "+33199004099")
    Assignment.objects.create(client=client, user=claire)
    return client


def test_a_desk_that_joins_is_shown_what_nobody_heard_before(
    lea: User, claire: User, practice: Practice, deputys_own: Client
) -> None:
    async def scenario() -> tuple[str, str]:
        await board_of(lea, told_of(practice.client, "first"))
        unheard = await off_the_loop(ring, deputys_own)
        await join_of(claire)
        return str(unheard.uuid), await board_of(claire, told_of(practice.client, "second"))

    unheard, html = asyncio.run(scenario())

    assert f'id="waiting-{unheard}"' in html


def test_a_desk_that_joins_during_a_reading_is_not_answered_from_it(
    lea: User,
    claire: User,
    practice: Practice,
    deputys_own: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads, may_end = threading.Event(), threading.Event()
    real = queue_of

    def slowly(*asked: object) -> object:
        reads.set()
        may_end.wait(5)
        return real(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr("desk.who_waits.queue_of", slowly)

    async def scenario() -> tuple[str, str]:
        reading = asyncio.create_task(board_of(lea, told_of(practice.client, "first")))
        await asyncio.to_thread(reads.wait, 5)
        unheard = await off_the_loop(ring, deputys_own)
        await join_of(claire)
        may_end.set()
        await reading
        return str(unheard.uuid), await board_of(claire, told_of(practice.client, "second"))

    unheard, html = asyncio.run(scenario())

    assert f'id="waiting-{unheard}"' in html


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
