"""Why each personal field is kept, and for how long.

A model names its text-like fields in `personal` or in `impersonal`; a test fails on one that stands
in neither. Source of the duty: GDPR art. 5(1)(c) and (e) (minimisation, storage limitation) and
art. 30 (records of processing).
"""

from dataclasses import dataclass
from datetime import timedelta

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Personal:
    """A field with personal data: the reason for keeping it, and the period after its last use."""

    reason: str
    keep: timedelta
