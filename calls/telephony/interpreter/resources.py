"""What all REST resources share: forms, errors, dates and lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

Body = dict[str, object]
Item = TypeVar("Item")
API = "/2010-04-01"


class ApiError(Exception):
    """A refusal with its HTTP status and Twilio's code."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code

    def body(self) -> Body:
        return {
            "code": self.code,
            "message": str(self),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


class Form:
    """Request parameters; a repeated one is a list."""

    def __init__(self, values: Mapping[str, str | list[str]]) -> None:
        self._values = values

    def one(self, name: str, default: str = "") -> str:
        value = self._values.get(name, default)
        return (value[-1] if value else default) if isinstance(value, list) else value

    def all(self, name: str) -> list[str]:
        value = self._values.get(name, [])
        return value if isinstance(value, list) else [value]

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.one(name)
        return value.lower() == "true" if value else default

    def number(self, name: str, default: int) -> int:
        value = self.one(name)
        return int(value) if value.isdigit() else default

    def has(self, name: str) -> bool:
        return name in self._values

    def flat(self) -> dict[str, str]:
        return {name: self.one(name) for name in self._values}


def not_found(path: str) -> ApiError:
    return ApiError(404, 20404, f"The requested resource {path} was not found")


def instant(value: datetime | None) -> str | None:
    """RFC 2822, as the 2010 API writes its dates."""
    return None if value is None else format_datetime(value)


def matches(value: datetime | None, name: str, form: Form) -> bool:
    """Whether an instant satisfies `Name`, `Name>` and `Name<`; days count as whole days."""
    tests: tuple[tuple[str, Callable[[Any, Any], bool]], ...] = (
        ("", lambda ours, asked: ours.date() == asked.date()),
        (">", lambda ours, asked: ours >= asked),
        ("<", lambda ours, asked: ours <= asked),
    )
    for suffix, test in tests:
        asked = form.one(name + suffix)
        if asked and (value is None or not test(value, _read(asked))):
            return False
    return True


def _read(text: str) -> datetime:
    if len(text) == 10:
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def page_of(
    key: str, items: Iterable[Item], show: Callable[[Item], Body], form: Form, uri: str
) -> Body:
    """One page of a list, newest first as given, with the links to its neighbours."""
    everything = list(items)
    size = max(1, min(1000, form.number("PageSize", 50)))
    page = form.number("Page", 0)
    start = page * size
    shown = everything[start : start + size]

    def link(number: int) -> str:
        kept = {k: v for k, v in form.flat().items() if k not in ("Page", "PageSize")}
        return uri + "?" + urlencode(kept | {"PageSize": str(size), "Page": str(number)})

    return {
        key: [show(item) for item in shown],
        "page": page,
        "page_size": size,
        "start": start,
        "end": max(start, start + len(shown) - 1),
        "uri": link(page),
        "first_page_uri": link(0),
        "next_page_uri": link(page + 1) if start + size < len(everything) else None,
        "previous_page_uri": link(page - 1) if page else None,
    }
