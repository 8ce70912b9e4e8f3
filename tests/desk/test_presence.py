"""How she stands: said by key, seen by colleagues, noted by her open desk."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from datetime import timedelta
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from calls.models import Call, Presence, StandIn
from calls.queries import telephones_of
from calls.services import take_telephone
from clients.models import Assignment, User
from core.consumers import PATIENT_RENDERER, RENDERERS
from desk import live
from desk.consumers import BEAT, DeskConsumer
from desk.queries.call import call_head
from desk.queries.presence import WRITTEN, colleagues_of, header_presence
from tests.desk.calls import at, ring
from tests.desk.test_live import fragment
from tests.factories import make_assistant
from tests.people import NOW, Firm, Practice

Ask = Callable[..., Any]
SAID = "/desk/presence/"


@pytest.fixture
def claire(practice: Practice) -> User:
    """Léa's deputy at the practice."""
    return make_assistant(practice.client, "claire", rank=2)


def says(user: User, **fields: Any) -> None:
    Presence.objects.filter(user=user).update(**fields)


def written_for(user: User, seconds: int) -> None:
    says(user, wrap_up_until=NOW + timedelta(seconds=seconds))


# --- What the key does ----------------------------------------------------------------------------


def test_the_key_lets_her_choose_while_she_takes_calls_and_brings_her_back_else(lea: User) -> None:
    asked = []
    for state in ("available", "paused", "away"):
        says(lea, state=state)
        asked.append(header_presence(lea, NOW).own.next)

    assert asked == ["", "available", "available"]


def test_on_a_call_her_pill_says_what_comes_after(lea: User, call: Call) -> None:
    during = header_presence(lea, NOW).own
    says(lea, state="paused")
    then = header_presence(lea, NOW).own

    assert (during.label, during.next) == ("En ligne", "")
    assert (then.label, then.next) == ("En ligne, puis en pause", "available")


def test_a_break_has_a_reason_of_the_list_or_her_own_words(hx: Ask, lea: User) -> None:
    labels = []
    for reason in ("lunch", "Retour à 14 h"):
        hx("post", SAID, {"state": "paused", "reason": reason})
        labels.append(header_presence(lea, NOW).own.label)

    assert labels == ["En pause, déjeuner", "En pause, Retour à 14 h"]


def test_a_reason_belongs_to_a_break_only_and_is_cut_to_its_room(hx: Ask, lea: User) -> None:
    hx("post", SAID, {"state": "paused", "reason": "é" * 200})
    longest = Presence.objects.get(user=lea).reason
    hx("post", SAID, {"state": "available", "reason": "lunch"})

    assert longest == "é" * 80
    assert Presence.objects.get(user=lea).reason == ""


def test_her_choice_closes_its_dialog_and_is_shown_at_once(hx: Ask) -> None:
    answer = hx("post", SAID, {"state": "away"})

    assert "presence:chosen" in answer.headers["HX-Trigger-After-Settle"]
    assert 'value="available"' in answer.content.decode()


def test_the_choices_name_the_usual_reasons_and_the_colleagues(
    hx: Ask, lea: User, claire: User
) -> None:
    says(claire, state="paused", reason="lunch", since=NOW - timedelta(minutes=12))

    html = hx("get", f"{SAID}choices/").content.decode()

    assert 'value="lunch"' in html
    assert re.search(r"<b>Claire</b> <span>en pause, déjeuner</span> .*depuis 8:28", html)


def test_only_those_who_share_clients_are_colleagues(
    lea: User, claire: User, firm: Firm, practice: Practice
) -> None:
    assert [one.name for one in colleagues_of(lea, NOW)] == ["Claire"]

    Assignment.objects.create(client=firm.client, user=lea)

    assert len(colleagues_of(lea, NOW)) == 2


def test_the_header_asks_as_often_for_three_colleagues_as_for_one(
    lea: User, practice: Practice, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    assert_same_queries_at_1_and_3(
        add=lambda: make_assistant(practice.client, rank=2),
        show=lambda: header_presence(lea, NOW),
    )


# --- The time to write up -------------------------------------------------------------------------


@pytest.fixture
def written(lea: User, practice: Practice) -> Call:
    """A call of hers that is over, and that she writes up for 24 seconds more."""
    written_for(lea, 24)
    return ring(practice.client, by=lea, ended=Call.Ending.ANSWERED)


def test_while_she_writes_her_pill_and_the_call_count_down(
    desk: Browser, lea: User, written: Call
) -> None:
    page = desk.get(at("call", written)).content.decode()

    until = "2026-11-24T08:40:24+01:00"
    assert page.count(f'data-until="{until}">0:24</time>') == 2
    assert re.search(r'<section id="callhead"[^>]* data-writing', page)


def test_her_key_ends_it(hx: Ask, lea: User, written: Call) -> None:
    asked = header_presence(lea, NOW).own.next
    hx("post", SAID, {"state": asked})

    assert asked == WRITTEN
    assert Presence.objects.get(user=lea).wrap_up_until is None
    assert header_presence(lea, NOW).own.label == "Disponible"


def test_saying_what_came_of_it_ends_it(hx: Ask, lea: User, written: Call) -> None:
    answer = hx("post", at("disposition", written), {"disposition": "information"})

    assert "data-writing" not in answer.content.decode()
    assert Presence.objects.get(user=lea).wrap_up_until is None


def test_a_colleague_does_not_write_her_call(lea: User, claire: User, written: Call) -> None:
    written_for(claire, 24)

    assert call_head(lea, written, NOW).writes_until == NOW + timedelta(seconds=24)
    assert call_head(claire, written, NOW).writes_until is None
    assert call_head(lea, written, NOW + timedelta(seconds=24)).writes_until is None


# --- Gone -----------------------------------------------------------------------------------------


def gone(user: User) -> None:
    moment = NOW - timedelta(minutes=36)
    says(user, state="away", gone_at=moment, since=moment)


def test_on_her_return_she_is_told_that_she_was_set_away_and_how_to_come_back(
    desk: Browser, lea: User
) -> None:
    gone(lea)

    page = desk.get("/desk/").content.decode()

    assert "Vous avez été mise absente à 8:04\u202f: poste et téléphone injoignables." in page
    assert "F8\u202f: revenir" in page
    assert header_presence(lea, NOW).own.next == "available"


def test_her_deputies_are_told(lea: User, claire: User) -> None:
    gone(claire)

    html = live.rest(lea, [{"name": "presence.changed"}])

    assert "Claire n’est plus joignable depuis 8:04" in html
    assert "Binôme\u202f: Claire, injoignable depuis 8:04" in html


def test_who_left_by_herself_is_not_reported(lea: User, claire: User) -> None:
    says(claire, state="away")

    assert header_presence(lea, NOW).gone == []


def test_what_is_told_live_equals_a_fresh_page(desk: Browser, lea: User) -> None:
    gone(lea)

    page = desk.get("/desk/day/").content.decode()

    assert fragment(live.whole(lea, None), "gone") == fragment(page, "gone")


# --- Signs of life --------------------------------------------------------------------------------


@pytest.fixture
def _on_disk(transactional_db: None) -> Iterator[None]:
    """What a live link asks is asked by other threads, which keep their connections."""
    yield
    threads = [RENDERERS.submit(connection.close) for _ in range(2 * RENDERERS._max_workers)]
    wait([*threads, PATIENT_RENDERER.submit(connection.close)])


async def beating_desk(user: User) -> ApplicationCommunicator:
    """An open desk that has just given its sign of life."""
    scope = {"type": "websocket", "path": "/ws/desk/", "user": user, "headers": []}
    desk = ApplicationCommunicator(DeskConsumer.as_asgi(), scope)
    await desk.send_input({"type": "websocket.connect"})
    for _ in ("accept", "the whole"):
        await desk.receive_output(timeout=5)
    await desk.send_input({"type": "websocket.receive", "text": '{"beat": true}'})
    return desk


@pytest.mark.usefixtures("_on_disk")
def test_an_open_desk_is_noted_on_connection_and_by_its_beats(lea: User) -> None:
    says(lea, seen_at=None)

    async def open_desk() -> None:
        desk = await beating_desk(lea)
        await desk.receive_output(timeout=5)
        # What can wait has one thread, and its turn comes in time.
        await asyncio.wrap_future(PATIENT_RENDERER.submit(lambda: None))
        await desk.send_input({"type": "websocket.disconnect", "code": 1000})
        await desk.wait(timeout=5)

    asyncio.run(open_desk())

    assert Presence.objects.get(user=lea).seen_at == NOW


@pytest.mark.usefixtures("_on_disk")
def test_a_desk_hears_while_what_can_wait_is_still_being_done(lea: User) -> None:
    may_end = threading.Event()
    busy = PATIENT_RENDERER.submit(may_end.wait, 10)
    heard: list[str] = []

    async def open_desk() -> None:
        desk = await beating_desk(lea)
        heard.append((await desk.receive_output(timeout=5))["text"])
        may_end.set()
        await desk.send_input({"type": "websocket.disconnect", "code": 1000})
        await desk.wait(timeout=5)

    try:
        asyncio.run(open_desk())
    finally:
        may_end.set()
        busy.result(10)

    assert heard == [BEAT]


# --- At a colleague's telephone -------------------------------------------------------------------


def test_signing_out_gives_a_colleague_s_telephone_back(
    desk: Browser, hx: Ask, lea: User, claire: User
) -> None:
    says(claire, state="away")
    telephone = claire.endpoints.get()
    hx("post", f"/desk/telephones/{telephone.uuid}/take/")
    assert telephones_of(lea.pk) == [telephone]

    desk.post(reverse("account_logout"))

    assert telephones_of(lea.pk) == [lea.endpoints.get()]
    assert telephones_of(claire.pk) == [telephone]


def test_her_own_telephone_is_silent_there_unless_she_chooses(
    hx: Ask, lea: User, claire: User
) -> None:
    says(claire, state="away")
    telephone = claire.endpoints.get()
    page = hx("post", f"/desk/telephones/{telephone.uuid}/take/").content.decode()
    stay = StandIn.objects.get()
    assert f'id="own-{stay.uuid}"' in page

    page = hx("post", "/desk/telephones/answer/", {"stay": stay.uuid, "do": "own"})
    assert telephones_of(lea.pk) == [lea.endpoints.get(), telephone]
    assert "&quot;only&quot;" in page.content.decode() or '"only"' in page.content.decode()

    hx("post", "/desk/telephones/answer/", {"stay": stay.uuid, "do": "only"})
    assert telephones_of(lea.pk) == [telephone]


def test_nobody_else_chooses_that_for_her(hx: Ask, lea: User, claire: User) -> None:
    says(lea, state="away")
    take_telephone(endpoint=lea.endpoints.get(), by=claire, at=NOW)

    answer = hx(
        "post", "/desk/telephones/answer/", {"stay": StandIn.objects.get().uuid, "do": "own"}
    )

    assert answer.status_code == 404


def test_she_takes_an_absent_colleague_s_place_from_the_list(
    hx: Ask, lea: User, claire: User
) -> None:
    says(claire, state="away")
    telephone = claire.endpoints.get()
    listed = hx("get", f"{SAID}choices/").content.decode()

    answer = hx("post", f"/desk/telephones/{telephone.uuid}/take/").content.decode()

    assert f"/desk/telephones/{telephone.uuid}/take/" in listed
    assert "Vous travaillez au poste de Claire depuis 8:40." in answer
    assert telephones_of(lea.pk) == [telephone]


def test_a_colleague_who_takes_calls_reads_the_question_and_agrees(
    hx: Ask, lea: User, claire: User
) -> None:
    stay = take_telephone(endpoint=lea.endpoints.get(), by=claire, at=NOW)
    asked = live.rest(lea, [{"name": "presence.changed"}])

    answer = hx("post", "/desk/telephones/answer/", {"stay": str(stay.uuid), "do": "lend"})

    assert "Claire demande à travailler à votre poste." in asked
    assert "Claire travaille à votre poste depuis 8:40." in answer.content.decode()


def test_who_asks_cannot_agree_in_the_other_s_place(hx: Ask, lea: User, claire: User) -> None:
    stay = take_telephone(endpoint=claire.endpoints.get(), by=lea, at=NOW)

    refused = hx("post", "/desk/telephones/answer/", {"stay": str(stay.uuid), "do": "lend"})
    ended = hx("post", "/desk/telephones/answer/", {"stay": str(stay.uuid), "do": "end"})

    assert (refused.status_code, ended.status_code) == (404, 200)
    assert StandIn.objects.get().ended_at == NOW


@pytest.mark.parametrize("stay", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_a_stay_that_is_none_of_hers_is_not_found(hx: Ask, stay: str) -> None:
    assert hx("post", "/desk/telephones/answer/", {"stay": stay}).status_code == 404


def test_nobody_takes_the_telephone_of_who_shares_no_client(hx: Ask, lea: User, firm: Firm) -> None:
    theirs = firm.lea.endpoints.get()

    assert hx("post", f"/desk/telephones/{theirs.uuid}/take/").status_code == 404
