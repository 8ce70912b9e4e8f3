"""No two active appointments of a calendar overlap: PostgreSQL's constraint, SQLite's triggers."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from agenda import overlap_guard


def install(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    overlap_guard.install(schema_editor.connection)


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    overlap_guard.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("agenda", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
