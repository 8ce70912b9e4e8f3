"""Records the jobs that are asked for, instead of handing them to a broker."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from celery import Celery
from celery.app.task import Task


@dataclass(frozen=True)
class WakeUp:
    """One job that was asked for."""

    task: str
    kwargs: dict[str, Any] = field(default_factory=dict)
    args: tuple[Any, ...] = ()
    countdown: float = 0


@contextlib.contextmanager
def record_wake_ups() -> Iterator[list[WakeUp]]:
    """Give the list that fills with the jobs asked for until the end of the block."""
    recorded: list[WakeUp] = []

    def apply_async(task: Any, args: Any = None, kwargs: Any = None, **_options: Any) -> None:
        recorded.append(WakeUp(task.name, dict(kwargs or {}), tuple(args or ())))

    def send_task(
        _app: Any, name: str, args: Any = None, kwargs: Any = None, **options: Any
    ) -> None:
        countdown = options.get("countdown", 0)
        recorded.append(WakeUp(name, dict(kwargs or {}), tuple(args or ()), countdown))

    with (
        mock.patch.object(Task, "apply_async", apply_async),
        mock.patch.object(Celery, "send_task", send_task),
    ):
        yield recorded
