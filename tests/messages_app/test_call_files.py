"""Drafts survive; what a hang-up cuts short is kept; an emergency's judgement stays as it was."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from calls.facts import CallEnded
from calls.models import Call
from clients.models import TriageGuide, TriageSign
from messages_app.models import CallFile, Delivery, Message
from messages_app.queries.call_files import draft_of, partial_files
from messages_app.queries.inbox import inbox, unfinished_messages
from messages_app.rules.fields import MessageFields
from messages_app.services.files import close_file, open_file, save_draft
from messages_app.services.note import complete_partial
from messages_app.services.partial import keep_partial, keep_unfinished
from messages_app.services.triage import record_triage
from tests.messages_app.conftest import NOW, Lawyer

LATER = NOW + timedelta(minutes=2)


@pytest.fixture
def call(lawyer: Lawyer) -> Call:
    return lawyer.call()


def type_in(lawyer: Lawyer, call: Call, face: str = "message", **fields: str) -> CallFile:
    return save_draft(call=call, face=face, fields=fields, by=lawyer.assistant, at=NOW)


def ended(call: Call) -> CallEnded:
    return CallEnded(call.pk, call.uuid, call.client.uuid, "answered", call.answered_by_id)


def test_a_draft_is_kept_by_face_and_the_other_faces_stay(lawyer: Lawyer, call: Call) -> None:
    type_in(lawyer, call, "message", body="Rappeler")
    type_in(lawyer, call, "appointment", patient="Mme Roux")
    type_in(lawyer, call, "message", body="Rappeler avant midi")

    assert CallFile.objects.get().drafts == {
        "message": {"body": "Rappeler avant midi"},
        "appointment": {"patient": "Mme Roux"},
    }
    assert draft_of(call, "message") == {"body": "Rappeler avant midi"}


def test_a_call_has_one_file(lawyer: Lawyer, call: Call) -> None:
    first = open_file(call=call, by=lawyer.assistant, at=NOW)
    second = open_file(call=call, by=None, at=LATER)

    assert (first, second.opened_by, second.opened_at) == (second, lawyer.assistant, NOW)


def test_a_hang_up_keeps_the_unfinished_message_in_a_list(lawyer: Lawyer, call: Call) -> None:
    type_in(lawyer, call, caller_name="M. Belaïd", body="Licenciement, souh", urgency="urgent")

    keep_partial(ended(call))

    message = unfinished_messages(user=lawyer.assistant).get()
    assert (message.state, message.caller_name, message.body, message.urgency) == (
        "partial",
        "M. Belaïd",
        "Licenciement, souh",
        "urgent",
    )
    assert (message.call, message.noted_by, message.locked_at) == (call, lawyer.assistant, None)
    assert partial_files(user=lawyer.assistant).get().call == call


def test_a_draft_that_fits_no_column_does_not_keep_the_call_from_ending(
    lawyer: Lawyer, call: Call
) -> None:
    words = "x" * 300
    type_in(
        lawyer,
        call,
        **dict.fromkeys(("caller_name", "company", "about", "subject", "category"), words),
        body=words,
        callback_number="0" * 300,
        deadline_at="0001-01-01T00:00:00+00:09:21",
    )

    keep_partial(ended(call))

    message = unfinished_messages(user=lawyer.assistant).get()
    assert (len(message.caller_name), len(message.subject), len(message.body)) == (150, 200, 300)
    assert (message.category, message.callback_number, message.deadline_at) == ("", "", None)
    assert draft_of(call, "message")["caller_name"] == words


def test_an_unfinished_message_is_neither_relayed_nor_shown_to_the_client(
    lawyer: Lawyer, call: Call
) -> None:
    type_in(lawyer, call, body="x")

    keep_unfinished(call_id=call.pk, at=LATER)

    assert Delivery.objects.count() == 0
    assert inbox(user=lawyer.member.user).count() == 0


def test_hearing_twice_that_a_call_ended_keeps_one_message(lawyer: Lawyer, call: Call) -> None:
    type_in(lawyer, call, body="x")

    keep_partial(ended(call))
    keep_partial(ended(call))

    assert Message.objects.count() == 1


def test_the_database_keeps_one_unfinished_message_per_call(lawyer: Lawyer, call: Call) -> None:
    type_in(lawyer, call, body="x")
    keep_unfinished(call_id=call.pk, at=LATER)

    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(client=lawyer.client, call=call, state="partial", noted_at=NOW)


@pytest.mark.parametrize("fields", [{}, {"body": "   "}, {"urgency": ""}])
def test_a_hang_up_with_nothing_typed_keeps_nothing(
    lawyer: Lawyer, call: Call, fields: dict[str, str]
) -> None:
    type_in(lawyer, call, **fields)

    assert keep_unfinished(call_id=call.pk, at=LATER) is None
    assert (Message.objects.count(), CallFile.objects.get().state) == (0, "open")


def test_a_hang_up_in_the_middle_of_a_booking_keeps_the_file_without_a_message(
    lawyer: Lawyer, call: Call
) -> None:
    type_in(lawyer, call, "appointment", patient="Mme Roux")

    keep_unfinished(call_id=call.pk, at=LATER)

    assert (Message.objects.count(), CallFile.objects.get().state) == (0, "partial")


def test_a_hang_up_after_the_message_was_saved_keeps_nothing(lawyer: Lawyer, call: Call) -> None:
    type_in(lawyer, call, body="Audience")
    lawyer.note(call=call)

    assert keep_unfinished(call_id=call.pk, at=LATER) is None
    assert Message.objects.filter(state="partial").count() == 0


def test_a_half_typed_number_stays_in_the_draft_only(lawyer: Lawyer, call: Call) -> None:
    type_in(lawyer, call, body="x", callback_number="04 65")

    keep_unfinished(call_id=call.pk, at=LATER)

    assert Message.objects.get().callback_number == ""
    assert draft_of(call, "message")["callback_number"] == "04 65"


def test_whoever_goes_on_typing_after_the_hang_up_finishes_the_same_message(
    lawyer: Lawyer, call: Call
) -> None:
    type_in(lawyer, call, body="Licenciement, souh")
    keep_unfinished(call_id=call.pk, at=LATER)

    message = lawyer.note(call=call, body="Licenciement, souhaite un rendez-vous", at=LATER)

    assert Message.objects.get() == message
    assert (message.state, message.body) == ("ready", "Licenciement, souhaite un rendez-vous")
    assert message.deliveries.count() == 2
    assert (CallFile.objects.get().state, CallFile.objects.get().drafts) == ("open", {})


def test_a_colleague_completes_it_from_the_list(lawyer: Lawyer, call: Call) -> None:
    type_in(lawyer, call, body="Licenciement, souh")
    keep_unfinished(call_id=call.pk, at=LATER)
    waiting = unfinished_messages(user=lawyer.assistant).get()

    message = complete_partial(
        message=waiting,
        fields=MessageFields(caller_name="M. Belaïd", body="Licenciement"),
        by=lawyer.assistant,
        at=LATER,
    )

    assert (message.state, message.locked_at, message.relays.count()) == ("ready", LATER, 1)
    assert unfinished_messages(user=lawyer.assistant).count() == 0
    assert partial_files(user=lawyer.assistant).count() == 0


def test_closing_a_file_drops_its_drafts_and_takes_no_more(lawyer: Lawyer, call: Call) -> None:
    type_in(lawyer, call, body="x")
    close_file(call=call, by=lawyer.assistant, at=LATER)
    close_file(call=call, by=None, at=LATER + timedelta(hours=1))

    type_in(lawyer, call, body="from a late tab")

    file = CallFile.objects.get()
    assert (file.state, file.drafts, file.closed_at, file.closed_by) == (
        "closed",
        {},
        LATER,
        lawyer.assistant,
    )


def test_the_wording_of_a_triage_stays_as_it_was_shown(lawyer: Lawyer, call: Call) -> None:
    guide = TriageGuide.objects.create(
        client=lawyer.client, opening="Que se passe-t-il ?", doubt="Un doute : 15.", valid_from=NOW
    )
    pain = TriageSign.objects.create(
        guide=guide, text="Douleur thoracique", action="call_15", position=1
    )
    fever = TriageSign.objects.create(guide=guide, text="Fièvre", action="call_15", position=2)

    record = record_triage(
        call=call,
        guide=guide,
        ticked={pain.uuid},
        number="06 39 98 34 56",
        address="4 rue des Lilas, Lyon",
        outcome="told_15",
        by=lawyer.assistant,
        at=NOW,
    )
    TriageSign.objects.update(text="Autre chose")

    record.refresh_from_db()
    assert record.shown == {
        "opening": "Que se passe-t-il ?",
        "doubt": "Un doute : 15.",
        "signs": [
            sign_shown(pain, "Douleur thoracique", ticked=True),
            sign_shown(fever, "Fièvre", ticked=False),
        ],
    }
    assert record.ticked == ["Douleur thoracique"]
    assert (str(record.number), record.address, record.outcome, record.at, record.by) == (
        "+33639983456",
        "4 rue des Lilas, Lyon",
        "told_15",
        NOW,
        lawyer.assistant,
    )


def sign_shown(sign: TriageSign, text: str, *, ticked: bool) -> dict[str, object]:
    return {"uuid": str(sign.uuid), "text": text, "action": sign.action, "ticked": ticked}


def test_without_a_guide_and_without_answers_the_judgement_is_kept_all_the_same(
    lawyer: Lawyer, call: Call
) -> None:
    record = record_triage(
        call=call,
        guide=None,
        ticked={uuid4()},
        number="",
        address="",
        outcome="told_15",
        by=lawyer.assistant,
        at=NOW,
    )

    assert (record.shown, record.number, record.call_file.call) == ({}, "", call)


def test_an_outcome_that_is_none_of_the_four_is_refused(lawyer: Lawyer, call: Call) -> None:
    with pytest.raises(ValueError, match="diagnosed"):
        record_triage(
            call=call,
            guide=None,
            ticked=(),
            number="",
            address="",
            outcome="diagnosed",
            by=lawyer.assistant,
            at=NOW,
        )
