"""Processes of their own that book the same moments at once, against the test's database.

Each keeps one connection. Orders are plain data: a spawned process knows no Django until it
has set it up itself.
"""

from __future__ import annotations

import multiprocessing
import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any
from unittest.mock import patch

RACERS = 8
READY = "ready"
PATIENCE = 120  # on a busy computer eight processes take their time to start


@dataclass(frozen=True)
class Attempt:
    """One booking to try in a round: the moment, and the motive by its id."""

    starts_at: datetime
    motive: int


@dataclass(frozen=True)
class Race:
    """What each racer does in each round, all at once.

    `naive` looks whether the moment is free, waits until all have looked, then writes, as a
    system without a lock does. `unlocked` books through the service with its lock taken out, and
    waits between its look and its writing.
    """

    calendar: int
    now: datetime
    rounds: list[list[Attempt]]
    naive: bool = False
    unlocked: bool = False


class Racers:
    """Eight processes ready to race."""

    def __init__(self, database_url: str) -> None:
        context = multiprocessing.get_context("spawn")
        # Kept: a barrier that nobody here refers to is gone before the racers find it.
        self._barrier = barrier = context.Barrier(RACERS)
        self._pipes: list[Connection] = []
        self._processes = []
        for number in range(RACERS):
            ours, theirs = context.Pipe()
            process = context.Process(
                target=_work, args=(number, theirs, barrier, database_url), daemon=True
            )
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)
        for pipe in self._pipes:
            assert self._answer(pipe) == READY

    def run(self, race: Race) -> list[list[str]]:
        """Return, for each racer and round, "booked" or the name of the exception."""
        for pipe in self._pipes:
            pipe.send(race)
        return [self._answer(pipe) for pipe in self._pipes]

    @staticmethod
    def _answer(pipe: Connection) -> Any:
        assert pipe.poll(PATIENCE), "a racer gave no answer"
        return pipe.recv()

    def stop(self) -> None:
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join(PATIENCE)


def _work(number: int, pipe: Connection, barrier: Barrier, database_url: str) -> None:
    os.environ["DATABASE_URL"] = database_url
    os.environ["REDIS_URL"] = ""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.db import connection

    pipe.send(READY)  # nobody waits at the barrier for one who is still being set up
    while (race := pipe.recv()) is not None:
        try:
            pipe.send([_round(race, attempts[number], barrier) for attempts in race.rounds])
        except Exception as error:  # noqa: BLE001  the parent shows it
            pipe.send([f"broken: {error!r}"])
        connection.close()


def _round(race: Race, attempt: Attempt, barrier: Barrier) -> str:
    from django.db import DatabaseError

    from agenda.services import AgendaRefusal

    barrier.wait(PATIENCE)
    how = _book_naively if race.naive else _book_unlocked if race.unlocked else _book
    try:
        how(race, attempt, barrier)
    except (AgendaRefusal, DatabaseError) as error:
        return type(error).__name__
    return "booked"


def _book(race: Race, attempt: Attempt, _barrier: Barrier) -> None:
    from agenda.models import Calendar, Motive
    from agenda.services import book_appointment

    book_appointment(
        calendar=Calendar.objects.get(pk=race.calendar),
        motive=Motive.objects.get(pk=attempt.motive),
        starts_at=attempt.starts_at,
        by=None,
        at=race.now,
    )


def _book_unlocked(race: Race, attempt: Attempt, barrier: Barrier) -> None:
    from agenda.services import booking

    look = booking._refusals

    def look_and_wait(*asked: Any) -> Any:
        seen = look(*asked)
        barrier.wait(PATIENCE)
        return seen

    def no_lock(*_calendars: int) -> AbstractContextManager[None]:
        return nullcontext()

    with patch.multiple(booking, locked=no_lock, _refusals=look_and_wait):
        _book(race, attempt, barrier)


def _book_naively(race: Race, attempt: Attempt, barrier: Barrier) -> None:
    from django.db import DatabaseError, connection

    from agenda.models import Appointment, Calendar
    from agenda.services.refusals import refusal_in

    if connection.vendor == "postgresql":  # a second each, otherwise
        with connection.cursor() as cursor:
            cursor.execute("SET deadlock_timeout = '50ms'")
    calendar = Calendar.objects.get(pk=race.calendar)
    end = attempt.starts_at + timedelta(minutes=20)
    seen = Appointment.objects.filter(calendar=calendar).blocking(attempt.starts_at, end).exists()
    barrier.wait(PATIENCE)
    if seen:
        return
    try:
        Appointment(calendar=calendar, **_fields(calendar, attempt.starts_at, end)).save()
    except DatabaseError as error:
        raise (refusal_in(error) or error) from error


def _fields(calendar: Any, start: datetime, end: datetime) -> dict[str, Any]:
    local = start.astimezone(calendar.zone)
    return {
        "client": calendar.client,
        "starts_at": start,
        "ends_at": end,
        "block_starts_at": start,
        "block_ends_at": end,
        "local_day": local.date(),
        "local_time": local.time(),
        "timezone": calendar.timezone,
    }
