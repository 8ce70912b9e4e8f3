"""The message face."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

from django.test import Client as Browser

from calls.models import Call
from clients.models import ClientMember
from desk.queries.messages import WORDS, preview_of
from messages_app.models import CallFile, DigestTime, FilterRule, Message
from messages_app.queries import timeline
from messages_app.rules.fields import MessageFields
from messages_app.services.files import save_draft
from tests.agenda.factories import paris
from tests.desk.calls import at
from tests.people import NOW, Practice

Ask = Callable[..., Any]
TYPED = {
    "caller_name": "Greffe du tribunal",
    "callback_number": "04 65 71 70 12",
    "body": "L’audience est avancée.",
    "urgency": "urgent",
    "deadline_at": "2026-11-24T17:00",
}


def preview(call: Call, *, body: str, urgency: str = "normal") -> str:
    return preview_of(call, MessageFields(body=body, urgency=urgency), NOW).text


def test_a_message_is_noted_for_the_caller_of_the_call(hx: Ask, call: Call) -> None:
    answer = hx("post", at("message", call), TYPED)

    noted = Message.objects.get(call=call)
    assert answer.status_code == 200
    assert (noted.body, str(noted.callback_number)) == ("L’audience est avancée.", "+33465717012")
    assert noted.deadline_at == paris("2026-11-24 17:00")
    assert noted.noted_by == call.answered_by


def test_the_answer_brings_an_empty_form_and_the_messages_way(hx: Ask, call: Call) -> None:
    page = hx("post", at("message", call), TYPED).content.decode()
    form, _, way = page.partition('id="timeline"')

    assert "avancée" not in form
    assert "L’audience est avancée." in way


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(
    hx: Ask, call: Call
) -> None:
    answer = hx("post", at("message", call), TYPED | {"callback_number": "12"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="message-callback_number_error"' in page
    assert "L’audience est avancée." in page
    assert Message.objects.count() == 0


def test_a_message_from_nobody_is_refused(hx: Ask, call: Call) -> None:
    answer = hx("post", at("message", call), {"body": "Bonjour", "urgency": "normal"})

    assert list(answer.context["message_form"].errors) == ["caller_name"]


def test_a_message_that_can_reach_nobody_is_refused_and_its_draft_kept(
    hx: Ask, call: Call, practice: Practice
) -> None:
    ClientMember.objects.filter(client=practice.client).update(is_active=False)
    save_draft(call=call, face="message", fields=dict(TYPED), by=practice.lea, at=NOW)

    answer = hx("post", at("message", call), TYPED)

    assert answer.status_code == 422
    assert CallFile.objects.get(call=call).drafts["message"]["body"] == TYPED["body"]


def test_the_form_is_prefilled_with_who_calls(desk: Browser, call: Call) -> None:
    page = desk.get(f"{at('call', call)}?face=message").content.decode()

    assert 'value="06 39 98 44 10"' in page


def test_the_preview_says_what_is_urgent_leaves_at_once_and_to_whom(
    call: Call, practice: Practice
) -> None:
    words = preview(call, body="x", urgency="urgent")

    assert str(practice.doctor.full_name) in words
    assert "SMS" in words


def test_the_preview_names_the_time_of_the_digest(call: Call, practice: Practice) -> None:
    FilterRule.objects.create(client=practice.client, outcome="digest", by_email=True)
    DigestTime.objects.create(client=practice.client, at=time(12))

    words = preview(call, body="x")

    assert words == "Récapitulatif de 12\N{NO-BREAK SPACE}h"


def test_the_preview_names_the_day_of_a_digest_of_tomorrow(call: Call, practice: Practice) -> None:
    FilterRule.objects.create(client=practice.client, outcome="digest", by_email=True)
    DigestTime.objects.create(client=practice.client, at=time(12))
    fields = MessageFields(body="x", urgency="normal")

    words = preview_of(call, fields, paris("2026-11-23 12:30")).text

    assert words == (
        "Prochain récapitulatif\N{NARROW NO-BREAK SPACE}: mardi 24 novembre à 12\N{NO-BREAK SPACE}h"
    )


def test_the_preview_says_when_nobody_can_be_reached(call: Call, practice: Practice) -> None:
    ClientMember.objects.filter(client=practice.client).update(is_active=False)

    assert preview_of(call, MessageFields(body="x"), NOW).is_stuck


def test_the_preview_reads_the_form_as_it_stands(hx: Ask, call: Call, practice: Practice) -> None:
    FilterRule.objects.create(client=practice.client, keyword="résultat", outcome="log_only")

    plain = hx("post", at("preview", call), {"body": "bonjour"}).content
    kept = hx("post", at("preview", call), {"body": "les résultats"}).content

    assert plain != kept


def test_every_step_of_a_messages_way_has_its_words() -> None:
    planned = {"planned_digest", "planned_remind", "planned_give_up"}
    told = {"noted", "corrected", "read", "acknowledged", "exhausted"}

    assert set(WORDS) == planned | told | set(timeline.KINDS.values())


def test_the_page_asks_as_often_for_three_messages_as_for_one_but_for_their_ways(
    hx: Ask, call: Call
) -> None:
    hx("post", at("message", call), TYPED)

    assert hx("get", at("call", call)).content.decode().count('class="noted"') == 1
