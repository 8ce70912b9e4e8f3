"""A message, its relays and its deliveries are written together or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from unittest import mock

import pytest
from django.db import OperationalError, transaction

from clients.models import AuditEntry, ClientMember, Correspondent
from core import facts
from messages_app.facts import MessageNoted
from messages_app.models import (
    ClientRelaySettings,
    Delivery,
    DigestTime,
    FilterRule,
    Message,
    Relay,
)
from messages_app.rules.fields import MessageFields
from messages_app.services.exceptions import (
    ImpossibleNumber,
    NoRecipient,
    NothingNoted,
    NotUnfinished,
    NotYours,
)
from messages_app.services.note import complete_partial, correct_message, note_message
from tests.factories import make_client, make_correspondent, make_member
from tests.messages_app.conftest import NOW, Lawyer, only
from tests.wake_ups import WakeUp


@pytest.fixture
def emitted() -> Iterator[list[object]]:
    """The facts told to whoever listens."""
    heard: list[object] = []
    with mock.patch.dict(facts._wires, {MessageNoted: (heard.append,)}, clear=True):
        yield heard


def add_rule(lawyer: Lawyer, outcome: str, **fields: object) -> FilterRule:
    position = FilterRule.objects.filter(client=lawyer.client).count()
    return FilterRule.objects.create(
        client=lawyer.client, position=position, outcome=outcome, **fields
    )


def test_an_urgent_message_is_written_with_its_relay_and_both_deliveries(lawyer: Lawyer) -> None:
    message = lawyer.note()

    relay = Relay.objects.get()
    assert (relay.message, relay.recipient, relay.state) == (message, lawyer.member, "open")
    assert [(d.channel, d.address, d.state) for d in Delivery.objects.order_by("channel")] == [
        ("email", "cabinet@durand-avocat.example", "due"),
        ("sms", "+33639980018", "due"),
    ]
    assert set(message.deliveries.all()) == set(Delivery.objects.all())


def test_a_noted_message_is_ready_locked_and_keeps_why_it_was_relayed(lawyer: Lawyer) -> None:
    rule = add_rule(lawyer, "at_once", keyword="audience", by_sms=True)

    message = lawyer.note()

    message.refresh_from_db()
    assert (message.state, message.locked_at) == ("ready", NOW)
    assert (message.outcome, message.filter_rule) == ("at_once", rule)
    assert message.because == [{"condition": "keyword", "value": "audience"}]
    assert str(message.callback_number) == "+33465717012"


def test_the_deliveries_wake_the_dispatcher_after_the_commit(
    lawyer: Lawyer, wake_ups: list[WakeUp], django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        lawyer.note()
        assert wake_ups == []

    woken = [(wake.task, wake.kwargs["delivery_id"]) for wake in wake_ups]
    ids = Delivery.objects.order_by("pk").values_list("pk", flat=True)
    assert woken == [("messages_app.tasks.dispatch", pk) for pk in ids]


def test_a_broker_that_is_down_does_not_undo_the_message(
    lawyer: Lawyer, django_capture_on_commit_callbacks: object, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        mock.patch("messages_app.services.wake.current_app.send_task", side_effect=OSError),
        django_capture_on_commit_callbacks(execute=True),  # type: ignore[operator]
    ):
        lawyer.note()

    assert (Message.objects.count(), Delivery.objects.filter(state="due").count()) == (1, 2)
    assert "wake failed" in caplog.text


def test_when_the_outbox_fails_nothing_at_all_is_kept(lawyer: Lawyer) -> None:
    with (
        mock.patch.object(Delivery.objects, "create", side_effect=OperationalError),
        pytest.raises(OperationalError),
        transaction.atomic(),
    ):
        lawyer.note()

    kept = [model.objects.count() for model in (Message, Relay, Delivery, AuditEntry)]
    assert kept == [0, 0, 0, 0]


def test_a_fact_and_an_audit_row_tell_of_it(lawyer: Lawyer, emitted: list[object]) -> None:
    message = lawyer.note()

    assert emitted == [MessageNoted(message.pk, message.uuid, lawyer.client.uuid)]
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.action, entry.target_uuid) == (
        lawyer.assistant,
        "message.noted",
        message.uuid,
    )


def test_without_anybody_to_reach_nothing_is_saved(lawyer: Lawyer) -> None:
    lawyer.member.is_active = False
    lawyer.member.save()

    with pytest.raises(NoRecipient):
        lawyer.note()

    assert Message.objects.count() == 0


def test_a_rules_recipients_that_have_left_are_nobody(lawyer: Lawyer) -> None:
    gone = make_member(lawyer.client, is_active=False)
    add_rule(lawyer, "at_once", by_email=True).recipients.add(gone)

    with pytest.raises(NoRecipient):
        lawyer.note()


def test_only_the_rules_recipients_are_reached(lawyer: Lawyer) -> None:
    colleague = make_member(lawyer.client)
    add_rule(lawyer, "at_once", by_email=True).recipients.add(colleague)

    lawyer.note()

    assert [delivery.recipient for delivery in Delivery.objects.all()] == [colleague]


def test_a_message_only_logged_needs_nobody_and_sends_nothing(lawyer: Lawyer) -> None:
    add_rule(lawyer, "log_only", category="billing")
    lawyer.member.is_active = False
    lawyer.member.save()

    message = lawyer.note(category="billing")

    assert (message.outcome, Relay.objects.count(), Delivery.objects.count()) == ("log_only", 0, 0)


def test_a_message_kept_for_the_digest_waits_for_the_clients_next_time(lawyer: Lawyer) -> None:
    DigestTime.objects.create(client=lawyer.client, at=time(17, 30))
    add_rule(lawyer, "digest", by_email=True)

    lawyer.note(urgency="normal")

    relay = Relay.objects.get()
    assert (relay.next_step, relay.next_step_at) == (
        "digest",
        datetime(2026, 11, 23, 16, 30, tzinfo=UTC),
    )
    assert Delivery.objects.count() == 0


def test_the_kind_of_caller_is_known_to_the_filter(lawyer: Lawyer) -> None:
    add_rule(lawyer, "log_only", correspondent_kind="colleague")
    colleague = make_correspondent(lawyer.client, "Arnaud", kind=Correspondent.Kind.COLLEAGUE)

    message = note_message(
        client=lawyer.client,
        fields=MessageFields(body="Pièces adverses envoyées."),
        correspondent=colleague,
        by=lawyer.assistant,
        at=NOW,
    )

    assert message.outcome == "log_only"


def test_a_member_without_mobile_is_written_to_instead(lawyer: Lawyer) -> None:
    ClientMember.objects.update(mobile="")
    add_rule(lawyer, "at_once", by_sms=True)

    lawyer.note()

    assert only("email").address == "cabinet@durand-avocat.example"


def test_without_an_address_for_messages_the_accounts_own_is_used(lawyer: Lawyer) -> None:
    lawyer.member.notify_email = ""
    lawyer.member.save()

    lawyer.note(urgency="normal")

    assert only("email").address == lawyer.member.user.email


@pytest.mark.parametrize(
    ("minutes", "urgency", "planned"),
    [
        (15, "urgent", ("remind", NOW + timedelta(minutes=15))),
        (None, "urgent", ("", None)),
        (15, "normal", ("", None)),
    ],
)
def test_a_second_sms_is_planned_for_what_is_urgent(
    lawyer: Lawyer, minutes: int | None, urgency: str, planned: tuple[str, datetime | None]
) -> None:
    ClientRelaySettings.objects.create(client=lawyer.client, remind_after_minutes=minutes)

    lawyer.note(urgency=urgency)

    relay = Relay.objects.get()
    assert (relay.next_step, relay.next_step_at) == planned


def test_an_empty_message_is_refused(lawyer: Lawyer) -> None:
    with pytest.raises(NothingNoted):
        note_message(client=lawyer.client, fields=MessageFields(), by=lawyer.assistant, at=NOW)


def test_an_impossible_number_is_refused(lawyer: Lawyer) -> None:
    with pytest.raises(ImpossibleNumber):
        lawyer.note(callback_number="12")


def test_a_call_of_another_client_is_refused(lawyer: Lawyer) -> None:
    other = make_client(bureau=lawyer.client.bureau)

    with pytest.raises(NotYours):
        note_message(
            client=other,
            fields=MessageFields(body="x"),
            call=lawyer.call(),
            by=lawyer.assistant,
            at=NOW,
        )


def test_a_correction_is_a_message_of_its_own(lawyer: Lawyer) -> None:
    first = lawyer.note()

    second = correct_message(
        message=first,
        fields=MessageFields(caller_name="Greffe TJ Lyon", body="Salle 6, et non 4."),
        by=lawyer.assistant,
        at=NOW + timedelta(minutes=5),
    )

    first.refresh_from_db()
    assert (second.follows, first.body) == (first, "Audience avancée au 2 décembre à 9 heures.")
    assert second.relays.count() == 1


def test_completing_what_is_complete_is_refused(lawyer: Lawyer) -> None:
    message = lawyer.note()

    with pytest.raises(NotUnfinished):
        complete_partial(
            message=message, fields=MessageFields(body="x"), by=lawyer.assistant, at=NOW
        )


def test_rules_are_tried_in_the_order_of_their_positions(
    lawyer: Lawyer,
) -> None:
    last = add_rule(lawyer, "log_only")
    FilterRule.objects.filter(pk=last.pk).update(position=9)
    FilterRule.objects.create(
        client=lawyer.client, position=1, outcome="at_once", by_email=True, urgency="urgent"
    )

    assert lawyer.note().outcome == "at_once"
