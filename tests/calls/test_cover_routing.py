"""Callers follow a hand-over at its minute."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from calls.models import Call, Presence
from calls.queries import candidates_for, clients_in_hands_of
from calls.rules.routing import ring_plan
from calls.services import enter_queue, next_move, offer_waiting
from calls.services.queueing import OFFER_TASK
from clients.models import Client, Endpoint, Line, User
from clients.services.covers import come_back, note_turns
from tests.calls.lines import direct
from tests.calls.operator import post_signed, ring, voice_form
from tests.clients.covers import agree, make_colleague
from tests.desk.calls import ring as call_of
from tests.factories import make_assistant, make_client, make_line
from tests.wake_ups import WakeUp

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 7, 40, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NUMBER = "+33199004010"


class Clock:
    """What the clock shows."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.now)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def practice() -> Client:
    return make_client(name="Martin")


@pytest.fixture
def line(practice: Client) -> Line:
    return make_line(practice, NUMBER)


@pytest.fixture
def lea(practice: Client) -> User:
    return make_assistant(practice, "lea")


@pytest.fixture
def claire(practice: Client) -> User:
    """A colleague at her desk, who answers no client herself."""
    claire = make_colleague(practice.bureau, "claire")
    Presence.objects.create(user=claire, state=Presence.State.AVAILABLE)
    sip = Endpoint.Kind.SIP
    Endpoint.objects.create(user=claire, kind=sip, address="sip:claire@telephones.example")
    return claire


def rung(client: Client, at: datetime = NOW) -> list[int | None]:
    return [step.user_id for step in ring_plan(candidates_for(client, at)).steps]


def telephones(answer: Any) -> list[str | None]:
    return [one.text for one in ET.fromstring(answer.content).iterfind("Dial/*")]


def nobody_came(call: Call, step: int) -> Any:
    form = voice_form(NUMBER) | {"DialCallStatus": "no-answer", "CallStatus": "in-progress"}
    return post_signed(f"{reverse('twilio:dialled', args=[call.uuid])}?step={step}", form)


def test_who_covers_is_rung_first_from_the_minute_to_the_minute(
    practice: Client, lea: User, claire: User
) -> None:
    agree(lea, claire, at=NOW - MINUTE, starts_at=NOW, ends_at=NOW + MINUTE)

    orders = [rung(practice, at) for at in (NOW - MINUTE, NOW, NOW + MINUTE)]

    assert orders == [[lea.pk], [claire.pk, lea.pk], [lea.pk]]


def test_a_deputy_who_covers_is_rung_in_the_covered_place_and_another_deputy_after_her(
    practice: Client, lea: User
) -> None:
    ines = make_assistant(practice, "ines", rank=2)
    claire = make_assistant(practice, "claire", rank=3)
    agree(lea, claire, at=NOW)

    assert rung(practice) == [claire.pk, ines.pk, lea.pk]


def test_who_covers_other_clients_is_not_rung_for_these(
    practice: Client, lea: User, claire: User
) -> None:
    other = make_client(practice.bureau)
    lea.assignments.create(client=other)
    agree(lea, claire, at=NOW, clients=[other])

    assert (rung(practice), rung(other)) == ([lea.pk], [claire.pk, lea.pk])


def test_a_stand_in_on_a_break_is_not_rung_and_it_is_known_why(
    practice: Client, lea: User, claire: User
) -> None:
    Presence.objects.filter(user=claire).update(state=Presence.State.PAUSED)
    Presence.objects.filter(user=lea).update(state=Presence.State.AWAY)
    agree(lea, claire, at=NOW)

    plan = ring_plan(candidates_for(practice, NOW))

    assert plan.steps == ()
    assert [(one.user_id, one.because) for one in plan.refused] == [
        (claire.pk, "paused"),
        (lea.pk, "away"),
    ]


def test_two_questions_find_who_is_rung_and_a_third_a_stand_in(
    practice: Client, lea: User, claire: User, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        candidates_for(practice, NOW)
    agree(lea, claire, at=NOW)
    with django_assert_num_queries(3):
        candidates_for(practice, NOW)


def test_a_telephone_that_rings_at_the_minute_goes_on_and_the_next_step_is_hers_who_covers(
    line: Line, practice: Client, lea: User, claire: User, clock: Clock
) -> None:
    Presence.objects.filter(user=lea).update(state=Presence.State.AVAILABLE)
    agree(lea, claire, at=NOW, starts_at=NOW + MINUTE, ends_at=NOW + 2 * MINUTE)
    first = ring(NUMBER)
    call = Call.objects.get()
    clock.now = NOW + MINUTE
    note_turns(at=clock.now)

    still = Call.objects.get()
    second = nobody_came(call, 0)

    assert telephones(first) == ["sip:lea@telephones.example"]
    assert (still.state, still.routing["steps"][0]["user_id"]) == ("ringing", lea.pk)
    assert telephones(second) == ["sip:claire@telephones.example"]
    call.refresh_from_db()
    [_lea, by_claire] = call.routing["steps"]
    assert (by_claire["because"], by_claire["instead_of"]) == ("covers", lea.pk)
    assert call.routing["planned_again_at"] == clock.now.isoformat()


def test_a_hand_over_that_ends_while_it_rings_brings_the_caller_back(
    line: Line, practice: Client, lea: User, claire: User
) -> None:
    Presence.objects.filter(user=lea).update(state=Presence.State.PAUSED)
    cover = agree(lea, claire, at=NOW)
    first = ring(NUMBER)
    Presence.objects.filter(user=lea).update(state=Presence.State.AVAILABLE)
    come_back(cover=cover, by=lea, at=NOW)

    assert telephones(first) == ["sip:claire@telephones.example"]
    assert telephones(nobody_came(Call.objects.get(), 0)) == ["sip:lea@telephones.example"]


def test_without_a_hand_over_the_plan_stays_as_it_was_made(
    line: Line, practice: Client, lea: User
) -> None:
    ines = make_assistant(practice, "ines", rank=2)
    ring(NUMBER)
    call = Call.objects.get()
    steps = call.routing["steps"]

    move = next_move(call=call, after=0, at=NOW + MINUTE)

    call.refresh_from_db()
    assert move is not None
    assert [one.user_id for one in move.endpoints] == [ines.pk]
    assert (call.routing["steps"], "planned_again_at" in call.routing) == (steps, False)


def test_what_the_line_does_after_the_ring_is_done_once_all_the_same(
    line: Line, practice: Client, lea: User, claire: User
) -> None:
    direct(line, {"action": "assistants"}, {"action": "queue"}, {"action": "announce"})
    ring(NUMBER)
    call = Call.objects.get()
    agree(lea, claire, at=NOW)

    next_move(call=call, after=0, at=NOW)

    call.refresh_from_db()
    done = [(one["action"], one["user_id"]) for one in call.routing["steps"]]
    assert done == [
        ("assistants", lea.pk),
        ("assistants", claire.pk),
        ("queue", None),
        ("announce", None),
    ]


def test_who_waits_is_given_to_who_covers_at_once(
    line: Line,
    practice: Client,
    lea: User,
    claire: User,
    wake_ups: list[WakeUp],
    django_capture_on_commit_callbacks: Any,
) -> None:
    Presence.objects.filter(user=lea).update(state=Presence.State.AWAY)
    direct(line, {"action": "assistants"}, {"action": "queue"})
    ring(NUMBER)
    call = enter_queue(call=Call.objects.get(), at=NOW)
    before = offer_waiting(at=NOW)

    with django_capture_on_commit_callbacks(execute=True):
        agree(lea, claire, at=NOW)

    assert before == 0
    assert OFFER_TASK in {one.task for one in wake_ups}
    assert offer_waiting(at=NOW) == 1
    call.refresh_from_db()
    assert call.offered_to == claire


def test_a_call_in_progress_stays_with_who_has_it_until_it_is_written_up(
    line: Line, practice: Client, lea: User, claire: User, clock: Clock
) -> None:
    cover = agree(lea, claire, at=NOW)
    call = call_of(practice, by=claire)
    other = call_of(practice)
    come_back(cover=cover, by=lea, at=NOW)

    talking = list(Call.objects.at_hand_of(claire))
    hands = clients_in_hands_of(claire)
    Call.objects.filter(pk=call.pk).update(state="ended", ending="answered", ended_at=NOW)
    clock.now = NOW + timedelta(minutes=14)
    writing = list(Call.objects.at_hand_of(claire))
    clock.now = NOW + timedelta(minutes=15)

    assert (talking, writing) == ([call], [call])
    assert hands == [(practice.bureau_id, practice.uuid)]
    assert list(Call.objects.at_hand_of(claire)) == []
    assert other not in talking
    assert list(Call.objects.on_desk_of(claire)) == []
