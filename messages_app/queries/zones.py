"""The clock that a client lives by."""

from zoneinfo import ZoneInfo

from clients.models import Client


def zone_of(client: Client) -> ZoneInfo:
    """The client's own time zone."""
    return ZoneInfo(client.timezone)
