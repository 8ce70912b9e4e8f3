"""Who has left a client is sent nothing more of it, and an old link opens nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from messages_app.models import Delivery, DeliveryEvent, FilterRule, Relay
from messages_app.queries.links import message_token, relay_by_token
from messages_app.services.acknowledge import acknowledge_by_token
from messages_app.services.digests import send_digests
from messages_app.services.dispatch import dispatch
from messages_app.services.steps import take_steps
from messages_app.services.sweep import sweep
from tests.messages_app.conftest import NOW, Clock, Gateways, Lawyer


def leave(lawyer: Lawyer, whole_account: bool = False) -> None:
    gone = lawyer.member.user if whole_account else lawyer.member
    gone.is_active = False
    gone.save()


@pytest.mark.parametrize("whole_account", [False, True])
def test_the_link_of_who_has_left_opens_nothing(lawyer: Lawyer, whole_account: bool) -> None:
    relay = lawyer.note().relays.get()
    token = message_token(relay)

    leave(lawyer, whole_account)

    assert relay_by_token(token) is None
    assert acknowledge_by_token(token=token, at=NOW) is None
    assert Relay.objects.get(pk=relay.pk).state == "open"


@pytest.mark.parametrize("whole_account", [False, True])
def test_who_has_left_is_not_reminded_and_a_human_hears_of_it(
    lawyer: Lawyer, whole_account: bool
) -> None:
    relay = lawyer.note().relays.get()
    Delivery.objects.update(state="delivered")
    leave(lawyer, whole_account)

    take_steps(at=NOW + timedelta(minutes=15))
    take_steps(at=NOW + timedelta(hours=5))

    assert not Delivery.objects.filter(purpose="reminder").exists()
    assert Relay.objects.get(pk=relay.pk).state == "exhausted"


def test_who_has_left_gets_no_digest_and_a_human_hears_of_it(lawyer: Lawyer) -> None:
    FilterRule.objects.all().delete()
    FilterRule.objects.create(client=lawyer.client, outcome="digest", by_email=True)
    relay = lawyer.note(urgency="normal").relays.get()
    leave(lawyer)

    send_digests(at=NOW + timedelta(days=1))

    assert not Delivery.objects.exists()
    assert Relay.objects.get(pk=relay.pk).state == "exhausted"


@pytest.mark.parametrize("whole_account", [False, True])
def test_what_already_waited_for_who_has_left_is_not_sent(
    lawyer: Lawyer, gateways: Gateways, clock: Clock, whole_account: bool
) -> None:
    lawyer.note()
    leave(lawyer, whole_account)

    results = [dispatch(delivery_id=one.pk, clock=clock) for one in Delivery.objects.all()]

    assert results == [None, None]
    assert (gateways.sms.taken, gateways.email.taken) == ([], [])


def test_who_belongs_to_the_client_is_still_sent_what_waited(
    lawyer: Lawyer, gateways: Gateways, clock: Clock
) -> None:
    lawyer.note()

    results = [dispatch(delivery_id=one.pk, clock=clock) for one in Delivery.objects.all()]

    assert [result is not None for result in results] == [True, True]


@pytest.mark.parametrize("whole_account", [False, True])
def test_the_sweep_takes_back_what_waits_for_who_has_left_and_a_human_hears_of_it(
    lawyer: Lawyer, clock: Clock, whole_account: bool
) -> None:
    relay = lawyer.note().relays.get()
    leave(lawyer, whole_account)
    woken: list[int] = []

    swept = sweep(clock=clock, send=woken.append)

    assert (swept.departed, woken) == (2, [])
    assert set(Delivery.objects.values_list("state", flat=True)) == {"cancelled"}
    assert set(DeliveryEvent.objects.values_list("state", flat=True)) == {"cancelled"}
    left = Relay.objects.get(pk=relay.pk)
    assert (left.state, left.next_step_at) == ("exhausted", None)
