"""From what is typed in a face to its draft, and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

FACES = ("appointment", "message", "emergency")
SEVERAL = frozenset({"signs"})


def draft_fields(face: str, typed: QueryDict) -> dict[str, Any]:
    """Give what a face holds, as its draft keeps it: a wall-clock time becomes an instant."""
    fields: dict[str, Any] = {
        name: typed.getlist(name) if name in SEVERAL else value
        for name, value in typed.items()
        # What the caller wishes is kept apart: it is nobody's unfinished work.
        if name != "csrfmiddlewaretoken" and not name.startswith("wish_")
    }
    if face == "message" and fields.get("deadline_at"):
        fields["deadline_at"] = instant_text(fields["deadline_at"])
    return fields


def instant_text(written: str) -> str:
    """The ISO instant of a wall-clock time in the current zone; half-typed times as they are."""
    try:
        naive = parse_datetime(written)
    except ValueError:
        return written
    if naive is None or naive.tzinfo is not None:
        return written
    return timezone.make_aware(naive).isoformat()


def initial_of(draft: Mapping[str, Any]) -> dict[str, Any]:
    """Give a form's initial values from a draft."""
    initial = dict(draft)
    if initial.get("deadline_at"):
        initial["deadline_at"] = _instant(str(initial["deadline_at"]))
    return initial


def _instant(written: str) -> datetime | str:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return written
