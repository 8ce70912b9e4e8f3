"""Hand-overs: which may stand beside which, and who answers in whose place in the end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Clash(StrEnum):
    """Why a hand-over can't be, beside one that stands."""

    # She has handed these clients over for this time already.
    OVERLAPS = "overlaps"
    # Who would take over has handed over herself.
    DEPUTY_IS_COVERED = "deputy_is_covered"
    # Who would hand over answers in somebody's place: those callers would be nobody's.
    PRINCIPAL_COVERS = "principal_covers"


@dataclass(frozen=True)
class HandOver:
    """A hand-over as it stands or is wished; `ends_at` None: until she comes back.

    `client_ids` None: all whom the principal answers.
    """

    principal_id: int
    deputy_id: int
    starts_at: datetime
    ends_at: datetime | None
    client_ids: frozenset[int] | None = None

    def meets(self, other: "HandOver") -> bool:
        """Tell whether both hold at one instant; who ends when the other begins does not."""
        begins_before = other.ends_at is None or self.starts_at < other.ends_at
        return begins_before and (self.ends_at is None or other.starts_at < self.ends_at)

    def shares_clients_with(self, other: "HandOver") -> bool:
        """Tell whether one client is in both."""
        if self.client_ids is None or other.client_ids is None:
            return True
        return not self.client_ids.isdisjoint(other.client_ids)


def clash_of(wished: HandOver, standing: Iterable[HandOver]) -> tuple[Clash, HandOver] | None:
    """Return why a hand-over can't be, and beside which one; None where it may.

    Chains are refused: a caller is handed on once, and everybody knows to whom.
    """
    for other in standing:
        if not wished.meets(other):
            continue
        if other.principal_id == wished.principal_id and wished.shares_clients_with(other):
            return Clash.OVERLAPS, other
        if other.principal_id == wished.deputy_id:
            return Clash.DEPUTY_IS_COVERED, other
        if other.deputy_id == wished.principal_id:
            return Clash.PRINCIPAL_COVERS, other
    return None


def end_before_the_next(wished: HandOver, standing: Iterable[HandOver]) -> datetime | None:
    """Return when a hand-over without an end must end: where the next that it would meet begins.

    So somebody may leave until she comes back, although something is agreed for next week.
    """
    if wished.ends_at is not None:
        return wished.ends_at
    later = (one for one in standing if one.starts_at > wished.starts_at)
    return min((one.starts_at for one in later if clash_of(wished, [one])), default=None)


def last_in_chain(covers: Mapping[int, int]) -> dict[int, int]:
    """Give covered → who answers in the end; who covers in a circle covers nobody."""
    ends = {}
    for covered in covers:
        seen, at = {covered}, covers[covered]
        while at in covers and at not in seen:
            seen.add(at)
            at = covers[at]
        if at not in seen:
            ends[covered] = at
    return ends
