"""A slot's name, as forms carry it, and back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agenda.models import Calendar
from agenda.queries import calendars_of
from clients.models import Client


@dataclass(frozen=True)
class WantedSlot:
    """A moment of a calendar that somebody wants."""

    calendar: Calendar
    starts_at: datetime


def slot_name(calendar: str, starts_at: datetime) -> str:
    """Name a slot in forms and addresses: its calendar and its instant."""
    return f"{calendar}@{starts_at:%Y-%m-%dT%H:%M:%S%z}"


def wanted_slot(client: Client, name: str) -> WantedSlot | None:
    """Read a slot's name; None for a calendar of nobody's, or of another client's."""
    uuid, _at, instant = name.partition("@")
    try:
        calendar = calendars_of(client).select_related("client").filter(uuid=UUID(uuid)).first()
        starts_at = datetime.fromisoformat(instant)
    except ValueError:
        return None
    if calendar is None or starts_at.tzinfo is None:
        return None
    return WantedSlot(calendar, starts_at)
