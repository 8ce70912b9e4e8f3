"""What is backed up comes back whole, on both databases, and never over somebody's data."""

from __future__ import annotations

import os
import stat
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections
from pytest_django import Settings

from agenda.models import Appointment
from clients.models import User
from permanence.backup import BackupRefused, back_up, restore
from tests.agenda.factories import make_calendar
from tests.agenda.rows import make_row
from tests.factories import make_assistant, make_client, make_correspondent, make_line
from tests.house import our_models
from tests.services.postgres import find_binaries
from tests.two_ways.installation import open_to_the_test, own_database

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def kept(transactional_db: None, settings: Settings, tmp_path: Path) -> Path:
    """An installation with people, an appointment and a stored file; gives its folder of files."""
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media" / "voicemail").mkdir(parents=True)
    (tmp_path / "media" / "voicemail" / "one.wav").write_bytes(b"RIFF")
    client = make_client()
    make_line(client)
    make_assistant(client, "lea")
    make_correspondent(client, number="+33639983456")
    calendar = make_calendar(client)
    make_row(calendar, "2026-11-24 09:00").save()
    return tmp_path / "media"


@pytest.fixture(autouse=True)
def _programs_of_this_server(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor == "postgresql":
        monkeypatch.setenv("PG_BIN", str(find_binaries()))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[str]:
    """An empty database of the same kind, as on a new machine; gives its alias."""
    if connection.vendor == "sqlite":
        with open_to_the_test({"NAME": str(tmp_path / "elsewhere.sqlite3")}) as alias:
            yield alias
        return
    name = f"elsewhere_{os.getpid()}"
    with (
        own_database(os.environ["DATABASE_URL"], name),
        open_to_the_test({"NAME": name}) as alias,
    ):
        yield alias


def rows(alias: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of ours."""
    return {
        model._meta.label: list(model._base_manager.using(alias).order_by("pk").values())
        for model in our_models()
    }


def test_a_backup_restored_elsewhere_holds_the_same_rows(tmp_path: Path, elsewhere: str) -> None:
    back_up(tmp_path / "backup.tar.gz", at=NOW)

    about = restore(tmp_path / "backup.tar.gz", using=elsewhere)

    assert rows(elsewhere) == rows("default")
    assert Appointment.objects.using(elsewhere).count() == 1
    assert about.made_at == "2026-11-23T08:00:00+00:00"


def test_a_restored_calendar_still_refuses_an_overlap(tmp_path: Path, elsewhere: str) -> None:
    back_up(tmp_path / "backup.tar.gz", at=NOW)
    restore(tmp_path / "backup.tar.gz", using=elsewhere)
    twin = Appointment.objects.using(elsewhere).get()
    twin.pk = None
    twin.uuid = type(twin)._meta.get_field("uuid").get_default()
    twin.block_starts_at += timedelta(minutes=5)

    with pytest.raises(IntegrityError):
        twin.save(using=elsewhere, force_insert=True)


def test_a_restored_database_goes_on_counting(tmp_path: Path, elsewhere: str) -> None:
    back_up(tmp_path / "backup.tar.gz", at=NOW)
    restore(tmp_path / "backup.tar.gz", using=elsewhere)

    new = User.objects.db_manager(elsewhere).create(email="new@tests.example", full_name="New")

    assert new.pk > max(User.objects.using("default").values_list("pk", flat=True))


def test_stored_files_come_back_and_what_came_after_is_gone(
    tmp_path: Path, elsewhere: str, kept: Path
) -> None:
    back_up(tmp_path / "backup.tar.gz", at=NOW)
    (kept / "voicemail" / "one.wav").unlink()
    (kept / "later.wav").write_bytes(b"later")

    restore(tmp_path / "backup.tar.gz", using=elsewhere)

    files = [path for path in kept.rglob("*") if path.is_file()]
    assert {path.relative_to(kept).as_posix(): path.read_bytes() for path in files} == {
        "voicemail/one.wav": b"RIFF"
    }


def test_a_database_that_holds_people_is_not_replaced_by_itself(tmp_path: Path) -> None:
    back_up(tmp_path / "backup.tar.gz", at=NOW)
    User.objects.update(full_name="Changed since")

    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", tmp_path / "backup.tar.gz")

    assert set(User.objects.values_list("full_name", flat=True)) == {"Changed since"}


def test_a_database_may_be_replaced_on_demand(tmp_path: Path, elsewhere: str) -> None:
    back_up(tmp_path / "backup.tar.gz", at=NOW)
    restore(tmp_path / "backup.tar.gz", using=elsewhere)
    User.objects.using(elsewhere).update(full_name="Changed since")
    with connections[elsewhere].cursor() as cursor:
        cursor.execute("CREATE TABLE of_a_later_version (id integer)")

    restore(tmp_path / "backup.tar.gz", replace=True, using=elsewhere)

    assert rows(elsewhere) == rows("default")
    assert "of_a_later_version" not in connections[elsewhere].introspection.table_names()


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_an_archive_whose_database_is_cut_short_leaves_what_was_there(
    tmp_path: Path, elsewhere: str, share: float
) -> None:
    back_up(tmp_path / "backup.tar.gz", at=NOW)
    restore(tmp_path / "backup.tar.gz", using=elsewhere)
    cut_the_database(tmp_path / "backup.tar.gz", share)

    with pytest.raises(BackupRefused):
        restore(tmp_path / "backup.tar.gz", replace=True, using=elsewhere)

    assert rows(elsewhere) == rows("default")


def test_a_load_that_fails_half_way_leaves_what_was_there(tmp_path: Path, elsewhere: str) -> None:
    if connection.vendor == "sqlite":
        return  # SQLite copies pages: no statement of the archive is run.
    back_up(tmp_path / "backup.tar.gz", at=NOW)
    restore(tmp_path / "backup.tar.gz", using=elsewhere)
    with connections[elsewhere].cursor() as cursor:
        # The archive makes tables; a view of the same name is not dropped, and stands in the way.
        cursor.execute("DROP TABLE clients_auditentry CASCADE")
        cursor.execute("CREATE VIEW clients_auditentry AS SELECT 1 AS one")

    with pytest.raises(BackupRefused, match="clients_auditentry"):
        restore(tmp_path / "backup.tar.gz", replace=True, using=elsewhere)

    assert User.objects.using(elsewhere).count() == User.objects.using("default").count()


def cut_the_database(archive: Path, share: float) -> None:
    """Keep the first part of the database in the archive, which stays a whole tar file."""
    folder = archive.parent / "opened"
    with tarfile.open(archive) as tar:
        tar.extractall(folder)
    database = next(folder.glob("database.*"))
    os.truncate(database, int(database.stat().st_size * share))
    with tarfile.open(archive, "w:gz") as tar:
        for file in folder.iterdir():
            tar.add(file, arcname=file.name)


def test_only_its_owner_reads_an_archive_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()

    call_command("backup", folder / "today.tar.gz", stdout=StringIO())

    assert [path.name for path in folder.iterdir()] == ["today.tar.gz"]
    assert stat.S_IMODE((folder / "today.tar.gz").stat().st_mode) == 0o600


def test_a_backup_that_fails_leaves_the_former_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "today.tar.gz"
    archive.write_bytes(b"the former")
    monkeypatch.setattr(tarfile.TarFile, "add", lambda *a, **k: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        back_up(archive, at=NOW)

    assert archive.read_bytes() == b"the former"


def test_a_file_that_is_no_archive_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"no archive")

    with pytest.raises(CommandError, match="can't be read as a backup"):
        call_command("restore", tmp_path / "photo.jpg", replace=True)


@pytest.mark.parametrize("name", ["../outside.txt", "/tmp/outside.txt"])
def test_an_archive_that_reaches_out_of_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as tar:
        tar.addfile(tarfile.TarInfo(name))

    with pytest.raises(BackupRefused, match="not one of ours"):
        restore(tmp_path / "bad.tar.gz", replace=True)


def test_a_missing_folder_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is no folder"):
        call_command("backup", tmp_path / "nowhere" / "today.tar.gz")


def test_an_archive_of_the_other_database_is_refused(tmp_path: Path, elsewhere: str) -> None:
    back_up(tmp_path / "backup.tar.gz", at=NOW)
    connections[elsewhere].vendor = "postgresql" if connection.vendor == "sqlite" else "sqlite"

    with pytest.raises(BackupRefused, match="restore it on the kind it comes from"):
        restore(tmp_path / "backup.tar.gz", replace=True, using=elsewhere)


def test_a_missing_pg_dump_is_named(
    tmp_path: Path, elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections[elsewhere].vendor = "postgresql"
    monkeypatch.setenv("PG_BIN", str(tmp_path))

    with pytest.raises(BackupRefused, match="pg_dump is missing: install"):
        back_up(tmp_path / "backup.tar.gz", at=NOW, using=elsewhere)
