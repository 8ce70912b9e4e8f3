"""The operator's doors: what they let in, what they answer, what they leave behind."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from calls.facts import CallAnswered, CallEnded, CallRang
from calls.models import Call, CallEvent, CallLeg, WebhookRefusal
from clients.models import Client, Endpoint, Line, User
from core import facts
from tests.calls.operator import leg_form, post_signed, ring, voice_form
from tests.factories import make_assistant, make_client, make_line

pytestmark = pytest.mark.django_db


@dataclass
class House:
    """A client with a line, her assistant and the deputy."""

    client: Client
    line: Line
    lea: User
    claire: User

    @property
    def telephone(self) -> Endpoint:
        return self.lea.endpoints.get()


@pytest.fixture
def house() -> House:
    client = make_client()
    line = make_line(client, "+33199004010")
    lea = make_assistant(client, "lea", rank=1)
    claire = make_assistant(client, "claire", rank=2)
    return House(client, line, lea, claire)


@pytest.fixture
def heard() -> Iterator[list[object]]:
    """The facts that the calls app emits in this test."""
    from permanence.wiring import WIRES

    told: list[object] = []
    facts.connect({kind: [told.append] for kind in (CallRang, CallAnswered, CallEnded)})
    yield told
    facts.connect(WIRES)


def twiml(answer: object) -> ET.Element:
    return ET.fromstring(answer.content)  # type: ignore[attr-defined]


def leg(house: House, call: Call, form: dict[str, str]) -> None:
    path = reverse("twilio:leg", args=[call.uuid, house.telephone.uuid])
    assert post_signed(path, form).status_code == 200


def end_of_caller(sid: str = "CA1", status: str = "completed") -> None:
    form = voice_form("+33199004010", sid=sid) | {"CallStatus": status, "SequenceNumber": "9"}
    assert post_signed(reverse("twilio:status"), form).status_code == 200


def test_a_wrong_signature_gets_403_and_leaves_a_trace(house: House) -> None:
    form = voice_form("+33199004010")

    answer = Browser().post(reverse("twilio:voice"), form, headers={"X-Twilio-Signature": "x"})

    assert answer.status_code == 403
    refusal = WebhookRefusal.objects.get()
    assert (refusal.reason, refusal.called, refusal.caller) == (
        "signature",
        "+33199004010",
        "+33639983456",
    )
    assert Call.objects.count() == 0


def test_a_signature_over_other_parameters_is_wrong(house: House) -> None:
    signed = voice_form("+33199004010")
    path = reverse("twilio:voice")
    answer = post_signed(path, signed)
    signature = answer.wsgi_request.headers["X-Twilio-Signature"]  # type: ignore[attr-defined]

    forged = Browser().post(
        path, signed | {"From": "+33639983499"}, headers={"X-Twilio-Signature": signature}
    )

    assert forged.status_code == 403


def test_a_secret_that_is_being_replaced_still_signs(house: House, settings: object) -> None:
    old, new = "old-secret-0123456789", "new-secret-0123456789"
    settings.TWILIO_AUTH_TOKENS = [old]  # type: ignore[attr-defined]
    path, form = reverse("twilio:voice"), voice_form("+33199004010")
    from twilio.request_validator import RequestValidator

    signature = RequestValidator(old).compute_signature("http://localhost:8000" + path, form)
    settings.TWILIO_AUTH_TOKENS = [new, old]  # type: ignore[attr-defined]

    answer = Browser().post(path, form, headers={"X-Twilio-Signature": signature})

    assert answer.status_code == 200


def test_an_unknown_line_gets_a_sentence_and_the_owner_sees_it(house: House) -> None:
    answer = ring("+33199004099")

    spoken = twiml(answer).find("Say")
    assert spoken is not None
    assert spoken.text == "Le numéro que vous avez composé n’est pas en service."
    assert spoken.get("language") == "fr-FR"
    assert WebhookRefusal.objects.get().reason == "unknown_line"


def test_a_line_is_the_clients_only_while_it_is_in_force(house: House) -> None:
    Line.objects.update(valid_until=timezone.now() - timedelta(days=1))

    ring("+33199004010")

    assert WebhookRefusal.objects.get().reason == "unknown_line"


def test_a_ringing_line_makes_a_call_and_rings_the_assistants_telephone(
    house: House, heard: list[object]
) -> None:
    answer = ring("+33199004010")

    call = Call.objects.get()
    assert (call.client, call.line, str(call.caller_number), call.state) == (
        house.client,
        house.line,
        "+33639983456",
        "ringing",
    )
    dial = twiml(answer).find("Dial")
    assert dial is not None
    assert dial.get("answerOnBridge") == "true"
    assert dial.get("callerId") == "+33199004010"
    assert [sip.text for sip in dial.findall("Sip")] == ["sip:lea@telephones.example"]
    assert heard == [CallRang(call.pk, call.uuid, house.client.uuid)]


def test_the_operator_repeating_itself_makes_no_second_call(
    house: House, heard: list[object]
) -> None:
    first, second = ring("+33199004010"), ring("+33199004010")

    assert Call.objects.count() == 1
    assert first.content == second.content
    assert len(heard) == 1


@pytest.mark.parametrize("withheld", ["anonymous", "+266696687", "Restricted", "", "+33999999999"])
def test_a_withheld_number_is_nobodys(house: House, withheld: str) -> None:
    ring("+33199004010", withheld)

    assert str(Call.objects.get().caller_number or "") == ""


def test_what_was_shown_is_kept_with_the_call(house: House) -> None:
    ring("+33199004010")
    house.line.greeting = "Autre accueil"
    house.line.save()

    assert Call.objects.get().shown["greeting"] == "Cabinet, bonjour !"


def test_nobody_available_lets_the_caller_hear_the_lines_sentence(house: House) -> None:
    house.lea.presence.delete()
    house.claire.presence.delete()

    answer = ring("+33199004010")
    end_of_caller()

    assert twiml(answer).findtext("Say") == "Merci de rappeler plus tard."
    assert Call.objects.get().ending == "missed"


def test_when_the_first_does_not_answer_the_deputy_is_rung(house: House) -> None:
    ring("+33199004010")
    path = reverse("twilio:dialled", args=[Call.objects.get().uuid]) + "?step=0"

    answer = post_signed(path, {"CallSid": "CA1", "DialCallStatus": "no-answer"})

    dial = twiml(answer).find("Dial")
    assert dial is not None
    assert [sip.text for sip in dial.findall("Sip")] == ["sip:claire@telephones.example"]


def test_when_nobody_is_left_the_call_is_missed_however_short(house: House) -> None:
    ring("+33199004010")
    path = reverse("twilio:dialled", args=[Call.objects.get().uuid]) + "?step=1"

    answer = post_signed(path, {"CallSid": "CA1", "DialCallStatus": "busy"})
    end_of_caller()

    assert twiml(answer).findtext("Say") == "Merci de rappeler plus tard."
    assert Call.objects.get().ending == "missed"


def test_an_answered_call_says_who_answered_and_when(house: House, heard: list[object]) -> None:
    ring("+33199004010")
    Call.objects.update(started_at=datetime(2026, 11, 23, 10, tzinfo=UTC))
    call = Call.objects.get()

    leg(house, call, leg_form("CA2", "in-progress", 2, Timestamp="Mon, 23 Nov 2026 10:00:05 +0000"))

    call.refresh_from_db()
    assert (call.state, call.answered_by) == ("in_progress", house.lea)
    assert call.answered_at is not None
    assert call.answered_at.isoformat() == "2026-11-23T10:00:05+00:00"
    assert heard[1:] == [CallAnswered(call.pk, call.uuid, house.client.uuid, house.lea.pk)]


def test_the_callers_end_is_the_calls_and_every_leg_has_one(
    house: House, heard: list[object]
) -> None:
    ring("+33199004010")
    call = Call.objects.get()
    leg(house, call, leg_form("CA2", "in-progress", 2))

    end_of_caller()

    call.refresh_from_db()
    assert (call.state, call.ending) == ("ended", "answered")
    assert set(call.legs.values_list("state", flat=True)) == {"ended"}
    assert heard[2:] == [
        CallEnded(call.pk, call.uuid, house.client.uuid, "answered", call.answered_by_id)
    ]


EVENTS = [
    ("leg", leg_form("CA2", "initiated", 0)),
    ("leg", leg_form("CA2", "ringing", 1)),
    ("leg", leg_form("CA2", "in-progress", 2)),
    ("leg", leg_form("CA2", "completed", 3, CallDuration="40")),
    ("caller", {}),
]


@pytest.mark.parametrize("order", list(permutations(range(5)))[::7])
def test_events_in_any_order_and_twice_end_in_the_same_truth(
    house: House, order: tuple[int, ...]
) -> None:
    ring("+33199004010")
    call = Call.objects.get()
    for index in (*order, *reversed(order)):
        whose, form = EVENTS[index]
        if whose == "caller":
            end_of_caller()
        else:
            leg(house, call, form)

    call.refresh_from_db()
    assert (call.state, call.ending, call.answered_by) == ("ended", "answered", house.lea)
    assert CallLeg.objects.count() == 2
    assert CallEvent.objects.count() == 6


def test_a_talk_whose_events_were_all_lost_is_proved_by_the_dials_end(house: House) -> None:
    ring("+33199004010")
    call = Call.objects.get()
    form = {
        "CallSid": "CA1",
        "DialCallSid": "CA2",
        "DialCallStatus": "completed",
        "DialCallDuration": "40",
    }

    answer = post_signed(reverse("twilio:dialled", args=[call.uuid]) + "?step=0", form)

    assert twiml(answer).find("Hangup") is not None
    call.refresh_from_db()
    assert call.answered_by == house.lea


def test_a_mobile_must_press_1_before_the_call_is_answered() -> None:
    client = make_client()
    make_line(client, "+33199004010")
    user = make_assistant(client, telephone="number")
    endpoint = user.endpoints.get()
    answer = ring("+33199004010")
    call = Call.objects.get()
    number = twiml(answer).find("Dial/Number")
    assert number is not None
    assert number.get("url", "").endswith(
        reverse("twilio:whisper", args=[call.uuid, endpoint.uuid])
    )

    post_signed(
        reverse("twilio:leg", args=[call.uuid, endpoint.uuid]), leg_form("CA2", "in-progress", 2)
    )
    call.refresh_from_db()
    before = call.answered_by

    path = reverse("twilio:accept", args=[call.uuid, endpoint.uuid])
    post_signed(path, {"CallSid": "CA2", "Digits": "1"})

    call.refresh_from_db()
    assert (before, call.answered_by, call.state) == (None, user, "in_progress")


def test_a_voicemail_that_picks_up_lets_the_next_be_rung() -> None:
    client = make_client()
    make_line(client, "+33199004010")
    make_assistant(client, "mobile", telephone="number")
    make_assistant(client, "deputy", rank=2)
    ring("+33199004010")
    call = Call.objects.get()
    form = {
        "CallSid": "CA1",
        "DialCallSid": "CA2",
        "DialCallStatus": "completed",
        "DialCallDuration": "9",
    }

    answer = post_signed(reverse("twilio:dialled", args=[call.uuid]) + "?step=0", form)

    assert twiml(answer).findtext("Dial/Sip") == "sip:deputy@telephones.example"


def test_a_second_call_rings_the_deputy_first_and_then_who_talks(house: House) -> None:
    ring("+33199004010")
    first = Call.objects.get()
    leg(house, first, leg_form("CA2", "in-progress", 2))

    answer = ring("+33199004010", "+33639983457", sid="CA9")

    assert twiml(answer).findtext("Dial/Sip") == "sip:claire@telephones.example"
    second = Call.objects.get(caller_number="+33639983457")
    assert [step["because"] for step in second.routing["steps"]] == ["available", "talking"]
