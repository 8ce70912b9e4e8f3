"""Why a moment may not be booked."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from agenda.rules.diary import Diary, Patients, Reading, Visit, first_on_grid, is_for, read
from agenda.rules.openings import Piece
from core.periods import Period


class Reason(StrEnum):
    """The rules that can refuse a moment."""

    PAST = "past"
    OUTSIDE_OPENING = "outside_opening"
    TAKEN = "taken"
    HOLIDAY = "holiday"
    ABSENCE = "absence"
    HELD = "held"
    EMERGENCY = "emergency"
    OTHER_MOTIVES = "other_motives"
    NEW_ONLY = "new_only"
    KNOWN_ONLY = "known_only"
    MOST_PER_DAY = "most_per_day"
    TOO_LONG = "too_long"
    OFF_GRID = "off_grid"
    NOTICE = "notice"
    HORIZON = "horizon"


class Refusal(NamedTuple):
    """One rule that refuses, and what it knows.

    `period` is what stands in the way (an appointment's block, an absence, a holiday, an
    emergency range) or, for TOO_LONG, the room that is left. `until` is when the refusal ends:
    the release of emergency hours, the earliest moment that the notice allows, or, for HORIZON,
    the moment up to which bookings are taken. None where nothing ends it. `name` is what a
    holiday is called, `most` how many a day a motive takes.
    """

    reason: Reason
    period: Period | None = None
    until: datetime | None = None
    name: str = ""
    most: int | None = None


def why_not(diary: Diary, visit: Visit, start: datetime, *, now: datetime) -> tuple[Refusal, ...]:
    """Return what refuses this moment, the weightiest first; empty exactly when it is free."""
    reading = read(diary, visit, now)
    found = [
        *_clock_refusals(reading, start, now),
        *_motive_refusals(diary, reading, visit, start),
        *_engagement_refusals(diary, visit.block(start)),
        *_opening_refusals(diary, reading, visit, start, now),
    ]
    weight = list(Reason)
    return tuple(sorted(found, key=lambda refusal: weight.index(refusal.reason)))


def _clock_refusals(reading: Reading, start: datetime, now: datetime) -> Iterator[Refusal]:
    if start < now:
        yield Refusal(Reason.PAST)
    elif start < reading.earliest:
        yield Refusal(Reason.NOTICE, until=reading.earliest)
    if reading.latest is not None and start >= reading.latest:
        yield Refusal(Reason.HORIZON, until=reading.latest)


def _motive_refusals(
    diary: Diary, reading: Reading, visit: Visit, start: datetime
) -> Iterator[Refusal]:
    if not visit.is_for_whoever_comes:
        only_new = visit.patients is Patients.NEW
        yield Refusal(Reason.NEW_ONLY if only_new else Reason.KNOWN_ONLY)
    if start.astimezone(diary.zone).date() in reading.full:
        yield Refusal(Reason.MOST_PER_DAY, most=visit.most_per_day)


def _engagement_refusals(diary: Diary, block: Period) -> Iterator[Refusal]:
    holiday = next((one for one in diary.holidays if one.period.overlaps(block)), None)
    if holiday:
        yield Refusal(Reason.HOLIDAY, holiday.period, name=holiday.name)
    engagements: Sequence[tuple[Reason, Iterable[Period]]] = [
        (Reason.ABSENCE, diary.absences),
        (Reason.TAKEN, diary.taken),
        (Reason.HELD, diary.held),
    ]
    for reason, periods in engagements:
        met = next((period for period in periods if period.overlaps(block)), None)
        if met:
            yield Refusal(reason, met)


def _opening_refusals(
    diary: Diary, reading: Reading, visit: Visit, start: datetime, now: datetime
) -> Iterator[Refusal]:
    barring = next((p for p in reading.barred if p.period.overlaps(visit.block(start))), None)
    if barring:
        yield _barred(barring, visit)
    piece = next((piece for piece in diary.pieces if piece.period.holds(start)), None)
    if piece is None:
        yield Refusal(Reason.OUTSIDE_OPENING)
    elif is_for(piece, visit, now):
        yield from _fit_refusals(reading, visit, piece, start)


def _barred(piece: Piece, visit: Visit) -> Refusal:
    if piece.motives and visit.motive not in piece.motives:
        return Refusal(Reason.OTHER_MOTIVES, piece.period)
    return Refusal(Reason.EMERGENCY, piece.period, piece.released_at)


def _fit_refusals(
    reading: Reading, visit: Visit, piece: Piece, start: datetime
) -> Iterator[Refusal]:
    room_end = next(end for usable, end in reading.usable if usable is piece)
    if start + visit.length > room_end:
        yield Refusal(Reason.TOO_LONG, Period(start, room_end))
    if first_on_grid(piece, start) != start:
        yield Refusal(Reason.OFF_GRID)
