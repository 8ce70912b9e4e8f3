"""Starts the database and the broker of the test run, before Django reads its settings.

A pytest plugin, loaded with `-p tests.services`. PERMANENCE_TEST_STACK chooses: `sqlite` (default)
is a file and everything else in memory; `postgres` is PostgreSQL with Redis or Valkey, both private
to this run and gone with it. What stands in the environment already is never used: it could be
somebody's real data.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tests.services import kept, postgres, valkey

STACKS = ("sqlite", "postgres")


def start(stack: str) -> None:
    """Start the stack's services and put their addresses in the environment."""
    if stack not in STACKS:
        raise SystemExit(f"PERMANENCE_TEST_STACK is {stack!r}: choose one of {', '.join(STACKS)}.")
    folder = Path(tempfile.mkdtemp(prefix="permanence-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(kept.let_go)
    var = folder / "var"
    var.mkdir()
    os.environ["PERMANENCE_VAR_DIR"] = str(var)
    os.environ["DATABASE_URL"] = f"sqlite:///{folder}/tests.sqlite3"
    os.environ["REDIS_URL"] = ""
    if stack == "postgres":
        os.environ["DATABASE_URL"] = postgres.start(folder)
        os.environ["REDIS_URL"] = valkey.start(folder)


def separate(worker: str) -> None:
    """Give one of several processes of the run its own numbered database of the broker.

    Its SQL database is set apart by pytest-django.
    """
    address = os.environ["REDIS_URL"]
    if address:
        number = int(worker.removeprefix("gw")) + 1
        os.environ["REDIS_URL"] = address.rpartition("/")[0] + f"/{number}"


_worker = os.environ.get("PYTEST_XDIST_WORKER")
if _worker:
    separate(_worker)
else:
    start(os.environ.get("PERMANENCE_TEST_STACK", "sqlite"))
