"""Gives the rows of a query without an order in a random one, as a database may.

A test that leans on the order of insertion fails here and not one day in production.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from typing import Any
from unittest import mock

from django.db.models import QuerySet

_fetch_all = QuerySet._fetch_all


def _fetch_and_shuffle(rows: QuerySet[Any]) -> None:
    is_new = rows._result_cache is None
    _fetch_all(rows)
    if is_new and not rows.ordered:
        random.shuffle(rows._result_cache)  # type: ignore[arg-type]


@contextlib.contextmanager
def shuffle_unordered_rows() -> Iterator[None]:
    """Shuffle until the end of the block; the test's own seed decides how."""
    with mock.patch.object(QuerySet, "_fetch_all", _fetch_and_shuffle):
        yield
