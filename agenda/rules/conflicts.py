"""What a change of hours or absences closes to visits booked already, and what it opens."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agenda.rules.diary import Visit
from agenda.rules.openings import Piece
from agenda.rules.refusals import Reason
from core.periods import Period, first_overlap, subtract, union


class Standing(NamedTuple):
    """A visit that is booked: when, and what it is for; without a motive it takes any open time."""

    period: Period
    visit: Visit | None


class Closing(NamedTuple):
    """What opens a calendar and what closes it, over some days."""

    pieces: Sequence[Piece]
    absences: Sequence[Period]
    holidays: Sequence[Period]


def troubles(closing: Closing, standing: Sequence[Standing]) -> list[Reason | None]:
    """Return, for each visit, the weightiest reason for which it could not stay where it is.

    Hours kept for emergencies trouble a visit that is not urgent, released later or not: nobody
    may count on what is left of them.
    """
    opened = union(piece.period for piece in closing.pieces)
    away, holidays = union(closing.absences), union(closing.holidays)
    barred: dict[Visit, tuple[list[Period], list[Period]]] = {}
    found: list[Reason | None] = []
    for period, visit in standing:
        if visit is not None and visit not in barred:
            barred[visit] = _barred(closing.pieces, visit)
        kept, other = barred[visit] if visit is not None else ([], [])
        checks = (
            (Reason.HOLIDAY, first_overlap(holidays, period)),
            (Reason.ABSENCE, first_overlap(away, period)),
            (Reason.EMERGENCY, first_overlap(kept, period)),
            (Reason.OTHER_MOTIVES, first_overlap(other, period)),
            (Reason.OUTSIDE_OPENING, not _is_covered(opened, period)),
        )
        found.append(next((reason for reason, met in checks if met), None))
    return found


def _barred(pieces: Sequence[Piece], visit: Visit) -> tuple[list[Period], list[Period]]:
    """Return the hours that are not for this visit: for emergencies, for other motives."""
    kept = [p.period for p in pieces if p.emergency and not visit.urgent]
    other = [p.period for p in pieces if p.motives and visit.motive not in p.motives]
    return union(kept), union(other)


def _is_covered(opened: Sequence[Period], period: Period) -> bool:
    met = first_overlap(opened, period)
    return met is not None and met.covers(period)


def gained(before: Closing, after: Closing) -> list[Period]:
    """Return, in order, the time that is open after a change and was not before.

    Time that only opens to other visits than before, as when hours are no longer kept for
    emergencies, is gained as well.
    """
    was = _open_to(before)
    periods = [
        period
        for visits, opened in _open_to(after).items()
        for period in subtract(opened, was.get(visits, []))
    ]
    return union(periods)


def _open_to(closing: Closing) -> Mapping[tuple[bool, frozenset[int]], list[Period]]:
    """Return the time left open, by which visits it is for."""
    pieces: dict[tuple[bool, frozenset[int]], list[Period]] = defaultdict(list)
    for piece in closing.pieces:
        pieces[piece.emergency, piece.motives].append(piece.period)
    closed = union([*closing.absences, *closing.holidays])
    return {visits: subtract(union(opened), closed) for visits, opened in pieces.items()}
