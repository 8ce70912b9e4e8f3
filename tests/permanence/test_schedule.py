"""What beat wakes exists."""

from __future__ import annotations

import pytest

from permanence.celery import app
from permanence.schedule import BEAT_SCHEDULE


@pytest.mark.parametrize("name", sorted(entry["task"] for entry in BEAT_SCHEDULE.values()))
def test_what_is_scheduled_is_a_task(name: str) -> None:
    app.loader.import_default_modules()

    assert name in app.tasks


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        "agenda.tasks.purge_appointments",
        "calls.tasks.purge_calls",
        "clients.tasks.purge_audit",
        "clients.tasks.purge_rosters",
        "messages_app.tasks.forget_people",
        "messages_app.tasks.purge_words",
    ],
)
def test_every_purge_runs_on_an_empty_house(name: str) -> None:
    app.loader.import_default_modules()

    app.tasks[name]()

    assert name in {entry["task"] for entry in BEAT_SCHEDULE.values()}
