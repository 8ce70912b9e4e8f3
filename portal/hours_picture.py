"""A week of opening hours as a small picture: bars on the wall's clock, before and after."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from agenda.queries.preview import PreviewDay
from agenda.rules import Piece
from core.periods import Period, subtract, union
from portal.diary import wall

ROW = 5  # minutes
_PER_HOUR = 60 // ROW
_OFFICE = (8 * _PER_HOUR, 19 * _PER_HOUR)
_DAY_ROWS = 24 * _PER_HOUR


@dataclass(frozen=True)
class Bar:
    """Some time of a day: `kind` is regular, emergency, away or conflict; `state` same, new, gone.

    Rows count from the picture's first.
    """

    kind: str
    state: str
    start: int
    rows: int
    words: str


@dataclass(frozen=True)
class PictureDay:
    """One day of the picture."""

    day: date
    bars: list[Bar]
    holiday: str


@dataclass(frozen=True)
class Picture:
    """The days, and the hours of the clock beside them with their rows."""

    days: list[PictureDay]
    hours: list[tuple[int, int]]
    rows: int


def picture_of(week: Sequence[PreviewDay], zone: ZoneInfo) -> Picture:
    """Draw the days on which something is open, before or after, and the workdays."""
    drawn = {day.day: list(_bars(day, zone)) for day in week}
    shown = [day for day in week if day.day.weekday() < 5 or drawn[day.day]]
    bars = [bar for day in shown for bar in drawn[day.day]]
    opened = [bar for bar in bars if bar.kind != "away"]
    first = min([_OFFICE[0], *(bar.start for bar in opened)]) // _PER_HOUR * _PER_HOUR
    last = max([_OFFICE[1], *(bar.start + bar.rows for bar in opened)])
    last = min(-(-last // _PER_HOUR) * _PER_HOUR, _DAY_ROWS)
    hours = [(row - first, row // _PER_HOUR) for row in range(first, last, 2 * _PER_HOUR)]
    return Picture(
        days=[
            PictureDay(day.day, list(_within(drawn[day.day], first, last)), day.holiday)
            for day in shown
        ],
        hours=hours,
        rows=last - first,
    )


def _within(bars: Sequence[Bar], first: int, last: int) -> Iterator[Bar]:
    for bar in bars:
        start, end = max(bar.start, first), min(bar.start + bar.rows, last)
        if start < end:
            yield Bar(bar.kind, bar.state, start - first, end - start, bar.words)


def _bars(day: PreviewDay, zone: ZoneInfo) -> Iterator[Bar]:
    before = {_shape(piece) for piece in day.before}
    after = {_shape(piece) for piece in day.after}
    covered = union(piece.period for piece in day.after)
    for gone in subtract(union(p.period for p in day.before), covered):
        yield _bar("regular", "gone", gone, day.day, zone)
    for piece in day.after:
        state = "same" if _shape(piece) in before else "new"
        kind = "emergency" if piece.emergency else "regular"
        yield _bar(kind, state, piece.period, day.day, zone)
    if before or after:
        for away in day.away:
            yield _bar("away", "same", away, day.day, zone)
    for conflict in day.conflicts:
        if conflict.appointment:
            yield _bar("conflict", "new", conflict.appointment.period, day.day, zone)


def _shape(piece: Piece) -> tuple[datetime, datetime, bool]:
    return piece.start, piece.end, piece.emergency


def _bar(kind: str, state: str, period: Period, day: date, zone: ZoneInfo) -> Bar:
    start, end = (_row(instant, day, zone) for instant in period)
    words = f"{wall(period.start, zone)}–{wall(period.end, zone)}"
    if (start, end) == (0, _DAY_ROWS):
        words = _("all day")
    return Bar(kind, state, start, max(end - start, 1), words)


def _row(instant: datetime, day: date, zone: ZoneInfo) -> int:
    """Return the row of an instant on the day's wall; what lies outside the day is at its edge."""
    local = instant.astimezone(zone)
    if local.date() != day:
        return 0 if local.date() < day else _DAY_ROWS
    return (local.hour * 60 + local.minute) // ROW
