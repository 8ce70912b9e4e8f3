"""Many callers at will: each comes at a moment, is patient or not, talks, and hangs up."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from calls.telephony.interpreter.addresses import WITHHELD_FORMS
from calls.telephony.interpreter.clock import Timer
from calls.telephony.interpreter.telephones import Party

if TYPE_CHECKING:
    from calls.telephony.interpreter.exchange import Exchange

MOST_AT_ONCE, MOST_KEPT = 200, 400
LOOK_SECONDS = 1.0
# Of ten callers one withholds the number, five are known where anybody is, three hang up early.
WITHHELD, KNOWN, HURRIED = 0.1, 0.5, 0.3
IN_A_HURRY, PATIENT = (3.0, 15.0), (60.0, 240.0)
TALKS, LEAVES_IT_TO_HER, SPEAKS_TO_A_MACHINE = (10.0, 60.0), 300.0, 10.0
STATES = ("expected", "ringing", "waiting", "talking", "answered", "voicemail", "gave_up", "ended")


@dataclass(frozen=True)
class Temper:
    """After how many seconds a caller gives up unheard, and how long he talks once heard."""

    patience: float
    talk: float


class Caller:
    """One of many: `expected` until his moment comes."""

    def __init__(self, exchange: Exchange, line: str, number: str, temper: Temper) -> None:
        self.line, self.number = line, number
        self.party: Party | None = None
        self.has_given_up = False
        self._exchange, self._temper = exchange, temper
        self._timer: Timer | None = None

    def come(self, seconds: float) -> None:
        """Call after so many seconds."""
        self._timer = self._exchange.clock.schedule(seconds, self._call)

    def go(self) -> None:
        """Hang up, or never call at all."""
        if self._timer is not None:
            self._timer.cancel()
        if self.party is not None:
            self.party.hang_up()

    @property
    def state(self) -> str:
        """One of STATES; `ended` is a call that was turned away or failed."""
        if self.party is None:
            return "expected"
        talked = self._first("connected") is not None
        if not self.party.leg.is_over:
            if talked:
                return "talking"
            return "waiting" if self.party.state == "in-progress" else "ringing"
        if talked:
            return "answered"
        if self._first("beep") is not None:
            return "voicemail"
        return "gave_up" if self.has_given_up else "ended"

    @property
    def waited(self) -> float | None:
        """Seconds until somebody spoke with him, or None."""
        talked_at = self._first("connected")
        if talked_at is None or self.party is None:
            return None
        return (talked_at - self.party.leg.created_at).total_seconds()

    def _call(self) -> None:
        self.party = self._exchange.place_call(self.line, self.number)
        self._look()

    def _look(self) -> None:
        """Each second: is it time to hang up?"""
        if self.party is None or self.party.leg.is_over:
            return
        leave_at = self._leaves_at(self.party)
        if self._exchange.clock.now() >= leave_at:
            self.has_given_up = self.state in ("ringing", "waiting")
            self.party.hang_up()
        else:
            self._timer = self._exchange.clock.schedule(LOOK_SECONDS, self._look)

    def _leaves_at(self, party: Party) -> datetime:
        talked_at, beeped_at = self._first("connected"), self._first("beep")
        if talked_at is not None:
            return talked_at + timedelta(seconds=self._temper.talk)
        if beeped_at is not None:
            return beeped_at + timedelta(seconds=SPEAKS_TO_A_MACHINE)
        return party.leg.created_at + timedelta(seconds=self._temper.patience)

    def _first(self, kind: str) -> datetime | None:
        heard = self.party.heard if self.party else []
        return next((one.at for one in heard if one.kind == kind), None)


class Crowd:
    """Those who were called in, the latest last."""

    def __init__(self, exchange: Exchange, seed: int | str) -> None:
        self.callers: deque[Caller] = deque(maxlen=MOST_KEPT)
        self._exchange = exchange
        self._rng = Random(f"crowd {seed}")

    def call_in(
        self, *, count: int, seconds: float, lines: Sequence[str], known: Sequence[str] = ()
    ) -> None:
        """Have so many callers ring these lines within so many seconds, spread by chance.

        `known` are numbers that some of them call from; nobody is two callers while it can be
        avoided.
        """
        with self._exchange.clock.lock:
            acquainted = self._rng.sample(list(known), len(known))
            for _nth in range(min(count, MOST_AT_ONCE)):
                caller = Caller(
                    self._exchange,
                    self._rng.choice(lines),
                    self._number(acquainted),
                    self._temper(),
                )
                self.callers.append(caller)
                caller.come(self._rng.uniform(0, seconds))

    def send_home(self) -> None:
        """Everybody hangs up, and who has not called yet does not."""
        with self._exchange.clock.lock:
            for caller in self.callers:
                caller.go()
            self.callers.clear()

    def counts(self) -> dict[str, int]:
        """How many are in each state, in the order of a call."""
        with self._exchange.clock.lock:
            found = Counter(one.state for one in self.callers)
        return {state: found[state] for state in STATES if found[state]}

    def _number(self, acquainted: list[str]) -> str:
        chance = self._rng.random()
        if chance < WITHHELD:
            return self._rng.choice(WITHHELD_FORMS)
        if chance < WITHHELD + KNOWN and acquainted:
            return acquainted.pop()
        return f"+3363998{self._rng.randrange(10_000):04d}"

    def _temper(self) -> Temper:
        is_hurried = self._rng.random() < HURRIED
        ends_it = self._rng.random() < 0.7
        return Temper(
            patience=self._rng.uniform(*(IN_A_HURRY if is_hurried else PATIENT)),
            talk=self._rng.uniform(*TALKS) if ends_it else LEAVES_IT_TO_HER,
        )
