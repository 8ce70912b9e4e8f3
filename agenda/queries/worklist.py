"""What is left to do about appointments that an absence covers."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet

from agenda.models import Absence, Appointment, Displaced
from agenda.models.worklist import DisplacedQuerySet
from agenda.queries.diaries import load_diaries
from agenda.queries.slots import OpenSlot
from agenda.rules import Diary, Slot, free_slots
from agenda.rules.nearby import nearest
from clients.models import Client, User

OFFERED_SLOTS = 3
# How far from the old day another is looked for.
BEFORE, AFTER = timedelta(days=14), timedelta(days=45)
# A visit that nobody has dealt with is still told for so long: somebody may have come in vain.
REMEMBERED = timedelta(days=1)
State = Displaced.State


class Progress(NamedTuple):
    """How far the work that one absence made has got; counts are of appointments."""

    total: int
    done: int
    moved: int
    cancelled: int
    not_reached: int

    @property
    def left(self) -> int:
        return self.total - self.done

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100


def displaced_to_deal_with(clients: QuerySet[Client], now: datetime) -> DisplacedQuerySet:
    """Return what these clients' assistants still have to do, in the order of the visits."""
    rows = Displaced.objects.open().filter(client__in=clients, was_at__gt=now - REMEMBERED)
    return rows.order_by("was_at", "pk")


def count_displaced(clients: QuerySet[Client], now: datetime) -> int:
    """Count the appointments that somebody still has to deal with."""
    rows = displaced_to_deal_with(clients, now).order_by()
    return rows.values("appointment").distinct().count()


def displaced_by(absence: Absence) -> QuerySet[Displaced]:
    """Return all the work that an absence made, done or not."""
    rows = Displaced.objects.filter(absence=absence)
    linked = rows.select_related("appointment__correspondent", "taken_by", "done_by")
    return linked.order_by("was_at", "pk")


def progress_of(displaced: Iterable[Displaced]) -> Progress:
    """Sum the work up."""
    rows = list(displaced)
    outcomes = Counter(one.outcome for one in rows)
    states = Counter(one.state for one in rows)
    return Progress(
        total=len(rows),
        done=states[State.DONE],
        moved=outcomes[Displaced.Outcome.MOVED],
        cancelled=outcomes[Displaced.Outcome.CANCELLED],
        not_reached=states[State.WAITING],
    )


def slots_nearby(
    appointments: Sequence[Appointment], *, now: datetime, viewer: User | None = None
) -> dict[int, list[OpenSlot]]:
    """Return, by appointment, the free slots of its motive nearest to when it was to be.

    They are of its own calendar. As many queries whatever the number of appointments.
    """
    lost = [one for one in appointments if one.motive is not None]
    if not lost:
        return {}
    first = max(now, min(one.starts_at for one in lost) - BEFORE)
    until = max(first, *(one.starts_at for one in lost)) + AFTER
    calendars = {one.calendar_id: one.calendar for one in lost}
    diaries = load_diaries(
        calendars.values(),
        first=first,
        until=until,
        now=now,
        viewer=viewer,
        motives=[one.motive for one in lost],
    )
    free: dict[tuple[int, int | None], list[Slot]] = {}
    for one in lost:
        key = (one.calendar_id, one.motive_id)
        if key not in free:
            free[key] = _free(one, diaries[one.calendar_id], now, first, until)
    return {one.pk: _nearest(one, free[one.calendar_id, one.motive_id]) for one in lost}


def _free(
    appointment: Appointment, diary: Diary, now: datetime, first: datetime, until: datetime
) -> list[Slot]:
    assert appointment.motive is not None
    return list(free_slots(diary, appointment.motive.visit, now=now, first=first, until=until))


def _nearest(appointment: Appointment, free: Sequence[Slot]) -> list[OpenSlot]:
    found = nearest(free, appointment.starts_at, OFFERED_SLOTS)
    return [OpenSlot(start, end, kind, appointment.calendar) for start, end, kind in found]
