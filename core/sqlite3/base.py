"""Django's SQLite backend, with connections that outlast a request and writers who take turns.

Under ASGI each request has a thread of its own and so opens the database anew. Opening it, and
reading the definitions of all tables before the first answer, takes as long as all the questions of
a webhook.
"""

import os
import sqlite3
from collections import defaultdict, deque
from typing import Any

from django.db.backends.sqlite3.base import DatabaseWrapper as DjangosWrapper
from django.db.utils import OperationalError

from core.sqlite3.turns import NotGiven, Turns

# More would only be kept after a rush; each holds some hundred kilobytes.
KEPT_AT_MOST = 16

# A database is its file, not its name: after a restore the name means another one.
File = tuple[str, int, int, str]
_idle: defaultdict[File, deque[sqlite3.Connection]] = defaultdict(deque)
_inherited: list[object] = []
_turns: defaultdict[str, Turns] = defaultdict(Turns)


def _forget_in_child() -> None:
    """Leave the parent's connections alone, unclosed: SQLite's locks do not survive a fork.

    Source: sqlite.org/howtocorrupt.html#_carrying_an_open_database_connection_across_a_fork_.
    """
    _inherited.extend(_idle.values())
    _idle.clear()
    # Who held the turn is not here.
    _turns.clear()


os.register_at_fork(after_in_child=_forget_in_child)


class DatabaseWrapper(DjangosWrapper):
    """Takes a kept connection where there is one, and keeps it instead of closing it."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        """Open the database, or take up a connection that was kept."""
        self._file: File | None = self._file_of(conn_params)
        if self._file and _idle[self._file]:
            kept = _idle[self._file].pop()
            # Whoever had it before may have turned them off.
            kept.execute("PRAGMA foreign_keys = ON")
            return kept
        opened: sqlite3.Connection = super().get_new_connection(conn_params)
        # SQLite makes the file on opening it.
        self._file = self._file_of(conn_params)
        return opened

    def _file_of(self, conn_params: dict[str, Any]) -> File | None:
        """Identify the database's file, opened as it is; None while there is none."""
        name = str(conn_params["database"])
        try:
            found = os.stat(name)
        except OSError:
            return None
        return name, found.st_dev, found.st_ino, repr(self.init_commands)  # type: ignore[attr-defined]

    _taken: Turns | None = None

    def _start_transaction_under_autocommit(self) -> None:
        """Begin once it is this writer's turn; who waits too long hears what SQLite would say."""
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _take_turn(self) -> None:
        if self._file is None:
            return
        turns = _turns[self._file[0]]
        try:
            has_it = turns.take(float(self.settings_dict["OPTIONS"].get("timeout", 5)))
        except NotGiven as late:
            raise OperationalError("database is locked") from late
        self._taken = turns if has_it else None

    def _give_turn(self) -> None:
        if self._taken is not None:
            self._taken.give()
            self._taken = None

    def _close(self) -> None:
        try:
            self._keep_or_close()
        finally:
            self._give_turn()

    def _keep_or_close(self) -> None:
        if self.connection is None or not self._may_be_kept():
            super()._close()  # type: ignore[misc]
            return
        if self.connection.in_transaction:
            self.connection.rollback()
        assert self._file is not None
        _idle[self._file].append(self.connection)

    def _may_be_kept(self) -> bool:
        return (
            self._file is not None
            and not self.errors_occurred
            and self._file == self._file_of({"database": self._file[0]})
            and len(_idle[self._file]) < KEPT_AT_MOST
        )
