"""Reads what an exchange tells, as Zammad documents it: JSON or a form, numbers without a plus.

Source: zammad-documentation ca3d14b, "Generic CTI"; cti_controller.rb. Keys that begin with x_ are
ours and optional.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

# What Zammad documents; exchanges that tell more of a call (hold, transfer…) may do so.
DOCUMENTED = ("newCall", "answer", "hangup")
LONGEST_TEXT = 200
MOST_KEYS = 40
# A leg's column is 64 wide, and each assistant's path adds to it.
LONGEST_ID = 40
# An exchange's clock is believed so far from ours.
BELIEVED = timedelta(hours=24)
CLOCK = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,2}):)?(\d{1,6})")
# What becomes of a leg, in the words of the operator that the rest of the house knows.
ENDS = {
    "normalClearing": "completed",
    "busy": "busy",
    "cancel": "canceled",
    "noAnswer": "no-answer",
    "congestion": "failed",
    "notFound": "failed",
    "forwarded": "completed",
}
# With these there was nobody left to ring, however soon it was over.
NOBODY_LEFT = ("busy", "noAnswer", "congestion", "notFound", "forwarded")


class Unreadable(ValueError):
    """What an exchange told can't be taken; the text is the answer's."""


@dataclass(frozen=True)
class CtiEvent:
    """One thing told. `people` are words for who talks: numbers, addresses, names.

    `direction` may be empty where the event is none of DOCUMENTED.
    `seconds` is how long both talked, told at the end by who tells of nothing earlier.
    """

    name: str
    call_id: str
    direction: str
    from_: str = ""
    to: str = ""
    cause: str = ""
    key: str = ""
    at: datetime | None = None
    seconds: int = 0
    people: Sequence[str] = ()
    form: Mapping[str, Any] = field(default_factory=dict)


def read_event(request: HttpRequest, now: datetime) -> CtiEvent:
    """Give what a request tells; raises Unreadable."""
    form = _form_of(request)
    call_id, name = _text(form, "callId"), _text(form, "event")
    direction = _text(form, "direction")
    if direction not in ("in", "out") and (direction or name in ("", *DOCUMENTED)):
        raise Unreadable("Invalid direction!")
    if not call_id or not name:
        raise Unreadable("Missing event or callId!")
    return CtiEvent(
        name=name[:40],
        call_id=call_id if len(call_id) <= LONGEST_ID else _digest(call_id),
        direction=direction,
        from_=_text(form, "from"),
        to=_text(form, "to"),
        cause=_text(form, "cause"),
        key=_text(form, "x_event_id")[:64] or name[:40],
        at=_instant(_text(form, "x_at"), now),
        seconds=_seconds(_text(form, "x_seconds")),
        people=[*_texts(form, "answeringNumber"), *_texts(form, "user"), *_texts(form, "caller")],
        form=form,
    )


def _form_of(request: HttpRequest) -> dict[str, Any]:
    if request.content_type == "application/json":
        return _cleaned(_json_of(request.body))
    lists = {name.removesuffix("[]"): values for name, values in request.POST.lists()}
    return _cleaned({name: one[0] if len(one) == 1 else one for name, one in lists.items()})


def _json_of(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("Invalid JSON!") from error
    if not isinstance(read, dict):
        raise Unreadable("Invalid JSON!")
    return {str(name).removesuffix("[]"): value for name, value in read.items()}


def _cleaned(form: Mapping[str, Any]) -> dict[str, Any]:
    """Keep texts and lists of texts, of a bounded length, without what no table can keep."""
    kept = list(form.items())[:MOST_KEYS]
    return {
        _clean(name): [_clean(one) for one in value[:MOST_KEYS]]
        if isinstance(value, list)
        else _clean(value)
        for name, value in kept
    }


def _clean(value: object) -> str:
    text = "" if value is None or isinstance(value, dict) else str(value)
    return text.encode("utf-8", "ignore").decode().replace("\0", "")[:LONGEST_TEXT].strip()


def _text(form: Mapping[str, Any], name: str) -> str:
    return next(iter(_texts(form, name)), "")


def _texts(form: Mapping[str, Any], name: str) -> list[str]:
    value = form.get(name, "")
    return [one for one in (value if isinstance(value, list) else [value]) if one]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:LONGEST_ID]


def _instant(text: str, now: datetime) -> datetime | None:
    """The exchange's own instant, where it is one and near enough to be believed."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    if instant.tzinfo is None or abs(instant - now) > BELIEVED:
        return None
    return min(instant, now)


def _seconds(text: str) -> int:
    """Read « 75 » or « 0:01:15 », up to a day; nothing readable is 0."""
    found = CLOCK.fullmatch(text)
    if found is None:
        return 0
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return min(hours * 3600 + minutes * 60 + seconds, int(BELIEVED.total_seconds()))


def path_of(event: CtiEvent, word: str) -> str:
    """Name an assistant's own path of a call."""
    return f"{event.call_id}#{hashlib.sha256(word.encode()).hexdigest()[:16]}"
