"""A slot's name, as forms carry it, and back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agenda.models import Calendar
from agenda.queries import calendars_of
from clients.models import Client
from core.days import written_instant


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
    starts_at = written_instant(instant)
    try:
        calendar = calendars_of(client).select_related("client").filter(uuid=UUID(uuid)).first()
    except ValueError:
        return None
    return WantedSlot(calendar, starts_at) if calendar and starts_at else None
