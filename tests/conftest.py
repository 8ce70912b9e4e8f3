"""What every test of the suite shares.

Fixtures by what a test needs:

- a database: pytest-django's `db` (or `transactional_db` for several threads);
- `wake_ups`: the jobs that were asked for. Asking does nothing else: the tables are the queues, and
  a test that wants a job done calls its service;
- `worker`: the real in-process Celery worker, for the few tests about it;
- `site`: a real server in this process, on the test's database;
- `page`, `new_page`, `sign_in`, `axe`: a real Chromium before that server.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unordered_rows import shuffle_unordered_rows
from tests.wake_ups import WakeUp, record_wake_ups

# Fixtures of whoever asks for the database.
STORED = {"db", "transactional_db", "django_db_setup", "site", "worker"}

pytest_plugins = ["tests.browser.server", "tests.browser.pages"]


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The database goes with the run's services: nothing is dropped table by table."""
    return True


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Rate limits of one test don't stop the next."""
    yield
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _unordered_rows_are_shuffled() -> Iterator[None]:
    with shuffle_unordered_rows():
        yield


@pytest.fixture(autouse=True, scope="session")
def _what_keeps_a_clock_keeps_the_real_one() -> None:
    """Let what takes the clock as it is imported or first used do so before a test sets another.

    A sweep's default and Celery's beat would stand still for all tests after that one.
    """
    import_module(settings.ROOT_URLCONF)
    current_app.now()


@pytest.fixture(autouse=True, scope="session")
def _logging_is_set_up_before_any_test() -> None:
    """Let server and worker, when first used, replace the root's handlers now, not pytest's own."""
    import_module("permanence.asgi")
    current_app.loader.init_worker()


@pytest.fixture(autouse=True)
def wake_ups(request: pytest.FixtureRequest) -> Iterator[list[WakeUp]]:
    """The jobs asked for in this test, in order; none of them runs."""
    if "worker" in request.fixturenames:
        yield []
        return
    with record_wake_ups() as recorded:
        yield recorded


@pytest.fixture
def worker(transactional_db: None) -> Iterator[None]:
    """The worker and beat of one computer, at work during the test."""
    from permanence.worker import InProcessWorker

    worker = InProcessWorker()
    worker.start()
    yield
    worker.stop()


@pytest.fixture
def assert_same_queries_at_1_and_3() -> Callable[..., None]:
    """Assert that a list asks the database as often for three rows as for one.

    `add` makes one more row, `show` shows the list.
    """

    def check(*, add: Callable[[], Any], show: Callable[[], Any]) -> None:
        add()
        one = queries_of(show)
        add()
        add()
        three = queries_of(show)
        assert len(three) == len(one), "\n".join(["More queries for three:", *three])

    return check


def queries_of(show: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        show()
    return [query["sql"] for query in captured.captured_queries]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Try a test in a real browser once more before it fails; the summary counts those tries.

    On two busy cores Chromium itself now and then answers later than anybody would wait.
    """
    if os.environ.get("PERMANENCE_TEST_AGAIN"):
        _leave_out_what_no_stack_changes(config, items)
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flaky(reruns=1))


def _leave_out_what_no_stack_changes(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep, of a suite that has run on one stack, what another database or broker may change."""
    same = [item for item in items if not _depends_on_the_stack(item)]
    config.hook.pytest_deselected(items=same)
    items[:] = [item for item in items if _depends_on_the_stack(item)]


def _is_a_journey(item: pytest.Item) -> bool:
    """Journeys go through everything; the other tests in a browser are about the page itself."""
    return "journeys" in item.path.parts


def _depends_on_the_stack(item: pytest.Item) -> bool:
    in_browser = "browser" in getattr(item, "fixturenames", ())
    if any(item.get_closest_marker(name) for name in ("look", "once")) or (
        in_browser and not _is_a_journey(item)
    ):
        return False
    marks = any(item.get_closest_marker(name) for name in ("django_db", "broker"))
    return marks or not STORED.isdisjoint(getattr(item, "fixturenames", ()))
