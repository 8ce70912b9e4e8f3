"""What the operator is asked to do next with a caller."""

from collections.abc import Sequence
from dataclasses import dataclass

from clients.models import Endpoint


@dataclass(frozen=True)
class Move:
    """One step of a call's plan, with its place there and the telephones as they stand.

    `seconds` is how long it rings, waits or records. `text` is said in `language`.
    """

    index: int
    action: str
    seconds: int
    endpoints: Sequence[Endpoint] = ()
    numbers: Sequence[str] = ()
    text: str = ""
    language: str = "fr"
