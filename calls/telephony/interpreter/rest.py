"""The REST API: who may ask, and which resource answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from calls.telephony.interpreter import (
    rest_account,
    rest_calls,
    rest_messages,
    rest_rooms,
    rest_sip,
    simulations,
)
from calls.telephony.interpreter.resources import ApiError, Body, Form, not_found
from calls.telephony.interpreter.sms import Refused

if TYPE_CHECKING:
    from calls.telephony.interpreter.exchange import Exchange

Responder = Callable[..., tuple[int, Body]]
SID = r"([A-Za-z0-9_\-.%@+: ]+)"
REFUSED_STATUS = {20429: 429, 20003: 401, 20500: 500, 20503: 503}

ROUTES: tuple[tuple[str, str, Responder], ...] = (
    ("GET", r"", rest_account.fetch),
    ("GET", r"Balance", rest_account.balance),
    ("GET", r"IncomingPhoneNumbers", rest_account.numbers),
    ("POST", rf"IncomingPhoneNumbers/{SID}", rest_account.update),
    ("GET", r"SIP/Domains", rest_sip.domains),
    (
        "GET",
        rf"SIP/Domains/{SID}/Auth/Registrations/CredentialListMappings",
        rest_sip.credential_lists,
    ),
    ("GET", rf"SIP/CredentialLists/{SID}/Credentials", rest_sip.credentials),
    ("POST", r"Calls", rest_calls.create),
    ("GET", r"Calls", rest_calls.listed),
    ("GET", rf"Calls/{SID}", rest_calls.fetch),
    ("POST", rf"Calls/{SID}", rest_calls.update),
    ("GET", rf"Recordings/{SID}", rest_calls.fetch_recording),
    ("DELETE", rf"Recordings/{SID}", rest_calls.delete_recording),
    ("POST", r"Messages", rest_messages.create),
    ("GET", r"Messages", rest_messages.listed),
    ("GET", rf"Messages/{SID}", rest_messages.fetch),
    ("POST", rf"Messages/{SID}", rest_messages.update),
    ("DELETE", rf"Messages/{SID}", rest_messages.delete),
    ("GET", r"Conferences", rest_rooms.listed),
    ("GET", rf"Conferences/{SID}", rest_rooms.fetch),
    ("POST", rf"Conferences/{SID}", rest_rooms.update),
    ("GET", rf"Conferences/{SID}/Participants", rest_rooms.participants),
    ("POST", rf"Conferences/{SID}/Participants", rest_rooms.add_participant),
    ("GET", rf"Conferences/{SID}/Participants/{SID}", rest_rooms.fetch_participant),
    ("POST", rf"Conferences/{SID}/Participants/{SID}", rest_rooms.update_participant),
    ("DELETE", rf"Conferences/{SID}/Participants/{SID}", rest_rooms.remove_participant),
    ("GET", r"Queues", rest_rooms.queues),
    ("GET", rf"Queues/{SID}/Members", rest_rooms.members),
    ("POST", rf"Queues/{SID}/Members/{SID}", rest_rooms.dequeue),
    ("POST", r"Simulations", simulations.create),
    ("POST", r"Simulations/Crowd", simulations.call_in),
    ("GET", r"Simulations/Crowd", simulations.crowd),
    ("DELETE", r"Simulations/Crowd", simulations.send_home),
    ("POST", r"Simulations/Troubles", simulations.suffer),
    ("GET", rf"Simulations/{SID}", simulations.fetch),
)


def respond(
    exchange: Exchange,
    method: str,
    path: str,
    form: Mapping[str, str | list[str]],
    auth: tuple[str, str],
) -> tuple[int, Body]:
    """Answer one request; `path` starts at /2010-04-01."""
    try:
        _authenticate(exchange, auth)
        return _dispatch(exchange, method.upper(), path, Form(form))
    except Refused as refused:
        status = REFUSED_STATUS.get(refused.code, 400)
        return status, ApiError(status, refused.code, str(refused)).body()
    except ApiError as error:
        return error.status, error.body()


def _authenticate(exchange: Exchange, auth: tuple[str, str]) -> None:
    if auth != (exchange.account.sid, exchange.account.auth_token):
        raise ApiError(401, 20003, "Authenticate")


def _dispatch(exchange: Exchange, method: str, path: str, form: Form) -> tuple[int, Body]:
    prefix = f"/2010-04-01/Accounts/{exchange.account.sid}"
    resource = path.removeprefix(prefix).removesuffix(".json")
    if not path.startswith(prefix) or (resource and not resource.startswith("/")):
        raise not_found(path)
    resource = resource.removeprefix("/")
    allowed = False
    for verb, pattern, responder in ROUTES:
        if found := re.fullmatch(pattern, resource):
            allowed = True
            if verb == method:
                return responder(exchange, form, *found.groups())
    if allowed:
        raise ApiError(405, 20004, "Method not allowed")
    raise not_found(path)
