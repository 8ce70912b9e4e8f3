"""Makes a day on which a promise is broken as small as it goes, and prints it to be told again."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from tests.calls.days.day import Day

# After so many seconds of trying the smallest day so far is told.
PATIENCE = 240.0
OURS = Path(__file__).resolve().parents[3]

# What goes wrong on a day; empty where nothing does.
Fault = Callable[[Day], str]


def fault_of(live: Callable[[Day], object]) -> Fault:
    """Name the fault by its kind and by the lines of ours that it came through last."""

    def fault(day: Day) -> str:
        try:
            live(day)
        except Exception as error:  # noqa: BLE001  Whatever is raised is what goes wrong.
            return f"{type(error).__name__} in {_where(error)}"
        return ""

    return fault


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        one for one in frames if OURS in Path(one.filename).parents and ".venv" not in one.filename
    ]
    return f"{Path(ours[-1].filename).name} {ours[-1].name}" if ours else "?"


def smallest(day: Day, fault: Fault, patience: float = PATIENCE) -> Day:
    """Give the smallest day found that has the same fault."""
    until, wanted = time.monotonic() + patience, fault(day)

    def is_same(smaller: Day) -> bool:
        return time.monotonic() < until and fault(smaller) == wanted

    before = None
    while wanted and day != before and time.monotonic() < until:
        before = day
        day = _simplified(_thinned(day, is_same), is_same)
    return day


def _thinned(day: Day, is_same: Callable[[Day], bool]) -> Day:
    """Leave out large parts of the day's lists first, then single events."""
    for share in (1, 2, 4, 8, 16, 1000):
        for name in _lists_of(day):
            start = 0
            while start < len(events := getattr(day, name)):
                size = max(1, len(events) // share)
                smaller = _with(day, name, _without(events, start, start + size))
                if is_same(smaller):
                    day = smaller
                else:
                    start += size
    return day


def _simplified(day: Day, is_same: Callable[[Day], bool]) -> Day:
    """Let things be as usual, one by one."""
    found: Day | None = day
    while found is not None:
        day = found
        found = next(filter(is_same, _simpler_days(day)), None)
    return day


def _lists_of(day: Day) -> list[str]:
    return [one.name for one in fields(day) if isinstance(getattr(day, one.name), tuple)]


def _with(day: Day, name: str, value: Any) -> Day:
    changed: dict[str, Any] = {name: value}
    return replace(day, **changed)


def _without(events: tuple[Any, ...], start: int, end: int) -> tuple[Any, ...]:
    """Leave some out; what comes after them comes when it came before."""
    left_out, after = events[start:end], events[end:]
    if after:
        waits = sum(one.gap for one in left_out)
        after = (replace(after[0], gap=after[0].gap + waits), *after[1:])
    return events[:start] + after


def _simpler_days(day: Day) -> Iterator[Day]:
    for name in ("duplicate", "lose", "late", "cut"):
        if getattr(day, name):
            yield _with(day, name, 0.0)
    for name in _lists_of(day):
        for less in _with_a_simpler_one(getattr(day, name)):
            yield _with(day, name, less)


def _with_a_simpler_one(events: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    for nth, event in enumerate(events):
        for simpler in _simpler(event):
            yield (*events[:nth], simpler, *events[nth + 1 :])


def _simpler(event: Any) -> Iterator[Any]:
    """Give an event with one thing as it usually is, or without one of its acts."""
    for one in fields(event):
        value = getattr(event, one.name)
        if isinstance(value, tuple):
            for nth in range(len(value)):
                yield replace(event, **{one.name: value[:nth] + value[nth + 1 :]})
        elif is_dataclass(value):
            for simpler in _simpler(value):
                yield replace(event, **{one.name: simpler})
        elif one.name != "gap" and value != one.default:
            yield replace(event, **{one.name: one.default})


def told_again(day: Day) -> str:
    """Print a day as what makes it anew, without what is as usual."""
    return f"live({_literal(day)})"


def _literal(value: Any) -> str:
    if isinstance(value, tuple):
        return "(" + "".join(f"{_literal(one)}, " for one in value) + ")"
    if not is_dataclass(value):
        return repr(value)
    given = [
        f"{one.name}={_literal(getattr(value, one.name))}"
        for one in fields(value)
        if getattr(value, one.name) != one.default
    ]
    return f"{type(value).__name__}({', '.join(given)})"
