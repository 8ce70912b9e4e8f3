"""Who waits, at which place, whose telephone rings for him; taken and named by key."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.test import Client as Browser

from calls.models import Call, CallLeg, Presence
from calls.queries import places_of
from calls.services import CannotTake, offer_waiting, take_waiting
from calls.telephony.twilio import api
from clients.models import AuditEntry, Cover, User
from desk.queries.board import Board, board
from desk.queries.unsaid import to_qualify
from tests.calls.lines import direct
from tests.desk.calls import at, ring
from tests.factories import make_assistant
from tests.people import NOW, Firm, Practice

Ask = Callable[..., Any]


@pytest.fixture
def claire(practice: Practice) -> User:
    """Léa's deputy at the practice."""
    return make_assistant(practice.client, "claire", rank=2)


def waits(practice: Practice | Firm, ago: int = 60, **fields: Any) -> Call:
    """Somebody in the queue since so many seconds."""
    since = NOW - timedelta(seconds=ago)
    return ring(practice.client, ago=ago + 5, queued_at=since, **fields)


@pytest.fixture
def redirected() -> Any:
    """The legs that the operator was asked to take out of the queue."""
    with mock.patch.object(api, "redirect_leg") as asked:
        yield asked


def queued(shown: Board) -> list[tuple[int, str, bool, bool]]:
    marks = [card.queued for card in shown.waiting]
    return [(one.position, one.rings_at, one.rings_me, one.can_be_taken) for one in marks]


# --- What the board shows -------------------------------------------------------------------------


def test_waiting_callers_stand_in_their_turn_with_their_place(
    lea: User, practice: Practice
) -> None:
    second, first = waits(practice, 20), waits(practice, 80)

    shown = board(lea, NOW)

    assert [card.uuid for card in shown.waiting] == [first.uuid, second.uuid]
    assert queued(shown) == [(1, "", False, True), (2, "", False, True)]


def test_a_client_with_priority_goes_before_who_waits_longer(
    both: User, practice: Practice, firm: Firm
) -> None:
    direct(firm.client.lines.get(), {"action": "queue"}, priority=5)
    longest, urgent = waits(practice, 80), waits(firm, 20)

    shown = board(both, NOW)

    assert [card.uuid for card in shown.waiting] == [urgent.uuid, longest.uuid]
    assert [card.queued.has_priority for card in shown.waiting] == [True, False]


def test_priority_is_that_of_the_version_he_came_under(practice: Practice) -> None:
    line = practice.client.lines.get()
    direct(line, {"action": "queue"}, priority=0)
    direct(line, {"action": "queue"}, priority=5, starts_on=NOW.date() + timedelta(days=1))
    call = waits(practice)

    assert not places_of([call], NOW)[call.pk].has_priority


def test_a_place_counts_only_those_whom_the_same_people_may_take(
    lea: User, practice: Practice, firm: Firm
) -> None:
    theirs, ours = waits(firm, 80), waits(practice, 20)

    places = places_of([theirs, ours], NOW)

    assert [places[call.pk].position for call in (theirs, ours)] == [1, 1]
    assert [places[call.pk].turn for call in (theirs, ours)] == [1, 2]


def test_who_covers_a_colleague_counts_among_those_who_may_take_a_caller(
    lea: User, claire: User, practice: Practice, firm: Firm
) -> None:
    """Léa answers the practice; from now she also covers the firm's own assistant."""
    theirs, ours = waits(firm, 80), waits(practice, 20)
    anna = firm.client.assignments.get().user
    Cover.objects.create(
        bureau=firm.client.bureau,
        principal=anna,
        deputy=lea,
        for_all=True,
        state=Cover.State.ACCEPTED,
        starts_at=NOW - timedelta(hours=1),
        proposed_at=NOW - timedelta(hours=2),
        accepted_at=NOW - timedelta(hours=2),
    )

    places = places_of([theirs, ours], NOW)

    assert [places[call.pk].position for call in (theirs, ours)] == [1, 2]


def test_an_offered_caller_says_whose_telephone_rings(
    lea: User, claire: User, practice: Practice
) -> None:
    waits(practice, offered_to=claire)

    assert queued(board(lea, NOW)) == [(1, "Claire", False, False)]
    assert queued(board(claire, NOW)) == [(1, "Claire", True, False)]


def test_a_line_that_rings_says_at_whose_telephone(
    lea: User, claire: User, practice: Practice
) -> None:
    steps = [{"user_id": lea.pk}, {"user_id": claire.pk}]
    ring(practice.client, routing={"steps": steps, "tried": [{"index": 0}, {"index": 1}]})

    assert queued(board(lea, NOW)) == [(0, "Claire", False, False)]


def test_who_rings_at_hers_is_announced_before_who_waits_longer(
    lea: User, practice: Practice
) -> None:
    waits(practice, 80)
    hers = waits(practice, 20, offered_to=lea)

    pop = board(lea, NOW).pop

    assert pop is not None
    assert (pop.uuid, pop.rings_me) == (hers.uuid, True)


def test_the_board_asks_as_often_for_three_who_wait_as_for_one(
    lea: User, practice: Practice, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    board(lea, NOW)

    assert_same_queries_at_1_and_3(add=lambda: waits(practice), show=lambda: board(lea, NOW))


def test_the_page_shows_place_priority_and_the_key(desk: Browser, practice: Practice) -> None:
    direct(practice.client.lines.get(), {"action": "queue"}, priority=1)
    call = waits(practice)

    page = desk.get("/desk/day/").content.decode()

    assert "n°\xa01" in page
    assert "prioritaire" in page
    assert re.search(
        rf'id="take-{call.uuid}"[^>]* data-key="take_waiting"(?! data-key-points)', page
    )


# --- Taking one out of turn -----------------------------------------------------------------------


def test_she_takes_a_waiting_caller_out_of_his_turn(
    hx: Ask, lea: User, practice: Practice, redirected: mock.Mock
) -> None:
    waits(practice, 80)
    chosen = waits(practice, 20)

    hx("post", at("take_waiting", chosen))

    chosen.refresh_from_db()
    assert chosen.offered_to == lea
    assert redirected.call_args.args[0] == chosen.legs.get(role=CallLeg.Role.CALLER).provider_id
    assert AuditEntry.objects.filter(action="call.taken_out_of_turn", by=lea).count() == 1


def test_taking_ends_her_time_to_write_up_and_not_her_break(
    lea: User, practice: Practice, redirected: mock.Mock
) -> None:
    Presence.objects.filter(user=lea).update(
        state="paused", wrap_up_until=NOW + timedelta(seconds=20)
    )

    take_waiting(call=waits(practice), by=lea, at=NOW)

    row = Presence.objects.get(user=lea)
    assert (row.state, row.wrap_up_until) == ("paused", None)


def refusal(call: Call, by: User) -> str:
    with pytest.raises(CannotTake) as refused:
        take_waiting(call=call, by=by, at=NOW)
    return refused.value.because


def test_a_caller_who_waits_no_more_or_rings_elsewhere_is_left(
    lea: User, claire: User, practice: Practice, redirected: mock.Mock
) -> None:
    assert refusal(ring(practice.client), lea) == "gone"
    assert refusal(waits(practice, offered_to=claire), lea) == "offered"
    assert refusal(waits(practice, left_queue_at=NOW), lea) == "gone"
    assert redirected.call_count == 0


def test_one_caller_at_a_time_and_only_where_a_telephone_can_ring(
    lea: User, practice: Practice, redirected: mock.Mock
) -> None:
    call = waits(practice)
    offered = waits(practice, offered_to=lea)
    assert refusal(call, lea) == "rings"
    Call.objects.filter(pk=offered.pk).update(offered_to=None)

    ringing = ring(practice.client)
    leg = CallLeg.objects.create(
        call=ringing,
        role=CallLeg.Role.ASSISTANT,
        provider="twilio",
        provider_id="CAR",
        endpoint=lea.endpoints.get(),
        state=CallLeg.State.RINGING,
        started_at=NOW,
    )
    assert refusal(call, lea) == "rings"
    leg.delete()

    talk = ring(practice.client, by=lea)
    assert refusal(call, lea) == "talking"
    talk.delete()

    lea.endpoints.all().delete()
    assert refusal(call, lea) == "no_telephone"


def test_a_refusal_is_said(hx: Ask, practice: Practice) -> None:
    answer = hx("post", at("take_waiting", ring(practice.client)))

    assert "n\\u2019attend plus" in answer.headers["HX-Trigger-After-Settle"]


def test_the_sweep_leaves_who_was_taken_to_her(
    lea: User, claire: User, practice: Practice, redirected: mock.Mock
) -> None:
    call = waits(practice)
    take_waiting(call=call, by=claire, at=NOW)

    offer_waiting(at=NOW)

    call.refresh_from_db()
    assert call.offered_to == claire


# --- To qualify -----------------------------------------------------------------------------------


def unsaid(practice: Practice, **fields: Any) -> Call:
    by = fields.pop("by", practice.lea)
    return ring(practice.client, by=by, ended=Call.Ending.ANSWERED, **fields)


def test_a_call_of_hers_without_a_word_is_asked_for_until_it_has_one(
    hx: Ask, lea: User, practice: Practice
) -> None:
    call = unsaid(practice)
    before = [card.uuid for card in board(lea, NOW).unsaid]

    hx("post", at("qualify", call), {"disposition": "information"})

    call.refresh_from_db()
    assert before == [call.uuid]
    assert call.disposition == "information"
    assert board(lea, NOW).unsaid == ()


def test_only_her_own_answered_calls_are_asked_for(
    lea: User, claire: User, practice: Practice
) -> None:
    unsaid(practice, by=claire)
    unsaid(practice, disposition="message")
    ring(practice.client, ended=Call.Ending.MISSED)
    ring(practice.client, by=lea)

    assert to_qualify(lea, NOW).calls == []


def test_nothing_is_guessed_from_what_the_call_led_to(lea: User, practice: Practice) -> None:
    unsaid(practice)

    [asked] = to_qualify(lea, NOW).calls

    assert not hasattr(asked, "suggested")
    assert Call.objects.get().disposition == ""


def test_after_a_month_she_is_asked_no_more(lea: User, practice: Practice) -> None:
    old = unsaid(practice)
    Call.objects.filter(pk=old.pk).update(ended_at=NOW - timedelta(days=30))

    assert to_qualify(lea, NOW).count == 0


def test_the_list_says_how_many_there_are_beyond_those_it_shows(
    lea: User, practice: Practice
) -> None:
    for ago in range(21):
        unsaid(practice, ago=100 + ago)

    listed = to_qualify(lea, NOW)

    assert (len(listed.calls), listed.count) == (20, 21)


def test_the_page_gives_the_keys_to_the_first_call(desk: Browser, practice: Practice) -> None:
    unsaid(practice, ago=200)
    unsaid(practice, ago=100)

    page = desk.get("/desk/unsaid/").content.decode()

    assert page.count('data-key="disposition_message"') == 1
    assert page.count('data-row-key="disposition_message"') == 2


def test_an_unknown_word_is_not_found(hx: Ask, practice: Practice) -> None:
    assert hx("post", at("qualify", unsaid(practice)), {"disposition": "x"}).status_code == 404


def test_naming_without_a_script_leads_back_to_the_list(desk: Browser, practice: Practice) -> None:
    answer = desk.post(at("qualify", unsaid(practice)), {"disposition": "message"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/unsaid/")


def test_the_list_asks_as_often_for_three_calls_as_for_one(
    lea: User, practice: Practice, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    to_qualify(lea, NOW)

    assert_same_queries_at_1_and_3(add=lambda: unsaid(practice), show=lambda: to_qualify(lea, NOW))
