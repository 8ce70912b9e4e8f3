"""The Celery application: jobs are only wake-ups, the tables are the queues."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_failure
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "permanence.settings")

app = Celery("permanence")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_failure.connect
def let_go_of_broken_connections(**_: Any) -> None:
    """After a task that failed, keep no database connection that broke with it."""
    for connection in connections.all(initialized_only=True):
        connection.close_if_unusable_or_obsolete()
