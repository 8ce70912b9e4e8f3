"""The wake-up call to the dispatcher: a hint, never the queue."""

from celery import current_app

from core.after_commit import after_commit

DISPATCH_TASK = "messages_app.tasks.dispatch"


def wake_after_commit(delivery_id: int) -> None:
    """Have the delivery looked at as soon as it is committed.

    A broker that is down loses the hint only: `core.after_commit` logs it, the sweep finds the row.
    """
    after_commit(wake, delivery_id)


def wake(delivery_id: int) -> None:
    """Tell some worker to look at the delivery now; by name, because tasks stand above services."""
    current_app.send_task(DISPATCH_TASK, kwargs={"delivery_id": delivery_id}, retry=False)
