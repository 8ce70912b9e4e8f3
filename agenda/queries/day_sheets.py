"""Some days of one calendar as they are printed: who comes, what is free, when nobody is there."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.db.models import Prefetch

from agenda.models import Appointment, Calendar
from agenda.queries.diaries import load_diaries
from agenda.queries.named_closures import named_closures
from agenda.rules.load import Place, places_of
from clients.models import CorrespondentNumber
from core.periods import Period
from core.wall_clock import day_bounds

_DAY = timedelta(days=1)


class LineKind(StrEnum):
    """What a line of the list is about."""

    ABSENCE = "absence"
    VISIT = "visit"
    FREE = "free"
    EMERGENCY = "emergency"


class SheetLine(NamedTuple):
    """One line: a visit, an absence with its words, or a run of free places."""

    starts_at: datetime
    kind: LineKind
    ends_at: datetime
    appointment: Appointment | None = None
    places: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True)
class DaySheet:
    """One day to print; `is_open` says that it has hours, whatever closes them."""

    day: date
    lines: Sequence[SheetLine]
    is_open: bool

    @property
    def visits(self) -> int:
        return sum(line.kind == LineKind.VISIT for line in self.lines)

    @property
    def free(self) -> int:
        """The free places that are not kept for emergencies."""
        return sum(line.places for line in self.lines if line.kind == LineKind.FREE)


def day_sheets(calendar: Calendar, first_day: date, *, days: int, now: datetime) -> list[DaySheet]:
    """Return the days that have hours, a visit or an absence; the first one in any case.

    Six statements, however many days and appointments. Times are those of the calendar's zone.
    """
    shown = [first_day + _DAY * nth for nth in range(days)]
    bounds = {day: Period(*day_bounds(day, calendar.zone)) for day in shown}
    whole = Period(bounds[shown[0]].start, bounds[shown[-1]].end)
    diary = load_diaries([calendar], first=whole.start, until=whole.end, now=now)[calendar.pk]
    lines = [
        *_visits(calendar, whole),
        *_free(places_of(diary)),
        *(
            SheetLine(one.starts_at, LineKind.ABSENCE, one.ends_at, words=one.words)
            for one in named_closures(calendar, first=whole.start, until=whole.end)
        ),
    ]
    sheets = [
        DaySheet(
            day,
            _of_day(lines, period),
            any(piece.period.overlaps(period) for piece in diary.pieces),
        )
        for day, period in bounds.items()
    ]
    return [sheet for sheet in sheets if sheet.is_open or sheet.lines] or sheets[:1]


def _of_day(lines: Iterable[SheetLine], day: Period) -> list[SheetLine]:
    """Return the lines of the day: what begins on it, and the absences that reach into it."""
    kept = (line for line in lines if _is_on(line, day))
    return sorted(kept, key=lambda line: (line.starts_at, line.kind))


def _is_on(line: SheetLine, day: Period) -> bool:
    if line.kind == LineKind.ABSENCE:
        return Period(line.starts_at, line.ends_at).overlaps(day)
    return day.holds(line.starts_at)


def _visits(calendar: Calendar, whole: Period) -> Iterator[SheetLine]:
    numbers = Prefetch("correspondent__numbers", CorrespondentNumber.objects.order_by("pk"))
    rows = Appointment.objects.filter(calendar=calendar).blocking(*whole)
    rows = rows.select_related("correspondent", "motive").prefetch_related(numbers)
    for row in rows.order_by("starts_at", "pk"):
        yield SheetLine(row.starts_at, LineKind.VISIT, row.ends_at, appointment=row)


def _free(places: Iterable[Place]) -> Iterator[SheetLine]:
    """Put free places that touch together, emergencies apart."""
    runs: dict[datetime, SheetLine] = {}
    for place in places:
        if place.taken:
            continue
        kind = LineKind.EMERGENCY if place.emergency else LineKind.FREE
        before = runs.pop(place.start, None)
        if before and before.kind != kind:
            yield before
            before = None
        start = before.starts_at if before else place.start
        count = before.places + 1 if before else 1
        runs[place.end] = SheetLine(start, kind, place.end, places=count)
    yield from runs.values()
