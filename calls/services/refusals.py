"""Keeps a trace of what was turned away."""

from datetime import datetime

from calls.models import WebhookRefusal


def record_refusal(
    *, reason: str, path: str, at: datetime, called: str, caller: str, address: str | None
) -> WebhookRefusal:
    """Keep one refused request; what strangers may send is cut to the column's length."""
    return WebhookRefusal.objects.create(
        reason=reason,
        path=path[:300],
        at=at,
        called=called[:60],
        caller=caller[:60],
        address=address or None,
    )
