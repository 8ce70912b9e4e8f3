"""What the tests of the house share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker


@pytest.fixture
def connections_of_others(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """For what needs no database, and may look after connections that earlier tests left open.

    A link that is left closes its thread's aged connections, as Channels has it do; the thread is
    the process's, and its connection may be an earlier test's.
    """
    with django_db_blocker.unblock():
        yield
