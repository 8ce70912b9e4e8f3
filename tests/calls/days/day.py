"""What happens on a day, as it can be told again: every class here prints what makes it anew."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

# Whom a caller is handed to: a land line, a mobile that must press 1, a colleague.
LAND_LINE, MOBILE, COLLEAGUE = range(3)


@dataclass(frozen=True)
class Act:
    """What is done with a call under way, `after` seconds since the act before.

    `what` is hold, resume, announce, direct, put_through, join, take_back, or leave: whom she rang
    hangs up. Somebody outside who is rung picks up after `picks_up` seconds (None: lets it ring).
    """

    after: float = 4.0
    what: str = "hold"
    aim: int = LAND_LINE
    picks_up: float | None = 2.0


@dataclass(frozen=True)
class Contact:
    """One caller: when he comes, whom he calls, how patient he is, how the talk goes.

    `gap` are seconds since the caller before. Who is rung for him picks up after `picks_up` seconds
    (None: lets it ring), or declines then.
    """

    gap: float = 1.0
    line: int = 0
    patience: float = 60.0
    picks_up: float | None = 3.0
    declines: bool = False
    presses: bool = True
    talk: float = 30.0
    caller_ends: bool = True
    is_withheld: bool = False
    acts: tuple[Act, ...] = ()
    # How many rings for him nobody picks up once he has talked.
    let_ring: int = 0


@dataclass(frozen=True)
class RingOut:
    """Somebody of ours rings out, `gap` seconds after the one before.

    Her own telephone rings first, and she picks it up after `hers` seconds (None: never); the talk
    with whom she rings goes as `contact` says.
    """

    gap: float = 10.0
    person: int = 0
    hers: float | None = 1.5
    contact: Contact = Contact()


@dataclass(frozen=True)
class Change:
    """Somebody comes, goes or takes a break, `gap` seconds after the change before."""

    gap: float = 30.0
    person: int = 0
    state: str = "paused"


@dataclass(frozen=True)
class HandOver:
    """Somebody hands all her clients to another for so long, `gap` seconds after the one before."""

    gap: float = 20.0
    person: int = 0
    to: int = 1
    lasts: float = 120.0


@dataclass(frozen=True)
class Absence:
    """Somebody's desk is closed for so long and her telephone, if `is_off`, with it."""

    gap: float = 60.0
    person: int = 0
    lasts: float = 150.0
    is_off: bool = True


@dataclass(frozen=True)
class Seat:
    """Somebody works at a colleague's telephone for so long, where the colleague lets her."""

    gap: float = 60.0
    person: int = 0
    at: int = 1
    lasts: float = 120.0


@dataclass(frozen=True)
class Day:
    """Everything that happens.

    `duplicate` and `lose` are the chances that a status callback comes twice or is lost, `late` how
    late it may be, `cut` the chance that a request of ours to the operator is cut off, before or
    after it was carried out; `seed` decides which.
    """

    start: datetime.datetime
    contacts: tuple[Contact, ...] = ()
    rings_out: tuple[RingOut, ...] = ()
    changes: tuple[Change, ...] = ()
    hand_overs: tuple[HandOver, ...] = ()
    absences: tuple[Absence, ...] = ()
    seats: tuple[Seat, ...] = ()
    duplicate: float = 0.0
    lose: float = 0.0
    late: float = 0.0
    cut: float = 0.0
    seed: int = 0


def _utc(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


# Two minutes before each change of the clocks, on a working morning, and before it strikes six.
SPRING, AUTUMN = _utc("2026-03-29T00:58:00"), _utc("2026-10-25T00:58:00")
TUESDAY, EIGHTEEN = _utc("2026-11-24T07:30:00"), _utc("2026-11-24T16:58:00")
