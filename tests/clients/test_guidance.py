"""What the assistant is shown: instructions, guides, and who is calling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from clients.models import Client, Instruction, TriageGuide, TriageSign
from clients.queries import (
    correspondents_on,
    instructions_in_force,
    search_correspondents,
    triage_guide_at,
)
from clients.services.correspondents import ImpossibleNumber, add_correspondent
from tests.factories import make_assistant, make_client, make_correspondent

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def texts(client: Client, at: datetime = NOW) -> list[str]:
    return [instruction.text for instruction in instructions_in_force(client, at)]


def test_only_instructions_in_force_are_shown() -> None:
    client = make_client()
    Instruction.objects.create(client=client, text="toujours")
    Instruction.objects.create(client=client, text="hier", valid_until=NOW)
    Instruction.objects.create(client=client, text="demain", valid_from=NOW + DAY)

    assert texts(client) == ["toujours"]


def test_of_two_on_one_topic_the_shortest_lived_wins_and_the_other_returns_after_it() -> None:
    client = make_client()
    Instruction.objects.create(client=client, text="rappeler avant midi", topic="rappels")
    Instruction.objects.create(
        client=client, text="congrès : rappeler lundi", topic="rappels", valid_until=NOW + DAY
    )

    assert texts(client) == ["congrès : rappeler lundi"]
    assert texts(client, NOW + DAY) == ["rappeler avant midi"]


def test_instructions_without_a_topic_never_hide_each_other() -> None:
    client = make_client()
    for position, text in enumerate(["un", "deux"]):
        Instruction.objects.create(client=client, text=text, position=position)

    assert texts(client) == ["un", "deux"]


def test_the_newest_guide_in_force_is_the_one_with_its_signs() -> None:
    client = make_client()
    old = {"client": client, "opening": "ancien", "doubt": "15"}
    TriageGuide.objects.create(valid_from=NOW - 9 * DAY, **old)
    guide = TriageGuide.objects.create(
        client=client, opening="nouveau", doubt="15", valid_from=NOW - DAY
    )
    TriageSign.objects.create(guide=guide, text="fièvre", action="call_15")
    TriageGuide.objects.create(client=client, opening="futur", doubt="15", valid_from=NOW + DAY)

    found = triage_guide_at(client, NOW)

    assert found == guide
    assert found is not None
    assert [sign.text for sign in found.signs.all()] == ["fièvre"]


def test_everybody_on_a_number_is_a_match_and_a_withheld_number_matches_nobody() -> None:
    client, other = make_client(), make_client()
    mother = make_correspondent(client, "Lefèvre", first_name="Anne", number="+33639983456")
    son = make_correspondent(client, "Lefèvre", first_name="Hugo", number="+33639983456")
    make_correspondent(client, "Inconnu", number="+33639983499")
    make_correspondent(other, "Ailleurs", number="+33639983456")

    assert list(correspondents_on(client, "+33639983456")) == [mother, son]
    assert list(correspondents_on(client, "")) == []


@pytest.mark.parametrize(
    "typed",
    ["lefevre", "LEFÈ hel", "hel lef", "06 39 98 34 56", "+33639983456", "Martel"],
)
def test_a_person_is_found_by_beginnings_of_names_or_by_number(typed: str) -> None:
    client = make_client()
    known = make_correspondent(
        client, "Lefèvre", first_name="Hélène", birth_name="Martel", number="+33639983456"
    )
    make_correspondent(client, "Morel", first_name="Hélie", number="+33639983400")

    assert search_correspondents([client], typed) == [known]


def test_another_clients_people_are_not_found() -> None:
    make_correspondent(make_client(), "Lefèvre")

    assert search_correspondents([make_client()], "lefevre") == []


def test_a_new_caller_is_saved_with_her_number_and_found_at_once() -> None:
    client = make_client()
    lea = make_assistant(client)

    saved = add_correspondent(
        client=client,
        first_name="Hélène",
        last_name="Lefèvre ",
        numbers=("06 39 98 34 56",),
        by=lea,
        at=NOW,
    )

    assert search_correspondents([client], "lefevre") == [saved]
    assert list(correspondents_on(client, "+33639983456")) == [saved]


def test_an_impossible_number_saves_nothing() -> None:
    client = make_client()

    with pytest.raises(ImpossibleNumber):
        add_correspondent(client=client, last_name="X", numbers=("12",), by=None, at=NOW)

    assert search_correspondents([client], "x") == []
