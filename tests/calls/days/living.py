"""Lets a day pass and asks whether every promise was kept."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from random import Random
from typing import Any

from django.db import transaction

from calls.models import Call, CallEvent, CallLeg, Transfer
from calls.telephony.interpreter.webhooks import Disturbance
from tests.calls.days.day import Day
from tests.calls.days.house import House, joined
from tests.calls.days.office import furnish
from tests.calls.days.people import Callers
from tests.calls.days.promises import keep_promises
from tests.calls.days.staff import Staff
from tests.calls.days.watch import Watch

# After the last caller came: the longest patience and talk, and a sweep for what was lost.
AFTERWARDS, AT_A_TIME = 1200.0, 30.0
# Of a large day some; any of a small one.
REPEATED = 100
# As far away as an operator's data centre is, on a good and on a bad moment.
NEAR, FAR = 0.01, 0.4


def live(day: Day) -> House:
    """Let a day pass in a house of its own, assert its promises, and leave no trace of it."""
    with transaction.atomic(), same_luck(day.seed), joined(day.start) as house:
        house.exchange.courier.trace = deque(maxlen=100_000)
        disturb(house, day)
        office = furnish()
        callers, staff = Callers(house, office), Staff(house, office)
        Watch(house, staff, day.late)
        house.sweep()
        house.clock.advance(begin(house, day, callers, staff))
        until_quiet(house)
        keep_promises(house, callers, staff)
        repeated_events_change_nothing(house)
        transaction.set_rollback(True)
    return house


@contextmanager
def same_luck(seed: int) -> Iterator[None]:
    """Let whatever is left to chance happen again when the same day is told again."""
    before = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)


def disturb(house: House, day: Day) -> None:
    """Let the operator be near or far, repeat and lose what it tells, and be out of reach."""
    rng, cuts = Random(day.seed), Random(day.seed + 2)
    house.doors.seconds = lambda _path: rng.uniform(NEAR, FAR)
    house.exchange.courier.disturbance = Disturbance(
        duplicate=day.duplicate, lose=day.lose, late=day.late, rng=Random(day.seed + 1)
    )

    def cut() -> str:
        return cuts.choice(("before", "after")) if cuts.random() < day.cut else ""

    house.cut = cut


def begin(house: House, day: Day, callers: Callers, staff: Staff) -> float:
    """Plan the whole day; give the seconds after which the last of it has begun."""
    plans: list[tuple[Sequence[Any], Callable[[Any], None]]] = [
        (day.contacts, callers.calls),
        (day.rings_out, callers.rings_out),
        (day.changes, staff.changes),
        (day.hand_overs, staff.hands_over),
        (day.absences, staff.is_absent),
        (day.seats, staff.sits_down),
    ]
    return max(_plan(house, events, happen) for events, happen in plans)


def _plan(house: House, events: Sequence[Any], happen: Callable[[Any], None]) -> float:
    at = 0.0
    for event in events:
        at += event.gap
        house.clock.schedule(at, partial(happen, event))
    return at


def until_quiet(house: House) -> None:
    """Let time pass until every path is over and known to be, and the last late word has come."""
    for _ in range(int(AFTERWARDS / AT_A_TIME)):
        house.clock.advance(AT_A_TIME)
        still = any(not leg.is_over for leg in house.exchange.legs.values())
        if not still and not Call.objects.open().exists():
            break
    house.clock.advance(AT_A_TIME)


def repeated_events_change_nothing(house: House) -> None:
    """Let what the operator told arrive once more, in another order."""
    before = everything_kept()
    told = [one.request for one in house.exchange.courier.trace if one.kind == "status"]
    Random(len(told)).shuffle(told)
    for request in told[:REPEATED]:
        house.exchange.courier.notify(request.url, request.method, request.parameters)
    house.exchange.courier.disturbance = Disturbance()
    house.clock.advance(60)
    assert everything_kept() == before


def everything_kept() -> list[Any]:
    """What we keep of calls.

    But for a Dial's end that was told before the first word of the leg that it rang: it is kept
    when it is told again, and changes nothing.
    """
    told = CallEvent.objects.exclude(key__startswith="dial-")
    of_legs = [one.name for one in CallLeg._meta.fields if one.name != "asked_at"]
    return [
        list(Call.objects.order_by("pk").values()),
        list(CallLeg.objects.order_by("pk").values(*of_legs)),
        list(told.order_by("pk").values()),
        list(Transfer.objects.order_by("pk").values()),
    ]
