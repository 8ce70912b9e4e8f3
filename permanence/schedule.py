"""What Celery beat wakes, and how often. Each is a sweep: a missed one is made up by the next."""

from typing import Any

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep deliveries": {"task": "messages_app.tasks.sweep", "schedule": 5.0},
    "send digests": {"task": "messages_app.tasks.send_digests", "schedule": 30.0},
    "settle silent calls": {"task": "calls.tasks.settle_silent_calls", "schedule": 60.0},
}
