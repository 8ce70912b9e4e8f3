"""Starts a server under a keeper, which ends it when this process has ended."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

KEEPER = Path(__file__).with_name("keeper.py")
PATIENCE_SECONDS = 30
# Held until this process ends: their other ends are what the keepers watch.
_keepers: list[subprocess.Popen[bytes]] = []


def keep(command: list[str], *, home: Path, user: str, answers: Callable[[], bool]) -> None:
    """Run a server in its folder until this process ends; returns once it answers."""
    with (home / "log").open("wb") as log:
        keeper = subprocess.Popen(
            [sys.executable, str(KEEPER), str(home), user, *command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for pytest
        )
    _keepers.append(keeper)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and keeper.poll() is None:
        if answers():
            return
        time.sleep(0.05)
    raise SystemExit(f"{command[0]} does not start:\n{(home / 'log').read_text()}")


def let_go() -> None:
    """End the servers now, and wait for it."""
    for keeper in _keepers:
        assert keeper.stdin is not None
        keeper.stdin.close()
        keeper.wait(timeout=30)
