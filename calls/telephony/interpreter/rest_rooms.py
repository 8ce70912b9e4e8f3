"""REST: conferences with their participants, queues with their members."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from calls.telephony.interpreter.conference import Conference, Participant
from calls.telephony.interpreter.program import Jump, Program, main
from calls.telephony.interpreter.queue import Entry, Queue
from calls.telephony.interpreter.resources import (
    API,
    ApiError,
    Body,
    Form,
    instant,
    not_found,
    page_of,
)
from calls.telephony.interpreter.rest_calls import originate
from calls.telephony.interpreter.verbs import CALL

if TYPE_CHECKING:
    from calls.telephony.interpreter.exchange import Exchange

PARTICIPANT_ATTRIBUTES = {
    "Label": "participantLabel",
    "Muted": "muted",
    "StartConferenceOnEnter": "startConferenceOnEnter",
    "EndConferenceOnExit": "endConferenceOnExit",
    "Beep": "beep",
    "WaitUrl": "waitUrl",
    "ConferenceStatusCallback": "statusCallback",
    "ConferenceStatusCallbackEvent": "statusCallbackEvent",
}


def listed(exchange: Exchange, form: Form) -> tuple[int, Body]:
    found = [
        room
        for room in reversed(exchange.conferences.values())
        if form.one("FriendlyName") in ("", room.name) and form.one("Status") in ("", room.status)
    ]
    return 200, page_of(
        "conferences", found, lambda room: _room(exchange, room), form, _uri(exchange)
    )


def fetch(exchange: Exchange, _form: Form, sid: str) -> tuple[int, Body]:
    return 200, _room(exchange, _conference(exchange, sid))


def update(exchange: Exchange, form: Form, sid: str) -> tuple[int, Body]:
    room = _conference(exchange, sid)
    if form.one("Status") == "completed":
        room.end("conference-ended-via-api")
    return 200, _room(exchange, room)


def participants(exchange: Exchange, form: Form, sid: str) -> tuple[int, Body]:
    room = _conference(exchange, sid)
    uri = _uri(exchange, f"/{sid}/Participants")
    return 200, page_of(
        "participants",
        room.participants.values(),
        lambda one: _present(exchange, room, one),
        form,
        uri,
    )


def add_participant(exchange: Exchange, form: Form, sid: str) -> tuple[int, Body]:
    """Ring somebody into a room, named by SID or by friendly name."""
    room = exchange.conferences.get(sid) or exchange.conference(sid)
    if not form.one("To") or not form.one("From"):
        raise ApiError(400, 21201, "To and From are required")
    leg = originate(exchange, form, Jump(twiml=_into_room(room, form)))
    return 201, {
        "call_sid": leg.sid,
        "conference_sid": room.sid,
        "account_sid": exchange.account.sid,
        "label": form.one("Label") or None,
        "status": "queued",
        "muted": form.flag("Muted"),
        "hold": False,
        "uri": _uri(exchange, f"/{room.sid}/Participants/{leg.sid}"),
    }


def _into_room(room: Conference, form: Form) -> str:
    written = {
        attribute: " ".join(form.all(name)) if name.endswith("Event") else form.one(name)
        for name, attribute in PARTICIPANT_ATTRIBUTES.items()
        if form.one(name)
    }
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in written.items())
    inside = f"<Conference{attributes}>{escape(room.name)}</Conference>"
    return f"<Response><Dial>{inside}</Dial></Response>"


def fetch_participant(exchange: Exchange, _form: Form, sid: str, who: str) -> tuple[int, Body]:
    room = _conference(exchange, sid)
    return 200, _present(exchange, room, _participant(room, who))


def update_participant(exchange: Exchange, form: Form, sid: str, who: str) -> tuple[int, Body]:
    room = _conference(exchange, sid)
    participant = _participant(room, who)
    if form.has("Hold"):
        room.set_hold(participant, form.flag("Hold"))
    if form.has("Muted"):
        room.set_muted(participant, form.flag("Muted"))
    if form.has("EndConferenceOnExit"):
        participant.ends = form.flag("EndConferenceOnExit")
    return 200, _present(exchange, room, participant)


def remove_participant(exchange: Exchange, _form: Form, sid: str, who: str) -> tuple[int, Body]:
    room = _conference(exchange, sid)
    room.leave(_participant(room, who), "removed")
    return 204, {}


def queues(exchange: Exchange, form: Form) -> tuple[int, Body]:
    def shown(queue: Queue) -> Body:
        return {
            "sid": queue.sid,
            "account_sid": exchange.account.sid,
            "friendly_name": queue.name,
            "current_size": len(queue.entries),
            "max_size": 100,
            "average_wait_time": 0,
            "date_created": instant(queue.created_at),
        }

    uri = f"{API}/Accounts/{exchange.account.sid}/Queues.json"
    return 200, page_of("queues", exchange.queues.values(), shown, form, uri)


def members(exchange: Exchange, form: Form, sid: str) -> tuple[int, Body]:
    queue = _queue(exchange, sid)
    uri = f"{API}/Accounts/{exchange.account.sid}/Queues/{sid}/Members.json"
    return 200, page_of("queue_members", queue.entries, _waiting, form, uri)


def dequeue(exchange: Exchange, form: Form, sid: str, who: str) -> tuple[int, Body]:
    """Take a caller out of a queue, the first or a given one, towards other TwiML."""
    queue = _queue(exchange, sid)
    chosen = [one for one in queue.entries if who in ("Front", one.leg.sid)]
    if not chosen:
        raise not_found(f"/Queues/{sid}/Members/{who}.json")
    shown = _waiting(chosen[0])
    start = Jump(form.one("Url"), form.one("Method", "POST"))
    chosen[0].leg.redirect(main(Program(chosen[0].leg, CALL), start))
    return 200, shown


def _waiting(entry: Entry) -> Body:
    return {
        "call_sid": entry.leg.sid,
        "queue_sid": entry.queue.sid,
        "date_enqueued": instant(entry.entered_at),
        "position": entry.position,
        "wait_time": entry.seconds,
    }


def _room(exchange: Exchange, room: Conference) -> Body:
    return {
        "sid": room.sid,
        "account_sid": exchange.account.sid,
        "friendly_name": room.name,
        "status": room.status,
        "date_created": instant(room.created_at),
        "date_updated": instant(room.created_at),
        "api_version": "2010-04-01",
        "region": "ie1",
        "reason_conference_ended": None,
        "call_sid_ending_conference": None,
        "uri": _uri(exchange, f"/{room.sid}"),
        "subresource_uris": {"participants": _uri(exchange, f"/{room.sid}/Participants")},
    }


def _present(exchange: Exchange, room: Conference, one: Participant) -> Body:
    return {
        "call_sid": one.leg.sid,
        "conference_sid": room.sid,
        "account_sid": exchange.account.sid,
        "label": one.label or None,
        "muted": one.muted,
        "hold": one.hold,
        "coaching": False,
        "call_sid_to_coach": None,
        "start_conference_on_enter": one.starts,
        "end_conference_on_exit": one.ends,
        "status": "connected",
        "queue_time": "0",
        "date_created": instant(one.joined_at),
        "date_updated": instant(one.joined_at),
        "uri": _uri(exchange, f"/{room.sid}/Participants/{one.leg.sid}"),
    }


def _uri(exchange: Exchange, tail: str = "") -> str:
    return f"{API}/Accounts/{exchange.account.sid}/Conferences{tail}.json"


def _conference(exchange: Exchange, sid: str) -> Conference:
    if sid not in exchange.conferences:
        raise not_found(f"/Conferences/{sid}.json")
    return exchange.conferences[sid]


def _participant(room: Conference, who: str) -> Participant:
    for participant in room.participants.values():
        if who in (participant.leg.sid, participant.label):
            return participant
    raise not_found(f"/Conferences/{room.sid}/Participants/{who}.json")


def _queue(exchange: Exchange, sid: str) -> Queue:
    if sid not in exchange.queues:
        raise not_found(f"/Queues/{sid}.json")
    return exchange.queues[sid]
