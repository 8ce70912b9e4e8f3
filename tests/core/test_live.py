"""Live events reach the groups after the commit, and carry no names."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import transaction

from core.live import client_group, publish, user_group

pytestmark = pytest.mark.broker

CLIENT = UUID(int=7)


def test_groups_are_named_after_whom_they_concern() -> None:
    assert client_group(CLIENT) == "client.00000000000000000000000000000007"
    assert user_group(CLIENT) == "user.00000000000000000000000000000007"


@pytest.mark.django_db(transaction=True)
def test_an_event_leaves_at_the_commit_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr("core.live._send", lambda group, event: sent.append((group, event)))

    with transaction.atomic():
        publish("client.1", "call.changed", call="42")
        before = list(sent)

    assert before == []
    [(group, event)] = sent
    assert UUID(event.pop("id")).version == 4
    assert group == "client.1"
    assert event == {"type": "live.fact", "name": "call.changed", "call": "42"}


@pytest.mark.django_db(transaction=True)
def test_nothing_is_told_of_what_was_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr("core.live._send", lambda group, event: sent.append(group))

    with transaction.atomic():
        publish("client.1", "call.changed")
        transaction.set_rollback(True)

    assert sent == []
