"""The two ends of the line: the caller's telephone and the telephones that ring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calls.telephony.interpreter.legs import SILENCE, Heard, Leg

if TYPE_CHECKING:
    from calls.telephony.interpreter.exchange import Exchange

POST_DIAL_SECONDS = 0.2


class Party:
    """A caller with a telephone at the ear."""

    def __init__(self, leg: Leg) -> None:
        self.leg = leg

    @property
    def sid(self) -> str:
        return self.leg.sid

    @property
    def state(self) -> str:
        return self.leg.status

    @property
    def heard(self) -> list[Heard]:
        return self.leg.heard

    def hang_up(self) -> None:
        with self.leg.exchange.clock.lock:
            self.leg.hang_up()

    def press(self, digits: str) -> None:
        with self.leg.exchange.clock.lock:
            self.leg.press(digits)

    def fall_silent(self) -> None:
        """Stop speaking, which ends a recording after its own patience."""
        with self.leg.exchange.clock.lock:
            self.leg.digits.put(SILENCE)


class Telephone:
    """A telephone with several lines: it may ring, talk and hold at once.

    `offline` is a handset that is off or a softphone that is not registered; without
    `call_waiting` a second call finds it busy.
    """

    def __init__(self, exchange: Exchange, address: str) -> None:
        self.address = address
        self.offline = False
        self.call_waiting = True
        self.legs: list[Leg] = []
        self.active: Leg | None = None
        self._exchange = exchange
        self._auto_answer: float | None = None

    @property
    def ringing(self) -> list[Leg]:
        return [leg for leg in self.legs if leg.status == "ringing"]

    @property
    def held(self) -> list[Leg]:
        return [leg for leg in self.connected if leg is not self.active]

    @property
    def connected(self) -> list[Leg]:
        return [leg for leg in self.legs if leg.status == "in-progress"]

    @property
    def auto_answers_after(self) -> float | None:
        return self._auto_answer

    def auto_answer_after(self, seconds: float | None) -> None:
        """Pick up by itself from now on, also what rings already; None stops it."""
        with self._exchange.clock.lock:
            self._auto_answer = seconds
            for leg in self.ringing:
                self._plan_answer(leg)

    def answer(self, leg: Leg | None = None) -> None:
        """Pick up the given call, or the first that rings; another in progress is held."""
        with self._exchange.clock.lock:
            picked = leg or next(iter(self.ringing), None)
            if picked is None or picked.status != "ringing":
                return
            self._hold_active()
            self.active = picked
            picked.answer()

    def decline(self, leg: Leg | None = None) -> None:
        with self._exchange.clock.lock:
            refused = leg or next(iter(self.ringing), None)
            if refused is not None and refused.status == "ringing":
                refused.end("busy")

    def hang_up(self, leg: Leg | None = None) -> None:
        with self._exchange.clock.lock:
            ended = leg or self.active
            if ended is not None and ended.status == "in-progress":
                ended.hang_up()

    def resume(self, leg: Leg | None) -> None:
        """Talk to a held call again, and hold the one in progress."""
        with self._exchange.clock.lock:
            if leg is None or leg not in self.held:
                return
            self._hold_active()
            self.active = leg
            self._let_far_end_hear(leg, "resumed")

    def press(self, digits: str, leg: Leg | None = None) -> None:
        with self._exchange.clock.lock:
            target = leg or self.active
            if target is not None:
                target.press(digits)

    def receive(self, leg: Leg) -> None:
        """A call reaches this telephone."""
        if leg.is_over:
            return
        if self.offline:
            leg.end("failed" if self.address.startswith("sip:") else "no-answer")
        elif self.connected and not self.call_waiting:
            leg.end("busy")
        else:
            self.legs = [one for one in self.legs if not one.is_over] + [leg]
            leg.hear("ringing", leg.from_)
            leg.progress("ringing")
            self._plan_answer(leg)

    def _plan_answer(self, leg: Leg) -> None:
        if self._auto_answer is not None:
            self._exchange.clock.schedule(self._auto_answer, lambda: self.answer(leg))

    def _hold_active(self) -> None:
        if self.active is not None and self.active.status == "in-progress":
            self._let_far_end_hear(self.active, "held")

    @staticmethod
    def _let_far_end_hear(leg: Leg, kind: str) -> None:
        if leg.bridge is not None:
            leg.bridge.other(leg).hear(kind, leg.to)
