"""The gestures of a talk on the call's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.test import Client as Browser
from django.utils import translation

from calls.models import Call, CallLeg, Transfer
from calls.telephony.twilio import api
from clients.models import DirectoryEntry, Endpoint, User
from desk.queries.board import board
from desk.queries.call import call_head
from tests.desk.calls import at, ring
from tests.factories import make_assistant
from tests.people import NOW, Practice

LAWYER = "+33199004055"


@pytest.fixture
def operator() -> Any:
    with mock.patch.object(api, "redirect_leg") as asked:
        yield asked


@pytest.fixture
def talked(call: Call, lea: User) -> Call:
    """The call, with her telephone's path."""
    endpoint = Endpoint.objects.filter(user=lea).first()
    CallLeg.objects.create(
        call=call,
        role=CallLeg.Role.ASSISTANT,
        provider="twilio",
        provider_id="CAlea",
        endpoint=endpoint,
        state=CallLeg.State.IN_PROGRESS,
        started_at=call.started_at,
        answered_at=call.answered_at,
    )
    return call


def names(user: User, call: Call) -> list[str]:
    head = call_head(user, Call.objects.get(pk=call.pk), NOW)
    return [gesture.name for gesture in head.talk.gestures]


def test_who_talks_may_hold_and_hand_on(talked: Call, lea: User, desk: Browser) -> None:
    page = desk.get(at("call", talked)).content.decode()

    assert names(lea, talked) == ["hold"]
    assert 'data-key="hold"' in page
    assert 'data-key="transfer"' in page


def test_hold_asks_the_operator_and_the_page_waits_for_its_event(
    talked: Call, lea: User, hx: Callable[..., Any], operator: mock.Mock
) -> None:
    answer = hx("post", at("talk", talked), {"gesture": "hold"})

    assert answer.status_code == 200
    assert operator.call_args.args[0] == "CAlea"
    talked.refresh_from_db()
    assert talked.held_at is None


def test_a_caller_on_hold_is_shown_with_the_time_and_may_be_taken_back(
    talked: Call, lea: User, desk: Browser
) -> None:
    Call.objects.filter(pk=talked.pk).update(
        held_at=NOW, room="x-1", places={"caller": "music", "assistant": "talk"}
    )

    assert names(lea, talked) == ["resume"]
    assert "En attente" in desk.get(at("call", talked)).content.decode()
    assert any("en attente" in card.detail for card in board(lea, NOW).current)


def test_an_announced_transfer_offers_what_can_be_done_as_it_goes(
    talked: Call, lea: User, operator: mock.Mock, hx: Callable[..., Any]
) -> None:
    entry = DirectoryEntry.objects.create(
        client=talked.client, name="Me Durand", number=LAWYER, note="urgences"
    )
    hx("post", at("transfer", talked), {"aim": f"directory:{entry.uuid.hex}", "kind": "announced"})

    made = Transfer.objects.get()
    assert (made.name, str(made.number), made.kind) == ("Me Durand", LAWYER, "announced")
    assert names(lea, talked) == ["take_back"]
    Transfer.objects.update(taken_at=NOW)
    assert names(lea, talked) == ["put_through", "join", "take_back"]
    Transfer.objects.update(joined_at=NOW)
    assert names(lea, talked) == ["put_through", "take_back"]


def test_a_typed_number_is_rung_as_it_is(
    talked: Call, operator: mock.Mock, hx: Callable[..., Any]
) -> None:
    hx("post", at("transfer", talked), {"aim_query": "06 39 98 00 55", "kind": "direct"})

    made = Transfer.objects.get()
    assert (str(made.number), made.kind, made.must_accept) == ("+33639980055", "direct", True)


def test_nobody_chosen_is_said(talked: Call, hx: Callable[..., Any]) -> None:
    answer = hx("post", at("transfer", talked), {"aim_query": "zzz"})

    assert "toast" in answer.headers["HX-Trigger-After-Settle"]
    assert not Transfer.objects.exists()


def test_a_silent_operator_is_said_and_nothing_is_under_way(
    talked: Call, lea: User, hx: Callable[..., Any]
) -> None:
    with mock.patch.object(api, "redirect_leg", side_effect=api.OperatorUnavailable):
        answer = hx("post", at("transfer", talked), {"aim_query": "01 99 00 40 55"})

    assert "error" in answer.headers["HX-Trigger-After-Settle"]
    assert Transfer.objects.get().outcome == "failed"
    assert names(lea, talked) == ["hold"]


def test_the_list_names_directory_members_and_colleagues(
    talked: Call, practice: Practice, hx: Callable[..., Any]
) -> None:
    DirectoryEntry.objects.create(client=talked.client, name="Laboratoire", number=LAWYER)
    make_assistant(talked.client, "paul", rank=2)

    listed = hx("get", at("aims", talked)).content.decode()

    assert "Laboratoire" in listed
    assert "Paul" in listed
    assert "Laboratoire" not in hx("get", at("aims", talked) + "?aim_query=paul").content.decode()


def test_who_does_not_talk_is_offered_nothing(practice: Practice, lea: User) -> None:
    waiting = ring(practice.client)

    head = call_head(lea, waiting, NOW)
    assert not head.talk.is_shown


def test_once_put_through_she_says_what_came_of_it_while_they_talk_on(
    talked: Call, lea: User
) -> None:
    Transfer.objects.create(
        call=talked,
        by=lea,
        kind="direct",
        number=LAWYER,
        asked_at=NOW,
        ended_at=NOW,
        outcome="put_through",
    )
    Call.objects.filter(pk=talked.pk).update(handed_over_at=NOW)

    head = call_head(lea, Call.objects.get(pk=talked.pk), NOW)

    assert [one.value for one in head.dispositions if one.is_suggested] == ["put_through"]
    assert not head.can_hang_up


def test_a_caller_whom_nobody_took_back_stands_among_those_to_call_back(
    practice: Practice, lea: User
) -> None:
    lost = ring(practice.client, by=lea, ended="answered", left_alone_at=NOW)

    shown = board(lea, NOW)

    assert [card.uuid for card in shown.callbacks] == [lost.uuid]
    assert lost.uuid not in [card.uuid for card in shown.recent]
    with translation.override("en"):
        words = call_head(lea, lost, NOW).talk.words
    assert words == "Nobody took the caller back: ring him."


def test_a_caller_left_to_his_lines_plan_waits_among_those_who_ring(
    talked: Call, lea: User
) -> None:
    talked.held_at, talked.queued_at, talked.handed_over_at = NOW, NOW, NOW
    talked.places = {"caller": "plan", "assistant": "", "third": ""}
    talked.save()

    with translation.override("en"):
        shown = board(lea, NOW)
        words = call_head(lea, Call.objects.get(pk=talked.pk), NOW).talk.words

    assert ([card.uuid for card in shown.waiting], shown.current) == ([talked.uuid], [])
    [card] = shown.waiting
    assert (card.is_urgent, card.at, card.queued.can_be_taken) == (True, NOW, True)
    assert "taken back by nobody" in card.detail
    assert words == "Nobody took the caller back: what the line does then goes on."
