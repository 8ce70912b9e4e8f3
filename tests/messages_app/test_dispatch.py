"""Claim, send outside any transaction, close; who dies in between loses and repeats nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from clients.models import ClientMember
from messages_app.models import ChannelPause, Delivery, DeliveryEvent
from messages_app.rules.retries import LEASE
from messages_app.rules.sending import (
    Absent,
    Accepted,
    CannotTell,
    Envelope,
    Found,
    NotSent,
    Refused,
    SendResult,
    Unknown,
)
from messages_app.services.dispatch import claim, close, dispatch
from messages_app.services.receipts import hear
from messages_app.services.reconcile import NotUncertain, decide_doubt, dismiss, settle
from messages_app.services.sweep import sweep
from tests.messages_app.conftest import NOW, Clock, FakeGateway, Gateways, Killed, Lawyer, only


@pytest.fixture
def sms(lawyer: Lawyer) -> Delivery:
    """An SMS that is due."""
    lawyer.note()
    return only("sms")


def state_of(delivery: Delivery) -> str:
    delivery.refresh_from_db()
    return delivery.state


def sweep_and_send(clock: Clock) -> None:
    """One sweep as a worker without a broker runs it."""
    sweep(clock=clock, send=lambda pk: dispatch(delivery_id=pk, clock=clock))


def sweep_for(clock: Clock, minutes: int) -> None:
    for _ in range(minutes * 2):
        clock.forward(seconds=30)
        sweep_and_send(clock)


# --- each answer of the gateway ------------------------------------------------------------------


def test_an_accepted_text_keeps_the_gateways_name_for_it(
    sms: Delivery, gateways: Gateways, clock: Clock
) -> None:
    dispatch(delivery_id=sms.pk, clock=clock)

    assert (state_of(sms), sms.provider_id, sms.lease_until) == ("accepted", "SM1", None)
    assert sms.accepted_at == NOW


def test_what_certainly_did_not_leave_is_due_again_after_a_while(
    sms: Delivery, gateways: Gateways, clock: Clock
) -> None:
    gateways.sms.will(NotSent("20429", retry_after=timedelta(minutes=3)), takes=False)

    dispatch(delivery_id=sms.pk, clock=clock)

    assert (state_of(sms), sms.due_at, sms.error_code) == (
        "due",
        NOW + timedelta(minutes=3),
        "20429",
    )


def test_a_text_that_is_due_later_is_not_sent_yet(
    sms: Delivery, gateways: Gateways, clock: Clock
) -> None:
    Delivery.objects.update(due_at=NOW + timedelta(seconds=1))

    assert dispatch(delivery_id=sms.pk, clock=clock) is None
    assert gateways.sms.taken == []


def test_a_refused_text_is_dead_and_the_other_channel_carries_the_message(
    sms: Delivery, gateways: Gateways, clock: Clock
) -> None:
    gateways.sms.will(Refused("21614"), takes=False)

    dispatch(delivery_id=sms.pk, clock=clock)

    assert (state_of(sms), sms.error_code, sms.needs_human) == ("dead", "21614", False)
    assert only("email").state == "due"


def test_a_refused_text_without_the_other_channel_writes_it(
    sms: Delivery, gateways: Gateways, clock: Clock
) -> None:
    only("email").delete()
    gateways.sms.will(Refused("21614"), takes=False)

    dispatch(delivery_id=sms.pk, clock=clock)

    email = only("email")
    assert (email.state, email.purpose, list(email.messages.all())) == (
        "due",
        "message",
        list(sms.messages.all()),
    )


def test_when_both_channels_refuse_a_human_is_asked(
    sms: Delivery, gateways: Gateways, clock: Clock
) -> None:
    gateways.sms.will(Refused("21614"), takes=False)
    gateways.email.will(Refused("550"), takes=False)
    email = only("email")

    dispatch(delivery_id=sms.pk, clock=clock)
    dispatch(delivery_id=email.pk, clock=clock)

    assert (state_of(sms), sms.needs_human) == ("dead", False)
    assert (state_of(email), email.needs_human) == ("dead", True)
    assert Delivery.objects.count() == 2


def test_a_recipient_without_the_other_channel_is_a_humans(
    sms: Delivery, lawyer: Lawyer, gateways: Gateways, clock: Clock
) -> None:
    ClientMember.objects.update(mobile="")
    sms.delete()
    gateways.email.will(Refused("550"), takes=False)
    email = only("email")

    dispatch(delivery_id=email.pk, clock=clock)

    assert (state_of(email), email.needs_human) == ("dead", True)


def test_a_refusal_that_somebody_must_mend_is_shown(
    sms: Delivery, gateways: Gateways, clock: Clock
) -> None:
    gateways.sms.will(Refused("21408", alarms=True), takes=False)

    dispatch(delivery_id=sms.pk, clock=clock)

    assert (state_of(sms), sms.needs_human) == ("dead", True)


def test_a_gateway_that_refuses_us_rests_its_channel_and_keeps_the_rows_due(
    sms: Delivery, lawyer: Lawyer, gateways: Gateways, clock: Clock
) -> None:
    lawyer.note(caller_name="M. Belaïd")
    other = Delivery.objects.filter(channel="sms").exclude(pk=sms.pk).get()
    refusal = NotSent("20003", retry_after=timedelta(minutes=2), stops_channel=True)
    gateways.sms.will(refusal, takes=False)

    dispatch(delivery_id=sms.pk, clock=clock)
    skipped = dispatch(delivery_id=other.pk, clock=clock)
    email = dispatch(delivery_id=only("email", sms.messages.get()).pk, clock=clock)

    assert ChannelPause.objects.get().until == NOW + timedelta(minutes=2)
    assert (state_of(sms), skipped, state_of(other)) == ("due", None, "due")
    assert email is not None
    clock.forward(minutes=2)
    assert dispatch(delivery_id=other.pk, clock=clock) is not None


def test_an_unknown_outcome_is_a_doubt_that_is_asked_about_after_a_minute(
    sms: Delivery, gateways: Gateways, clock: Clock
) -> None:
    gateways.sms.will(Unknown("dropped"), takes=True)

    dispatch(delivery_id=sms.pk, clock=clock)

    assert (state_of(sms), sms.due_at) == ("uncertain", NOW + timedelta(seconds=60))
    clock.forward(seconds=59)
    sweep_and_send(clock)
    assert gateways.sms.asked == 0


# --- one of many ---------------------------------------------------------------------------------


def test_a_second_claim_gets_nothing(sms: Delivery) -> None:
    first = claim(delivery_id=sms.pk, at=NOW)
    second = claim(delivery_id=sms.pk, at=NOW)

    assert (first is not None, second) == (True, None)


def test_the_claim_is_committed_before_the_gateway_hears_anything(
    sms: Delivery, gateways: Gateways, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    depth_outside = len(connection.savepoint_ids)

    def send(envelope: Envelope) -> SendResult:
        seen.append(Delivery.objects.get(uuid=envelope.delivery).state)
        assert len(connection.savepoint_ids) == depth_outside
        return Accepted("SM1")

    monkeypatch.setattr(gateways.sms, "send", send)
    dispatch(delivery_id=sms.pk, clock=clock)

    assert seen == ["sending"]


def test_a_slow_sender_whose_row_was_doubted_still_says_what_it_knows(sms: Delivery) -> None:
    slow = claim(delivery_id=sms.pk, at=NOW)
    assert slow is not None
    sweep(clock=Clock(NOW + LEASE), send=lambda _pk: None)
    assert state_of(sms) == "uncertain"

    close(delivery=slow, result=Accepted("SM7"), at=NOW + LEASE)

    assert (state_of(sms), sms.provider_id) == ("accepted", "SM7")


def test_a_sender_who_lost_its_claim_changes_nothing(sms: Delivery) -> None:
    slow = claim(delivery_id=sms.pk, at=NOW)
    assert slow is not None
    Delivery.objects.filter(pk=sms.pk).update(state="due", claim=None, provider_id="SM-other")
    claim(delivery_id=sms.pk, at=NOW)

    assert close(delivery=slow, result=Refused("21614"), at=NOW) is False
    assert state_of(sms) == "sending"


def test_a_callback_faster_than_the_answer_is_not_undone_by_it(sms: Delivery) -> None:
    sender = claim(delivery_id=sms.pk, at=NOW)
    assert sender is not None
    hear(delivery=sms.uuid, provider_id="SM1", word="delivered", code="", at=NOW)

    close(delivery=sender, result=Accepted("SM1"), at=NOW)

    assert (state_of(sms), sms.provider_id) == ("delivered", "SM1")


def test_the_answer_names_a_text_whose_first_callback_did_not(sms: Delivery) -> None:
    sender = claim(delivery_id=sms.pk, at=NOW)
    assert sender is not None
    hear(delivery=sms.uuid, provider_id="", word="sent", code="", at=NOW)

    close(delivery=sender, result=Accepted("SM1"), at=NOW)

    assert (state_of(sms), sms.provider_id) == ("sent", "SM1")


def test_a_callback_proves_acceptance_even_when_the_answer_was_a_500(sms: Delivery) -> None:
    sender = claim(delivery_id=sms.pk, at=NOW)
    assert sender is not None
    hear(delivery=sms.uuid, provider_id="SM1", word="sent", code="", at=NOW)

    close(delivery=sender, result=Unknown("20500"), at=NOW)

    assert (state_of(sms), sms.provider_id) == ("sent", "SM1")


# --- whoever dies --------------------------------------------------------------------------------


def test_killed_after_the_claim_nothing_left_and_it_is_sent_once(
    sms: Delivery, gateways: Gateways, clock: Clock
) -> None:
    gateways.sms.will(Killed, takes=False)
    with pytest.raises(Killed):
        dispatch(delivery_id=sms.pk, clock=clock)
    assert state_of(sms) == "sending"

    sweep_for(clock, minutes=5)

    assert (state_of(sms), sms.was_sent_again) == ("accepted", True)
    assert texts_taken(gateways.sms, sms) == 1


def test_killed_after_the_gateway_took_it_it_is_found_and_not_sent_again(
    sms: Delivery, gateways: Gateways, clock: Clock
) -> None:
    gateways.sms.will(Killed, takes=True)
    with pytest.raises(Killed):
        dispatch(delivery_id=sms.pk, clock=clock)

    sweep_for(clock, minutes=5)

    assert (state_of(sms), sms.provider_id) == ("sent", "SM-found")
    assert texts_taken(gateways.sms, sms) == 1


def test_killed_before_closing_it_is_found_and_not_sent_again(
    sms: Delivery, gateways: Gateways, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(**_: object) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr("messages_app.services.dispatch.close", die)
        with pytest.raises(Killed):
            dispatch(delivery_id=sms.pk, clock=clock)

    sweep_for(clock, minutes=5)

    assert (state_of(sms), texts_taken(gateways.sms, sms)) == ("sent", 1)


@pytest.mark.parametrize("code", ["20500", "dropped", "answer"])
def test_an_error_of_a_gateway_that_took_it_is_settled_by_asking(
    sms: Delivery, gateways: Gateways, clock: Clock, code: str
) -> None:
    gateways.sms.will(Unknown(code), takes=True)

    dispatch(delivery_id=sms.pk, clock=clock)
    sweep_for(clock, minutes=5)

    assert (state_of(sms), texts_taken(gateways.sms, sms)) == ("sent", 1)


def test_an_error_of_a_gateway_that_never_took_it_leads_to_one_flagged_second_send(
    sms: Delivery, gateways: Gateways, clock: Clock
) -> None:
    gateways.sms.will(Unknown("dropped"), takes=False)

    dispatch(delivery_id=sms.pk, clock=clock)
    sweep_for(clock, minutes=5)

    assert (state_of(sms), sms.was_sent_again, texts_taken(gateways.sms, sms)) == (
        "accepted",
        True,
        1,
    )
    assert gateways.sms.asked == 2


def test_a_second_doubt_about_the_same_text_is_a_humans(
    sms: Delivery, gateways: Gateways, clock: Clock
) -> None:
    gateways.sms.will(Unknown("dropped"), takes=False).will(Unknown("dropped"), takes=False)

    dispatch(delivery_id=sms.pk, clock=clock)
    sweep_for(clock, minutes=10)

    assert (state_of(sms), sms.needs_human) == ("uncertain", True)
    assert texts_taken(gateways.sms, sms) == 0


def test_a_gateway_that_never_answers_questions_leaves_the_doubt_to_a_human(
    sms: Delivery, gateways: Gateways, clock: Clock
) -> None:
    gateways.sms.will(Unknown("dropped"), takes=True)
    gateways.sms.says = [CannotTell("down")] * 9

    dispatch(delivery_id=sms.pk, clock=clock)
    sweep_for(clock, minutes=15)

    assert (state_of(sms), sms.needs_human, gateways.sms.asked) == ("uncertain", True, 5)


def test_a_gateways_new_word_for_a_state_still_means_that_it_has_the_text(
    sms: Delivery, gateways: Gateways, clock: Clock
) -> None:
    gateways.sms.will(Unknown("dropped"), takes=True)
    gateways.sms.says = [Found("SM5", "teleported")]

    dispatch(delivery_id=sms.pk, clock=clock)
    sweep_for(clock, minutes=2)

    assert (state_of(sms), sms.provider_id) == ("accepted", "SM5")


def test_an_uncertain_mail_goes_to_a_human_because_nobody_can_be_asked(
    lawyer: Lawyer, gateways: Gateways, clock: Clock
) -> None:
    lawyer.note(urgency="normal")
    email = only("email")
    gateways.email.will(Unknown("dropped"), takes=True)
    gateways.email.says = [CannotTell("mail")]

    dispatch(delivery_id=email.pk, clock=clock)
    sweep_for(clock, minutes=3)

    assert (state_of(email), email.needs_human, email.attempts) == ("uncertain", True, 1)


def test_two_who_asked_at_once_send_it_again_once(
    sms: Delivery, gateways: Gateways, clock: Clock
) -> None:
    gateways.sms.will(Unknown("dropped"), takes=False)
    dispatch(delivery_id=sms.pk, clock=clock)
    clock.forward(minutes=1)
    Delivery.objects.update(absences=1, asks=1)
    first = Delivery.objects.get(pk=sms.pk)
    second = Delivery.objects.get(pk=sms.pk)

    settle(delivery=first, look_up=Absent(), at=clock())
    claim(delivery_id=sms.pk, at=clock())
    settle(delivery=second, look_up=Absent(), at=clock())

    assert (state_of(sms), sms.attempts) == ("sending", 2)


def test_an_answer_about_an_earlier_attempt_does_not_send_the_next_one_again(
    sms: Delivery, gateways: Gateways, clock: Clock
) -> None:
    gateways.sms.will(Unknown("dropped"), takes=False).will(Unknown("dropped"), takes=True)
    dispatch(delivery_id=sms.pk, clock=clock)
    Delivery.objects.update(absences=1, asks=1)
    first = Delivery.objects.get(pk=sms.pk)
    late = Delivery.objects.get(pk=sms.pk)
    settle(delivery=first, look_up=Absent(), at=clock())
    dispatch(delivery_id=sms.pk, clock=clock)

    settle(delivery=late, look_up=Absent(), at=clock())

    assert (state_of(sms), texts_taken(gateways.sms, sms)) == ("uncertain", 1)


# --- a human's word ------------------------------------------------------------------------------


def doubtful(sms: Delivery) -> Delivery:
    Delivery.objects.filter(pk=sms.pk).update(state="uncertain", needs_human=True, attempts=1)
    return Delivery.objects.get(pk=sms.pk)


def test_a_human_may_have_it_sent_once_more(sms: Delivery, lawyer: Lawyer) -> None:
    decide_doubt(delivery=doubtful(sms), resend=True, by=lawyer.assistant, at=NOW)

    assert (state_of(sms), sms.was_sent_again, sms.needs_human) == ("due", True, False)


def test_a_human_may_hold_it_to_have_arrived(sms: Delivery, lawyer: Lawyer) -> None:
    decide_doubt(delivery=doubtful(sms), resend=False, by=lawyer.assistant, at=NOW)

    assert (state_of(sms), sms.needs_human) == ("accepted", False)


def test_a_human_is_told_when_it_was_settled_meanwhile(sms: Delivery, lawyer: Lawyer) -> None:
    seen = doubtful(sms)
    hear(delivery=sms.uuid, provider_id="SM1", word="delivered", code="", at=NOW)

    with pytest.raises(NotUncertain):
        decide_doubt(delivery=seen, resend=True, by=lawyer.assistant, at=NOW)

    assert state_of(sms) == "delivered"
    assert DeliveryEvent.objects.filter(delivery=sms, state="due").count() == 0


def test_a_lost_text_that_a_human_has_seen_leaves_the_list(sms: Delivery, lawyer: Lawyer) -> None:
    Delivery.objects.filter(pk=sms.pk).update(state="dead", needs_human=True)

    dismiss(delivery=sms, by=lawyer.assistant, at=NOW)

    assert (state_of(sms), sms.needs_human) == ("dead", False)


def test_a_doubt_can_not_be_dismissed(sms: Delivery, lawyer: Lawyer) -> None:
    dismiss(delivery=doubtful(sms), by=lawyer.assistant, at=NOW)

    assert (state_of(sms), sms.needs_human) == ("uncertain", True)


# --- too late ------------------------------------------------------------------------------------


def test_a_text_past_its_time_is_not_sent_and_the_other_channel_goes_on(
    sms: Delivery, gateways: Gateways, clock: Clock
) -> None:
    only("email").delete()
    assert sms.expires_at is not None
    clock.now = sms.expires_at

    assert dispatch(delivery_id=sms.pk, clock=clock) is None
    sweep(clock=clock, send=lambda _pk: None)

    assert state_of(sms) == "expired"
    assert only("email").state == "due"
    assert gateways.sms.taken == []


def test_the_sweep_finds_what_no_wake_up_reached(
    sms: Delivery, gateways: Gateways, clock: Clock
) -> None:
    woken: list[int] = []
    clock.forward(seconds=10)

    swept = sweep(clock=clock, send=woken.append)

    assert swept.woken == 2
    assert set(woken) == set(Delivery.objects.values_list("pk", flat=True))


def test_the_sweep_leaves_alone_what_was_woken_a_moment_ago(sms: Delivery, clock: Clock) -> None:
    clock.forward(seconds=9)

    assert sweep(clock=clock, send=lambda _pk: None).woken == 0


def texts_taken(gateway: FakeGateway, delivery: Delivery) -> int:
    """How often the recipient's telephone rang with this text."""
    return sum(envelope.delivery == delivery.uuid for envelope in gateway.taken)
