"""What the operator says of a telephone after the caller has gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from calls.models import Call, CallLeg
from clients.models import User
from tests.calls.operator import leg_form, post_signed, ring, voice_form
from tests.factories import make_assistant, make_client, make_line
from tests.people import NOW

pytestmark = pytest.mark.django_db
NUMBER = "+33199004010"


@pytest.fixture
def lea() -> User:
    client = make_client()
    make_line(client, NUMBER)
    return make_assistant(client, "lea")


@pytest.fixture
def left(lea: User) -> Call:
    """A call whose caller has hung up before anything was heard of the telephone."""
    ring(NUMBER)
    form = voice_form(NUMBER) | {"CallStatus": "completed", "SequenceNumber": "9"}
    assert post_signed(reverse("twilio:status"), form).status_code == 200
    return Call.objects.get()


def tell(lea: User, call: Call, form: dict[str, str]) -> None:
    path = reverse("twilio:leg", args=[call.uuid, lea.endpoints.get().uuid])
    assert post_signed(path, form).status_code == 200
    call.refresh_from_db()


@pytest.mark.parametrize("status", ["initiated", "ringing", "in-progress"])
def test_a_leg_first_heard_of_after_the_end_has_its_end(lea: User, left: Call, status: str) -> None:
    tell(lea, left, leg_form("CA2", status, 1))

    leg = CallLeg.objects.get(provider_id="CA2")
    assert (leg.state, leg.ended_at, leg.end_cause) == ("ended", left.ended_at, "call-ended")


def test_a_mobile_that_presses_1_after_the_end_has_its_end(lea: User, left: Call) -> None:
    path = reverse("twilio:accept", args=[left.uuid, lea.endpoints.get().uuid])

    post_signed(path, leg_form("CA2", "in-progress", 1, Digits="1"))

    leg = CallLeg.objects.get(provider_id="CA2")
    assert (leg.state, leg.ended_at) == ("ended", left.ended_at)


@pytest.mark.parametrize("heard_before", [False, True])
def test_a_talk_is_proved_by_its_length_after_the_caller_has_left(
    lea: User, heard_before: bool
) -> None:
    ring(NUMBER)
    call = Call.objects.get()
    if heard_before:
        tell(lea, call, leg_form("CA2", "ringing", 1))
    form = voice_form(NUMBER) | {"CallStatus": "completed", "SequenceNumber": "9"}
    post_signed(reverse("twilio:status"), form)

    tell(lea, call, leg_form("CA2", "completed", 3, CallDuration="40"))

    assert (call.state, call.ending, call.answered_by) == ("ended", "answered", lea)


def test_a_telephone_that_rang_in_vain_proves_no_talk(lea: User, left: Call) -> None:
    tell(lea, left, leg_form("CA2", "completed", 3, CallDuration="0"))

    assert left.answered_by is None
    assert left.ending != "answered"


def test_an_answer_without_its_time_that_is_heard_after_the_end_makes_no_talk_below_nothing(
    lea: User, left: Call
) -> None:
    began_at = left.started_at - timedelta(minutes=5)
    Call.objects.update(started_at=began_at, ended_at=began_at + timedelta(minutes=1))

    tell(lea, left, leg_form("CA2", "in-progress", 2))

    assert (left.ending, left.answered_by) == ("answered", lea)
    assert left.talked_for(NOW) == timedelta(0)
    assert left.answered_at == left.ended_at


def test_an_end_dated_before_the_answer_was_heard_makes_no_talk_below_nothing(lea: User) -> None:
    ring(NUMBER)
    call = Call.objects.get()
    tell(lea, call, leg_form("CA2", "in-progress", 2))
    Call.objects.update(started_at=call.started_at - timedelta(minutes=5))
    ended_at = call.started_at - timedelta(minutes=1)
    stamp = {"SequenceNumber": "9", "Timestamp": f"{ended_at:%a, %d %b %Y %H:%M:%S} +0000"}

    post_signed(reverse("twilio:status"), voice_form(NUMBER) | {"CallStatus": "completed"} | stamp)

    call.refresh_from_db()
    assert call.ended_at == ended_at.replace(microsecond=0)
    assert call.talked_for(NOW) == timedelta(0)


def test_a_talk_longer_than_its_call_began_with_it(lea: User, left: Call) -> None:
    tell(lea, left, leg_form("CA2", "completed", 3, CallDuration="4000"))

    assert left.answered_at == left.started_at
