"""Tables of the messages app."""

from messages_app.models.call_file import CallFile, TriageRecord
from messages_app.models.delivery import ChannelPause, Delivery, DeliveryEvent
from messages_app.models.filtering import ClientRelaySettings, DigestTime, FilterRule
from messages_app.models.message import Message
from messages_app.models.notice import AppointmentNotice, NoticeSettings, StoppedAddress
from messages_app.models.relay import Relay

__all__ = [
    "AppointmentNotice",
    "CallFile",
    "ChannelPause",
    "ClientRelaySettings",
    "Delivery",
    "DeliveryEvent",
    "DigestTime",
    "FilterRule",
    "Message",
    "NoticeSettings",
    "Relay",
    "StoppedAddress",
    "TriageRecord",
]
