"""What a check of the operator's account found, one sentence each that says what to do."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One sentence. `weight` is well, warning or wrong."""

    weight: str
    text: str
