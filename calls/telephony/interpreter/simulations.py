"""Simulations: callers and bad days, asked for over REST (ours, not Twilio's)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calls.telephony.interpreter import bad_days
from calls.telephony.interpreter.addresses import normalised
from calls.telephony.interpreter.legs import Leg
from calls.telephony.interpreter.resources import ApiError, Body, Form, not_found
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


def call_in(exchange: Exchange, form: Form) -> tuple[int, Body]:
    """Have Count callers ring the Lines within Seconds, some of them from known Numbers."""
    if not form.all("Lines"):
        raise ApiError(400, 20001, "Lines is empty")
    exchange.crowd.call_in(
        count=form.number("Count", 1),
        seconds=form.number("Seconds", 0),
        lines=form.all("Lines"),
        known=form.all("Numbers"),
    )
    return crowd(exchange, form)


def crowd(exchange: Exchange, _form: Form) -> tuple[int, Body]:
    """Tell how many are in each state, and after how many seconds the heard ones were."""
    with exchange.clock.lock:
        waited = [one.waited for one in exchange.crowd.callers]
    return 200, {
        "counts": exchange.crowd.counts(),
        "waited": sorted(seconds for seconds in waited if seconds is not None),
    }


def send_home(exchange: Exchange, _form: Form) -> tuple[int, Body]:
    exchange.crowd.send_home()
    return 204, {}


def suffer(exchange: Exchange, form: Form) -> tuple[int, Body]:
    """Have the Troubles given go wrong, and nothing else."""
    try:
        bad_days.suffer(exchange, map(bad_days.Trouble, form.all("Troubles")))
    except ValueError as error:
        raise ApiError(400, 20001, str(error)) from error
    return 200, {"troubles": sorted(exchange.troubles)}


def is_simulation(path: str) -> bool:
    """Tell requests of ours from Twilio's own."""
    return "/Simulations" in path


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
