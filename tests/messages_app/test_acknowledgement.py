"""Until somebody acknowledges: reminders, digests, and who hears of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from time_machine import travel

from clients.models import AuditEntry, Client, ClientMember
from core import live
from messages_app.models import ClientRelaySettings, Delivery, FilterRule, Message, Relay
from messages_app.queries.links import (
    LINK_LIFE,
    message_by_token,
    message_link,
    message_token,
    relay_by_token,
)
from messages_app.services.acknowledge import acknowledge, acknowledge_by_token, mark_read
from messages_app.services.digests import send_digests
from messages_app.services.dispatch import dispatch
from messages_app.services.steps import take_steps
from tests.factories import make_client, make_member
from tests.messages_app.conftest import NOW, Clock, Gateways, Lawyer, only

QUARTER = timedelta(minutes=15)
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


def keep_for_digest(client: Client) -> None:
    FilterRule.objects.create(client=client, outcome="digest", by_email=True)


def relay_of(message: Message) -> Relay:
    return message.relays.get()


# --- the link ------------------------------------------------------------------------------------


def test_a_link_opens_its_message_and_acknowledges_it(lawyer: Lawyer) -> None:
    message = lawyer.note()
    token = message_token(relay_of(message))

    assert message_by_token(token) == message
    acknowledge_by_token(token=token, at=NOW)

    relay = relay_of(message)
    assert (relay.state, relay.acknowledged_at, relay.acknowledged_how) == (
        "acknowledged",
        NOW,
        "link",
    )
    assert relay.acknowledged_by == lawyer.member.user


def test_a_link_is_the_public_address_of_the_message(lawyer: Lawyer) -> None:
    relay = relay_of(lawyer.note())

    link = message_link(relay)

    assert link.startswith("http://localhost:8000/p/m/")
    assert relay_by_token(link.rstrip("/").rpartition("/")[2]) == relay


@pytest.mark.parametrize("forge", ["", "1", "{pk}:x:y", "{token}x", "x{token}"])
def test_a_forged_link_opens_nothing(lawyer: Lawyer, forge: str) -> None:
    relay = relay_of(lawyer.note())
    forged = forge.format(pk=relay.pk, token=message_token(relay))

    assert message_by_token(forged) is None
    assert acknowledge_by_token(token=forged, at=NOW) is None


def test_an_old_link_opens_nothing(lawyer: Lawyer) -> None:
    message = lawyer.note()
    with travel(NOW, tick=False):
        token = message_token(relay_of(message))

    with travel(NOW + LINK_LIFE - timedelta(seconds=1), tick=False):
        in_time = message_by_token(token)
    with travel(NOW + LINK_LIFE + timedelta(seconds=1), tick=False):
        too_late = message_by_token(token)

    assert (in_time, too_late) == (message, None)


# --- acknowledging -------------------------------------------------------------------------------


def test_acknowledging_twice_changes_nothing_more(lawyer: Lawyer) -> None:
    message = lawyer.note()
    user = lawyer.member.user

    first = acknowledge(message=message, by=user, how="portal", at=NOW)
    second = acknowledge(message=message, by=user, how="link", at=NOW + QUARTER)

    relay = relay_of(message)
    assert (first, second) == (True, False)
    assert (relay.acknowledged_at, relay.acknowledged_how) == (NOW, "portal")
    assert AuditEntry.objects.filter(action="message.acknowledged").count() == 1


def test_what_has_not_left_yet_is_cancelled_by_the_acknowledgement(
    lawyer: Lawyer, gateways: Gateways, clock: Clock
) -> None:
    message = lawyer.note()
    dispatch(delivery_id=only("sms").pk, clock=clock)

    acknowledge(message=message, by=lawyer.member.user, how="portal", at=NOW)

    assert (only("sms").state, only("email").state) == ("accepted", "cancelled")


def test_one_acknowledgement_ends_the_reminders_of_the_others(lawyer: Lawyer) -> None:
    colleague = make_member(lawyer.client)
    message = lawyer.note()

    acknowledge(message=message, by=colleague.user, how="portal", at=NOW)

    states = Relay.objects.values_list("recipient", "state").order_by("recipient")
    assert list(states) == [
        (lawyer.member.pk, "cancelled"),
        (colleague.pk, "acknowledged"),
    ]
    assert take_steps(at=NOW + QUARTER) == 0


def test_the_others_still_receive_their_digest(lawyer: Lawyer) -> None:
    keep_for_digest(lawyer.client)
    colleague = make_member(lawyer.client)
    message = lawyer.note()

    acknowledge(message=message, by=colleague.user, how="portal", at=NOW)
    send_digests(at=NOON)

    assert [delivery.recipient for delivery in Delivery.objects.all()] == [lawyer.member]


def test_the_assistant_who_reached_him_by_telephone_settles_every_relay(lawyer: Lawyer) -> None:
    make_member(lawyer.client)
    message = lawyer.note()

    acknowledge(message=message, by=lawyer.assistant, how="phone", at=NOW)

    relays = Relay.objects.values_list("state", "acknowledged_how").distinct()
    assert list(relays.order_by()) == [("acknowledged", "phone")]


def test_an_acknowledgement_that_comes_after_everybody_gave_up_still_counts(
    lawyer: Lawyer,
) -> None:
    message = lawyer.note()
    Relay.objects.update(state="exhausted")

    acknowledge(message=message, by=lawyer.member.user, how="link", at=NOW)

    assert relay_of(message).state == "acknowledged"


def test_acknowledging_reads_too_and_the_first_reader_is_kept(lawyer: Lawyer) -> None:
    message = lawyer.note()
    mark_read(message=message, by=lawyer.member.user, at=NOW)

    acknowledge(message=message, by=lawyer.assistant, how="phone", at=NOW + QUARTER)

    message.refresh_from_db()
    assert (message.read_at, message.read_by) == (NOW, lawyer.member.user)


def test_open_screens_hear_of_it_without_a_name(
    lawyer: Lawyer, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    message = lawyer.note()
    sent: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(live, "_send", lambda group, event: sent.append((group, event)))

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        acknowledge(message=message, by=lawyer.member.user, how="portal", at=NOW)

    expected = {
        "type": "live.fact",
        "name": "message.changed",
        "client": str(lawyer.client.uuid),
        "message": str(message.uuid),
    }
    told = [(group, {key: event[key] for key in event if key != "id"}) for group, event in sent]
    assert (live.client_group(lawyer.client.uuid), expected) in told


# --- the second SMS ------------------------------------------------------------------------------


def test_without_an_acknowledgement_a_second_sms_leaves_after_the_delay(
    lawyer: Lawyer, gateways: Gateways, clock: Clock
) -> None:
    message = lawyer.note()
    dispatch(delivery_id=only("sms").pk, clock=clock)

    assert take_steps(at=NOW + QUARTER - timedelta(seconds=1)) == 0
    assert take_steps(at=NOW + QUARTER) == 1

    reminder = Delivery.objects.get(purpose="reminder")
    assert (reminder.channel, reminder.state, list(reminder.messages.all())) == (
        "sms",
        "due",
        [message],
    )
    assert reminder.text.startswith("Rappel")


def test_the_reminder_is_written_once_whoever_sweeps(
    lawyer: Lawyer, gateways: Gateways, clock: Clock
) -> None:
    lawyer.note()
    dispatch(delivery_id=only("sms").pk, clock=clock)

    taken = [take_steps(at=NOW + QUARTER), take_steps(at=NOW + QUARTER)]

    assert taken == [1, 0]
    assert Delivery.objects.filter(purpose="reminder").count() == 1


def test_no_second_sms_while_the_first_still_waits_to_leave(lawyer: Lawyer) -> None:
    lawyer.note()

    take_steps(at=NOW + QUARTER)

    assert Delivery.objects.filter(purpose="reminder").count() == 0


def test_after_the_reminder_the_duty_passes_to_a_human(
    lawyer: Lawyer, gateways: Gateways, clock: Clock
) -> None:
    message = lawyer.note()
    dispatch(delivery_id=only("sms").pk, clock=clock)
    take_steps(at=NOW + QUARTER)

    take_steps(at=NOW + 2 * QUARTER)

    relay = relay_of(message)
    assert (relay.state, relay.next_step, relay.next_step_at) == ("exhausted", "", None)
    assert relay.exhausted_at == NOW + 2 * QUARTER
    assert Delivery.objects.filter(purpose="reminder").count() == 1


def test_an_acknowledged_message_is_not_reminded(lawyer: Lawyer) -> None:
    message = lawyer.note()
    acknowledge(message=message, by=lawyer.member.user, how="link", at=NOW)

    assert take_steps(at=NOW + QUARTER) == 0


def test_a_reminder_that_waits_is_cancelled_by_the_acknowledgement(
    lawyer: Lawyer, gateways: Gateways, clock: Clock
) -> None:
    message = lawyer.note()
    dispatch(delivery_id=only("sms").pk, clock=clock)
    take_steps(at=NOW + QUARTER)

    acknowledge(message=message, by=lawyer.member.user, how="link", at=NOW + QUARTER)

    assert Delivery.objects.get(purpose="reminder").state == "cancelled"


def test_without_a_mobile_the_reminder_is_a_mail(
    lawyer: Lawyer, gateways: Gateways, clock: Clock
) -> None:
    ClientMember.objects.update(mobile="")
    lawyer.note()
    dispatch(delivery_id=only("email").pk, clock=clock)

    take_steps(at=NOW + QUARTER)

    reminder = Delivery.objects.get(purpose="reminder")
    assert reminder.channel == "email"
    assert reminder.subject == "Sans accusé de réception\u202f: message de Greffe TJ Lyon"


# --- digests -------------------------------------------------------------------------------------


def test_a_digest_gathers_what_was_kept_since_the_last_one(lawyer: Lawyer) -> None:
    keep_for_digest(lawyer.client)
    first = lawyer.note(urgency="normal", caller_name="M. Belaïd")
    second = lawyer.note(urgency="normal", caller_name="Me Arnaud", at=NOW + QUARTER)

    assert send_digests(at=NOON - timedelta(seconds=1)) == 0
    assert send_digests(at=NOON) == 1

    digest = Delivery.objects.get()
    assert (digest.purpose, digest.channel) == ("digest", "email")
    assert set(digest.messages.all()) == {first, second}
    assert digest.subject == "2 messages pour Me Durand"
    assert digest.text.index("M. Belaïd") < digest.text.index("Me Arnaud")


def test_a_digest_leaves_once_whoever_gathers(lawyer: Lawyer) -> None:
    keep_for_digest(lawyer.client)
    lawyer.note(urgency="normal")

    assert [send_digests(at=NOON), send_digests(at=NOON)] == [1, 0]


def test_a_digest_leaves_out_what_was_acknowledged_in_the_portal(lawyer: Lawyer) -> None:
    keep_for_digest(lawyer.client)
    seen = lawyer.note(urgency="normal", caller_name="M. Belaïd")
    other = lawyer.note(urgency="normal", caller_name="Me Arnaud")
    acknowledge(message=seen, by=lawyer.member.user, how="portal", at=NOW)

    send_digests(at=NOON)

    assert list(Delivery.objects.get().messages.all()) == [other]


def test_two_recipients_receive_a_digest_each_and_two_clients_never_share_one(
    lawyer: Lawyer,
) -> None:
    other = make_client(bureau=lawyer.client.bureau, short_name="Étude Vidal")
    make_member(other)
    make_member(lawyer.client)
    for client in (lawyer.client, other):
        keep_for_digest(client)
    lawyer.note(urgency="normal")
    Lawyer(other, lawyer.assistant, lawyer.member).note(urgency="normal")

    send_digests(at=NOON)

    clients = Delivery.objects.order_by("client").values_list("client", flat=True)
    assert list(clients) == [lawyer.client.pk, lawyer.client.pk, other.pk]


def test_an_urgent_message_kept_for_the_digest_is_reminded_afterwards(lawyer: Lawyer) -> None:
    keep_for_digest(lawyer.client)
    ClientRelaySettings.objects.create(client=lawyer.client, remind_after_minutes=30)
    message = lawyer.note()

    send_digests(at=NOON)

    relay = relay_of(message)
    assert (relay.next_step, relay.next_step_at) == ("remind", NOON + timedelta(minutes=30))


@pytest.mark.parametrize(
    ("noted", "leaves"),
    [
        # The Sunday on which the clocks go back, and the one on which they go forward.
        ("2026-10-25T08:00", "2026-10-25T11:00"),
        ("2027-03-28T08:00", "2027-03-28T10:00"),
    ],
)
def test_a_digest_leaves_at_noon_on_the_days_of_the_clock_changes(
    lawyer: Lawyer, noted: str, leaves: str
) -> None:
    keep_for_digest(lawyer.client)
    lawyer.note(urgency="normal", at=datetime.fromisoformat(noted).replace(tzinfo=UTC))
    noon = datetime.fromisoformat(leaves).replace(tzinfo=UTC)

    gathered = [send_digests(at=noon - timedelta(seconds=1)), send_digests(at=noon)]

    assert gathered == [0, 1]
