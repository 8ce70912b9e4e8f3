"""What the lists show, to whom, and how often they ask the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from clients.models import Client, User
from messages_app.models import (
    CallFile,
    ChannelPause,
    ClientRelaySettings,
    Delivery,
    DeliveryEvent,
    DigestTime,
    FilterRule,
    Message,
    Relay,
    TriageRecord,
)
from messages_app.queries.call_files import partial_files, recent_files
from messages_app.queries.deliveries import resting_channels, unsettled_deliveries
from messages_app.queries.filters import decide_for
from messages_app.queries.inbox import (
    inbox,
    inbox_counts,
    progress_of,
    unacknowledged_messages,
    unfinished_messages,
)
from messages_app.queries.timeline import message_timeline
from messages_app.rules.fields import MessageFields
from messages_app.rules.progress import Progress, progress
from messages_app.rules.retries import PAUSE_GRACE
from messages_app.services.acknowledge import acknowledge
from messages_app.services.dispatch import dispatch
from messages_app.services.files import open_file, save_draft
from messages_app.services.partial import keep_unfinished
from messages_app.services.receipts import hear
from messages_app.services.triage import record_triage
from tests.factories import make_assistant, make_client, make_member
from tests.messages_app.conftest import NOW, Clock, Gateways, Lawyer, only

SCOPED = [
    CallFile,
    ClientRelaySettings,
    Delivery,
    DeliveryEvent,
    DigestTime,
    FilterRule,
    Message,
    Relay,
    TriageRecord,
]


def fresh(user: User) -> User:
    """The person as a request loads her, remembering nothing."""
    return User.objects.get(pk=user.pk)


def fill(lawyer: Lawyer) -> Message:
    """One row of everything that hangs below a client."""
    call = lawyer.call()
    ClientRelaySettings.objects.create(client=lawyer.client)
    DigestTime.objects.create(client=lawyer.client, at="12:00")
    FilterRule.objects.create(client=lawyer.client, outcome="at_once", by_email=True)
    record_triage(
        call=call, guide=None, ticked=(), number="", address="", outcome="told_15", by=None, at=NOW
    )
    message = lawyer.note(call=call)
    delivery = message.deliveries.get()
    hear(delivery=delivery.uuid, provider_id="SM1", word="sent", code="", at=NOW)
    return message


@pytest.mark.parametrize("model", SCOPED)
def test_a_stranger_sees_nothing_and_those_concerned_see_it(
    lawyer: Lawyer, model: type[Message]
) -> None:
    fill(lawyer)
    stranger = make_assistant(make_client(bureau=lawyer.client.bureau), telephone="none")
    viewers: list[User | AnonymousUser] = [
        stranger,
        AnonymousUser(),
        lawyer.assistant,
        lawyer.member.user,
    ]

    seen = [model.objects.visible_to(viewer).count() for viewer in viewers]

    assert seen == [0, 0, 1, 1]


def test_the_inbox_is_the_members_own_client(lawyer: Lawyer) -> None:
    message = lawyer.note()
    other = make_member(make_client(bureau=lawyer.client.bureau))

    assert list(inbox(user=lawyer.member.user)) == [message]
    assert list(inbox(user=other.user)) == []


def test_the_filters_of_the_inbox_and_their_numbers(lawyer: Lawyer) -> None:
    user = lawyer.member.user
    urgent = lawyer.note()
    read = lawyer.note(urgency="normal", at=NOW + timedelta(minutes=1))
    acknowledge(message=read, by=user, how="portal", at=NOW)
    FilterRule.objects.create(client=lawyer.client, outcome="log_only")
    logged = lawyer.note(urgency="normal", at=NOW + timedelta(minutes=2))

    shown = {
        name: list(inbox(user=user, client=lawyer.client, shown=name))
        for name in ("to_read", "urgent", "filtered", "all")
    }

    assert shown == {
        "to_read": [urgent],
        "urgent": [urgent],
        "filtered": [logged],
        "all": [logged, read, urgent],
    }
    counts = inbox_counts(user=user, client=lawyer.client)
    assert (counts.to_read, counts.urgent, counts.filtered, counts.all) == (1, 1, 1, 3)


def test_the_inbox_asks_as_often_for_three_messages_as_for_one(
    lawyer: Lawyer, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    def show() -> None:
        for message in inbox(user=fresh(lawyer.member.user)):
            progress_of(message)
            assert message.from_whom
            assert message.noted_by is not None

    assert_same_queries_at_1_and_3(add=lambda: lawyer.note(caller_name=""), show=show)


def test_the_lists_of_the_desk_ask_as_often_for_three_rows_as_for_one(
    lawyer: Lawyer, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    def add() -> None:
        call = lawyer.call()
        lawyer.note(call=call)
        fields = {"callback_number": "04 65 71 70 12"}
        save_draft(call=call, face="message", fields=fields, by=None, at=NOW)
        keep_unfinished(call_id=call.pk, at=NOW)

    def show() -> None:
        assistant = fresh(lawyer.assistant)
        for file in recent_files(user=assistant):
            [(progress_of(each), each.from_whom) for each in file.call.messages.all()]
            list(file.appointments.all())
        list(partial_files(user=assistant))
        [(message.from_whom, message.call) for message in unfinished_messages(user=assistant)]

    assert_same_queries_at_1_and_3(add=add, show=show)


def test_the_list_of_what_is_unsettled_asks_as_often_for_three_rows_as_for_one(
    lawyer: Lawyer, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    def add() -> None:
        lawyer.note()
        Delivery.objects.update(state="uncertain", needs_human=True)

    def show() -> None:
        for delivery in unsettled_deliveries(user=fresh(lawyer.assistant)):
            assert delivery.recipient is not None
            [delivery.client, delivery.recipient.user, *delivery.messages.all()]

    assert_same_queries_at_1_and_3(add=add, show=show)


def test_what_is_unsettled_is_the_desks_business(lawyer: Lawyer) -> None:
    lawyer.note()
    Delivery.objects.filter(channel="sms").update(state="uncertain")
    Delivery.objects.filter(channel="email").update(state="dead", needs_human=True)

    states = {delivery.state for delivery in unsettled_deliveries(user=lawyer.assistant)}

    assert states == {"uncertain", "dead"}
    assert unsettled_deliveries(user=lawyer.member.user).count() == 0


def test_a_channel_that_rests_is_shown_until_a_try_has_had_time_to_renew_it(db: None) -> None:
    pause = ChannelPause.objects.create(
        channel="sms", since=NOW, until=NOW + timedelta(minutes=2), code="20003"
    )

    assert list(resting_channels(at=NOW)) == [pause]
    assert list(resting_channels(at=pause.until)) == [pause]
    assert list(resting_channels(at=pause.until + PAUSE_GRACE)) == []


def test_what_nobody_acknowledged_waits_for_somebody_to_telephone(lawyer: Lawyer) -> None:
    left = lawyer.note()
    lawyer.note()
    left.relays.update(state="exhausted")

    assert list(unacknowledged_messages(user=lawyer.assistant)) == [left]
    acknowledge(message=left, by=lawyer.assistant, how="phone", at=NOW)
    assert list(unacknowledged_messages(user=lawyer.assistant)) == []


def test_recent_files_come_latest_first_with_how_far_their_message_has_come(
    lawyer: Lawyer, gateways: Gateways, clock: Clock
) -> None:
    first, second = lawyer.call(), lawyer.call(at=NOW + timedelta(minutes=5))
    open_file(call=first, by=lawyer.assistant, at=NOW)
    open_file(call=second, by=lawyer.assistant, at=NOW + timedelta(minutes=5))
    lawyer.note(call=first)
    dispatch(delivery_id=only("sms").pk, clock=clock)

    files = list(recent_files(user=lawyer.assistant, limit=2))

    assert [file.call for file in files] == [second, first]
    assert [progress_of(message) for message in files[1].call.messages.all()] == [Progress.SENT]


def test_the_way_of_a_message_reads_from_the_note_to_what_is_planned(
    lawyer: Lawyer, gateways: Gateways, clock: Clock
) -> None:
    message = lawyer.note()
    dispatch(delivery_id=only("sms").pk, clock=clock)
    clock.forward(seconds=20)
    for word in ("sent", "delivered"):
        hear(delivery=only("sms").uuid, provider_id="SM1", word=word, code="", at=clock())
    clock.forward(seconds=20)
    dispatch(delivery_id=only("email").pk, clock=clock)

    rows = message_timeline(message)

    to_mobile = {
        "channel": "sms",
        "address": "06 ·· ·· ·· 18",
        "purpose": "message",
        "code": "",
    }
    by_mail = {**to_mobile, "channel": "email", "address": "cabinet@durand-avocat.example"}
    assert [(row.kind, row.at, row.args, row.is_planned) for row in rows] == [
        ("noted", NOW, {"name": "Lea"}, False),
        ("sent", NOW, to_mobile, False),
        ("delivered", NOW + timedelta(seconds=20), to_mobile, False),
        ("sent", NOW + timedelta(seconds=40), by_mail, False),
        (
            "planned_remind",
            NOW + timedelta(minutes=15),
            {"name": "Durand", "minutes": "15"},
            True,
        ),
    ]


def test_the_way_of_a_message_ends_with_its_acknowledgement(lawyer: Lawyer) -> None:
    message = lawyer.note()
    Delivery.objects.all().delete()
    message.relays.update(state="exhausted", exhausted_at=NOW + timedelta(minutes=2))
    acknowledge(message=message, by=lawyer.member.user, how="link", at=NOW + timedelta(minutes=3))
    message.refresh_from_db()

    rows = message_timeline(message)

    assert [row.kind for row in rows] == ["noted", "exhausted", "read", "acknowledged"]
    assert rows[-1].args == {"name": "Durand", "how": "link"}


def test_the_way_of_a_message_asks_as_often_for_three_deliveries_as_for_one(
    lawyer: Lawyer, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    message = lawyer.note()
    messages = Message.objects.select_related("noted_by", "read_by")

    def add() -> None:
        delivery = only("email", message)
        copy = Delivery.objects.get(pk=delivery.pk)
        copy.pk, copy.uuid, copy.channel = None, Message().uuid, "sms"
        copy.save()
        copy.messages.add(message)
        hear(delivery=copy.uuid, provider_id="SM", word="sent", code="", at=NOW)

    assert_same_queries_at_1_and_3(
        add=add, show=lambda: message_timeline(messages.get(pk=message.pk))
    )


def test_a_screen_may_ask_beforehand_what_will_happen_and_why(lawyer: Lawyer) -> None:
    FilterRule.objects.create(
        client=lawyer.client, outcome="digest", by_email=True, keyword="facture"
    )

    decision = decide_for(lawyer.client, MessageFields(body="Une facture"))

    assert (decision.outcome, [reason.value for reason in decision.because]) == (
        "digest",
        ["facture"],
    )


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"is_ready": False}, Progress.UNFINISHED),
        ({}, Progress.LOGGED),
        ({"relays": {"open"}}, Progress.WAITING_FOR_DIGEST),
        ({"relays": {"open"}, "deliveries": {"due"}}, Progress.ON_ITS_WAY),
        ({"relays": {"open"}, "deliveries": {"dead", "due"}}, Progress.ON_ITS_WAY),
        ({"relays": {"open"}, "deliveries": {"dead", "uncertain"}}, Progress.IN_TROUBLE),
        ({"relays": {"open"}, "deliveries": {"dead", "accepted"}}, Progress.SENT),
        ({"relays": {"open"}, "deliveries": {"delivered", "accepted"}}, Progress.DELIVERED),
        ({"relays": {"exhausted"}, "deliveries": {"delivered"}}, Progress.UNACKNOWLEDGED),
        ({"relays": {"exhausted"}, "is_read": True}, Progress.READ),
        ({"relays": {"acknowledged", "cancelled"}, "is_read": True}, Progress.ACKNOWLEDGED),
    ],
)
def test_how_far_a_message_has_come(facts: dict[str, object], expected: Progress) -> None:
    known = {"is_ready": True, "is_read": False, "relays": set(), "deliveries": set(), **facts}

    assert progress(**known) == expected  # type: ignore[arg-type]


def test_the_settings_of_a_client_hold_without_a_row(lawyer: Lawyer) -> None:
    settings = ClientRelaySettings(client=Client.objects.get())

    assert (settings.detail_in_email, settings.remind_after_minutes) == (False, 15)
