"""Working at a colleague's telephone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from calls.models import Presence, StandIn
from calls.queries import telephones_of
from calls.services import (
    TelephoneRefused,
    end_old_stand_ins,
    end_stand_in,
    leave_telephones,
    lend_telephone,
    ring_own_too,
    set_presence,
    take_telephone,
)
from clients.models import AuditEntry, Client, Endpoint, User
from tests.factories import make_assistant, make_client
from tests.people import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_called() -> Client:
    return make_client()


@pytest.fixture
def lea(client_called: Client) -> User:
    """The colleague whose telephone it is; she is away."""
    return make_assistant(client_called, "lea", presence="away")


@pytest.fixture
def claire(client_called: Client) -> User:
    """She comes without a telephone of her own."""
    return make_assistant(client_called, "claire", rank=2, presence="away", telephone="none")


@pytest.fixture
def telephone(lea: User) -> Endpoint:
    return lea.endpoints.get()


def rung(user: User) -> list[Endpoint]:
    return telephones_of(user.pk)


def says(user: User) -> str:
    return Presence.objects.get(user=user).state


def take(endpoint: Endpoint, by: User, at: datetime = NOW) -> StandIn:
    return take_telephone(endpoint=endpoint, by=by, at=at)


def test_at_an_absent_colleague_s_telephone_it_rings_her_at_once(
    telephone: Endpoint, lea: User, claire: User
) -> None:
    stay = take(telephone, claire)

    assert not stay.is_asked
    assert (rung(claire), rung(lea)) == ([telephone], [])
    assert says(claire) == "available"
    assert AuditEntry.objects.filter(action="telephone.taken", by=claire).count() == 1


def test_one_person_one_ring_her_own_telephone_is_silent_meanwhile(
    telephone: Endpoint, claire: User
) -> None:
    own = Endpoint.objects.create(user=claire, kind="number", address="+33639981098")
    stay = take(telephone, claire)
    assert rung(claire) == [telephone]

    ring_own_too(stand_in=stay, rings_own=True, by=claire, at=NOW)
    assert rung(claire) == [telephone, own]
    ring_own_too(stand_in=stay, rings_own=False, by=claire, at=NOW)
    assert rung(claire) == [telephone]

    end_stand_in(stand_in=stay, by=claire, at=NOW)
    assert rung(claire) == [own]


def test_a_colleague_who_takes_calls_is_asked_first(
    telephone: Endpoint, lea: User, claire: User
) -> None:
    set_presence(user=lea, state="available", by=lea, at=NOW)

    stay = take(telephone, claire)

    assert stay.is_asked
    assert (rung(claire), rung(lea)) == ([], [telephone])
    assert says(claire) == "away"


def test_she_agrees_and_is_away_by_that(telephone: Endpoint, lea: User, claire: User) -> None:
    set_presence(user=lea, state="available", by=lea, at=NOW)
    stay = take(telephone, claire)

    lend_telephone(stand_in=stay, by=lea, at=NOW)

    assert (rung(claire), rung(lea)) == ([telephone], [])
    assert (says(lea), says(claire)) == ("away", "available")


def test_who_has_another_telephone_goes_on_taking_calls(
    telephone: Endpoint, lea: User, claire: User
) -> None:
    other = Endpoint.objects.create(user=lea, kind="number", address="+33639981099")
    set_presence(user=lea, state="available", by=lea, at=NOW)

    lend_telephone(stand_in=take(telephone, claire), by=lea, at=NOW)

    assert (says(lea), rung(lea)) == ("available", [other])


def test_she_refuses(telephone: Endpoint, lea: User, claire: User) -> None:
    set_presence(user=lea, state="available", by=lea, at=NOW)
    stay = take(telephone, claire)

    end_stand_in(stand_in=stay, by=lea, at=NOW)
    lend_telephone(stand_in=stay, by=lea, at=NOW)

    assert rung(lea) == [telephone]


def test_a_telephone_is_nobody_s_second_place(
    telephone: Endpoint, lea: User, claire: User, client_called: Client
) -> None:
    anna = make_assistant(client_called, "anna", rank=3)
    take(telephone, claire)

    with pytest.raises(TelephoneRefused, match="occupied"):
        take(telephone, anna)
    with pytest.raises(TelephoneRefused, match="own"):
        take(telephone, lea)
    assert rung(claire) == [telephone]


def test_who_takes_another_place_leaves_the_first(
    telephone: Endpoint, lea: User, claire: User, client_called: Client
) -> None:
    anna = make_assistant(client_called, "anna", rank=3, presence="away")
    take(telephone, claire)

    take(anna.endpoints.get(), claire)

    assert rung(claire) == [anna.endpoints.get()]
    assert rung(lea) == [telephone]


@pytest.mark.parametrize("how", ["leaves", "goes away", "is taken back", "midnight"])
def test_it_ends_by_itself_and_rings_the_colleague_again(
    telephone: Endpoint, lea: User, claire: User, how: str
) -> None:
    stay = take(telephone, claire)
    later = NOW + timedelta(hours=1)

    if how == "leaves":
        leave_telephones(user=claire, by=claire, at=later)
    elif how == "goes away":
        set_presence(user=claire, state="away", by=claire, at=later)
    elif how == "is taken back":
        end_stand_in(stand_in=stay, by=lea, at=later)
    else:
        end_old_stand_ins(at=datetime.fromisoformat("2026-11-25T00:00:00+01:00"))

    stay.refresh_from_db()
    assert stay.ended_at is not None
    assert (rung(claire), rung(lea)) == ([], [telephone])
    assert AuditEntry.objects.filter(action="telephone.left").count() == 1


def test_a_break_keeps_her_place(telephone: Endpoint, claire: User) -> None:
    take(telephone, claire)

    set_presence(user=claire, state="paused", by=claire, at=NOW)

    assert rung(claire) == [telephone]


def test_until_midnight_in_paris_it_lasts(telephone: Endpoint, claire: User) -> None:
    take(telephone, claire)

    assert end_old_stand_ins(at=datetime.fromisoformat("2026-11-24T23:59:59+01:00")) == 0


def test_a_request_that_nobody_answers_is_forgotten_after_two_minutes(
    telephone: Endpoint, lea: User, claire: User
) -> None:
    set_presence(user=lea, state="available", by=lea, at=NOW)
    take(telephone, claire)

    assert end_old_stand_ins(at=NOW + timedelta(seconds=119)) == 0
    assert end_old_stand_ins(at=NOW + timedelta(seconds=120)) == 1
