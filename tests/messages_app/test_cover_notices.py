"""Clients are told who answers for them, where the assistant asked for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from clients.models import Client, ClientMember, User
from clients.services.covers import come_back, note_turns
from messages_app.models import Delivery
from tests.clients.covers import agree, make_colleague
from tests.factories import make_assistant, make_client, make_member

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
TWO = NOON + timedelta(hours=2)


@pytest.fixture
def firm() -> Client:
    return make_client(name="Me Durand")


@pytest.fixture
def lea(firm: Client) -> User:
    return make_assistant(firm, "lea")


@pytest.fixture
def claire(firm: Client) -> User:
    return make_colleague(firm.bureau, "claire")


@pytest.fixture
def lawyer(firm: Client) -> ClientMember:
    return make_member(firm, "durand")


def texts() -> list[str]:
    return [one.text.strip() for one in Delivery.objects.order_by("pk")]


def test_without_being_asked_for_nobody_is_written_to(
    lea: User, claire: User, lawyer: ClientMember
) -> None:
    come_back(cover=agree(lea, claire, at=NOON), by=lea, at=TWO)

    assert texts() == []


def test_each_reads_once_who_answers_and_until_when(
    lea: User, claire: User, lawyer: ClientMember
) -> None:
    agree(lea, claire, at=NOON, ends_at=TWO, tells_clients=True)

    note_turns(at=NOON)
    note_turns(at=TWO)

    [letter] = Delivery.objects.all()
    words = "Me Durand : jusqu’au mardi 24 novembre à 14 h, Claire répond à vos appels pour Lea."
    assert (
        letter.text.replace("\N{NO-BREAK SPACE}", " ")
        .replace("\N{NARROW NO-BREAK SPACE}", " ")
        .strip()
        == words
    )
    assert (letter.channel, letter.address) == ("email", lawyer.notify_email)
    assert (letter.due_at, letter.wanted_until, letter.recipient) == (NOON, TWO, lawyer)


def test_who_comes_back_at_no_time_that_was_told_is_told_too(
    lea: User, claire: User, lawyer: ClientMember
) -> None:
    cover = agree(lea, claire, at=NOON, tells_clients=True)

    come_back(cover=cover, by=lea, at=TWO)

    assert len(texts()) == 2
    assert "Lea" in texts()[1]


def test_who_has_no_address_but_a_mobile_is_told_by_sms(
    lea: User, claire: User, lawyer: ClientMember
) -> None:
    ClientMember.objects.update(notify_email="")
    User.objects.filter(pk=lawyer.user_id).update(email="")

    agree(lea, claire, at=NOON, tells_clients=True)

    [letter] = Delivery.objects.all()
    assert (letter.channel, letter.address) == ("sms", lawyer.mobile)


def test_readers_and_who_has_left_are_not_written_to(
    lea: User, claire: User, firm: Client, lawyer: ClientMember
) -> None:
    make_member(firm, "reader", role=ClientMember.Role.READER)
    make_member(firm, "left", is_active=False)

    agree(lea, claire, at=NOON, tells_clients=True)

    assert [one.recipient for one in Delivery.objects.all()] == [lawyer]


def test_clients_that_stay_with_her_are_not_written_to(
    lea: User, claire: User, firm: Client, lawyer: ClientMember
) -> None:
    other = make_client(firm.bureau)
    lea.assignments.create(client=other)
    make_member(other)

    agree(lea, claire, at=NOON, clients=[firm], tells_clients=True)

    assert [one.recipient for one in Delivery.objects.all()] == [lawyer]
