"""Whose telephone rings for a call at this moment, from what is kept of its plan."""

from collections.abc import Mapping
from typing import Any


def rung_person(routing: Mapping[str, Any]) -> int | None:
    """Name the person of the step that was tried last, None where it rings nobody of ours."""
    tried = routing.get("tried") or []
    steps = routing.get("steps") or []
    index = tried[-1]["index"] if tried else -1
    if routing.get("exhausted") or not 0 <= index < len(steps):
        return None
    person: int | None = steps[index].get("user_id")
    return person
