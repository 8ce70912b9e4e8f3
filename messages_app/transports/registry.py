"""Which gateway carries which channel."""

from typing import Protocol

from messages_app.rules.addressing import Channel
from messages_app.rules.retries import FollowUp
from messages_app.rules.sending import Envelope, LookUp, SendResult
from messages_app.transports.email import EmailTransport
from messages_app.transports.twilio_sms import TwilioSms


class Transport(Protocol):
    """A gateway: it raises nothing, its answer says what is certain."""

    can_be_asked: bool

    def send(self, envelope: Envelope) -> SendResult:
        """Hand the text over, within the time-outs."""
        ...

    def find(self, envelope: Envelope) -> LookUp:
        """Ask whether the text was ever taken."""
        ...

    def follow_up(self, code: str) -> FollowUp:
        """What to do when it was taken but did not arrive."""
        ...


TRANSPORTS: dict[Channel, Transport] = {
    Channel.SMS: TwilioSms(),
    Channel.EMAIL: EmailTransport(),
}


def transport_for(channel: str) -> Transport:
    """The gateway of a channel."""
    return TRANSPORTS[Channel(channel)]
