"""What a power cut may take back: an acceptance that can be asked for again, and nothing else."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from messages_app.models import Delivery
from messages_app.services.accepting import write_acceptance
from messages_app.services.dispatch import claim, dispatch
from tests.messages_app.conftest import NOW, Clock, Gateways, Lawyer, only

# How a connection is made to wait for the disk, asked whether it does, and what it answers then.
SAFE: dict[str, tuple[str, str, object]] = {
    "postgresql": ("SET synchronous_commit = on", "SHOW synchronous_commit", "on"),
    "sqlite": ("PRAGMA synchronous=FULL", "PRAGMA synchronous", 2),
}
UNHURRIED = {"postgresql": "'synchronous_commit', 'off'", "sqlite": "PRAGMA synchronous=NORMAL"}


@pytest.fixture
def waits_for_the_disk(transactional_db: None) -> None:
    """As at work: a commit returns once it is on the disk."""
    with connection.cursor() as cursor:
        cursor.execute(SAFE[connection.vendor][0])


@pytest.fixture
def lawyer(waits_for_the_disk: None, lawyer: Lawyer) -> Lawyer:
    return lawyer


def safety() -> object:
    """Whether this connection's commits wait for the disk."""
    with connection.cursor() as cursor:
        cursor.execute(SAFE[connection.vendor][1])
        return cursor.fetchone()[0]


def unhurried(statements: CaptureQueriesContext) -> list[str]:
    """What was changed without waiting."""
    word = UNHURRIED[connection.vendor]
    return [query["sql"] for query in statements.captured_queries if word in query["sql"]]


@pytest.mark.parametrize(("channel", "times"), [("sms", 1), ("email", 0)])
def test_only_an_acceptance_that_the_gateway_can_be_asked_about_does_not_wait_for_the_disk(
    lawyer: Lawyer, gateways: Gateways, clock: Clock, channel: str, times: int
) -> None:
    lawyer.note()
    delivery = only(channel)

    with CaptureQueriesContext(connection) as statements:
        dispatch(delivery_id=delivery.pk, clock=clock)

    delivery.refresh_from_db()
    assert (delivery.state, len(unhurried(statements))) == ("accepted", times)
    assert safety() == SAFE[connection.vendor][2]


def test_a_claim_waits_for_the_disk(lawyer: Lawyer) -> None:
    lawyer.note()

    with CaptureQueriesContext(connection) as statements:
        assert claim(delivery_id=only("sms").pk, at=NOW)

    assert unhurried(statements) == []
    assert safety() == SAFE[connection.vendor][2]


def test_an_acceptance_inside_a_transaction_leaves_that_transactions_safety_alone(
    lawyer: Lawyer,
) -> None:
    lawyer.note()
    delivery = claim(delivery_id=only("sms").pk, at=NOW)
    assert delivery

    with transaction.atomic():
        write_acceptance(delivery=delivery, provider_id="SM1", at=NOW, may_be_forgotten=True)
        inside = safety()

    assert inside == SAFE[connection.vendor][2]


@pytest.mark.parametrize("may_be_forgotten", [True, False])
def test_an_acceptance_is_written_by_the_holder_of_the_claim_only(
    lawyer: Lawyer, may_be_forgotten: bool
) -> None:
    lawyer.note()
    delivery = claim(delivery_id=only("sms").pk, at=NOW)
    assert delivery
    other = Delivery(pk=delivery.pk, claim=uuid4())
    written = [
        write_acceptance(
            delivery=holder, provider_id="SM1", at=NOW, may_be_forgotten=may_be_forgotten
        )
        for holder in (other, delivery, delivery)
    ]

    assert written == [False, True, False]
