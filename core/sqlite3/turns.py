"""Writers of one process take turns, in the order of asking.

SQLite lets one transaction write at a time. Who finds it busy sleeps and tries again, up to a tenth
of a second later, and whoever comes by chance at the right moment goes first: in a rush some wait
until they give up. Here each is woken when it is his turn.
"""

import threading
from collections import deque


class NotGiven(Exception):
    """The turn did not come in time."""


class Turns:
    """Whose turn it is to write to one database."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._holder: int | None = None
        self._waiting: deque[tuple[int, threading.Event]] = deque()

    def take(self, seconds: float) -> bool:
        """Wait for the turn, and tell whether it is to be given back; raises NotGiven.

        A thread that holds it already is not made to wait for itself, and has nothing to give back.
        """
        me = threading.get_ident()
        with self._guard:
            if self._holder is None:
                self._holder = me
                return True
            if self._holder == me:
                return False
            mine = (me, threading.Event())
            self._waiting.append(mine)
        if not mine[1].wait(seconds):
            self._leave(mine)
        return True

    def _leave(self, mine: tuple[int, threading.Event]) -> None:
        """Leave the line, unless the turn came at this very moment."""
        with self._guard:
            if not mine[1].is_set():
                self._waiting.remove(mine)
                raise NotGiven

    def give(self) -> None:
        """Hand the turn to who has waited longest."""
        with self._guard:
            if not self._waiting:
                self._holder = None
                return
            self._holder, woken = self._waiting.popleft()
            woken.set()
