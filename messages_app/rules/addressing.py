"""Which address a relay goes to, and how an address is shown without giving it away."""

import re
from dataclasses import dataclass
from enum import StrEnum

HIDDEN = "··"


class Channel(StrEnum):
    SMS = "sms"
    EMAIL = "email"


@dataclass(frozen=True)
class Reachable:
    """A member and the addresses that are known: blank means none."""

    member_id: int
    mobile: str = ""
    email: str = ""

    def address(self, channel: Channel) -> str:
        return self.mobile if channel is Channel.SMS else self.email

    def channels(self) -> frozenset[Channel]:
        return frozenset(channel for channel in Channel if self.address(channel))


def channels_to_use(member: Reachable, *, by_sms: bool, by_email: bool) -> frozenset[Channel]:
    """The wanted channels that the member has; any that he has rather than none at all."""
    flags = ((Channel.SMS, by_sms), (Channel.EMAIL, by_email))
    wanted = frozenset(channel for channel, is_wanted in flags if is_wanted)
    return (wanted & member.channels()) or member.channels()


def other_channel(channel: Channel) -> Channel:
    return Channel.EMAIL if channel is Channel.SMS else Channel.SMS


def masked(channel: str, address: str) -> str:
    """« 06 ·· ·· ·· 18 »: enough to know it, not to dial it; an e-mail address is shown whole."""
    return masked_number(address) if channel == Channel.SMS else address


def masked_number(e164: str) -> str:
    digits = re.sub(r"\D", "", e164)
    if e164.startswith("+33") and len(digits) == 11:
        pairs = re.findall("..", f"0{digits[2:]}")
        return " ".join([pairs[0], *[HIDDEN] * 3, pairs[-1]])
    return f"{HIDDEN} {digits[-2:]}"
