"""On one computer the jobs' worker and beat begin and end with the server's process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
import uvicorn
from asgiref.sync import sync_to_async
from pytest_django import Settings

from core import live
from permanence.celery import app
from permanence.lifespan import Lifespan
from tests.browser.server import wait_until_started

STOPS_WITHIN_SECONDS = 5


@dataclass
class Jobs:
    """What ran, and in which threads."""

    done: list[str] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def note(self, name: str) -> None:
        with self.changed:
            self.done.append(name)
            self.threads.add(threading.current_thread().name)
            self.changed.notify_all()

    def wait_for(self, name: str, times: int = 1, seconds: float = 10) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: self.done.count(name) >= times, timeout=seconds)


@pytest.fixture
def worker(transactional_db: None, settings: Settings) -> None:
    """Jobs are really handed to the broker, and this process has the worker."""
    settings.WORKER_IN_PROCESS = True


@pytest.fixture
def jobs(worker: None) -> Iterator[Jobs]:
    """One job that notes its name; beat wakes it five times a second."""
    jobs = Jobs()

    @app.task(name="tests.note")
    def note(name: str) -> None:
        jobs.note(name)

    assert note.name in app.tasks
    schedule = app.conf.beat_schedule
    app.conf.beat_schedule = {"tick": {"task": "tests.note", "schedule": 0.2, "args": ["beat"]}}
    yield jobs
    app.conf.beat_schedule = schedule
    app.tasks.unregister("tests.note")


def note(name: str) -> None:
    """Ask for the job, as a service does."""
    app.send_task("tests.note", args=[name], retry=False)


async def page(scope: dict[str, Any], receive: object, send: Callable[..., Any]) -> None:
    """A page that asks for the job under the name in its path."""
    await sync_to_async(note)(scope["path"].strip("/"))
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"asked"})


@contextlib.contextmanager
def served() -> Iterator[str]:
    """A server with the product's lifespan around the page; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(Lifespan(page), lifespan="on", log_config=None)
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=lambda: asyncio.run(server.serve(sockets=[listening])), name="site", daemon=True
        )
        thread.start()
        wait_until_started(server, thread)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=30)


def start_the_lasting_thread() -> None:
    """Start asgiref's one thread for the whole process, which no server ends."""
    asyncio.run(sync_to_async(threading.current_thread)())


def threads_of_jobs() -> set[str]:
    """The threads that a worker or a beat may have left."""
    suite = {"MainThread", "site"}
    names = {thread.name for thread in threading.enumerate()} - suite
    return {name for name in names if not name.startswith(("asyncio", "pytest", "live"))}


def test_a_job_that_a_page_asks_for_runs_in_the_servers_process(jobs: Jobs) -> None:
    with served() as url:
        assert requests.get(f"{url}/from-a-page", timeout=5).text == "asked"

        assert jobs.wait_for("from-a-page")


def test_a_job_that_a_thread_asks_for_runs_in_the_servers_process(jobs: Jobs) -> None:
    with served():
        asking = threading.Thread(target=note, args=["from a thread"])
        asking.start()
        asking.join()

        assert jobs.wait_for("from a thread")


def test_beat_wakes_the_sweeps(jobs: Jobs) -> None:
    with served():
        assert jobs.wait_for("beat", times=3)


def test_a_job_wakes_soon_although_the_broker_is_in_memory(jobs: Jobs) -> None:
    waits = []
    with served():
        assert jobs.wait_for("beat")
        for number in range(5):
            began = time.perf_counter()
            note(str(number))
            assert jobs.wait_for(str(number))
            waits.append(time.perf_counter() - began)

    assert sorted(waits)[2] < 0.3


def test_the_end_of_the_server_ends_worker_and_beat_within_seconds(jobs: Jobs) -> None:
    start_the_lasting_thread()
    before = threads_of_jobs()
    with served():
        assert jobs.wait_for("beat")
        during = threads_of_jobs()

    assert during - before != set()
    assert threads_of_jobs() - before == set()


def test_the_end_does_not_wait_for_the_next_sweep(jobs: Jobs) -> None:
    app.conf.beat_schedule = {"rare": {"task": "tests.note", "schedule": 60.0, "args": ["beat"]}}
    with served():
        time.sleep(1)
        began = time.monotonic()

    assert time.monotonic() - began < STOPS_WITHIN_SECONDS


def test_a_job_under_way_is_finished_before_the_end(jobs: Jobs) -> None:
    finished = threading.Event()

    @app.task(name="tests.slow")
    def slow() -> None:
        jobs.note("slow has begun")
        time.sleep(1)
        finished.set()

    with served():
        app.send_task(slow.name)
        assert jobs.wait_for("slow has begun")
    app.tasks.unregister(slow.name)

    assert finished.is_set()


def test_a_server_may_start_again_in_the_same_process(jobs: Jobs) -> None:
    for start in ("first", "second"):
        with served() as url:
            requests.get(f"{url}/{start}", timeout=5)
            assert jobs.wait_for(start)


def test_the_worker_leaves_signals_logging_and_output_alone(jobs: Jobs) -> None:
    handled = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGCHLD]

    def surroundings() -> list[object]:
        root = logging.getLogger()
        handlers = [signal.getsignal(number) for number in handled]
        return [handlers, root.level, list(root.handlers), sys.stdout, sys.stderr]

    before = surroundings()
    with served():
        assert jobs.wait_for("beat")
        during = surroundings()

    assert during == before


def test_several_web_processes_leave_the_jobs_to_the_bureaus_workers(
    jobs: Jobs, settings: Settings
) -> None:
    settings.WORKER_IN_PROCESS = False
    before = threads_of_jobs()

    with served():
        assert threads_of_jobs() - before == set()


def test_live_events_go_through_the_servers_loop_as_long_as_it_runs(jobs: Jobs) -> None:
    with served():
        assert live._server_loop is not None
        during = live._server_loop.is_running()

    assert during is True
    assert live._server_loop is None
