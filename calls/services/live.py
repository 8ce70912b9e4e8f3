"""Tells open screens that a call changed."""

from calls.models import Call
from core.live import client_group, publish


def publish_call(call: Call) -> None:
    """Send the hint to every screen that shows this client."""
    client = call.client
    publish(
        client_group(client.uuid),
        "call.changed",
        client=str(client.uuid),
        call=str(call.uuid),
        state=call.state,
    )
