"""Telephone addresses as Twilio writes them: E.164 numbers, sip: and client: addresses."""

from __future__ import annotations

import re
from random import Random

E164 = re.compile(r"\+[1-9]\d{3,14}")
ALPHANUMERIC = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
WITHHELD_FORMS = (
    "anonymous",
    "Anonymous",
    "Restricted",
    "unknown",
    "",
    "+266696687",
    "+7378742833",
    "+86282452253",
    "+2562533",
    "+8656696",
    "+33999999999",
)
"""Every way in which an operator presents a caller who withholds his number."""

COUNTRIES = (("+33", "FR"), ("+32", "BE"), ("+41", "CH"), ("+44", "GB"), ("+49", "DE"))


def is_e164(address: str) -> bool:
    return E164.fullmatch(address) is not None


def is_alphanumeric_sender(name: str) -> bool:
    return ALPHANUMERIC.fullmatch(name) is not None


def is_french_landline(number: str) -> bool:
    """Numbers of the geographic and non-geographic French ranges, which receive no SMS."""
    return re.fullmatch(r"\+33[1-589]\d{8}", number) is not None


def country_of(address: str) -> str:
    return next((code for prefix, code in COUNTRIES if address.startswith(prefix)), "")


def normalised(address: str) -> str:
    """One spelling per telephone: SIP users without parameters, numbers without spaces."""
    if address.startswith("sip:"):
        return address.partition(";")[0].partition("?")[0].lower()
    if address.startswith("client:"):
        return address
    return re.sub(r"[\s.\-()]", "", address)


class Sids:
    """Twilio's identifiers: two letters and 32 hexadecimal digits; the same seed, the same ones."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng

    def new(self, prefix: str) -> str:
        return f"{prefix}{self._rng.getrandbits(128):032x}"
