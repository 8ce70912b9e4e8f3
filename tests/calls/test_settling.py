"""Calls of which nothing more is heard are asked about, each in its turn."""

from __future__ import annotations

from datetime import timedelta

import pytest

from calls.models import Call, CallEvent
from calls.services import settle_silent_calls, settling
from calls.telephony.twilio import api
from clients.models import Client
from tests.desk.calls import ring
from tests.factories import make_client
from tests.people import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


class Operator:
    """Says of each path what the test has written, and keeps who was asked about."""

    def __init__(self) -> None:
        self.says: dict[str, str] = {}
        self.asked: list[str] = []

    def leg_status(self, leg_id: str) -> tuple[str, int | None]:
        self.asked.append(leg_id)
        said = self.says.get(leg_id, "in-progress")
        if said == "nothing":
            raise api.OperatorUnavailable
        return said, None


@pytest.fixture
def operator(monkeypatch: pytest.MonkeyPatch) -> Operator:
    fake = Operator()
    monkeypatch.setattr(api, "leg_status", fake.leg_status)
    return fake


@pytest.fixture
def client() -> Client:
    return make_client()


def path_of(call: Call) -> str:
    return call.legs.get().provider_id


def test_the_same_answer_every_minute_is_one_event(client: Client, operator: Operator) -> None:
    ring(client, ago=600)

    for nth in range(5):
        settle_silent_calls(at=NOW + nth * MINUTE)

    assert len(operator.asked) == 5
    assert CallEvent.objects.count() == 1


def test_a_call_that_has_ended_meanwhile_is_ended(client: Client, operator: Operator) -> None:
    call = ring(client, ago=600)
    settle_silent_calls(at=NOW)
    operator.says[path_of(call)] = "completed"

    assert settle_silent_calls(at=NOW + MINUTE) == 1

    call.refresh_from_db()
    assert (call.state, call.ended_at) == ("ended", NOW + MINUTE)


@pytest.mark.parametrize("said", ["in-progress", "nothing"])
def test_every_open_call_has_its_turn(
    client: Client, operator: Operator, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setattr(settling, "AT_ONCE", 2)
    paths = [path_of(ring(client, ago=600 + nth)) for nth in range(5)]
    operator.says = dict.fromkeys(paths, said)

    for nth in range(3):
        settle_silent_calls(at=NOW + nth * MINUTE)

    assert set(operator.asked) == set(paths)
