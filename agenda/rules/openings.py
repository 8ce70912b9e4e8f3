"""From opening rules said in wall-clock time to the pieces of time they open.

Which rule has the say, where several fall on the same moment? The most specific:

1. a rule for single dates, over
2. a recurring rule that replaces something, over
3. a recurring rule that only adds.

Among equals, hours kept for emergencies stand over regular ones, then the rule that begins
later, then the one made later. A rule has the say only where it is open; one that *replaces*
the morning (before 13:00), the afternoon or the day moreover closes what less specific rules
open in that part of its dates. So "Thursday morning, exceptionally 9:30 to 11" is one dated
rule 9:30–11:00 replacing the morning, and "this Thursday also from 18 to 20" replaces nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.periods import Period, subtract, union
from core.wall_clock import instant_of

_DAY = timedelta(days=1)
_MIDDAY = time(13)


class Replaces(StrEnum):
    """The part of its dates in which a rule closes what less specific rules open."""

    NOTHING = ""
    MORNING = "morning"
    AFTERNOON = "afternoon"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Release:
    """When hours kept for emergencies open to all: at a time of their day, so many hours
    before they begin, or, with neither, never."""

    at: time | None = None
    hours_before: int | None = None

    def moment(self, day: date, start: datetime, zone: ZoneInfo) -> datetime | None:
        """Return the instant of release of hours that begin at `start` on `day`."""
        if self.at is not None:
            return instant_of(day, self.at, zone)
        if self.hours_before is not None:
            return start - timedelta(hours=self.hours_before)
        return None


NEVER = Release()


@dataclass(frozen=True, slots=True)
class Opening:
    """An opening rule and the days on which it falls.

    An end at or before the start is on the next day. No motives means all of them.
    """

    id: int
    days: Sequence[date]
    start: time
    end: time
    slot_minutes: int
    emergency: bool = False
    release: Release = NEVER
    motives: frozenset[int] = frozenset()
    dated: bool = False
    replaces: Replaces = Replaces.NOTHING
    valid_from: date = date.min

    @property
    def tier(self) -> int:
        """Return how specific the rule is; a rule closes only what lower tiers open."""
        if self.dated:
            return 2
        return 1 if self.replaces else 0

    @property
    def precedence(self) -> tuple[int, bool, date, int]:
        """Return what orders rules by who has the say; the greatest has it."""
        return (self.tier, self.emergency, self.valid_from, self.id)


class Piece(NamedTuple):
    """Open time in which one rule has the say, and the slot grid that it gives.

    Slots begin at `anchor`, the start of the rule's whole range, and every `step` after it in
    elapsed time, also where another rule has taken the beginning of the range.
    """

    start: datetime
    end: datetime
    anchor: datetime
    step: timedelta
    emergency: bool
    released_at: datetime | None
    motives: frozenset[int]
    opening: int

    @property
    def period(self) -> Period:
        return Period(self.start, self.end)


class _Claim(NamedTuple):
    """A stretch of time that a rule opens (its piece) or closes (None)."""

    start: datetime
    end: datetime
    precedence: tuple[int, bool, date, int]
    piece: Piece | None


def open_pieces(openings: Iterable[Opening], zone: ZoneInfo) -> list[Piece]:
    """Return the open pieces of all the openings' days, sorted, without overlap."""
    claims = sorted(
        (claim for opening in openings for claim in _claims(opening, zone)), key=itemgetter(0)
    )
    pieces: list[Piece] = []
    for group in _overlapping_groups(claims):
        pieces += _settled(group)
    return pieces


def _claims(opening: Opening, zone: ZoneInfo) -> Iterator[_Claim]:
    precedence = opening.precedence
    step = timedelta(minutes=opening.slot_minutes)
    ends_later = _DAY if opening.end <= opening.start else timedelta()
    for day in opening.days:
        start = instant_of(day, opening.start, zone)
        end = instant_of(day + ends_later, opening.end, zone)
        if start < end:
            released_at = opening.release.moment(day, start, zone) if opening.emergency else None
            what = (opening.emergency, released_at, opening.motives, opening.id)
            yield _Claim(start, end, precedence, Piece(start, end, start, step, *what))
        if opening.replaces:
            yield _closing(opening, day, zone)


def _closing(opening: Opening, day: date, zone: ZoneInfo) -> _Claim:
    start = _MIDDAY if opening.replaces == Replaces.AFTERNOON else time()
    end = instant_of(day, _MIDDAY, zone)
    if opening.replaces != Replaces.MORNING:
        end = instant_of(day + _DAY, time(), zone)
    below_its_tier = (opening.tier, False, date.min, -1)
    return _Claim(instant_of(day, start, zone), end, below_its_tier, None)


def _overlapping_groups(claims: list[_Claim]) -> Iterator[list[_Claim]]:
    """Cut the claims, sorted by start, where no claim reaches over the cut."""
    group: list[_Claim] = []
    reach = datetime.min.replace(tzinfo=UTC)
    for claim in claims:
        if group and claim.start >= reach:
            yield group
            group = []
        reach = max(reach, claim.end)
        group.append(claim)
    if group:
        yield group


def _settled(group: list[_Claim]) -> list[Piece]:
    """Return the pieces of claims that overlap, each moment going to the highest claim on it."""
    if len(group) == 1:
        return [group[0].piece] if group[0].piece else []
    settled: list[Period] = []
    pieces: list[Piece] = []
    for claim in sorted(group, key=itemgetter(2), reverse=True):
        left = subtract([Period(claim.start, claim.end)], settled)
        settled = union([*settled, *left])
        if claim.piece:
            pieces += [claim.piece._replace(start=start, end=end) for start, end in left]
    return sorted(pieces, key=itemgetter(0))
