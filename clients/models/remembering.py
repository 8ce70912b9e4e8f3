"""Whose clients are whose, read once while one page is made."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_known: ContextVar[dict[int, list[int]] | None] = ContextVar("known clients", default=None)


@contextmanager
def remembering_clients() -> Iterator[None]:
    """Read each person's clients once within; for what only reads, and is over in a moment.

    A page of the desk asks for them a dozen times; to put that condition together costs more than
    to ask it. Within another such block it is that one that remembers.
    """
    if _known.get() is not None:
        yield
        return
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def remembered_clients(user_id: int, read: Callable[[], list[int]]) -> list[int] | None:
    """Return the keys of a person's clients, or None where nobody remembers them."""
    known = _known.get()
    if known is None:
        return None
    if user_id not in known:
        known[user_id] = read()
    return known[user_id]
