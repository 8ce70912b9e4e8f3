"""REST: messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calls.telephony.interpreter.resources import (
    API,
    Body,
    Form,
    instant,
    matches,
    not_found,
    page_of,
)
from calls.telephony.interpreter.segments import segment_count
from calls.telephony.interpreter.sms import Message

if TYPE_CHECKING:
    from calls.telephony.interpreter.exchange import Exchange


def create(exchange: Exchange, form: Form) -> tuple[int, Body]:
    return 201, shown(exchange, exchange.sms.create(form.flat()))


def listed(exchange: Exchange, form: Form) -> tuple[int, Body]:
    """Newest first; DateSent leaves out what was not sent, as at Twilio."""
    found = [
        message
        for message in reversed(exchange.sms.messages.values())
        if form.one("To") in ("", message.to)
        and form.one("From") in ("", message.from_)
        and matches(message.sent_at, "DateSent", form)
    ]
    uri = f"{API}/Accounts/{exchange.account.sid}/Messages.json"
    return 200, page_of("messages", found, lambda one: shown(exchange, one), form, uri)


def fetch(exchange: Exchange, _form: Form, sid: str) -> tuple[int, Body]:
    return 200, shown(exchange, _message(exchange, sid))


def update(exchange: Exchange, form: Form, sid: str) -> tuple[int, Body]:
    """Blank the body, or cancel what has not left."""
    message = _message(exchange, sid)
    if form.has("Body"):
        message.body = form.one("Body")
    if form.one("Status") == "canceled" and message.status in ("queued", "scheduled"):
        message.status = "canceled"
    return 200, shown(exchange, message)


def delete(exchange: Exchange, _form: Form, sid: str) -> tuple[int, Body]:
    del exchange.sms.messages[_message(exchange, sid).sid]
    return 204, {}


def shown(exchange: Exchange, message: Message) -> Body:
    path = f"{API}/Accounts/{exchange.account.sid}/Messages/{message.sid}"
    return {
        "sid": message.sid,
        "account_sid": exchange.account.sid,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": instant(message.created_at),
        "date_sent": instant(message.sent_at),
        "date_updated": instant(message.updated_at),
        "direction": "outbound-api",
        "error_code": message.error_code,
        "error_message": None,
        "from": message.from_ or None,
        "messaging_service_sid": message.service_sid or None,
        "num_media": "0",
        "num_segments": str(segment_count(message.body)),
        "price": None,
        "price_unit": "USD",
        "status": message.status,
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": message.to,
        "uri": f"{path}.json",
    }


def _message(exchange: Exchange, sid: str) -> Message:
    if sid not in exchange.sms.messages:
        raise not_found(f"/Messages/{sid}.json")
    return exchange.sms.messages[sid]
