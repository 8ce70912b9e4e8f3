"""Telephone numbers as people and operators write them."""

import phonenumbers

# What operators send for a caller who withholds the number (Twilio's changelog "withheld caller ID
# behavior" of November 2022; ARCEP's 2025 draft for unauthenticated mobile callers).
WITHHELD = frozenset(
    {
        "",
        "anonymous",
        "restricted",
        "unavailable",
        "unknown",
        "blocked",
        "private",
        "withheld",
        "266696687",
        "7378742833",
        "86282452253",
        "2562533",
        "8656696",
        "33999999999",
        "9999999999",
        "999999999",
    }
)


def is_withheld(raw: str) -> bool:
    """Tell whether an operator's caller field stands for nobody."""
    text = raw.strip().lower().removeprefix("sip:").split("@")[0]
    return text.lstrip("+") in WITHHELD


def parse_number(raw: str, region: str = "FR") -> str | None:
    """Give the E.164 form of a number written in any way, or None where none is possible.

    Only impossible numbers are refused: real callers have odd ones.
    """
    text = raw.strip()
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def parse_caller(raw: str, region: str = "FR") -> str:
    """Give the caller's number in E.164, or an empty text where it is withheld or unreadable."""
    if is_withheld(raw):
        return ""
    bare = raw.strip().removeprefix("sip:").split("@")[0]
    # Some operators send an international number without its plus.
    return parse_number(bare, region) or parse_number(f"+{bare.lstrip('+')}", region) or ""


def spoken(e164: str, region: str = "FR") -> str:
    """Write a number as it is read aloud: nationally at home, internationally abroad."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    at_home = number.country_code == phonenumbers.country_code_for_region(region)
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if at_home
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(number, style)


def may_be_mobile(e164: str) -> bool:
    """Tell whether an SMS to the number may arrive: not where its country keeps it for land lines.

    France's numbers 06 and 07 are mobile, also those that no table knows as assigned.
    """
    if e164.startswith("+33"):
        return e164.startswith(("+336", "+337"))
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return False
    fixed = phonenumbers.PhoneNumberType.FIXED_LINE
    return phonenumbers.number_type(number) != fixed
