"""The agenda app: slots, absences and appointments."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AgendaConfig(AppConfig):
    """Registers the app, and puts SQLite's overlap guard back after every migrate."""

    name = "agenda"
    verbose_name = _("Agenda")

    def ready(self) -> None:
        post_migrate.connect(_restore_overlap_guard, sender=self, dispatch_uid="overlap-guard")


def _restore_overlap_guard(*, using: str, **_kwargs: Any) -> None:
    """Reinstall the triggers: altering a table on SQLite rebuilds it and drops them silently."""
    from agenda.overlap_guard import TABLE, install_triggers

    connection = connections[using]
    if connection.vendor == "sqlite" and TABLE in connection.introspection.table_names():
        install_triggers(connection)
