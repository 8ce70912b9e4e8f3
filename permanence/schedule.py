"""What Celery beat wakes, and how often. Each is a sweep: a missed one is made up by the next."""

from typing import Any

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep deliveries": {"task": "messages_app.tasks.sweep", "schedule": 5.0},
    "send digests": {"task": "messages_app.tasks.send_digests", "schedule": 30.0},
    "sweep appointments' notices": {
        "task": "messages_app.tasks.sweep_notices",
        "schedule": 20.0,
    },
    "sweep slots held": {"task": "agenda.tasks.sweep_holds", "schedule": 5.0},
    "end what waited too long": {"task": "agenda.tasks.expire_waiting", "schedule": 3600.0},
    "settle silent calls": {"task": "calls.tasks.settle_silent_calls", "schedule": 60.0},
    "offer waiting calls": {"task": "calls.tasks.offer_waiting_calls", "schedule": 5.0},
    "send away who is gone": {"task": "calls.tasks.send_gone_away", "schedule": 10.0},
    "sweep recordings": {"task": "calls.tasks.sweep_recordings", "schedule": 10.0},
    "note hand-overs": {"task": "clients.tasks.note_covers", "schedule": 10.0},
    "give telephones back": {"task": "calls.tasks.end_old_stand_ins", "schedule": 30.0},
    # Hourly, because beat counts from its start: one computer may be off at any given hour.
    "purge calls": {"task": "calls.tasks.purge_calls", "schedule": 3600.0},
    "purge words": {"task": "messages_app.tasks.purge_words", "schedule": 3600.0},
    "purge appointments": {"task": "agenda.tasks.purge_appointments", "schedule": 3600.0},
    "purge audit": {"task": "clients.tasks.purge_audit", "schedule": 3600.0},
    "purge hand-overs": {"task": "clients.tasks.purge_covers", "schedule": 3600.0},
    "purge rosters": {"task": "clients.tasks.purge_rosters", "schedule": 3600.0},
    "forget people": {"task": "messages_app.tasks.forget_people", "schedule": 3600.0},
}
