"""Celery's doors: ids in, one service call; whatever fails here, the sweep finds the row."""

from celery import shared_task
from django.utils import timezone

from messages_app.services import digests
from messages_app.services import dispatch as dispatching
from messages_app.services import sweep as sweeping


@shared_task(name="messages_app.tasks.dispatch")
def dispatch(*, delivery_id: int) -> None:
    """Look at one delivery now."""
    dispatching.dispatch(delivery_id=delivery_id)


@shared_task(name="messages_app.tasks.sweep")
def sweep() -> None:
    """Find what is stuck."""
    sweeping.sweep()


@shared_task(name="messages_app.tasks.send_digests")
def send_digests() -> None:
    """Gather the digests whose time has come."""
    digests.send_digests(at=timezone.now())
