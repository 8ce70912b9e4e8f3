"""Processes of an installation, started by their environment and watched by their output."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import requests
from django.conf import settings
from django.db import connections

from tests.house import ROOT
from tests.services.valkey import free_port
from tests.two_ways.gateway import Gateway

SECRET = "two-ways-to-run-" * 3
ALIAS = "installation"
UVICORN = (
    "uvicorn permanence.asgi:application --host 127.0.0.1 --lifespan on --no-access-log "
    "--log-level warning --timeout-graceful-shutdown 3"
)


@dataclass
class Installation:
    """One product on one stack."""

    folder: Path
    environment: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def start(self, name: str, *command: str) -> None:
        """Start one process; what it says goes to a file of its name."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start_web(self, name: str) -> None:
        port = self.ports.setdefault(name, free_port())
        self.start(name, *UVICORN.split(), "--port", str(port))

    def url(self, name: str) -> str:
        """The address of one web process."""
        return f"http://localhost:{self.ports[name]}"

    def wait_for_web(self, name: str) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.running[name].poll() is None:
            try:
                assert requests.get(self.url(name) + "/health/", timeout=5).ok
            except requests.ConnectionError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(f"{name} does not start:\n{self.said(name)}")

    def kill(self, name: str) -> None:
        """End a process as a power cut does."""
        process = self.running.pop(name)
        process.kill()
        process.wait()

    def interrupt(self, name: str, seconds: float) -> int:
        """Press Ctrl-C; gives the exit code."""
        process = self.running.pop(name)
        process.send_signal(signal.SIGINT)
        return process.wait(timeout=seconds)

    def stop(self) -> None:
        for process in self.running.values():
            process.kill()
        for process in self.running.values():
            process.wait()

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()


@contextmanager
def installed(folder: Path, gateway: Gateway, **environment: str) -> Iterator[Installation]:
    """An installation with a filled database and no process yet, gone at the end of the block."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    port = free_port()
    installation = Installation(
        folder,
        ports={"web": port},
        environment=kept
        | {
            "SECRET_KEY": SECRET,
            "DJANGO_SETTINGS_MODULE": "permanence.settings",
            "PERMANENCE_VAR_DIR": str(folder / "var"),
            "PUBLIC_BASE_URL": f"http://localhost:{port}",
            "TELEPHONY": "interpreter",
            "TWILIO_API_BASE": gateway.url,
            "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
            "LOG_LEVEL": "WARNING",
        }
        | environment,
    )
    installation.start("prepare", "tests.two_ways.prepare")
    assert installation.running.pop("prepare").wait(timeout=90) == 0, installation.said("prepare")
    try:
        yield installation
    finally:
        installation.stop()


@contextmanager
def own_database(url: str, name: str) -> Iterator[str]:
    """A new database on the run's PostgreSQL; gives its address."""
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        yield url.rpartition("/")[0] + f"/{name}"
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def open_to_the_test(database: dict[str, Any]) -> Iterator[str]:
    """Let the test's thread look into another database; gives its alias."""
    connections.settings[ALIAS] = settings.DATABASES["default"] | database
    connection = connections[ALIAS]

    def ensure_connection() -> None:
        # Django's own, without the suite's guard against databases that a test did not ask for.
        if connection.connection is None:
            with connection.wrap_database_errors:
                connection.connect()

    connection.ensure_connection = ensure_connection  # type: ignore[method-assign]
    try:
        yield ALIAS
    finally:
        connection.close()
        del connections[ALIAS]
        del connections.settings[ALIAS]
