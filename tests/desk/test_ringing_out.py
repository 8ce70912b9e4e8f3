"""Ringing somebody from the desk's pages."""

from __future__ import annotations

from unittest import mock

import pytest
from django.test import Client as Browser

from calls.models import Call
from calls.telephony.twilio import api
from clients.models import DirectoryEntry, User
from desk.queries.board import board
from tests.desk.calls import at, ring
from tests.factories import make_correspondent
from tests.people import NOW, Firm, Practice

pytestmark = pytest.mark.django_db


def whom(kind: str, thing: Call | DirectoryEntry | object) -> dict[str, str]:
    return {"whom": f"{kind}:{thing.uuid.hex}"}  # type: ignore[union-attr]


def test_a_missed_caller_is_rung_back_with_his_clients_number(
    desk: Browser, practice: Practice, lea: User
) -> None:
    missed = ring(practice.client, ended="missed")
    assert 'form="do-ring"' in desk.get(at("call", missed)).content.decode()

    with mock.patch.object(api, "create_call", return_value="CAout") as asked:
        answer = desk.post("/desk/ring/", whom("call", missed))

    made = Call.objects.get(direction="out")
    assert answer.headers["Location"] == at("call", made)
    assert asked.call_args.kwargs["from_"] == str(missed.line.number)
    assert (made.caller_number, made.answered_by) == (missed.caller_number, lea)
    assert made.uuid not in [card.uuid for card in board(lea, NOW).waiting]


def test_a_withheld_number_can_not_be_rung_and_that_is_said(
    desk: Browser, practice: Practice
) -> None:
    missed = ring(practice.client, "", ended="missed")

    page = desk.post("/desk/ring/", whom("call", missed), follow=True).content.decode()

    assert "masqué" in page
    assert not Call.objects.filter(direction="out").exists()


def test_somebody_in_a_file_or_directory_is_rung(desk: Browser, practice: Practice) -> None:
    person = make_correspondent(practice.client, "Aubry", number="+33639984411")
    entry = DirectoryEntry.objects.create(
        client=practice.client, name="Labo", number="+33199004055"
    )
    with mock.patch.object(api, "create_call", side_effect=["CAout1", "CAout2"]):
        desk.post("/desk/ring/", whom("number", person.numbers.get()))
        Call.objects.filter(direction="out").update(state="ended", ended_at=NOW, ending="unreached")
        desk.post("/desk/ring/", whom("directory", entry))

    rung = Call.objects.filter(direction="out").order_by("pk")
    assert [(str(one.caller_number), one.correspondent) for one in rung] == [
        ("+33639984411", person),
        ("+33199004055", None),
    ]


def test_a_silent_operator_leaves_a_failed_call_and_is_said(
    desk: Browser, practice: Practice
) -> None:
    missed = ring(practice.client, ended="missed")
    with mock.patch.object(api, "create_call", side_effect=api.OperatorUnavailable):
        page = desk.post("/desk/ring/", whom("call", missed), follow=True).content.decode()

    assert "pas répondu" in page
    assert Call.objects.get(direction="out").ending == "failed"


@pytest.mark.parametrize("kind", ["call", "number", "directory"])
def test_nobody_of_another_assistants_clients_is_rung(desk: Browser, firm: Firm, kind: str) -> None:
    things = {
        "call": ring(firm.client),
        "number": make_correspondent(firm.client, number="+33639984412").numbers.get(),
        "directory": DirectoryEntry.objects.create(
            client=firm.client, name="x", number="+33199004055"
        ),
    }

    assert desk.post("/desk/ring/", whom(kind, things[kind])).status_code == 404
    assert desk.post("/desk/ring/", {"whom": "somebody"}).status_code == 404
