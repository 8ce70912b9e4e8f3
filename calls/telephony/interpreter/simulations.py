"""Simulations: a caller acted by the exchange itself, asked for over REST (ours, not Twilio's)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calls.telephony.interpreter.addresses import normalised
from calls.telephony.interpreter.legs import Leg
from calls.telephony.interpreter.resources import Body, Form, not_found
from calls.telephony.interpreter.telephones import Party

if TYPE_CHECKING:
    from calls.telephony.interpreter.exchange import Exchange

LOOK_SECONDS = 0.25


def create(exchange: Exchange, form: Form) -> tuple[int, Body]:
    """Place a call; AnswerAfter picks up at Telephone (or anywhere), HangUpAfter ends it."""
    party = exchange.place_call(form.one("To"), form.one("From"))
    if form.one("AnswerAfter"):
        _Answering(exchange, party, form).look()
    if form.one("HangUpAfter"):
        exchange.clock.schedule(float(form.one("HangUpAfter")), party.hang_up)
    return 201, _shown(party.leg)


def fetch(exchange: Exchange, _form: Form, sid: str) -> tuple[int, Body]:
    if sid not in exchange.legs:
        raise not_found(f"/Simulations/{sid}.json")
    return 200, _shown(exchange.legs[sid])


def _shown(leg: Leg) -> Body:
    return {
        "sid": leg.sid,
        "from": leg.from_,
        "to": leg.to,
        "status": leg.status,
        "ended": leg.is_over,
        "date_created": leg.created_at.isoformat(),
        "heard": [
            {"at": one.at.isoformat(), "kind": one.kind, "text": one.text, "lang": one.language}
            for one in leg.heard
        ],
    }


class _Answering:
    """Somebody at a telephone who picks up what this call makes ring, after some seconds."""

    def __init__(self, exchange: Exchange, party: Party, form: Form) -> None:
        self._exchange, self._party = exchange, party
        self._address = normalised(form.one("Telephone"))
        self._patience = float(form.one("AnswerAfter"))
        self._seen: set[str] = set()

    def look(self) -> None:
        if self._party.leg.is_over:
            return
        for telephone in list(self._exchange.telephones.values()):
            if self._address in ("", telephone.address):
                for leg in telephone.ringing:
                    self._plan(leg)
        self._exchange.clock.schedule(LOOK_SECONDS, self.look)

    def _plan(self, leg: Leg) -> None:
        if leg.sid in self._seen or leg.parent not in (None, self._party.leg):
            return
        self._seen.add(leg.sid)
        telephone = self._exchange.telephone(leg.to)
        self._exchange.clock.schedule(self._patience, lambda: telephone.answer(leg))
