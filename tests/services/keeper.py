"""Keeps one server for as long as the run lives, and ends it however the run ends.

    python keeper.py HOME USER COMMAND…

The run holds the other end of the standard input: when it ends, killed or not, the input ends too.
Then the server is ended and its folder HOME removed. The server runs as USER, if one is given.
"""

from __future__ import annotations

import pwd
import shutil
import signal
import subprocess
import sys
import threading
from typing import Any


def identity(user: str) -> dict[str, Any]:
    """What makes a program run as this user; nothing for an empty name."""
    if not user:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def keep(home: str, user: str, command: list[str]) -> None:
    """Run the command until the standard input ends."""
    server = subprocess.Popen(command, cwd=home, stdin=subprocess.DEVNULL, **identity(user))
    wanted = threading.Event()
    threading.Thread(target=read_to_end, args=(wanted, server), daemon=True).start()
    server.wait()
    if wanted.is_set():
        shutil.rmtree(home, ignore_errors=True)


def read_to_end(wanted: threading.Event, server: subprocess.Popen[bytes]) -> None:
    """End the server when the run has ended; one that ends by itself leaves its log behind."""
    sys.stdin.buffer.read()
    wanted.set()
    server.send_signal(signal.SIGINT)


if __name__ == "__main__":
    keep(sys.argv[1], sys.argv[2], sys.argv[3:])
