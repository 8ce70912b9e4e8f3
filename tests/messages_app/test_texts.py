"""What leaves says the least that is useful, in the recipient's language."""

from __future__ import annotations

from datetime import datetime

import pytest

from messages_app.models import ClientRelaySettings, Delivery
from messages_app.rules.fields import MessageFields, from_draft
from messages_app.rules.gsm7 import is_gsm7, segments
from messages_app.services.note import note_message
from tests.messages_app.conftest import NOW, Lawyer, only

SECRETS = ("Audience", "Morel", "Aubépine", "04 65 71 70 12", "+33465717012")


def test_an_sms_says_who_called_and_gives_a_link_never_the_reason(lawyer: Lawyer) -> None:
    message = lawyer.note()

    sms = only("sms", message)
    words, _, link = sms.text.rpartition(" ")
    assert words == "Me Durand, URGENT : Greffe TJ Lyon a appelé."
    assert link.startswith("http://localhost:8000/p/m/")
    assert not any(secret in sms.text for secret in SECRETS)


def test_an_email_says_by_default_who_called_and_how_urgent_not_the_reason(lawyer: Lawyer) -> None:
    email = only("email", lawyer.note())

    assert email.subject == "Urgent\u202f: message de Greffe TJ Lyon"
    assert (
        "Greffe TJ Lyon a appelé Me Durand le lundi 23 novembre à 10\u00a0h\u00a042." in email.text
    )
    for part in (email.subject, email.text, email.html):
        assert not any(secret in part for secret in SECRETS)


def test_an_email_tells_everything_where_the_client_has_chosen_so(lawyer: Lawyer) -> None:
    ClientRelaySettings.objects.create(client=lawyer.client, detail_in_email=True)

    message = lawyer.note()

    for secret in ("Audience", "Morel c/ SARL Aubépine", "04 65 71 70 12"):
        assert secret in only("email", message).text
        assert secret in only("email", message).html
    assert not any(secret in only("sms", message).text for secret in SECRETS)


def test_what_a_caller_dictates_can_not_become_markup(lawyer: Lawyer) -> None:
    ClientRelaySettings.objects.create(client=lawyer.client, detail_in_email=True)

    email = only("email", lawyer.note(caller_name="<b>M. & Cie</b>", body="<script>"))

    assert "<script>" not in email.html
    assert "&lt;b&gt;M. &amp; Cie&lt;/b&gt;" in email.html
    assert email.subject == "Urgent\u202f: message de <b>M. & Cie</b>"


@pytest.mark.parametrize(
    "caller",
    ["Mme Hélène Lefèvre-Bœuf", "« Étude » Vidal & associés, maîtres à Lyon", "x" * 150],
)
def test_an_sms_stays_in_the_short_alphabet_and_in_one_segment(lawyer: Lawyer, caller: str) -> None:
    sms = only("sms", lawyer.note(caller_name=caller))

    assert is_gsm7(sms.text)
    assert segments(sms.text) == 1


def test_a_caller_without_a_name_is_his_number_or_unknown(lawyer: Lawyer) -> None:
    by_number = lawyer.note(caller_name="")
    unknown = lawyer.note(caller_name="", callback_number="")

    assert ": 04 65 71 70 12 a appelé." in only("sms", by_number).text
    assert ": un appelant inconnu a appelé." in only("sms", unknown).text


def test_a_recipient_who_reads_english_is_written_to_in_english(lawyer: Lawyer) -> None:
    lawyer.member.user.language = "en"
    lawyer.member.user.save()

    message = lawyer.note()

    assert only("sms", message).text.startswith("Me Durand, URGENT: Greffe TJ Lyon called. http")
    assert "on Monday, November 23 at 10:42." in only("email", message).text


def test_the_clock_of_a_text_is_the_clients(lawyer: Lawyer) -> None:
    lawyer.client.timezone = "Indian/Reunion"
    lawyer.client.save()

    assert "à 13\u00a0h\u00a042" in only("email", lawyer.note()).text


def test_a_text_is_frozen_when_it_is_written(lawyer: Lawyer) -> None:
    sms = only("sms", lawyer.note())
    before = sms.text
    lawyer.client.short_name = "Autre"
    lawyer.client.save()

    assert Delivery.objects.get(pk=sms.pk).text == before


def test_the_sender_is_the_clients_own_where_it_has_one(lawyer: Lawyer) -> None:
    ClientRelaySettings.objects.create(client=lawyer.client, sms_sender="DURAND")

    message = lawyer.note()

    assert (only("sms", message).sender, only("email", message).sender) == ("DURAND", "")


@pytest.mark.parametrize(
    ("draft", "fields"),
    [
        ({}, MessageFields()),
        ({"body": "  Rappeler ", "unknown": "x"}, MessageFields(body="Rappeler")),
        ({"urgency": "urgent"}, MessageFields(urgency="urgent")),
        ({"urgency": "very"}, MessageFields()),
        ({"body": None, "caller_name": 3}, MessageFields(caller_name="3")),
        ({"deadline_at": "17 h"}, MessageFields()),
        ({"deadline_at": "2026-11-23T17:00"}, MessageFields()),
        (
            {"deadline_at": "2026-11-23T17:00:00+01:00"},
            MessageFields(deadline_at=datetime.fromisoformat("2026-11-23T17:00:00+01:00")),
        ),
    ],
)
def test_a_draft_becomes_fields_as_far_as_it_goes(
    draft: dict[str, object], fields: MessageFields
) -> None:
    assert from_draft(draft) == fields


def test_the_deadline_is_said_in_the_clients_own_time(lawyer: Lawyer) -> None:
    ClientRelaySettings.objects.create(client=lawyer.client, detail_in_email=True)

    message = note_message(
        client=lawyer.client,
        fields=MessageFields(
            body="Confirmer.", deadline_at=datetime.fromisoformat("2026-11-23T16:00:00+00:00")
        ),
        by=lawyer.assistant,
        at=NOW,
    )

    assert "Avant\u202f: lundi 23 novembre à 17\u00a0h\u00a000" in only("email", message).text
