"""The interpreter of this web process: made when first asked for, over the real clock.

Its calls live in memory: with several web processes the interpreter's addresses (/operator/) must
all be served by one of them, as a demonstration or a training room does.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings

from calls.telephony.interpreter.clock import RealClock
from calls.telephony.interpreter.doors import HttpDoors
from calls.telephony.interpreter.exchange import Account, Exchange, NumberSettings


@dataclass
class _Process:
    """What this process holds; `configured_for` tells when the settings have changed since."""

    exchange: Exchange | None = None
    configured_for: tuple[str, str, str] = ("", "", "")
    replaced: bool = False


_process = _Process()
_lock = threading.Lock()


def exchange() -> Exchange:
    """The running interpreter; another one when the settings name another account or address."""
    with _lock:
        wanted = (
            settings.PUBLIC_BASE_URL,
            settings.TWILIO_ACCOUNT_SID,
            settings.TWILIO_AUTH_TOKEN,
        )
        if not _process.replaced and _process.configured_for != wanted:
            _stop()
            _process.exchange, _process.configured_for = _made(*wanted), wanted
        assert _process.exchange is not None
        return _process.exchange


@contextmanager
def replaced_by(other: Exchange) -> Iterator[Exchange]:
    """Meanwhile the addresses are answered by another exchange, for instance a test's."""
    with _lock:
        before = (_process.exchange, _process.replaced)
        _process.exchange, _process.replaced = other, True
    try:
        yield other
    finally:
        with _lock:
            _process.exchange, _process.replaced = before


def stop() -> None:
    """End the running interpreter's threads; the next question makes a new one."""
    with _lock:
        _stop()


def _stop() -> None:
    clock = _process.exchange.clock if _process.exchange is not None else None
    if isinstance(clock, RealClock) and not _process.replaced:
        clock.stop()
        _process.exchange, _process.configured_for = None, ("", "", "")


def _made(base: str, sid: str, token: str) -> Exchange:
    # Every number reaches the product: an unknown line is the product's to recognise.
    every_line = NumberSettings(
        voice_url=f"{base}/telephony/twilio/voice/",
        status_callback=f"{base}/telephony/twilio/status/",
    )
    return Exchange(
        account=Account(sid, token),
        numbers={},
        anything=every_line,
        clock=RealClock(),
        doors=HttpDoors(),
        seed=secrets.token_hex(16),
        api_base=f"{base}/operator",
    )
