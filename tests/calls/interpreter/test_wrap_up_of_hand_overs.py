"""Whoever hands a caller on has talked with him too, and writes it up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from unittest import mock

import pytest
from django.utils import timezone

from calls.models import Presence, Transfer
from calls.queries import candidates_for, is_talking
from calls.queries.aims import Aim
from calls.services import put_through, set_disposition, transfer
from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.telephones import Telephone
from clients.models import Bureau, User
from tests.calls.interpreter.talks import LAWYER, Talk
from tests.factories import make_assistant

pytestmark = pytest.mark.once

WRAP_UP = timedelta(seconds=15)
HOW = ["announced, by the key", "announced, by hanging up", "directly"]


@pytest.fixture(autouse=True)
def _one_clock(clock: VirtualClock) -> Iterator[None]:
    with mock.patch("django.utils.timezone.now", clock.now):
        yield


@pytest.fixture
def claire(talk: Talk) -> User:
    Bureau.objects.update(wrap_up_seconds=WRAP_UP.seconds)
    return make_assistant(talk.call.client, "claire", rank=2)


@pytest.fixture
def hers(talk: Talk, claire: User) -> Telephone:
    return talk.other(claire.endpoints.get().address)


def hand_to(talk: Talk, aim: Aim, telephone: Telephone, how: str) -> datetime:
    """Hand the caller on, and give when he was the other's."""
    kind = Transfer.Kind.DIRECT if how == "directly" else Transfer.Kind.ANNOUNCED
    talk.do(transfer, aim=aim, kind=kind)
    # Longer than her time to write up: she is free for other callers while it rings.
    talk.wait(WRAP_UP.seconds + 2)
    assert until(talk.lea) is None
    telephone.answer()
    talk.wait()
    talk.tidy()
    if how == "announced, by the key":
        talk.do(put_through)
    elif how == "announced, by hanging up":
        talk.telephone.hang_up()
        talk.wait()
    handed = Transfer.objects.get()
    assert handed.outcome == "put_through"
    assert handed.ended_at is not None
    return handed.ended_at


def colleague(user: User) -> Aim:
    return Aim("colleague", f"colleague:{user.uuid.hex}", user.full_name, colleague=user)


def outside() -> Aim:
    return Aim(kind="number", key=f"number:{LAWYER}", name="Me Durand", number=LAWYER)


def until(user: User) -> datetime | None:
    return Presence.objects.get(user=user).wrap_up_until


def how_she_stands(talk: Talk, user: User) -> str:
    people = {one.user_id: one for one in candidates_for(talk.call.client, timezone.now())}
    return "talking" if people[user.pk].is_talking else people[user.pk].presence


@pytest.mark.parametrize("how", HOW)
def test_who_hands_him_to_a_colleague_writes_it_up_from_then_on(
    talk: Talk, claire: User, hers: Telephone, how: str
) -> None:
    handed = hand_to(talk, colleague(claire), hers, how)

    assert until(talk.lea) == handed + WRAP_UP
    assert (how_she_stands(talk, talk.lea), how_she_stands(talk, claire)) == ("wrap_up", "talking")
    assert until(claire) is None

    hers.hang_up()
    talk.wait()

    ended = talk.call.ended_at
    assert ended is not None
    assert (until(talk.lea), until(claire)) == (handed + WRAP_UP, ended + WRAP_UP)


@pytest.mark.parametrize("how", HOW)
def test_who_hands_him_to_somebody_outside_does_so_too_and_once(
    talk: Talk, claire: User, how: str
) -> None:
    handed = hand_to(talk, outside(), talk.other(), how)
    assert until(talk.lea) == handed + WRAP_UP

    talk.other().hang_up()
    talk.wait(5)

    assert talk.call.ended_at is not None
    assert until(talk.lea) == handed + WRAP_UP


def test_whom_nobody_took_is_not_written_up_yet(talk: Talk, claire: User, hers: Telephone) -> None:
    talk.do(transfer, aim=colleague(claire), kind=Transfer.Kind.DIRECT)
    talk.wait(30)
    talk.telephone.answer()
    talk.wait()

    assert (until(talk.lea), is_talking(talk.lea)) == (None, True)


def test_a_longer_time_to_write_up_is_not_cut_short(
    talk: Talk, claire: User, hers: Telephone
) -> None:
    later = timezone.now() + timedelta(minutes=10)
    talk.do(transfer, aim=colleague(claire), kind=Transfer.Kind.DIRECT)
    Presence.objects.filter(user=talk.lea).update(wrap_up_until=later)
    hers.answer()
    talk.wait()

    assert until(talk.lea) == later


def test_it_ends_with_her_word_on_the_call_not_with_her_colleagues_on_another(
    talk: Talk, claire: User, hers: Telephone
) -> None:
    hand_to(talk, colleague(claire), hers, "announced, by the key")
    hers.hang_up()
    talk.wait()

    set_disposition(call=talk.call, disposition="information", by=claire, at=timezone.now())
    assert (until(talk.lea) is None, until(claire) is None) == (False, True)

    set_disposition(call=talk.call, disposition="message", by=talk.lea, at=timezone.now())
    assert until(talk.lea) is None
