"""Ringing somebody from the desk's pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.test import Client as Browser
from django.utils import translation

from calls.models import Call, CallLeg
from calls.telephony.twilio import api
from clients.models import AuditEntry, DirectoryEntry, User
from desk.queries.board import board
from desk.queries.call import call_head
from desk.queries.callbacks import tries_of
from tests.desk.calls import at, ring
from tests.factories import make_assistant, make_correspondent
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


@pytest.mark.parametrize(
    ("kind", "rings", "said"),
    [
        ("sip", "hers", "Your telephone rings first: pick it up."),
        ("number", "hers", "Your telephone rings first: pick it up and press 1."),
        ("sip", "hers is picked up", "06 39 98 44 10 is being rung"),
        ("sip", "theirs", "06 39 98 44 10: it rings"),
    ],
)
def test_the_page_says_whose_telephone_rings(
    desk: Browser, practice: Practice, lea: User, kind: str, rings: str, said: str
) -> None:
    missed = ring(practice.client, ended="missed")
    lea.endpoints.update(kind=kind)
    with mock.patch.object(api, "create_call", return_value="CAout"):
        desk.post("/desk/ring/", whom("call", missed))
    made = Call.objects.get(direction="out")
    if rings == "hers is picked up":
        made.legs.update(answered_at=NOW)
    if rings == "theirs":
        leg = {"provider": "twilio", "provider_id": "CAtheirs", "started_at": NOW}
        CallLeg.objects.create(call=made, role=CallLeg.Role.CALLER, **leg)

    with translation.override("en"):
        head = call_head(lea, made, NOW)

    assert (head.talk.words, head.is_outgoing, head.can_hang_up) == (said, True, True)
    assert "appelle" not in desk.get(at("call", made)).content.decode().split('class="faces"')[0]


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


def try_in_vain(
    missed: Call, by: User, *, minutes: int, rung: bool = True, cause: str = "no-answer"
) -> Call:
    """Ring the caller back, so many minutes after now; nobody answers."""
    at_then = NOW + timedelta(minutes=minutes)
    made = Call.objects.create(
        bureau=missed.bureau,
        client=missed.client,
        line=missed.line,
        direction="out",
        caller_number=missed.caller_number,
        answered_by=by,
        started_at=at_then,
        state="ended",
        ended_at=at_then,
        ending="unreached",
        routing={"rung_out": True},
    )
    role = CallLeg.Role.CALLER if rung else CallLeg.Role.ASSISTANT
    CallLeg.objects.create(
        call=made,
        role=role,
        provider="twilio",
        provider_id=f"CAtry{made.pk}",
        state="ended",
        started_at=at_then,
        ended_at=at_then,
        end_cause=cause,
    )
    return made


def tried(user: User) -> list[str]:
    with translation.override("en"):
        return [card.tried for card in board(user, NOW + timedelta(hours=3)).callbacks]


def test_who_was_rung_back_in_vain_is_still_to_be_rung_and_the_next_person_sees_it(
    desk: Browser, practice: Practice, lea: User
) -> None:
    missed = ring(practice.client, ended="missed")
    paul = make_assistant(practice.client, "paul", rank=2)

    try_in_vain(missed, lea, minutes=32)
    assert tried(paul) == ["tried at 9:12 by Léa, no answer"]

    try_in_vain(missed, paul, minutes=50, cause="busy")
    assert tried(lea) == ["tried 2 times, last at 9:30 by Paul, engaged"]
    assert 'class="tried"' in desk.get(at("call", missed)).content.decode()


def test_her_own_telephone_that_she_did_not_pick_up_is_no_try(
    practice: Practice, lea: User
) -> None:
    missed = ring(practice.client, ended="missed")
    made = try_in_vain(missed, lea, minutes=1, rung=False)

    assert tried(lea) == [""]
    assert made.uuid not in [card.uuid for card in board(lea, NOW + timedelta(minutes=5)).unsaid]


def test_a_promised_callback_stays_open_until_he_is_reached(
    desk: Browser, practice: Practice, lea: User
) -> None:
    call = ring(practice.client, by=lea, ended="answered")
    page = desk.post(f"{at('call', call)}promise/", {"promised": "yes"}, follow=True)
    assert 'aria-pressed="true"' in page.content.decode()
    next_day = NOW + timedelta(days=2)

    try_in_vain(call, lea, minutes=60)
    assert [card.uuid for card in board(lea, next_day).callbacks] == [call.uuid]

    reached = try_in_vain(call, lea, minutes=90)
    Call.objects.filter(pk=reached.pk).update(ending="answered", answered_at=reached.ended_at)
    assert board(lea, next_day).callbacks == []


def test_a_promise_may_be_withdrawn(desk: Browser, practice: Practice, lea: User) -> None:
    call = ring(practice.client, by=lea, ended="answered")
    for answer in ("yes", "no"):
        desk.post(f"{at('call', call)}promise/", {"promised": answer})

    assert board(lea, NOW).callbacks == []
    told = AuditEntry.objects.filter(action__startswith="call.callback").order_by("pk")
    assert [one.action for one in told] == ["call.callback_promised", "call.callback_withdrawn"]


def test_refused_from_a_list_she_stays_where_she_is(
    hx: Callable[..., Any], practice: Practice, lea: User
) -> None:
    missed = ring(practice.client, ended="missed")
    ring(practice.client, by=lea)

    answer = hx("post", "/desk/ring/", whom("call", missed))

    assert answer.status_code == 204
    assert "HX-Redirect" not in answer.headers
    assert "toast" in answer.headers["HX-Trigger-After-Settle"]


def test_rung_from_a_list_the_desk_turns_to_the_call(
    hx: Callable[..., Any], practice: Practice, lea: User
) -> None:
    missed = ring(practice.client, ended="missed")
    with mock.patch.object(api, "create_call", return_value="CAout"):
        answer = hx("post", "/desk/ring/", whom("call", missed))

    assert answer.headers["HX-Redirect"] == at("call", Call.objects.get(direction="out"))


def test_tries_are_read_for_all_in_one_question(
    practice: Practice, lea: User, django_assert_num_queries: Any
) -> None:
    missed = [ring(practice.client, f"+3363998002{n}", ended="missed") for n in range(3)]
    for one in missed:
        try_in_vain(one, lea, minutes=1)

    with django_assert_num_queries(1):
        tries = tries_of(missed)

    assert [len(tries[one.pk]) for one in missed] == [1, 1, 1]
