"""What a live fact changes on the desk, as out-of-band HTML.

Each fragment is rendered from the same context and partial as a fresh page.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone

from calls.models import Call
from clients.models import User
from core.consumers import Event
from desk.context import board_context, figures_context, head_context, timeline_context

BOARD_EVENTS = frozenset({"call.changed", "message.changed", "file.changed", "scope.changed"})
FIGURE_EVENTS = frozenset({"call.changed", "presence.changed", "scope.changed"})
TIMELINE_EVENTS = frozenset({"message.changed", "delivery.changed", "file.changed"})
HINTED_EVENTS = frozenset({"agenda.changed"})

BEAT = '<div id="live-beat" hx-swap-oob="true" hidden></div>'


def whole(user: User, open_call: UUID | None) -> str:
    """Render everything live: what a screen receives when its link comes back."""
    hint = _hint({"name": "agenda.changed"})
    return _figures(user) + _board(user) + open_parts(user, open_call) + hint


def changed(user: User, events: Iterable[Event], open_call: UUID | None) -> str:
    """Render what these events changed; each part once, however many events touched it."""
    told = list(events)
    names = {event["name"] for event in told}
    parts = []
    if names & FIGURE_EVENTS:
        parts.append(_figures(user))
    if names & BOARD_EVENTS:
        parts.append(_board(user))
    if _touches(told, open_call):
        parts.append(open_parts(user, open_call))
    parts += [_hint(event) for event in told if event["name"] in HINTED_EVENTS]
    return "".join(parts)


def _touches(events: list[Event], open_call: UUID | None) -> bool:
    """Tell whether the open call may show something of these events; without an id it may."""
    if open_call is None:
        return False
    shown = BOARD_EVENTS | TIMELINE_EVENTS
    return any(
        event["name"] in shown and event.get("call", str(open_call)) == str(open_call)
        for event in events
    )


def _figures(user: User) -> str:
    return _render("desk/desk.html#figures", figures_context(user, timezone.now()))


def _board(user: User) -> str:
    context = board_context(user, timezone.now())
    announced = _render("desk/desk.html#pop", context)
    announce = f'<div id="announce" hx-swap-oob="innerHTML">{announced}</div>'
    return _render("desk/desk.html#board", context) + announce


def open_parts(user: User, open_call: UUID | None) -> str:
    """Render the head and the messages of the call that the page shows, if she may see it."""
    call = Call.objects.visible_to(user).filter(uuid=open_call).select_related("client", "line")
    found = call.select_related("client__bureau", "correspondent", "answered_by").first()
    if found is None:
        return ""
    head = _render("desk/call.html#callhead", head_context(user, found, timezone.now()))
    return head + _render("desk/message.html#timeline", timeline_context(found))


def _hint(event: Event) -> str:
    return render_to_string("desk/live_hint.html", {"event": event})


def _render(partial: str, context: dict[str, Any]) -> str:
    return render_to_string(partial, {**context, "live": True})
