"""REST: the account itself, its balance, and its telephone numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from calls.telephony.interpreter.resources import API, Body, Form, not_found, page_of

if TYPE_CHECKING:
    from calls.telephony.interpreter.exchange import Exchange, NumberSettings

FIELDS = {
    "VoiceUrl": "voice_url",
    "VoiceMethod": "voice_method",
    "VoiceFallbackUrl": "voice_fallback_url",
    "StatusCallback": "status_callback",
    "StatusCallbackMethod": "status_callback_method",
    "VoiceApplicationSid": "voice_application_sid",
    "TrunkSid": "trunk_sid",
}


def fetch(exchange: Exchange, _form: Form) -> tuple[int, Body]:
    sid = exchange.account.sid
    return 200, {
        "sid": sid,
        "owner_account_sid": sid,
        "friendly_name": "Permanence",
        "status": exchange.account_status,
        "type": exchange.account_type,
        "uri": f"{API}/Accounts/{sid}.json",
    }


def balance(exchange: Exchange, _form: Form) -> tuple[int, Body]:
    return 200, {
        "account_sid": exchange.account.sid,
        "balance": exchange.balance,
        "currency": "EUR",
    }


def numbers(exchange: Exchange, form: Form) -> tuple[int, Body]:
    """The account's numbers; where every number is the account's, the one that is asked for."""
    found = list(_asked_for(exchange, form.one("PhoneNumber")))
    uri = f"{API}/Accounts/{exchange.account.sid}/IncomingPhoneNumbers.json"
    return 200, page_of(
        "incoming_phone_numbers", found, lambda one: shown(exchange, *one), form, uri
    )


def _asked_for(exchange: Exchange, number: str) -> Iterator[tuple[str, NumberSettings]]:
    for known, settings in exchange.numbers.items():
        if number in ("", known):
            yield known, settings
    settings_of_any = exchange.settings_of(number) if number else None
    if settings_of_any is not None and number not in exchange.numbers:
        yield number, settings_of_any


def update(exchange: Exchange, form: Form, sid: str) -> tuple[int, Body]:
    """Change what a number does when it is called."""
    number = next((one for one in exchange.numbers if sid_of(one) == sid), None)
    if number is None:
        raise not_found(f"/IncomingPhoneNumbers/{sid}.json")
    changed: dict[str, Any] = {
        field: form.one(name) for name, field in FIELDS.items() if form.has(name)
    }
    exchange.numbers[number] = replace(exchange.numbers[number], **changed)
    return 200, shown(exchange, number, exchange.numbers[number])


def sid_of(number: str) -> str:
    return f"PN{sha256(number.encode()).hexdigest()[:32]}"


def shown(exchange: Exchange, number: str, settings: NumberSettings) -> Body:
    sid = sid_of(number)
    return {
        "sid": sid,
        "account_sid": exchange.account.sid,
        "phone_number": number,
        "friendly_name": number,
        "status": "in-use",
        "capabilities": {"voice": settings.speaks, "sms": False, "mms": False, "fax": False},
        **{field: getattr(settings, field) or None for field in FIELDS.values()},
        "voice_fallback_method": "POST",
        "uri": f"{API}/Accounts/{exchange.account.sid}/IncomingPhoneNumbers/{sid}.json",
    }
