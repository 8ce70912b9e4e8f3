"""Tells open screens that a call or a line changed."""

from calls.models import Call
from clients.models import Line
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


def publish_line(line: Line) -> None:
    """Send the hint that a line does something else from now on, or from a day on."""
    client = line.client
    publish(client_group(client.uuid), "line.changed", client=str(client.uuid), line=str(line.uuid))
