"""What is known of one calendar, and the slots that it leaves free."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import chain, islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from agenda.rules.closures import Holiday
from agenda.rules.openings import Piece
from core.periods import Period, union
from core.wall_clock import instant_of


class SlotKind(StrEnum):
    """Whom a slot is for: all, emergencies, or all because the emergency hours were released."""

    REGULAR = "regular"
    EMERGENCY = "emergency"
    RELEASED = "released"


class Patients(StrEnum):
    """Whom a motive is for: everybody, only new patients, or only known ones."""

    ANY = "any"
    NEW = "new"
    KNOWN = "known"


class Slot(NamedTuple):
    """A bookable period; the visit itself, without its buffers."""

    starts_at: datetime
    ends_at: datetime
    kind: SlotKind


@dataclass(frozen=True, slots=True)
class Visit:
    """What a motive asks of a slot.

    The visit itself must be in open time; with its buffers it must meet nothing else.
    `horizon_days` counts whole days after today in the calendar's zone, `most_per_day` the
    motive's visits that begin on one day of it; None is no limit. `known` says whether whoever
    comes is known; while nobody has said who that is, it is None and refuses nothing.
    """

    motive: int
    length: timedelta
    before: timedelta = timedelta()
    after: timedelta = timedelta()
    urgent: bool = False
    notice: timedelta = timedelta()
    horizon_days: int | None = None
    most_per_day: int | None = None
    patients: Patients = Patients.ANY
    known: bool | None = None

    @property
    def is_for_whoever_comes(self) -> bool:
        """Say whether the motive takes this person, as far as is known."""
        wanted = {Patients.NEW: False, Patients.KNOWN: True}.get(self.patients)
        return wanted is None or self.known is None or self.known is wanted

    def block(self, start: datetime) -> Period:
        """Return the time that a visit beginning at `start` keeps, buffers included."""
        return Period(start - self.before, start + self.length + self.after)


@dataclass(frozen=True, slots=True)
class Diary:
    """Opening pieces and engagements of one calendar over some days.

    `taken` are the blocks of appointments, `held` the blocks that others hold while they
    talk. `booked` counts the visits that begin on a day, by motive and day; a motive without a
    limit need not be counted. The diary must reach one day further than the slots asked of it,
    on both sides.
    """

    zone: ZoneInfo
    pieces: Sequence[Piece]
    taken: Sequence[Period] = ()
    absences: Sequence[Period] = ()
    held: Sequence[Period] = ()
    holidays: Sequence[Holiday] = ()
    booked: Mapping[tuple[int, date], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """A diary as one visit reads it at one moment.

    `usable` are the pieces open to it, each with the end of the room that it is part of;
    `barred` the pieces that are not for it; `blocked` all that its block may not meet; `full`
    the days that take no more of its motive.
    """

    usable: Sequence[tuple[Piece, datetime]]
    barred: Sequence[Piece]
    blocked: Sequence[Period]
    earliest: datetime
    latest: datetime | None
    full: frozenset[date]


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
    holidays = (holiday[:2] for holiday in diary.holidays)
    blocked = union(chain(engagements, holidays, (piece[:2] for piece in barred)))
    latest = horizon_end(visit, now, diary.zone)
    full = full_days(diary, visit)
    return Reading(_with_room(usable), barred, blocked, now + visit.notice, latest, full)


def full_days(diary: Diary, visit: Visit) -> frozenset[date]:
    """Return the days on which the visit's motive is booked as often as it may be."""
    most = visit.most_per_day
    if most is None:
        return frozenset()
    counts = diary.booked.items()
    return frozenset(
        day for (motive, day), count in counts if motive == visit.motive and count >= most
    )


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
    pieces that touch), and its block meets no appointment, absence, holiday, hold or barred
    piece. None begins on a day that has as many of the motive as it takes.
    """
    if not visit.is_for_whoever_comes:
        return
    reading = read(diary, visit, now)
    found = _fitting(reading, visit, now, first, until)
    if reading.full:
        zone, full = diary.zone, reading.full
        found = (slot for slot in found if slot.starts_at.astimezone(zone).date() not in full)
    yield from found


def _fitting(
    reading: Reading, visit: Visit, now: datetime, first: datetime, until: datetime
) -> Iterator[Slot]:
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
