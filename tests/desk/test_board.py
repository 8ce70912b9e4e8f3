"""The queue in the left column."""

from __future__ import annotations

from collections.abc import Callable

from calls.models import Call
from clients.models import User
from desk.queries.board import board, rounded_hue
from messages_app.services.files import save_draft
from messages_app.services.partial import keep_unfinished
from tests.desk.calls import ring
from tests.factories import make_client, make_correspondent
from tests.people import NOW, Firm, Practice

UNKNOWN = "+33639984499"


def test_the_one_who_waits_longest_stands_first_and_is_announced(
    both: User, practice: Practice, firm: Firm
) -> None:
    later = ring(firm.client, ago=5)
    first = ring(practice.client, ago=25)

    shown = board(both, NOW)

    assert [card.uuid for card in shown.waiting] == [first.uuid, later.uuid]
    assert [card.is_urgent for card in shown.waiting] == [True, False]
    assert shown.pop is not None
    assert shown.pop.uuid == first.uuid


def test_a_waiting_card_shows_what_to_say_and_who_calls(lea: User, practice: Practice) -> None:
    make_correspondent(practice.client, "Aubry", civility="mrs", number="+33639984410")
    ring(practice.client)

    card = board(lea, NOW).waiting[0]

    assert card.greeting == "Cabinet du Docteur Martin, bonjour !"
    assert "Aubry" in card.detail


def test_several_people_on_a_number_are_counted_and_none_is_named(
    lea: User, practice: Practice
) -> None:
    for name in ("Aubry", "Blanc"):
        make_correspondent(practice.client, name, number=UNKNOWN)
    ring(practice.client, UNKNOWN)

    detail = board(lea, NOW).waiting[0].detail

    assert detail.startswith("06 39 98 44 99 · 2 ")


def test_a_call_of_another_assistants_client_is_not_shown(lea: User, firm: Firm) -> None:
    ring(firm.client)

    assert board(lea, NOW) == board(lea, NOW).__class__([], [], [], [], [])


def test_a_missed_caller_is_to_be_called_back_until_reached(lea: User, practice: Practice) -> None:
    missed = ring(practice.client, UNKNOWN, ago=900, ended=Call.Ending.MISSED)
    before = [card.uuid for card in board(lea, NOW).callbacks]

    ring(practice.client, UNKNOWN, by=lea, ago=60, ended=Call.Ending.ANSWERED)
    after = [card.uuid for card in board(lea, NOW).callbacks]

    assert (before, after) == ([missed.uuid], [])


def test_a_missed_caller_with_a_disposition_is_dealt_with(lea: User, practice: Practice) -> None:
    ring(practice.client, UNKNOWN, ended=Call.Ending.MISSED, disposition="canvasser")

    assert board(lea, NOW).callbacks == []


def test_a_file_that_a_hang_up_left_unfinished_waits(lea: User, practice: Practice) -> None:
    call = ring(practice.client, by=lea, ended=Call.Ending.ANSWERED)
    save_draft(call=call, face="message", fields={"body": "Rappeler"}, by=lea, at=NOW)
    keep_unfinished(call_id=call.pk, at=NOW)

    assert [card.uuid for card in board(lea, NOW).unfinished] == [call.uuid]


def test_the_board_asks_as_often_for_three_calls_of_each_kind_as_for_one(
    lea: User, practice: Practice, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    def add() -> None:
        ring(practice.client)
        ring(practice.client, by=lea)
        ring(practice.client, UNKNOWN, ended=Call.Ending.MISSED)
        ring(practice.client, by=lea, ended=Call.Ending.ANSWERED)

    board(lea, NOW)  # what she supervises is remembered on her object

    assert_same_queries_at_1_and_3(add=add, show=lambda: board(lea, NOW))


def test_a_hue_is_rounded_to_the_steps_of_the_style_sheet(db: None) -> None:
    hues = [rounded_hue(make_client(hue=hue)) for hue in (0, 212, 359)]

    assert hues == [0, 210, 0]
