"""An operator's bad days, to be switched on and off: what is told of calls goes wrong.

The first question about a call is always asked, as Twilio does; what follows may come twice, late,
never, or in another order, and the operator may fall silent altogether.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING

from calls.telephony.interpreter.webhooks import Disturbance

if TYPE_CHECKING:
    from calls.telephony.interpreter.exchange import Exchange

LATEST_SECONDS, SHARE_LOST = 20.0, 0.3


class Trouble(StrEnum):
    """One thing that goes wrong."""

    TWICE = "twice"
    LATE = "late"
    LOST = "lost"
    SHUFFLED = "shuffled"
    SILENT = "silent"


def suffer(exchange: Exchange, troubles: Iterable[Trouble]) -> None:
    """Have these go wrong from now on, and nothing else."""
    chosen = frozenset(troubles)
    with exchange.clock.lock:
        exchange.troubles = chosen
        exchange.courier.disturbance = _disturbance(chosen)


def switch(exchange: Exchange, trouble: Trouble) -> None:
    """Switch one on, or off again."""
    suffer(exchange, exchange.troubles ^ {trouble})


def put_right(exchange: Exchange) -> None:
    """Everything works, nobody of the crowd calls, and each telephone is on and rings."""
    suffer(exchange, ())
    exchange.crowd.send_home()
    with exchange.clock.lock:
        for telephone in exchange.telephones.values():
            telephone.offline = False
            telephone.auto_answer_after(None)


def _disturbance(troubles: frozenset[Trouble]) -> Disturbance:
    lost = SHARE_LOST if Trouble.LOST in troubles else 0.0
    return Disturbance(
        duplicate=float(Trouble.TWICE in troubles),
        late=LATEST_SECONDS if Trouble.LATE in troubles else 0.0,
        lose=1.0 if Trouble.SILENT in troubles else lost,
        shuffle=Trouble.SHUFFLED in troubles,
        rng=Random(),
    )
