"""What the gateway says afterwards: late, twice, in any order, and what follows a failure."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from random import Random
from uuid import uuid4

import pytest

from messages_app.models import Delivery
from messages_app.services.receipts import UnknownDelivery, hear
from messages_app.services.sweep import sweep
from tests.messages_app.conftest import NOW, Clock, Gateways, Lawyer, only

WORDS = ("queued", "sent", "delivered")


@pytest.fixture
def sms(lawyer: Lawyer, gateways: Gateways) -> Delivery:
    """An SMS that the gateway has taken."""
    lawyer.note()
    Delivery.objects.filter(channel="sms").update(state="accepted", provider_id="SM1", attempts=1)
    return only("sms")


def tell(delivery: Delivery, word: str, code: str = "", provider_id: str = "SM1") -> bool:
    return hear(delivery=delivery.uuid, provider_id=provider_id, word=word, code=code, at=NOW)


@pytest.mark.parametrize("order", list(permutations(WORDS)))
def test_every_order_of_the_callbacks_ends_delivered(sms: Delivery, order: list[str]) -> None:
    for word in order:
        tell(sms, word)

    sms.refresh_from_db()
    assert (sms.state, sms.provider_id) == ("delivered", "SM1")


@pytest.mark.parametrize("seed", range(20))
def test_shuffled_repeated_callbacks_with_a_failure_end_in_one_state_and_act_once(
    sms: Delivery, seed: int
) -> None:
    only("email").delete()
    told = [("queued", ""), ("sent", ""), ("undelivered", "30005")] * 3
    Random(seed).shuffle(told)

    for word, code in told:
        tell(sms, word, code)

    sms.refresh_from_db()
    assert (sms.state, sms.error_code, sms.events.count()) == ("undelivered", "30005", 3)
    assert Delivery.objects.filter(channel="email").count() == 1


def test_a_repeated_callback_is_told_once(sms: Delivery) -> None:
    told = [tell(sms, "delivered"), tell(sms, "delivered")]

    assert told == [True, False]
    assert sms.events.count() == 1


def test_a_late_callback_does_not_move_backwards(sms: Delivery) -> None:
    tell(sms, "delivered")

    tell(sms, "sent")

    sms.refresh_from_db()
    assert sms.state == "delivered"


def test_an_unknown_word_changes_nothing(sms: Delivery) -> None:
    assert tell(sms, "teleported") is False


def test_a_callback_for_nothing_of_ours_is_refused(db: None) -> None:
    with pytest.raises(UnknownDelivery):
        hear(delivery=uuid4(), provider_id="SM1", word="sent", code="", at=NOW)


def test_a_handset_that_is_off_is_tried_once_more_after_minutes(sms: Delivery) -> None:
    tell(sms, "undelivered", "30003")

    again = sms.replacement
    assert (again.state, again.due_at, again.text, again.address) == (
        "due",
        NOW + timedelta(minutes=5),
        sms.text,
        sms.address,
    )
    assert list(again.messages.all()) == list(sms.messages.all())


def test_a_replacement_that_fails_too_is_not_replaced_but_goes_by_mail(sms: Delivery) -> None:
    only("email").delete()
    tell(sms, "undelivered", "30003")
    again = sms.replacement
    Delivery.objects.filter(pk=again.pk).update(state="accepted", provider_id="SM2")

    tell(again, "undelivered", "30003", provider_id="SM2")

    assert Delivery.objects.filter(channel="sms").count() == 2
    assert only("email").state == "due"


def test_a_second_word_for_the_same_failure_sets_off_nothing_more(sms: Delivery) -> None:
    only("email").delete()

    tell(sms, "undelivered", "30003")
    tell(sms, "failed", "30003")

    assert sms.replacement.state == "due"
    assert Delivery.objects.filter(channel="email").count() == 0


def test_one_that_arrives_after_all_cancels_what_was_to_be_sent_instead(sms: Delivery) -> None:
    tell(sms, "undelivered", "30003")

    tell(sms, "delivered")

    assert sms.replacement.state == "cancelled"


def test_a_filtered_sms_goes_on_by_mail(sms: Delivery) -> None:
    only("email").delete()

    tell(sms, "undelivered", "30007")

    assert only("email").state == "due"


def test_a_failure_after_the_acknowledgement_needs_nothing_more(
    sms: Delivery, lawyer: Lawyer
) -> None:
    only("email").delete()
    lawyer.client.messages.get().relays.update(state="acknowledged", acknowledged_at=NOW)

    tell(sms, "undelivered", "30007")

    assert Delivery.objects.count() == 1
    assert Delivery.objects.filter(needs_human=True).count() == 0


def test_a_callback_settles_a_doubt_that_waited_for_a_human(sms: Delivery, clock: Clock) -> None:
    Delivery.objects.filter(pk=sms.pk).update(
        state="uncertain", needs_human=True, provider_id="", due_at=NOW
    )

    tell(sms, "sent")
    sweep(clock=clock, send=lambda _pk: None)

    sms.refresh_from_db()
    assert (sms.state, sms.needs_human, sms.provider_id) == ("sent", False, "SM1")
