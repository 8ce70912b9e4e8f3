"""The product's own server, in a thread of the test's process, on the test's database."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import uvicorn
from pytest_django import Settings


@dataclass(frozen=True)
class Site:
    """A running server."""

    url: str

    def __str__(self) -> str:
        return self.url

    def __add__(self, path: str) -> str:
        return self.url + path


@pytest.fixture
def site(transactional_db: None, settings: Settings) -> Iterator[Site]:
    """Serve permanence.asgi during the test; `site + "/desk/"` is an address of it.

    PUBLIC_BASE_URL and the interpreter's address are this server's meanwhile.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://localhost:{listening.getsockname()[1]}"
        settings.PUBLIC_BASE_URL = url
        settings.TWILIO_API_BASE = f"{url}/operator"
        with running(listening):
            yield Site(url)


@contextlib.contextmanager
def running(listening: socket.socket) -> Iterator[None]:
    """Serve on a socket until the end of the block."""
    server = uvicorn.Server(
        uvicorn.Config(
            "permanence.asgi:application",
            lifespan="on",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=2,
        )
    )
    thread = threading.Thread(
        target=lambda: asyncio.run(server.serve(sockets=[listening])), name="site", daemon=True
    )
    thread.start()
    wait_until_started(server, thread)
    yield
    server.should_exit = True
    thread.join(timeout=20)
    assert not thread.is_alive(), "the server does not end"


def wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < deadline, "the server takes more than 20 s to start"
        time.sleep(0.01)
