"""The texts that leave: rendered once, in the recipient's language, then frozen in the outbox.

An SMS says who called and gives a link, never why. An e-mail says the reason only where the client
has chosen so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext

from messages_app.models import Delivery, Relay
from messages_app.queries.filters import relay_settings
from messages_app.queries.links import message_link
from messages_app.queries.zones import zone_of
from messages_app.rules.addressing import Channel
from messages_app.rules.gsm7 import shorten, transliterate

CALLER_IN_SMS = 40
CALLERS_IN_SMS = 60
SUBJECT = 200


@dataclass(frozen=True)
class Letter:
    """A text ready for the outbox; SMS have no subject and no HTML."""

    text: str
    subject: str = ""
    html: str = ""


def compose(purpose: str, channel: Channel, relays: Sequence[Relay]) -> Letter:
    """The letter about these relays of one client to one recipient: several only in a digest."""
    first = relays[0]
    client = first.message.client
    with (
        translation.override(first.recipient.user.language or settings.LANGUAGE_CODE),
        timezone.override(zone_of(client)),
    ):
        context = _context(purpose, relays)
        kind = "digest" if purpose == Delivery.Purpose.DIGEST else "message"
        return _sms(kind, context) if channel is Channel.SMS else _email(kind, context)


def _context(purpose: str, relays: Sequence[Relay]) -> dict[str, Any]:
    client = relays[0].message.client
    callers = [_caller(relay) for relay in relays]
    entries = [
        {"message": relay.message, "caller": caller, "link": message_link(relay)}
        for relay, caller in zip(relays, callers, strict=True)
    ]
    return {
        "client": client.short_name,
        "entries": entries,
        "is_reminder": purpose == Delivery.Purpose.REMINDER,
        "with_detail": relay_settings(client).detail_in_email,
        "portal": f"{settings.PUBLIC_BASE_URL}/",
        "callers": shorten(", ".join(callers), CALLERS_IN_SMS),
        **entries[0],
    }


def _caller(relay: Relay) -> str:
    return relay.message.from_whom or gettext("an unknown caller")


def _sms(kind: str, context: dict[str, Any]) -> Letter:
    short = context | {"caller": shorten(context["caller"], CALLER_IN_SMS)}
    text = render_to_string(f"messages_app/sms/{kind}.txt", short)
    return Letter(text=transliterate(" ".join(text.split())))


def _email(kind: str, context: dict[str, Any]) -> Letter:
    subject = render_to_string(f"messages_app/email/{kind}_subject.txt", context)
    return Letter(
        subject=shorten(subject, SUBJECT),
        text=render_to_string(f"messages_app/email/{kind}.txt", context).strip() + "\n",
        html=render_to_string(f"messages_app/email/{kind}.html", context),
    )
