"""Lets a day pass and asks whether every promise was kept."""

from __future__ import annotations

from collections import deque
from random import Random
from typing import Any

from django.db import transaction

from calls.models import Call, CallEvent, CallLeg
from calls.telephony.interpreter.webhooks import Disturbance
from tests.calls.days.house import House, joined
from tests.calls.days.people import Actors, Day, furnish
from tests.calls.days.promises import Watch, keep_promises

# After the last caller came: the longest patience and talk, and a sweep for what was lost.
AFTERWARDS, AT_A_TIME = 1200.0, 30.0
# Of a large day some; any of a small one.
REPEATED = 250
# As far away as an operator's data centre is, on a good and on a bad moment.
NEAR, FAR = 0.01, 0.4


def live(day: Day) -> House:
    """Let a day pass in a house of its own, assert its promises, and leave no trace of it."""
    with transaction.atomic(), joined(day.start) as house:
        house.exchange.courier.trace = deque(maxlen=100_000)
        rng = Random(day.seed)
        house.doors.seconds = lambda _path: rng.uniform(NEAR, FAR)
        house.exchange.courier.disturbance = Disturbance(
            duplicate=day.duplicate, lose=day.lose, late=day.late, rng=Random(day.seed + 1)
        )
        Watch(house)
        actors = Actors(house, furnish(), day)
        house.sweep()
        house.clock.advance(actors.begin())
        until_quiet(house)
        keep_promises(house, actors)
        repeated_events_change_nothing(house)
        transaction.set_rollback(True)
    return house


def until_quiet(house: House) -> None:
    """Let time pass until every path is over and known to be."""
    for _ in range(int(AFTERWARDS / AT_A_TIME)):
        house.clock.advance(AT_A_TIME)
        still = any(not leg.is_over for leg in house.exchange.legs.values())
        if not still and not Call.objects.open().exists():
            return


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
    """What we keep of calls."""
    of_legs = [one.name for one in CallLeg._meta.fields if one.name != "asked_at"]
    return [
        list(Call.objects.order_by("pk").values()),
        list(CallLeg.objects.order_by("pk").values(*of_legs)),
        list(CallEvent.objects.order_by("pk").values()),
    ]
