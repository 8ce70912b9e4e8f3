"""Callers wait, are told where they stand, and are given to whoever becomes free."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.urls import reverse

from calls.models import Call
from calls.queries import queue_at
from calls.services import offer_waiting, set_presence, take_waiting
from calls.services.queueing import OFFER_LASTS, OFFER_TASK
from calls.telephony.twilio import api
from clients.models import Client, Line, User
from tests.calls.lines import direct
from tests.calls.operator import leg_form, post_signed, ring, voice_form
from tests.factories import make_assistant, make_client, make_line
from tests.wake_ups import WakeUp

pytestmark = pytest.mark.django_db

NUMBER = "+33199004010"


@pytest.fixture
def client_called() -> Client:
    return make_client()


@pytest.fixture
def line(client_called: Client) -> Line:
    line = make_line(client_called, NUMBER)
    steps: list[dict[str, Any]] = [
        {"action": "holder"},
        {"action": "queue", "seconds": 120},
        {"action": "announce"},
    ]
    direct(line, *steps, deputies_after=60, tells_wait=True)
    return line


@pytest.fixture
def lea(client_called: Client, line: Line) -> User:
    return make_assistant(client_called, "lea", rank=1)


def door(name: str, call: Call, step: int = 0, **form: str) -> ET.Element:
    path = f"{reverse(f'twilio:{name}', args=[call.uuid])}?step={step}"
    told = voice_form(NUMBER) | {"CallStatus": "in-progress"} | form
    return ET.fromstring(post_signed(path, told).content)


def talking(client: Client, user: User) -> Call:
    """A call that she is in."""
    ring(NUMBER, "+33639983001", sid="CA0")
    call = Call.objects.get()
    path = reverse("twilio:leg", args=[call.uuid, user.endpoints.get().uuid])
    post_signed(path, leg_form("CA0B", "in-progress", 2))
    call.refresh_from_db()
    assert call.answered_by == user
    return call


@pytest.fixture
def busy(client_called: Client, lea: User) -> Call:
    return talking(client_called, lea)


@pytest.fixture
def caller(busy: Call) -> Call:
    """Somebody who waits because Léa is talking."""
    answer = ET.fromstring(ring(NUMBER).content)
    assert [one.tag for one in answer] == ["Enqueue"]
    return Call.objects.exclude(pk=busy.pk).get()


def tags(answer: ET.Element) -> list[str]:
    return [one.tag for one in answer]


def end(call: Call, sid: str) -> None:
    form = voice_form(NUMBER, sid=sid) | {"CallStatus": "completed", "SequenceNumber": "9"}
    post_signed(reverse("twilio:status"), form)
    call.refresh_from_db()


def test_a_caller_waits_where_nobody_is_free_and_is_told_his_place(caller: Call) -> None:
    answer = door("waiting", caller, 0)

    assert caller.is_waiting
    assert tags(answer) == ["Say", "Play"]
    assert answer[0].text == "C’est bientôt à vous. Cela peut prendre environ 2 minutes."


def test_he_is_told_his_place_as_he_comes_and_then_once_a_minute(caller: Call) -> None:
    told = [tags(door("waiting", caller, QueueTime=at)) for at in ("0", "20", "59", "60", "76")]

    assert told == [["Say", "Play"], ["Play"], ["Play"], ["Say", "Play"], ["Play"]]


def test_the_desk_knows_since_when_he_waits(caller: Call) -> None:
    before = caller.queued_at
    door("waiting", caller)
    caller.refresh_from_db()

    assert caller.queued_at == before


def test_his_own_document_gives_him_to_whoever_is_free(caller: Call, busy: Call, lea: User) -> None:
    end(busy, "CA0")

    assert tags(door("waiting", caller)) == ["Leave"]

    rung = door("waited", caller, QueueResult="leave")
    assert [one.text for one in rung.iterfind("Dial/Sip")] == [lea.endpoints.get().address]
    caller.refresh_from_db()
    assert caller.offered_to == lea


def test_the_operator_is_asked_for_him_the_moment_she_is_free(
    caller: Call, busy: Call, lea: User
) -> None:
    end(busy, "CA0")

    with mock.patch.object(api, "redirect_leg") as redirect:
        assert offer_waiting(at=datetime.now(UTC)) == 1
        assert offer_waiting(at=datetime.now(UTC)) == 0

    assert redirect.call_args.args == ("CA1", f"http://localhost:8000{offered_path(caller)}")


def offered_path(call: Call) -> str:
    return reverse("twilio:offered", args=[call.uuid])


def test_where_the_operator_cannot_be_asked_his_own_document_lets_him_out(
    caller: Call, busy: Call, lea: User
) -> None:
    end(busy, "CA0")
    with mock.patch.object(api, "redirect_leg", side_effect=api.OperatorUnavailable):
        offer_waiting(at=datetime.now(UTC))

    assert tags(door("waiting", caller)) == ["Leave"]


def test_who_leaves_her_desk_before_it_rings_is_let_be_and_he_waits_on(
    caller: Call, busy: Call, lea: User
) -> None:
    end(busy, "CA0")
    door("waiting", caller)
    set_presence(user=lea, state="away", by=lea, at=datetime.now(UTC))

    answer = door("waited", caller, QueueResult="leave")

    caller.refresh_from_db()
    assert tags(answer) == ["Enqueue"]
    assert (caller.offered_to, caller.is_waiting, "declined" in caller.routing) == (
        None,
        True,
        False,
    )


def test_who_took_him_out_of_turn_is_rung_also_on_her_break(
    caller: Call, busy: Call, lea: User
) -> None:
    end(busy, "CA0")
    set_presence(user=lea, state="paused", by=lea, at=datetime.now(UTC))
    with mock.patch.object(api, "redirect_leg"):
        take_waiting(call=caller, by=lea, at=datetime.now(UTC))

    rung = door("offered", caller)

    assert [one.text for one in rung.iterfind("Dial/Sip")] == [lea.endpoints.get().address]


def test_who_lets_it_ring_leaves_him_at_his_place_and_is_let_be(
    caller: Call, busy: Call, lea: User
) -> None:
    end(busy, "CA0")
    since = caller.queued_at
    door("waiting", caller)

    again = door("declined", caller, DialCallStatus="no-answer")

    caller.refresh_from_db()
    assert tags(again) == ["Enqueue"]
    assert (caller.queued_at, caller.offered_to, caller.is_waiting) == (since, None, True)
    assert "Leave" not in tags(door("waiting", caller))


def test_an_answer_from_the_queue_ends_the_waiting(caller: Call, busy: Call, lea: User) -> None:
    end(busy, "CA0")
    door("waiting", caller)
    path = reverse("twilio:leg", args=[caller.uuid, lea.endpoints.get().uuid])

    post_signed(path, leg_form("CA1B", "in-progress", 2))

    caller.refresh_from_db()
    assert (caller.state, caller.answered_by, caller.is_waiting) == ("in_progress", lea, False)
    assert caller.left_queue_at == caller.answered_at


def test_who_hangs_up_while_waiting_is_missed(caller: Call) -> None:
    Call.objects.filter(pk=caller.pk).update(started_at=caller.started_at - timedelta(seconds=40))

    end(caller, "CA1")

    assert (caller.ending, caller.is_waiting) == ("missed", False)


def test_after_the_time_of_his_line_his_plan_goes_on(caller: Call) -> None:
    Call.objects.filter(pk=caller.pk).update(queued_at=caller.queued_at - timedelta(seconds=121))  # type: ignore[operator]

    assert tags(door("waiting", caller)) == ["Leave"]
    assert tags(door("waited", caller, QueueResult="leave")) == ["Say", "Hangup"]

    caller.refresh_from_db()
    assert not caller.is_waiting


def test_deputies_are_rung_after_the_time_that_the_client_set(
    client_called: Client, caller: Call
) -> None:
    claire = make_assistant(client_called, "claire", rank=2)
    assert "Leave" not in tags(door("waiting", caller))
    Call.objects.filter(pk=caller.pk).update(queued_at=caller.queued_at - timedelta(seconds=61))  # type: ignore[operator]

    assert tags(door("waiting", caller)) == ["Leave"]

    caller.refresh_from_db()
    assert caller.offered_to == claire


def test_an_offer_of_which_nothing_is_heard_is_forgotten(
    caller: Call, busy: Call, lea: User
) -> None:
    end(busy, "CA0")
    now = datetime.now(UTC)
    with mock.patch.object(api, "redirect_leg"):
        offer_waiting(at=now)
        offer_waiting(at=now + OFFER_LASTS - timedelta(seconds=1))
        caller.refresh_from_db()
        assert caller.offered_to == lea

        offer_waiting(at=now + OFFER_LASTS)

    caller.refresh_from_db()
    assert caller.offered_to is None


def test_whoever_becomes_available_has_the_queue_looked_at(
    lea: User, wake_ups: list[WakeUp], django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        set_presence(user=lea, state="available", by=lea, at=datetime.now(UTC))

    assert WakeUp(OFFER_TASK) in wake_ups


def test_the_end_of_a_call_has_the_queue_looked_at(
    busy: Call, wake_ups: list[WakeUp], django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        end(busy, "CA0")

    assert WakeUp(OFFER_TASK) in wake_ups


def test_the_queue_asks_no_more_for_three_callers_of_a_line_than_for_one(
    caller: Call, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    numbers = iter(range(9))

    def add() -> None:
        ring(NUMBER, sid=f"CA{next(numbers)}Q")

    now = caller.started_at + timedelta(seconds=5)
    assert_same_queries_at_1_and_3(add=add, show=lambda: queue_at(now))
