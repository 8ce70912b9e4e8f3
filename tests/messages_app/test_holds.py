"""A slot held during a call is free again when the caller hangs up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from agenda.models import Calendar, SlotHold
from calls.models import Call
from calls.services.events import end_call
from clients.models import Client, Line, User
from tests.factories import make_assistant, make_client, make_line

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client() -> Client:
    return make_client()


@pytest.fixture
def lea(client: Client) -> User:
    return make_assistant(client)


def talk(client: Client, user: User) -> Call:
    now = timezone.now()
    return Call.objects.create(
        bureau=client.bureau,
        client=client,
        line=Line.objects.filter(client=client).first() or make_line(client),
        state=Call.State.IN_PROGRESS,
        started_at=now - timedelta(minutes=2),
        answered_at=now - timedelta(minutes=1),
        answered_by=user,
    )


def hold(client: Client, user: User) -> SlotHold:
    now = timezone.now()
    period = {"starts_at": now, "ends_at": now + timedelta(minutes=20)}
    blocks = {"block_" + name: instant for name, instant in period.items()}
    calendar = Calendar.objects.create(client=client, name="Dr Martin")
    return SlotHold.objects.create(
        calendar=calendar,
        holder=user,
        expires_at=now + timedelta(minutes=5),
        **period,
        **blocks,
    )


def test_the_hang_up_frees_what_was_held_for_the_caller(client: Client, lea: User) -> None:
    call = talk(client, lea)
    hold(client, lea)

    end_call(call, at=timezone.now(), failed=False)

    assert SlotHold.objects.count() == 0


def test_what_another_person_holds_stays(client: Client, lea: User) -> None:
    call = talk(client, lea)
    kept = hold(client, make_assistant(client, rank=2))

    end_call(call, at=timezone.now(), failed=False)

    assert list(SlotHold.objects.all()) == [kept]


def test_who_still_talks_to_another_caller_keeps_her_hold(client: Client, lea: User) -> None:
    call = talk(client, lea)
    talk(client, lea)
    kept = hold(client, lea)

    end_call(call, at=timezone.now(), failed=False)

    assert list(SlotHold.objects.all()) == [kept]
