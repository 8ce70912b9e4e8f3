"""What is known of one calendar, and the slots that it leaves free."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import chain, islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from agenda.rules.openings import Piece
from core.periods import Period, union
from core.wall_clock import instant_of


class SlotKind(StrEnum):
    """Whom a slot is for: all, emergencies, or all because the emergency hours were released."""

    REGULAR = "regular"
    EMERGENCY = "emergency"
    RELEASED = "released"


class Slot(NamedTuple):
    """A bookable period; the visit itself, without its buffers."""

    starts_at: datetime
    ends_at: datetime
    kind: SlotKind


@dataclass(frozen=True, slots=True)
class Visit:
    """What a motive asks of a slot.

    The visit itself must be in open time; with its buffers it must meet nothing else.
    `horizon_days` counts whole days after today in the calendar's zone; None is no limit.
    """

    motive: int
    length: timedelta
    before: timedelta = timedelta()
    after: timedelta = timedelta()
    urgent: bool = False
    notice: timedelta = timedelta()
    horizon_days: int | None = None

    def block(self, start: datetime) -> Period:
        """Return the time that a visit beginning at `start` keeps, buffers included."""
        return Period(start - self.before, start + self.length + self.after)


@dataclass(frozen=True, slots=True)
class Diary:
    """Opening pieces and engagements of one calendar over some days.

    `taken` are the blocks of appointments, `held` the blocks that others hold while they
    talk. It must reach one day further than the slots asked of it, on both sides.
    """

    zone: ZoneInfo
    pieces: Sequence[Piece]
    taken: Sequence[Period] = ()
    absences: Sequence[Period] = ()
    held: Sequence[Period] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A diary as one visit reads it at one moment.

    `usable` are the pieces open to it, each with the end of the room that it is part of;
    `barred` the pieces that are not for it; `blocked` all that its block may not meet.
    """

    usable: Sequence[tuple[Piece, datetime]]
    barred: Sequence[Piece]
    blocked: Sequence[Period]
    earliest: datetime
    latest: datetime | None


def is_for(piece: Piece, visit: Visit, now: datetime) -> bool:
    """Say whether the piece is open to this visit at this moment."""
    if piece.motives and visit.motive not in piece.motives:
        return False
    return not piece.emergency or visit.urgent or is_released(piece, now)


def is_released(piece: Piece, now: datetime) -> bool:
    """Say whether emergency hours are open to all by now."""
    return piece.released_at is not None and piece.released_at <= now


def read(diary: Diary, visit: Visit, now: datetime) -> Reading:
    """Return the diary as this visit reads it now."""
    usable = [piece for piece in diary.pieces if is_for(piece, visit, now)]
    barred: list[Piece] = []
    if len(usable) < len(diary.pieces):
        barred = [piece for piece in diary.pieces if not is_for(piece, visit, now)]
    engagements = chain(diary.taken, diary.absences, diary.held)
    blocked = union(chain(engagements, (piece[:2] for piece in barred)))
    latest = horizon_end(visit, now, diary.zone)
    return Reading(_with_room(usable), barred, blocked, now + visit.notice, latest)


def horizon_end(visit: Visit, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the instant from which it is too early to book, None when there is none."""
    if visit.horizon_days is None:
        return None
    today = now.astimezone(zone).date()
    return instant_of(today + timedelta(days=visit.horizon_days + 1), time(), zone)


def _with_room(pieces: Sequence[Piece]) -> list[tuple[Piece, datetime]]:
    """Pair each piece with the end of the unbroken open time that follows its start."""
    paired: list[tuple[Piece, datetime]] = []
    for piece in reversed(pieces):
        touches = paired and paired[-1][0].start == piece.end
        paired.append((piece, paired[-1][1] if touches else piece.end))
    paired.reverse()
    return paired


def free_slots(
    diary: Diary, visit: Visit, *, now: datetime, first: datetime, until: datetime
) -> Iterator[Slot]:
    """Yield, in order, the slots that begin from `first` and before `until`.

    Each begins on the grid of the piece in which it begins, lies in open time (it may run over
    pieces that touch), and its block meets no appointment, absence, hold or barred piece.
    """
    reading = read(diary, visit, now)
    earliest = max(first, reading.earliest)
    latest = until if reading.latest is None else min(until, reading.latest)
    length, before, reach = visit.length, visit.before, visit.length + visit.after
    blocked, count, nth = reading.blocked, len(reading.blocked), 0
    for piece, room_end in reading.usable:
        kind, step = slot_kind(piece, now), piece.step
        start, end = first_on_grid(piece, earliest), min(piece.end, latest)
        while start < end and start + length <= room_end:
            while nth < count and blocked[nth].end <= start - before:
                nth += 1
            if nth == count or blocked[nth].start >= start + reach:
                yield Slot(start, start + length, kind)
            start += step


def first_free_slots(
    diary: Diary, visit: Visit, *, now: datetime, first: datetime, until: datetime, limit: int
) -> list[Slot]:
    """Return the first so many free slots; what lies after them is not looked at."""
    return list(islice(free_slots(diary, visit, now=now, first=first, until=until), limit))


def slot_kind(piece: Piece, now: datetime) -> SlotKind:
    """Return whom the slots of the piece are for at this moment."""
    if not piece.emergency:
        return SlotKind.REGULAR
    return SlotKind.RELEASED if is_released(piece, now) else SlotKind.EMERGENCY


def first_on_grid(piece: Piece, earliest: datetime) -> datetime:
    """Return the piece's first grid moment that is in it and not before `earliest`."""
    start = max(piece.start, earliest)
    if start == piece.anchor:
        return start
    return start + (piece.anchor - start) % piece.step
