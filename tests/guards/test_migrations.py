"""The migrations make the database that the models describe, and can be undone."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

from tests.house import APPS, our_models


def test_no_migration_is_missing(db: None) -> None:
    said = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=said)
    except SystemExit:
        pytest.fail(said.getvalue())


def test_every_migration_can_be_undone() -> None:
    loader = MigrationLoader(None)
    one_way = [
        f"{app}.{name}: {operation.describe()}"
        for (app, name), migration in loader.disk_migrations.items()
        if app in APPS
        for operation in migration.operations
        if not operation.reversible
    ]

    assert one_way == []


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_the_database_holds_every_constraint_of_the_model(
    db: None, model: type[models.Model]
) -> None:
    with connection.cursor() as cursor:
        held = connection.introspection.get_constraints(cursor, model._meta.db_table)

    declared = {constraint.name for constraint in model._meta.constraints}
    assert declared - set(held) == set()
