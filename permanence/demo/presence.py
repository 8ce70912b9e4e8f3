"""How people stand in the demonstration, and the calls that still wait for a word."""

from datetime import datetime, timedelta

from calls.models import Call, Presence
from clients.models import User

# Léa has not said what came of these, the latest of her day.
UNSAID = 3


def add_presence(lea: User, claire: User, now: datetime) -> None:
    """Léa takes calls, Claire is at lunch."""
    Presence.objects.create(
        user=lea, state=Presence.State.AVAILABLE, since=now - timedelta(hours=2), seen_at=now
    )
    Presence.objects.create(
        user=claire,
        state=Presence.State.PAUSED,
        reason="lunch",
        since=now - timedelta(minutes=12),
    )


def leave_unsaid(lea: User) -> None:
    """Take the word off her last calls that led to no message: the desk asks for it."""
    told = Call.objects.filter(answered_by=lea, messages=None, disposition="information")
    last = list(told.order_by("-started_at", "-pk").values_list("pk", flat=True)[:UNSAID])
    Call.objects.filter(pk__in=last).update(disposition="")
