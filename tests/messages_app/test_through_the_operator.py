"""An SMS from the note to the operator and back, over real HTTP and signed callbacks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
import time_machine

from calls.telephony.interpreter import running, sms
from messages_app.models import Delivery
from messages_app.services.dispatch import dispatch
from messages_app.services.sweep import sweep
from messages_app.transports import twilio_client
from tests.browser.server import Site
from tests.messages_app.conftest import NOW, Clock, Lawyer, only

MOBILE = "+33639980018"
PATIENCE = 20


@pytest.fixture(autouse=True)
def _the_server_s_clock_goes_on_from_then() -> Iterator[None]:
    """A text is worth sending for some hours only, and the server takes in what comes back."""
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def operator(site: Site) -> Iterator[sms.SmsCentre]:
    """The interpreter of the running server: it takes our texts and calls back."""
    yield running.exchange().sms
    twilio_client.forget_client()


@pytest.fixture
def delivery(operator: sms.SmsCentre, lawyer: Lawyer) -> Delivery:
    lawyer.note()
    Delivery.objects.filter(channel="email").delete()
    return only("sms")


def eventually(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def becomes(delivery: Delivery, state: str) -> bool:
    return eventually(lambda: Delivery.objects.filter(pk=delivery.pk, state=state).exists())


def texts(operator: sms.SmsCentre) -> list[str]:
    return [message.body for message in operator.messages.values() if message.to == MOBILE]


def test_a_text_is_taken_and_its_receipt_comes_back_signed(
    operator: sms.SmsCentre, delivery: Delivery
) -> None:
    dispatch(delivery_id=delivery.pk, clock=Clock())

    assert becomes(delivery, "delivered")
    assert texts(operator) == [delivery.text]
    assert Delivery.objects.get(pk=delivery.pk).provider_id in operator.messages


def test_an_answer_of_500_after_which_the_text_left_is_settled_by_its_receipt(
    operator: sms.SmsCentre, delivery: Delivery
) -> None:
    operator.script(MOBILE, sms.server_error_but_sent)

    dispatch(delivery_id=delivery.pk, clock=Clock())

    assert becomes(delivery, "delivered")
    assert len(texts(operator)) == 1


def test_a_connection_cut_after_the_text_left_is_settled_by_its_receipt(
    operator: sms.SmsCentre, delivery: Delivery
) -> None:
    operator.script(MOBILE, sms.accept_then_drop)

    dispatch(delivery_id=delivery.pk, clock=Clock())

    assert becomes(delivery, "delivered")
    assert len(texts(operator)) == 1


def test_without_a_receipt_the_doubt_is_settled_by_asking_for_the_text(
    operator: sms.SmsCentre, delivery: Delivery
) -> None:
    operator.script(MOBILE, sms.server_error_but_sent)
    dispatch(delivery_id=delivery.pk, clock=Clock())
    becomes(delivery, "delivered")
    Delivery.objects.update(state="uncertain", provider_id="", due_at=NOW)
    Delivery.objects.get(pk=delivery.pk).events.all().delete()

    sweep(clock=Clock(), send=lambda _pk: None)

    found = Delivery.objects.get(pk=delivery.pk)
    assert (found.state, found.provider_id in operator.messages) == ("delivered", True)


def test_a_land_line_is_refused_and_the_message_goes_by_mail(
    operator: sms.SmsCentre, delivery: Delivery
) -> None:
    Delivery.objects.update(address="+33199004013")

    dispatch(delivery_id=delivery.pk, clock=Clock())

    refused = Delivery.objects.get(pk=delivery.pk)
    assert (refused.state, refused.error_code) == ("dead", "21635")
    assert only("email").state == "due"


def test_a_handset_that_is_off_brings_a_second_text_into_the_outbox(
    operator: sms.SmsCentre, delivery: Delivery
) -> None:
    operator.script(MOBILE, sms.undelivered(30003))

    dispatch(delivery_id=delivery.pk, clock=Clock())

    assert becomes(delivery, "undelivered")
    assert Delivery.objects.get(replaces=delivery).state == "due"
