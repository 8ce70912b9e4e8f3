"""Facts go up by declared handlers, in the transaction that told them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction

from clients.models import Bureau
from core import facts
from core.after_commit import after_commit


@dataclass(frozen=True)
class DoorOpened:
    door: int


@dataclass(frozen=True)
class DoorShut:
    door: int


@pytest.fixture(autouse=True)
def _own_wires() -> Iterator[None]:
    from permanence.wiring import WIRES

    yield
    facts.connect(WIRES)


def test_a_fact_is_told_to_its_own_handlers_in_their_order() -> None:
    heard: list[str] = []
    facts.connect(
        {
            DoorOpened: [lambda fact: heard.append("first"), lambda fact: heard.append("second")],
            DoorShut: [lambda fact: heard.append("shut")],
        }
    )

    facts.emit(DoorOpened(1))

    assert heard == ["first", "second"]


def test_a_fact_that_nobody_hears_is_told_to_nobody() -> None:
    facts.connect({})

    facts.emit(DoorOpened(1))


@pytest.mark.django_db(transaction=True)
def test_a_handler_that_fails_undoes_the_change_that_it_was_told_of() -> None:
    def refuse(fact: DoorOpened) -> None:
        raise RuntimeError("no")

    def open_door() -> None:
        with transaction.atomic():
            Bureau.objects.create(name="Ouvert")
            facts.emit(DoorOpened(1))

    facts.connect({DoorOpened: [refuse]})

    with pytest.raises(RuntimeError):
        open_door()

    assert Bureau.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_what_waits_for_the_commit_does_not_run_without_it() -> None:
    ran: list[str] = []

    def change_and_fail() -> None:
        with transaction.atomic():
            after_commit(ran.append, "ran")
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        change_and_fail()

    assert ran == []


@pytest.mark.django_db(transaction=True)
def test_an_error_after_the_commit_neither_shows_nor_stops_the_others() -> None:
    ran: list[str] = []

    def fail() -> None:
        raise RuntimeError("the broker is gone")

    with transaction.atomic():
        after_commit(fail)
        after_commit(ran.append, "ran")

    assert ran == ["ran"]
