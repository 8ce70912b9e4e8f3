"""Forgets in small steps, so that nobody who works meanwhile waits."""

from collections.abc import Callable
from typing import TypeVar

from django.db.models import Model, QuerySet

BATCH = 500

Row = TypeVar("Row", bound=Model)


def in_batches(rows: QuerySet[Row], forget: Callable[[QuerySet[Row]], object]) -> int:
    """Give `forget` the rows, some at a time, until none is left; it must take them out of `rows`.

    Returns how many there were. Each step is a transaction of its own: one that fails, or a process
    that dies, leaves the rest to the next time.
    """
    forgotten = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        forget(rows.filter(pk__in=keys))
        forgotten += len(keys)
    return forgotten
