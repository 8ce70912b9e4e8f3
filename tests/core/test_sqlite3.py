"""A connection to SQLite outlasts the request that used it, and brings nothing of it along."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError

from core.sqlite3.base import KEPT_AT_MOST, DatabaseWrapper

OPTIONS = {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL;"}


def opened(file: Path) -> DatabaseWrapper:
    """A thread's way to the database, as Django makes one for each."""
    settings: dict[str, Any] = {
        "ENGINE": "core.sqlite3",
        "NAME": str(file),
        "OPTIONS": OPTIONS,
        "AUTOCOMMIT": True,
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "TIME_ZONE": None,
        "TEST": {},
    }
    wrapper = DatabaseWrapper(settings, alias="kept")
    wrapper.ensure_connection()
    return wrapper


def answer(wrapper: DatabaseWrapper, sql: str) -> object:
    with wrapper.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    return row[0] if row else None


@pytest.fixture
def file(tmp_path: Path, transactional_db: None) -> Path:
    """A database of its own with one empty table."""
    file = tmp_path / "kept.sqlite3"
    first = opened(file)
    answer(first, "CREATE TABLE noted (text varchar)")
    first.close()
    return file


def test_a_closed_connection_is_taken_up_by_the_next_request(file: Path) -> None:
    first = opened(file)
    connection = first.connection
    first.close()

    assert opened(file).connection is connection


def test_two_requests_at_once_never_share_a_connection(file: Path) -> None:
    first, second = opened(file), opened(file)

    assert first.connection is not second.connection


def test_what_a_request_left_uncommitted_is_undone(file: Path) -> None:
    first = opened(file)
    first.set_autocommit(False)
    answer(first, "INSERT INTO noted VALUES ('half')")
    first.close()

    next_ = opened(file)

    assert answer(next_, "SELECT count(*) FROM noted") == 0
    assert next_.get_autocommit() is True
    assert next_.connection.in_transaction is False


def test_foreign_keys_are_checked_again_whatever_the_request_before_did(file: Path) -> None:
    first = opened(file)
    first.disable_constraint_checking()
    first.close()

    assert answer(opened(file), "PRAGMA foreign_keys") == 1


def test_a_connection_that_failed_is_not_kept(file: Path) -> None:
    first = opened(file)
    connection = first.connection
    with pytest.raises(DatabaseError):
        answer(first, "SELECT nothing FROM nowhere")
    first.close()

    assert opened(file).connection is not connection


def test_a_file_put_in_place_of_the_database_is_opened_anew(file: Path, tmp_path: Path) -> None:
    opened(file).close()
    restored = opened(tmp_path / "restored.sqlite3")
    answer(restored, "CREATE TABLE other (text varchar)")
    answer(restored, "PRAGMA wal_checkpoint(TRUNCATE)")
    (tmp_path / "restored.sqlite3").replace(file)

    tables = answer(opened(file), "SELECT group_concat(name) FROM sqlite_schema")

    assert tables == "other"


def test_no_more_are_kept_after_a_rush_than_a_few(file: Path) -> None:
    rush = [opened(file) for _ in range(KEPT_AT_MOST + 3)]
    for wrapper in rush:
        wrapper.close()

    kept = {id(wrapper.connection) for wrapper in [opened(file) for _ in range(KEPT_AT_MOST)]}
    anew = opened(file)

    assert len(kept) == KEPT_AT_MOST
    assert id(anew.connection) not in kept


def test_a_forked_process_opens_connections_of_its_own(file: Path) -> None:
    """In a process of its own: this one has threads, and must not fork."""
    script = f"""
import os
from pathlib import Path
from tests.core.test_sqlite3 import opened
file = Path({str(file)!r})
first = opened(file)
parents = first.connection
first.close()
child = os.fork()
if child == 0:
    os._exit(0 if opened(file).connection is not parents else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), opened(file).connection is parents)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
    )

    assert done.stdout.split() == ["0", "True"]
