"""What happens between people who answer, told to whoever permanence.wiring names."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class CoverBegan:
    """From now on the deputy answers."""

    cover_id: int
    at: datetime


@dataclass(frozen=True)
class CoverEnded:
    """The principal answers again."""

    cover_id: int
    at: datetime
