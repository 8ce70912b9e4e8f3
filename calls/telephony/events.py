"""What any operator says of a telephone path, in one form."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class ProviderEvent:
    """One event of one leg.

    `key` makes it unique: the provider's sequence number, or a digest of the body. `seconds` is how
    long the leg talked, known at its end. `endpoint_uuid` is empty on the caller's own leg,
    `third_number` on every leg but a third person's.
    """

    provider: str
    leg_id: str
    status: str
    key: str
    at: datetime
    seconds: int | None = None
    endpoint_uuid: str = ""
    third_number: str = ""
    form: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ProviderRecording:
    """A recording that the provider holds; `is_ready` where it says that it can be fetched."""

    provider: str
    recording_id: str
    seconds: int
    is_ready: bool
