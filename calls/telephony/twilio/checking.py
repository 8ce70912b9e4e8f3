"""Looks whether the operator's account will do what the lines need, and says it in plain words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.urls import reverse
from twilio.base.exceptions import TwilioException, TwilioRestException

from calls.telephony.twilio.api import configured_client, operator_client
from calls.telephony.twilio.checking_telephones import telephone_findings
from calls.telephony.twilio.findings import Finding
from clients.models import Endpoint, Line
from core.phones import spoken

# Give up on a connection after 1.5 s, wait 4 s for the answer, try once more.
OVERRIDES = "#ct=1500&rt=4000&rc=1&rp=all"
MENDS_IT = "--set mends it."
LITTLE_MONEY = Decimal(10)
SENDER_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
SENDER_NUMBER = re.compile(r"\+?[0-9]{4,15}")


@dataclass(frozen=True)
class Mending:
    """What would put a number right: fields of the operator's, and their values."""

    number_sid: str
    line: Line
    changes: dict[str, str]


@dataclass(frozen=True)
class Checked:
    """All that was found, and what can be mended from here."""

    findings: Sequence[Finding]
    mendings: Sequence[Mending]

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong; warnings may be."""
        return all(one.weight != "wrong" for one in self.findings)


def check_everything(
    lines: Sequence[Line], telephones: Sequence[Endpoint] = (), *, fallback: str = ""
) -> Checked:
    """Ask the operator about the account, each line's number and each telephone; changes nothing.

    Raises TwilioException and RequestException where it stops answering in the middle.
    """
    findings = [*_own_settings(), *_sender()]
    secrets = list(_secrets())
    findings += secrets
    if any(one.weight == "wrong" for one in secrets):
        return Checked(findings, [])
    findings += [*_account(), *_balance()]
    mendings = []
    numbers = _numbers()
    for line in lines:
        said, changes = _line(line, numbers.get(str(line.number)), fallback)
        findings += said
        if changes is not None:
            mendings.append(changes)
    if not lines:
        findings.append(
            Finding(
                "warning",
                "No client has a line in force: give one its number on the settings' pages.",
            )
        )
    findings += telephone_findings(telephones)
    return Checked(findings, mendings)


def mend(mending: Mending) -> None:
    """Set a number's addresses at the operator; raises TwilioException."""
    configured_client().incoming_phone_numbers(mending.number_sid).update(**mending.changes)


def voice_address() -> str:
    """Where the operator asks what to do with a caller."""
    return str(settings.PUBLIC_BASE_URL + reverse("twilio:voice"))


def status_address() -> str:
    """Where the operator tells that a call is over."""
    return str(settings.PUBLIC_BASE_URL + reverse("twilio:status"))


def is_elsewhere(url: str) -> bool:
    """Tell whether an address still answers when this machine does not."""
    host = urlsplit(url).hostname
    return bool(host) and host != urlsplit(settings.PUBLIC_BASE_URL).hostname


def _own_settings() -> Iterator[Finding]:
    if settings.TWILIO_API_BASE:
        yield Finding(
            "warning",
            f"TWILIO_API_BASE is set: {settings.TWILIO_API_BASE} was asked, not Twilio. Unset it "
            "where real calls are to come.",
        )
    url = settings.PUBLIC_BASE_URL
    if url.startswith("https://"):
        yield Finding("well", f"The operator reaches us at {url}.")
    else:
        yield Finding(
            "wrong",
            f"PUBLIC_BASE_URL is {url}: the operator needs https and a name that everybody "
            "can reach. Set it to that address.",
        )


def _sender() -> Iterator[Finding]:
    sender = settings.TWILIO_SMS_SENDER
    if SENDER_NAME.fullmatch(sender):
        yield Finding("well", f"SMS come from “{sender}”.")
    elif sender.startswith(("+336", "+337")):
        yield Finding(
            "wrong",
            f"SMS from {sender}: French operators block automatic SMS from 06/07. Set "
            "TWILIO_SMS_SENDER to a name of up to eleven letters.",
        )
    elif SENDER_NUMBER.fullmatch(sender):
        yield Finding("well", f"SMS come from the number {sender}.")
    else:
        yield Finding(
            "wrong",
            f"TWILIO_SMS_SENDER is “{sender}”: at most eleven letters and digits without accents, "
            "one letter at least.",
        )


def _secrets() -> Iterator[Finding]:
    """Each secret is tried: the first signs our requests, all are believed in webhooks."""
    for position, token in enumerate(settings.TWILIO_AUTH_TOKENS, start=1):
        reason = _refused(token)
        if not reason:
            yield Finding("well", f"Secret {position} of TWILIO_AUTH_TOKENS opens the account.")
        elif position == 1:
            yield Finding("wrong", f"The operator does not let us in: {reason}")
        else:
            yield Finding(
                "warning",
                f"Secret {position} of TWILIO_AUTH_TOKENS opens nothing: take it out once the "
                "change of secrets is over.",
            )
    if not settings.TWILIO_AUTH_TOKENS:
        yield Finding(
            "wrong",
            "TWILIO_AUTH_TOKENS is empty: no request can be signed or believed. Copy the auth "
            "token from the first page of the operator's console.",
        )


def _refused(token: str) -> str:
    sid = settings.TWILIO_ACCOUNT_SID
    try:
        operator_client(sid, token, settings.TWILIO_API_BASE).api.accounts(sid).fetch()
    except TwilioRestException as error:
        if error.status in (401, 403, 404):
            return (
                "TWILIO_ACCOUNT_SID or the secret is wrong. Copy both again from the first page of "
                "its console; an account that was closed is refused alike."
            )
        return f"it answered {error.status}. Look at status.twilio.com, and try again later."
    except (TwilioException, requests.RequestException) as error:
        return (
            f"it can't be reached ({type(error).__name__}). Look whether this machine's network, "
            "its DNS and its firewall let it reach api.twilio.com by https."
        )
    return ""


def _account() -> Iterator[Finding]:
    account = configured_client().api.accounts(settings.TWILIO_ACCOUNT_SID).fetch()
    if account.status != "active":
        yield Finding(
            "wrong",
            f"The account is {account.status}: no call and no SMS goes through. The operator's "
            "console says why and what it asks for, mostly a payment.",
        )
    else:
        yield Finding("well", "The account is active.")
    if account.type == "Trial":
        yield Finding(
            "warning",
            "The account is on trial: only numbers verified there are reached. Upgrade it in the "
            "operator's console before real calls come.",
        )


def _balance() -> Iterator[Finding]:
    try:
        found = configured_client().api.accounts(settings.TWILIO_ACCOUNT_SID).balance.fetch()
        money = Decimal(str(found.balance))
    except (TwilioException, requests.RequestException, InvalidOperation):
        yield Finding("warning", "The balance can't be read: look at it in the operator's console.")
        return
    words = f"The balance is {money:.2f} {found.currency}"
    if money <= 0:
        yield Finding("wrong", f"{words}: the operator will refuse calls. Pay in now.")
    elif money < LITTLE_MONEY:
        yield Finding("warning", f"{words}: pay in before it is used up.")
    else:
        yield Finding("well", f"{words}.")


class _Numbers:
    """The account's numbers: all of them at once, one by its name where it was not among them."""

    def __init__(self) -> None:
        self._client = configured_client()
        listed = self._client.incoming_phone_numbers.list(page_size=1000)
        self._known = {one.phone_number: one for one in listed}

    def get(self, number: str) -> Any:
        """Give a number's settings, or None where the account has it not."""
        if number not in self._known:
            found = self._client.incoming_phone_numbers.list(phone_number=number, limit=20)
            self._known[number] = next((one for one in found if one.phone_number == number), None)
        return self._known[number]


def _numbers() -> _Numbers:
    return _Numbers()


def _line(line: Line, number: Any, fallback: str) -> tuple[list[Finding], Mending | None]:
    name = f"{spoken(str(line.number))} ({line.client.short_name or line.client.name})"
    if number is None:
        text = f"{name}: the account has no such number. Buy it, move it there, or end the line."
        return [Finding("wrong", text)], None
    said = list(_faults(name, number))
    changes = _changes(number, fallback)
    if not said:
        said = [Finding("well", f"{name}: calls reach us, and a fallback stands elsewhere.")]
    return said, Mending(number.sid, line, changes) if changes else None


def _faults(name: str, number: Any) -> Iterator[Finding]:
    if number.trunk_sid or number.voice_application_sid:
        yield Finding(
            "wrong",
            f"{name}: a trunk or an application takes its calls, so its address counts for "
            "nothing. Take it off in the operator's console.",
        )
    if not number.capabilities.get("voice"):
        yield Finding("wrong", f"{name}: this number takes no calls. Buy one with voice instead.")
    url, _mark, overrides = (number.voice_url or "").partition("#")
    if url != voice_address():
        yield Finding(
            "wrong", f"{name}: calls go to {url or 'nowhere'}, not to {voice_address()}. {MENDS_IT}"
        )
    elif not overrides:
        yield Finding(
            "warning",
            f"{name}: callers wait long when we are slow: {OVERRIDES} is missing. {MENDS_IT}",
        )
    if number.status_callback != status_address():
        yield Finding(
            "wrong", f"{name}: the end of calls is not told to {status_address()}. {MENDS_IT}"
        )
    if {number.voice_method, number.status_callback_method} != {"POST"}:
        yield Finding("wrong", f"{name}: both addresses must be asked by POST. {MENDS_IT}")
    yield from _fallback_faults(name, number)


def _fallback_faults(name: str, number: Any) -> Iterator[Finding]:
    if not number.voice_fallback_url:
        yield Finding(
            "wrong",
            f"{name}: no fallback. When this machine does not answer, callers hear a recorded "
            "error. Make a TwiML Bin and set it as “Primary handler fails”, or give its address "
            "to --set with --fallback.",
        )
    elif not is_elsewhere(number.voice_fallback_url):
        yield Finding(
            "wrong",
            f"{name}: its fallback stands on this machine, which is down when it is needed. Make a "
            "TwiML Bin and give its address to --set with --fallback.",
        )


def _changes(number: Any, fallback: str) -> dict[str, str]:
    """What has to be set, and only that; another fallback only where one was given."""
    url, _mark, overrides = (number.voice_url or "").partition("#")
    is_ours = url == voice_address() and bool(overrides)
    wanted = {
        # Overrides that somebody chose himself stay.
        "voice_url": number.voice_url if is_ours else voice_address() + OVERRIDES,
        "voice_method": "POST",
        "status_callback": status_address(),
        "status_callback_method": "POST",
    }
    if fallback and not is_elsewhere(number.voice_fallback_url or ""):
        wanted["voice_fallback_url"] = fallback
    return {name: value for name, value in wanted.items() if getattr(number, name) != value}
