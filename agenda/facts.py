"""What the agenda tells the apps above it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True)
class _OfAppointment:
    appointment_id: int
    appointment_uuid: UUID
    client_uuid: UUID
    calendar_uuid: UUID
    side: str
    by_id: int | None
    at: datetime


@dataclass(frozen=True)
class AppointmentBooked(_OfAppointment):
    """A slot was given to somebody."""


@dataclass(frozen=True)
class AppointmentMoved(_OfAppointment):
    """An appointment changed its moment or its calendar; `from_starts_at` is where it was."""

    from_starts_at: datetime


@dataclass(frozen=True)
class AppointmentCancelled(_OfAppointment):
    """An appointment no longer stands."""


@dataclass(frozen=True)
class AppointmentRestored(_OfAppointment):
    """A cancelled appointment stands again, as before."""


@dataclass(frozen=True)
class AppointmentConfirmed(_OfAppointment):
    """The person said that she will come."""


@dataclass(frozen=True)
class AppointmentMarked(_OfAppointment):
    """Somebody said whether the person came: `status` is booked, came or no_show."""

    status: str


@dataclass(frozen=True)
class AbsenceChanged:
    """Time was blocked, or given back."""

    absence_id: int
    absence_uuid: UUID
    client_uuid: UUID
    calendar_uuid: UUID
    lifted: bool


@dataclass(frozen=True)
class HolidaysChanged:
    """A calendar opens or closes on public holidays; no days named means any."""

    client_uuid: UUID
    calendar_uuid: UUID
    days: tuple[date, ...]


@dataclass(frozen=True)
class HoldChanged:
    """Somebody holds a slot while she talks, or lets it go."""

    client_uuid: UUID
    calendar_uuid: UUID
    holder_id: int
