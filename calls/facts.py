"""What the calls app tells the apps above it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class CallRang:
    """A line rang: a call exists."""

    call_id: int
    call_uuid: UUID
    client_uuid: UUID


@dataclass(frozen=True)
class CallAnswered:
    """Somebody picked up."""

    call_id: int
    call_uuid: UUID
    client_uuid: UUID
    user_id: int | None


@dataclass(frozen=True)
class CallEnded:
    """The contact is over and has its ending; `user_id` is who of ours had answered it."""

    call_id: int
    call_uuid: UUID
    client_uuid: UUID
    ending: str
    user_id: int | None


@dataclass(frozen=True)
class PresenceChanged:
    """Somebody came to her desk, left it, or paused."""

    user_id: int
    state: str
    at: datetime


@dataclass(frozen=True)
class VoicemailLeft:
    """A caller left words on the machine; its sound may still be at the operator's."""

    call_id: int
    call_uuid: UUID
    client_uuid: UUID
    recording_id: int
