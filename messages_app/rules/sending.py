"""What is handed to a gateway, and the four things that its answer can mean."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID


@dataclass(frozen=True)
class Envelope:
    """All that a gateway needs: the frozen text, the address, and until when it is worth sending.

    The same text may have gone to the same address under the gateway's `foreign_ids`, for another
    delivery: asked about this one, it must not answer with those.
    """

    delivery: UUID
    address: str
    text: str
    subject: str = ""
    html: str = ""
    sender: str = ""
    written_at: datetime | None = None
    claimed_at: datetime | None = None
    expires_at: datetime | None = None
    foreign_ids: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Accepted:
    """The gateway has taken it and named it."""

    provider_id: str


@dataclass(frozen=True)
class NotSent:
    """It certainly did not leave and may later; `stops_channel` when nothing else would leave."""

    code: str
    detail: str = ""
    retry_after: timedelta | None = None
    stops_channel: bool = False


@dataclass(frozen=True)
class Refused:
    """It certainly did not leave and never will by this channel to this address."""

    code: str
    detail: str = ""
    alarms: bool = False


@dataclass(frozen=True)
class Unknown:
    """It may have left: nothing is sent again before the gateway has been asked."""

    code: str
    detail: str = ""


SendResult = Accepted | NotSent | Refused | Unknown


@dataclass(frozen=True)
class Found:
    """The gateway knows it."""

    provider_id: str
    state: str
    code: str = ""


@dataclass(frozen=True)
class Absent:
    """The gateway answered, and has never seen it."""


@dataclass(frozen=True)
class CannotTell:
    """There is nobody to ask, or no answer."""

    detail: str = ""


LookUp = Found | Absent | CannotTell
