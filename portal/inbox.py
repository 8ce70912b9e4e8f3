"""The messages page: boxes on top, the list, and the message that is read."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from calls.models import Recording
from clients.models import Client
from messages_app.models import Message
from messages_app.queries.inbox import SHOWN, inbox
from messages_app.queries.timeline import message_timeline
from messages_app.rules.relay_states import RelayState
from portal.pages import page
from portal.scope import viewer

FIRST_BOX = "to_read"
ON_A_PAGE = 40


@dataclass(frozen=True)
class Box:
    """One filter above the list."""

    name: str
    label: str
    href: str
    is_current: bool


def inbox_page(
    request: HttpRequest, client: Client, message: Message | None = None, **shown: Any
) -> HttpResponse:
    """Show the messages and the one that is read; without one, the first stands ready beside.

    Only a message that was asked for counts as opened.
    """
    box = box_of(request)
    messages = listed(request, client, box, message)
    reading = message or next(iter(messages), None)
    return page(
        request,
        "portal/messages.html",
        client,
        tab="messages",
        box=box,
        boxes=boxes(client, box),
        page_of_messages=messages,
        reading=reading,
        is_open=message is not None,
        acknowledgement=acknowledgement_of(reading) if reading else "",
        voicemail=voicemail_of(reading) if reading else None,
        timeline=message_timeline(reading) if reading else [],
        **shown,
    )


def box_of(request: HttpRequest) -> str:
    """Give the box that the address names, or the first."""
    named = request.GET.get("box", FIRST_BOX)
    return named if named in SHOWN else FIRST_BOX


def boxes(client: Client, current: str) -> list[Box]:
    """Give the filters above the list, in their order."""
    labels = {
        "to_read": _("To read"),
        "urgent": _("Urgent ones"),
        "all": _("All"),
        "filtered": _("Filtered"),
    }
    base = reverse("portal:messages", args=[client.uuid])
    return [Box(n, label, f"{base}?box={n}", n == current) for n, label in labels.items()]


def listed(
    request: HttpRequest, client: Client, box: str, reading: Message | None
) -> Page[Message]:
    """Give one page of a box, latest first; what is read now stays in the list meanwhile."""
    user = viewer(request)
    found = inbox(user=user, client=client, shown=box)
    if reading is not None:
        found = found | inbox(user=user, client=client).filter(pk=reading.pk)
    return Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))


def acknowledgement_of(message: Message) -> str:
    """Say whether an acknowledgement is awaited, done, or was never asked (empty)."""
    states = {relay.state for relay in message.relays.all()}
    if RelayState.ACKNOWLEDGED in states:
        return "done"
    return "awaited" if states else ""


def voicemail_of(message: Message) -> Recording | None:
    """Give the voicemail that a message was noted from, while it can be heard."""
    kept = Recording.objects.voicemails().filter(call=message.call_id, state=Recording.State.KEPT)
    return kept.select_related("call__client").order_by("recorded_at", "pk").first()
