"""Words shared by all about confirmations and reminders, and to which addresses they go."""

from dataclasses import dataclass
from enum import StrEnum

from messages_app.rules.addressing import Channel


class Kind(StrEnum):
    CONFIRMATION = "confirm"
    REMINDER = "reminder"
    CANCELLATION = "cancelled"


class Way(StrEnum):
    """By which channels a practice wants a notice to leave."""

    NONE = "none"
    SMS = "sms"
    EMAIL = "email"
    EITHER = "either"
    BOTH = "both"


class NoticeState(StrEnum):
    WRITTEN = "written"
    WITHDRAWN = "withdrawn"
    NOT_SENT = "not_sent"


class NotSentBecause(StrEnum):
    NOT_AGREED = "not_agreed"
    REFUSED = "refused"
    STOPPED = "stopped"
    NO_ADDRESS = "no_address"
    NOT_WANTED = "not_wanted"
    JUST_TOLD = "just_told"
    TOO_LATE = "too_late"
    TOGETHER = "together"


class Answer(StrEnum):
    """What a person said when she was asked about confirmations and reminders."""

    NOT_ASKED = ""
    AGREED = "agreed"
    REFUSED = "refused"


@dataclass(frozen=True)
class Reach:
    """How one person can be written to; `stopped` are addresses that want no more."""

    answer: Answer = Answer.NOT_ASKED
    mobile: str = ""
    email: str = ""
    stopped: frozenset[str] = frozenset()

    def address(self, channel: Channel) -> str:
        """Her address of a channel; blank means none that may be used."""
        address = self.mobile if channel is Channel.SMS else self.email
        return "" if address in self.stopped else address


Addresses = tuple[tuple[Channel, str], ...]


def addresses_for(way: Way, reach: Reach, *, asks_agreement: bool) -> Addresses | NotSentBecause:
    """To which addresses a notice goes, or why to none.

    « By SMS, else by e-mail » takes the first that she has; « both » takes what she has.
    """
    refusal = _unwilling(reach, asks_agreement)
    if refusal is not None:
        return refusal
    found = [(channel, reach.address(channel)) for channel in _CHANNELS[way]]
    usable = [(channel, address) for channel, address in found if address]
    if not usable:
        return _why_none(way, reach)
    return tuple(usable[:1] if way is Way.EITHER else usable)


_CHANNELS: dict[Way, tuple[Channel, ...]] = {
    Way.NONE: (),
    Way.SMS: (Channel.SMS,),
    Way.EMAIL: (Channel.EMAIL,),
    Way.EITHER: (Channel.SMS, Channel.EMAIL),
    Way.BOTH: (Channel.SMS, Channel.EMAIL),
}


def _unwilling(reach: Reach, asks_agreement: bool) -> NotSentBecause | None:
    if reach.answer is Answer.REFUSED:
        return NotSentBecause.REFUSED
    if asks_agreement and reach.answer is not Answer.AGREED:
        return NotSentBecause.NOT_AGREED
    return None


def _why_none(way: Way, reach: Reach) -> NotSentBecause:
    known = {reach.mobile if c is Channel.SMS else reach.email for c in _CHANNELS[way]} - {""}
    return NotSentBecause.STOPPED if known else NotSentBecause.NO_ADDRESS
