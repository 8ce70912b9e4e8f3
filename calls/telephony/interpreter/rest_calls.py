"""REST: calls and recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calls.telephony.interpreter.addresses import is_e164
from calls.telephony.interpreter.legs import Callback, Leg
from calls.telephony.interpreter.program import Jump, Program, main
from calls.telephony.interpreter.resources import (
    API,
    ApiError,
    Body,
    Form,
    instant,
    matches,
    not_found,
    page_of,
)
from calls.telephony.interpreter.speech import Recording
from calls.telephony.interpreter.verbs import CALL

if TYPE_CHECKING:
    from calls.telephony.interpreter.exchange import Exchange

API_CALL_TIMEOUT = 60


def create(exchange: Exchange, form: Form) -> tuple[int, Body]:
    """Ring somebody and run TwiML when he answers; one call per second."""
    _check_addresses(exchange, form)
    if not form.one("Url") and not form.one("Twiml"):
        raise ApiError(400, 21205, "Url parameter is required")
    leg = originate(exchange, form, _jump(form))
    return 201, shown(exchange, leg)


def originate(exchange: Exchange, form: Form, start: Jump) -> Leg:
    """Make an outgoing leg of the API's, within the rate."""
    if not exchange.may_create_call():
        raise ApiError(429, 20429, "Too many requests")
    leg = Leg(
        exchange,
        from_=form.one("From"),
        to=form.one("To"),
        direction="outbound-api",
        callback=_callback(form),
    )
    program = Program(leg, CALL, fallback=form.one("FallbackUrl"))

    def answered(event: str) -> None:
        if event == "answered":
            leg.run(main(program, start))

    leg.on_progress = answered
    exchange.ring(leg)
    seconds = form.number("Timeout", API_CALL_TIMEOUT)
    exchange.clock.schedule(seconds, lambda: None if leg.answered_at else leg.end("no-answer"))
    return leg


def _check_addresses(exchange: Exchange, form: Form) -> None:
    to, sender = form.one("To"), form.one("From")
    if not to:
        raise ApiError(400, 21201, "No 'To' number is specified")
    if not sender:
        raise ApiError(400, 21213, "No 'From' number is specified")
    if not to.startswith(("sip:", "client:")) and not is_e164(to):
        raise ApiError(400, 21211, f"The phone number you are attempting to call, {to}, is invalid")
    if not sender.startswith(("sip:", "client:")) and not exchange.owns(sender):
        raise ApiError(400, 21210, f"The source phone number provided, {sender}, is not yours")


def _callback(form: Form) -> Callback | None:
    if not form.one("StatusCallback"):
        return None
    # The SDK repeats the parameter; written by hand it is often one string of words.
    words = " ".join(form.all("StatusCallbackEvent")).split() or ["completed"]
    method = form.one("StatusCallbackMethod", "POST")
    return Callback(form.one("StatusCallback"), method, frozenset(words))


def _jump(form: Form) -> Jump:
    return Jump(form.one("Url"), form.one("Method", "POST"), twiml=form.one("Twiml"))


def fetch(exchange: Exchange, _form: Form, sid: str) -> tuple[int, Body]:
    return 200, shown(exchange, _leg(exchange, sid))


def update(exchange: Exchange, form: Form, sid: str) -> tuple[int, Body]:
    """End a call with Status, or move it to other TwiML with Url or Twiml."""
    leg = _leg(exchange, sid)
    if leg.is_over:
        raise ApiError(400, 21220, "Call is not in-progress. Cannot redirect.")
    if form.one("Status"):
        _end(leg, form.one("Status"))
    elif form.one("Url") or form.one("Twiml"):
        program = Program(leg, CALL, fallback=form.one("FallbackUrl"))
        leg.redirect(main(program, _jump(form)))
    return 200, shown(exchange, leg)


def _end(leg: Leg, status: str) -> None:
    if status == "completed":
        leg.end("completed" if leg.answered_at else "canceled")
    elif status == "canceled" and leg.answered_at is None:
        leg.end("canceled")
    elif status not in ("completed", "canceled"):
        raise ApiError(400, 20001, f"Invalid Status: {status}")


def listed(exchange: Exchange, form: Form) -> tuple[int, Body]:
    found = [leg for leg in reversed(exchange.legs.values()) if _asked_for(leg, form)]
    uri = f"{API}/Accounts/{exchange.account.sid}/Calls.json"
    return 200, page_of("calls", found, lambda leg: shown(exchange, leg), form, uri)


def _asked_for(leg: Leg, form: Form) -> bool:
    values = {
        "To": leg.to,
        "From": leg.from_,
        "Status": _status(leg),
        "ParentCallSid": leg.parent.sid if leg.parent else "",
    }
    same = all(form.one(name) in ("", value) for name, value in values.items())
    return same and matches(leg.answered_at or leg.created_at, "StartTime", form)


def _status(leg: Leg) -> str:
    """The resource says `queued` where the callbacks say `initiated`."""
    return "queued" if leg.status == "initiated" else leg.status


def shown(exchange: Exchange, leg: Leg) -> Body:
    path = f"{API}/Accounts/{exchange.account.sid}/Calls/{leg.sid}"
    return {
        "sid": leg.sid,
        "account_sid": exchange.account.sid,
        "parent_call_sid": leg.parent.sid if leg.parent else None,
        "date_created": instant(leg.created_at),
        "date_updated": instant(leg.ended_at or leg.answered_at or leg.created_at),
        "to": leg.to,
        "to_formatted": leg.to,
        "from": leg.from_,
        "from_formatted": leg.from_,
        "phone_number_sid": None,
        "status": _status(leg),
        "start_time": instant(leg.answered_at),
        "end_time": instant(leg.ended_at),
        "duration": str(leg.duration) if leg.is_over else None,
        "price": None,
        "price_unit": "USD",
        "direction": leg.direction,
        "answered_by": None,
        "annotation": None,
        "api_version": "2010-04-01",
        "forwarded_from": leg.forwarded_from or None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": "0",
        "trunk_sid": None,
        "uri": f"{path}.json",
        "subresource_uris": {"recordings": f"{path}/Recordings.json"},
    }


def fetch_recording(exchange: Exchange, _form: Form, sid: str) -> tuple[int, Body]:
    recording = _recording(exchange, sid)
    return 200, {
        "sid": recording.sid,
        "account_sid": exchange.account.sid,
        "call_sid": recording.call_sid,
        "duration": str(recording.seconds),
        "date_created": instant(recording.started_at),
        "start_time": instant(recording.started_at),
        "status": "completed",
        "channels": 1,
        "source": "RecordVerb",
        "uri": f"{API}/Accounts/{exchange.account.sid}/Recordings/{sid}.json",
    }


def delete_recording(exchange: Exchange, _form: Form, sid: str) -> tuple[int, Body]:
    del exchange.recordings[_recording(exchange, sid).sid]
    return 204, {}


def _recording(exchange: Exchange, sid: str) -> Recording:
    if sid not in exchange.recordings:
        raise not_found(f"/Recordings/{sid}.json")
    return exchange.recordings[sid]


def _leg(exchange: Exchange, sid: str) -> Leg:
    if sid not in exchange.legs:
        raise not_found(f"/Calls/{sid}.json")
    return exchange.legs[sid]
