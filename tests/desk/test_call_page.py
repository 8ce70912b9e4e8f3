"""A call's page: its head, who calls, what came of it, and who may see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from calls.models import Call
from clients.models import AuditEntry, Correspondent, User
from desk.queries.call import call_head, recognised
from messages_app.models import CallFile
from messages_app.services.files import save_draft
from tests.agenda.factories import book
from tests.desk.calls import at, ring
from tests.factories import make_correspondent
from tests.people import NOW, YESTERDAY, Firm, Practice

ADDRESSES = [
    ("get", "call"),
    ("get", "people"),
    ("get", "week"),
    ("get", "slots"),
    ("post", "hang_up"),
    ("post", "disposition"),
    ("post", "caller"),
    ("post", "new_caller"),
    ("post", "book"),
    ("post", "message"),
    ("post", "preview"),
    ("post", "emergency"),
]
OF_AN_APPOINTMENT = [("get", ""), ("post", "move/"), ("post", "cancel/"), ("post", "undo/")]


def test_the_page_shows_whose_call_it_is_and_what_to_say(desk: Browser, call: Call) -> None:
    page = desk.get(at("call", call)).content.decode()

    assert "Cabinet du Docteur Martin, bonjour\u202f!" in page
    assert "Ne jamais donner le portable." in page
    assert "Mal dans la poitrine" in page


@pytest.mark.parametrize(("method", "name"), ADDRESSES)
def test_a_call_of_another_assistants_client_is_not_found(
    desk: Browser, firm: Firm, method: str, name: str
) -> None:
    theirs = ring(firm.client)

    assert getattr(desk, method)(at(name, theirs)).status_code == 404


@pytest.mark.parametrize(("method", "what"), OF_AN_APPOINTMENT)
def test_an_appointment_of_another_assistants_client_is_not_found(
    firm: Firm, practice: Practice, method: str, what: str
) -> None:
    appointment = practice.client.appointments.first()
    assert appointment is not None
    stranger = Browser()
    stranger.force_login(firm.lea)

    answer = getattr(stranger, method)(f"/desk/appointments/{appointment.uuid}/{what}")

    assert answer.status_code == 404


def test_the_only_person_on_a_number_is_recognised_without_being_written_down(
    call: Call, practice: Practice
) -> None:
    known = make_correspondent(practice.client, "Aubry", number=str(call.caller_number))

    shown = recognised(Call.objects.get(pk=call.pk))

    assert shown.correspondent == known
    assert Call.objects.get(pk=call.pk).correspondent is None


def test_several_people_on_a_number_are_offered_and_none_is_picked(
    call: Call, practice: Practice, lea: User
) -> None:
    for name in ("Aubry", "Blanc"):
        make_correspondent(practice.client, name, number=str(call.caller_number))

    caller = call_head(lea, recognised(call), NOW).caller

    assert not caller.is_known
    assert [match.name for match in caller.matches] == ["Aubry", "Blanc"]


def test_a_person_of_another_client_on_the_same_number_is_not_offered(
    call: Call, firm: Firm, lea: User
) -> None:
    make_correspondent(firm.client, "Secret", number=str(call.caller_number))

    assert call_head(lea, recognised(call), NOW).caller.matches == []


def test_choosing_who_calls_shows_the_file_and_leaves_the_faces_alone(
    hx: Callable[..., Any], call: Call, practice: Practice
) -> None:
    aubry = make_correspondent(practice.client, "Aubry", civility="mrs")

    answer = hx("post", at("caller", call), {"correspondent": str(aubry.uuid)})

    call.refresh_from_db()
    assert call.correspondent == aubry
    page = answer.content.decode()
    assert 'id="callhead"' in page
    assert 'id="caller-file"' in page
    assert 'id="message"' not in page
    assert '"caller:chosen"' in answer.headers["HX-Trigger-After-Settle"]


@pytest.mark.parametrize("named", ["", "nonsense", "00000000-0000-0000-0000-000000000001"])
def test_choosing_nobody_known_is_not_found(hx: Callable[..., Any], call: Call, named: str) -> None:
    assert hx("post", at("caller", call), {"correspondent": named}).status_code == 404


def test_a_first_time_caller_gets_a_file_of_her_own(hx: Callable[..., Any], call: Call) -> None:
    typed = {"last_name": "Costa", "first_name": "Lucia", "number": "06 39 98 44 10"}

    answer = hx("post", at("new_caller", call), typed)

    call.refresh_from_db()
    made = Correspondent.objects.get(last_name="Costa")
    assert call.correspondent == made
    assert [str(one.number) for one in made.numbers.all()] == ["+33639984410"]
    assert answer.headers["HX-Reswap"] == "none"
    assert 'id="callhead"' in answer.content.decode()


def test_an_impossible_number_is_refused_beside_its_field_and_what_was_typed_is_kept(
    hx: Callable[..., Any], call: Call
) -> None:
    answer = hx("post", at("new_caller", call), {"last_name": "Costa", "number": "12"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="Costa"' in page
    assert 'id="caller-number_error"' in page
    assert not Correspondent.objects.filter(last_name="Costa").exists()


def test_the_head_says_when_the_caller_was_last_seen_and_comes_next(
    call: Call, practice: Practice, lea: User
) -> None:
    aubry = make_correspondent(practice.client, "Aubry", number=str(call.caller_number))
    book(
        practice.calendar,
        practice.consultation,
        "2026-11-26 09:40",
        correspondent=aubry,
        by=lea,
        at=YESTERDAY,
    )

    notes = call_head(lea, recognised(call), NOW).caller.notes

    assert len(notes) == 1
    assert "26 nov. 9:40" in notes[0]


def test_no_disposition_is_asked_while_somebody_talks(call: Call, lea: User) -> None:
    assert call_head(lea, call, NOW).dispositions == []


def test_the_disposition_is_set_by_one_request_and_closes_the_file(
    hx: Callable[..., Any], practice: Practice, lea: User
) -> None:
    over = ring(practice.client, by=lea, ended=Call.Ending.ANSWERED)

    answer = hx("post", at("disposition", over), {"disposition": "information"})

    over.refresh_from_db()
    assert over.disposition == "information"
    assert CallFile.objects.get(call=over).state == CallFile.State.CLOSED
    assert 'value="information" aria-pressed="true"' in answer.content.decode()
    assert AuditEntry.objects.filter(action="call.disposition_set").count() == 1


def test_a_disposition_drops_no_draft(
    hx: Callable[..., Any], practice: Practice, lea: User
) -> None:
    over = ring(practice.client, by=lea, ended=Call.Ending.ANSWERED)
    save_draft(call=over, face="message", fields={"body": "Rappeler"}, by=lea, at=NOW)

    answer = hx("post", at("disposition", over), {"disposition": "message"})

    assert CallFile.objects.get(call=over).drafts == {"message": {"body": "Rappeler"}}
    assert '"toast"' in answer.headers["HX-Trigger-After-Settle"]


def test_an_unknown_disposition_is_not_found(desk: Browser, call: Call) -> None:
    answer = desk.post(at("disposition", call), {"disposition": "fun"})

    assert answer.status_code == 404


def test_only_who_talks_may_hang_up(desk: Browser, practice: Practice) -> None:
    answer = desk.post(at("hang_up", ring(practice.client)), headers={"HX-Request": "true"})

    assert '"level": "error"' in answer.headers["HX-Trigger-After-Settle"]


def test_without_javascript_a_post_leads_back_to_the_page(
    desk: Browser, practice: Practice, lea: User
) -> None:
    over = ring(practice.client, by=lea, ended=Call.Ending.ANSWERED)

    answer = desk.post(at("disposition", over), {"disposition": "information"})

    assert (answer.status_code, answer.headers["Location"]) == (302, at("call", over))


def test_home_turns_to_the_call_that_she_is_on(desk: Browser, call: Call) -> None:
    assert desk.get("/desk/").headers["Location"] == at("call", call)


def test_the_page_asks_as_often_for_three_calls_as_for_one(
    desk: Browser,
    call: Call,
    practice: Practice,
    assert_same_queries_at_1_and_3: Callable[..., None],
) -> None:
    desk.get(at("call", call))  # the session of the browser is noted once

    assert_same_queries_at_1_and_3(
        add=lambda: ring(practice.client), show=lambda: desk.get(at("call", call))
    )


def test_a_call_begins_with_a_message_where_no_agenda_is_kept_here(
    desk: Browser, call: Call, practice: Practice
) -> None:
    ours = desk.get(at("call", call)).context["face"]
    practice.client.agenda_mode = "none"
    practice.client.save()
    none = desk.get(at("call", call)).context["face"]

    assert (ours, none) == ("appointment", "message")


def test_what_is_not_known_yet_is_left_empty(desk: Browser, call: Call) -> None:
    assert "None" not in desk.get(at("call", call)).content.decode()
