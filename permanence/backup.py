"""One archive with all that an installation keeps: the database and the files of var/media.

The archive is a tar file: `about.json`, the database (`database.sqlite3`, or `database.dump` in
pg_dump's custom format), and `media/…`. Secrets are not in it: they stand in the environment.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

ABOUT, MEDIA = "about.json", "media"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
FORMAT = 1
PSQL = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction")


class BackupRefused(Exception):
    """The backup or the restoration can't be done; the text says what to mend."""


@dataclass(frozen=True)
class About:
    """What an archive says of itself."""

    vendor: str
    made_at: str
    format: int = FORMAT


def back_up(archive: Path, *, at: datetime, using: str = DEFAULT_DB_ALIAS) -> None:
    """Write the archive, readable by its owner only, while the product runs.

    An archive that stands there is replaced once the new one is complete.
    """
    connection = connections[using]
    with _folder_beside(archive) as folder:
        database = folder / DATABASES[connection.vendor]
        _dump(connection, database)
        about = About(vendor=connection.vendor, made_at=at.isoformat(timespec="seconds"))
        (folder / ABOUT).write_text(json.dumps(asdict(about)))
        _pack(folder, [folder / ABOUT, database], archive)


def restore(archive: Path, *, replace: bool = False, using: str = DEFAULT_DB_ALIAS) -> About:
    """Put the archive's database and files in place of this installation's, then migrate.

    Refused over a database that holds anybody, unless `replace`. No other process may run.
    """
    connection = connections[using]
    if not replace and holds_people(connection):
        raise BackupRefused(
            "This database is not empty: restoring would erase what it holds. Back it up first, "
            "then add --replace."
        )
    with _folder_beside(archive) as folder:
        about = _unpack(archive, folder)
        if about.vendor != connection.vendor:
            raise BackupRefused(
                f"The archive holds a {about.vendor} database and DATABASE_URL names "
                f"{connection.vendor}: restore it on the kind it comes from."
            )
        _load(connection, folder / DATABASES[about.vendor])
        _replace_media(folder / MEDIA)
    # Brings an older archive up to date, and on SQLite puts the overlap guard back in any case.
    call_command("migrate", interactive=False, verbosity=0, database=using)
    return about


def holds_people(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether somebody has an account here."""
    if "clients_user" not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM clients_user LIMIT 1")
        return cursor.fetchone() is not None


# ------------------------------------------------------------------------------------ the database


def _dump(connection: BaseDatabaseWrapper, file: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        _copy_sqlite(connection.connection, file)
    else:
        _run(connection, "pg_dump", "--format=custom", "--no-owner", f"--file={file}")


def _copy_sqlite(source: sqlite3.Connection, file: Path) -> None:
    """SQLite's online backup: a whole and consistent copy while others write."""
    with closing(sqlite3.connect(file)) as copy:
        source.backup(copy)


def _load(connection: BaseDatabaseWrapper, file: Path) -> None:
    if connection.vendor == "sqlite":
        _load_sqlite(connection, file)
    else:
        _load_postgres(connection, file)
    connection.close()


def _load_sqlite(connection: BaseDatabaseWrapper, file: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(file)) as copy:
        _check_sqlite(copy)
        copy.backup(connection.connection)


def _check_sqlite(copy: sqlite3.Connection) -> None:
    """A copy of a damaged file would be just as damaged: look at the whole of it first."""
    try:
        findings = [row[0] for row in copy.execute("PRAGMA quick_check")]
    except sqlite3.DatabaseError as error:
        findings = [str(error)]
    if findings != ["ok"]:
        raise BackupRefused(f"The archive's database is damaged: {findings[0]}")


def _load_postgres(connection: BaseDatabaseWrapper, file: Path) -> None:
    """Read the whole dump first, then drop and load in one transaction: all of it, or nothing."""
    dropping, loading = file.with_suffix(".drop.sql"), file.with_suffix(".sql")
    _run(connection, "pg_restore", "--no-owner", "--exit-on-error", f"--file={loading}", file)
    dropping.write_text(_drops(connection))
    # A connection of ours that still reads a table would make psql wait for ever.
    connection.close()
    _run(connection, "psql", *PSQL, f"--file={dropping}", f"--file={loading}")


def _drops(connection: BaseDatabaseWrapper) -> str:
    """The statements that drop every table, also those that the archive knows nothing of."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
    quoted = [connection.ops.quote_name(name) for name in names]
    return "".join(f"DROP TABLE IF EXISTS {name} CASCADE;\n" for name in quoted)


def _run(connection: BaseDatabaseWrapper, program: str, *arguments: str | Path) -> None:
    """Run one of PostgreSQL's own programs on this database."""
    command = [_postgres_program(program), *arguments]
    done = subprocess.run(
        command, env=_postgres_environment(connection), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupRefused(f"{program} failed: {done.stderr.strip()}")


def _postgres_program(name: str) -> str:
    """$PG_BIN, else the program on PATH."""
    folder = os.environ.get("PG_BIN")
    found = shutil.which(name, path=folder) if folder else shutil.which(name)
    if found is None:
        raise BackupRefused(
            f"{name} is missing: install PostgreSQL's client programs (on Debian and Ubuntu: "
            "sudo apt install postgresql-client), at least as new as the server, or name their "
            "folder in PG_BIN."
        )
    return found


def _postgres_environment(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """The password goes by the environment: arguments are for everybody on the machine to see."""
    names = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD"}
    wanted = connection.settings_dict
    given = {name: str(wanted[key]) for key, name in names.items() if wanted.get(key)}
    return os.environ | given | {"PGDATABASE": str(wanted["NAME"])}


# ------------------------------------------------------------------------------ files and archive


@contextmanager
def _folder_beside(archive: Path) -> Iterator[Path]:
    """A folder on the archive's own disk, for its owner only, gone afterwards."""
    if not archive.parent.is_dir():
        raise BackupRefused(f"{archive.parent} is no folder.")
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".permanence-") as name:
        yield Path(name)


def _pack(folder: Path, files: list[Path], archive: Path) -> None:
    unfinished = folder / "archive"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream, tarfile.open(fileobj=stream, mode="w:gz") as tar:
        for file in files:
            tar.add(file, arcname=file.name)
        if Path(settings.MEDIA_ROOT).is_dir():
            tar.add(settings.MEDIA_ROOT, arcname=MEDIA)
    unfinished.replace(archive)


def _unpack(archive: Path, folder: Path) -> About:
    try:
        with tarfile.open(archive) as tar:
            _check_members(tar)
            tar.extractall(folder)
        about = About(**json.loads((folder / ABOUT).read_text()))
    except (OSError, tarfile.TarError, EOFError, ValueError, TypeError) as error:
        raise BackupRefused(f"{archive} can't be read as a backup: {error}") from error
    if about.format != FORMAT or about.vendor not in DATABASES:
        raise BackupRefused(f"{archive} was made by another version: restore it with that one.")
    return about


def _check_members(tar: tarfile.TarFile) -> None:
    """Nothing of an archive may land outside the folder.

    Python 3.12 and later refuse it by the data filter; Debian 12's Python 3.11 has none.
    """
    tar.extraction_filter = getattr(tarfile, "data_filter", lambda member, path: member)
    for member in tar.getmembers():
        name = PurePosixPath(member.name)
        if name.is_absolute() or ".." in name.parts or not (member.isfile() or member.isdir()):
            raise BackupRefused(f"The archive is not one of ours: it holds {member.name}.")


def _replace_media(folder: Path) -> None:
    media = Path(settings.MEDIA_ROOT)
    if media.is_dir():
        shutil.rmtree(media)
    if folder.is_dir():
        media.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder, media)
