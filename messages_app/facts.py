"""What happens to messages, told to whoever permanence.wiring names."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class MessageNoted:
    message_id: int
    message_uuid: UUID
    client_uuid: UUID


@dataclass(frozen=True)
class MessageAcknowledged:
    message_id: int
    message_uuid: UUID
    client_uuid: UUID


@dataclass(frozen=True)
class RelayExhausted:
    """Nobody has acknowledged although every automatic step is done."""

    relay_id: int
    message_uuid: UUID
    client_uuid: UUID
