"""Writers of one process take turns."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, OperationalError

from core.sqlite3.base import DatabaseWrapper
from core.sqlite3.turns import NotGiven, Turns
from tests.core.test_sqlite3 import OPTIONS, answer, opened


def in_threads(count: int, work: Callable[[int], None]) -> list[threading.Thread]:
    """Start threads one after the other, each once the one before stands in line."""
    started = []
    for number in range(count):
        thread = threading.Thread(target=work, args=(number,))
        thread.start()
        time.sleep(0.05)
        started.append(thread)
    return started


def test_turns_are_given_in_the_order_of_asking() -> None:
    turns, order = Turns(), list[int]()
    turns.take(1)

    def wait(number: int) -> None:
        turns.take(5)
        order.append(number)
        turns.give()

    threads = in_threads(6, wait)
    turns.give()
    for thread in threads:
        thread.join(5)

    assert order == [0, 1, 2, 3, 4, 5]


def test_who_waits_too_long_leaves_the_line_and_the_turn_passes_him_by() -> None:
    turns, given = Turns(), dict[int, bool]()
    turns.take(1)

    def wait(number: int) -> None:
        try:
            given[number] = turns.take(0.1 if number == 0 else 5)
        except NotGiven:
            given[number] = False

    threads = in_threads(2, wait)
    threads[0].join(5)
    turns.give()
    threads[1].join(5)

    assert given == {0: False, 1: True}


def test_nobody_waits_for_himself() -> None:
    turns = Turns()

    assert [turns.take(0), turns.take(0)] == [True, False]


@pytest.fixture
def file(tmp_path: Path, transactional_db: None) -> Path:
    file = tmp_path / "turns.sqlite3"
    first = opened(file)
    answer(first, "CREATE TABLE noted (text varchar)")
    first.close()
    return file


def begun(file: Path) -> DatabaseWrapper:
    wrapper = opened(file)
    wrapper.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    return wrapper


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_the_end_of_a_transaction_lets_the_next_writer_in(file: Path, end: str) -> None:
    first, came = begun(file), threading.Event()

    def write() -> None:
        second = begun(file)
        came.set()
        second.rollback()
        second.close()

    thread = threading.Thread(target=write)
    thread.start()
    assert not came.wait(0.2)

    getattr(first, end)()

    assert came.wait(1)
    thread.join(5)


def test_a_transaction_that_can_not_begin_leaves_the_turn_to_the_next(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refused(DatabaseError):
        pass

    def refuse(self: object) -> None:
        raise Refused

    djangos = DatabaseWrapper.__mro__[1]
    with monkeypatch.context() as patched:
        patched.setattr(djangos, "_start_transaction_under_autocommit", refuse)
        with pytest.raises(Refused):
            begun(file)

    begun(file).close()


def test_a_writer_whose_turn_does_not_come_hears_that_the_database_is_locked(file: Path) -> None:
    first, heard = begun(file), list[str]()

    def write() -> None:
        second = opened(file)
        second.settings_dict["OPTIONS"] = OPTIONS | {"timeout": 0.1}
        try:
            second.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        except OperationalError as error:
            heard.append(str(error))

    thread = threading.Thread(target=write)
    thread.start()
    thread.join(5)
    first.rollback()

    assert heard == ["database is locked"]
