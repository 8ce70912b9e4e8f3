"""What an open desk is sent: the same fragments as a fresh page, replaced out of band."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html

from calls.models import Call
from clients.models import User
from desk.context import board_context, figures_context, head_context, timeline_context
from desk.queries.call import calls_on_desk, recognised

Event = dict[str, str]

ON_CALL = frozenset({"call.changed", "file.changed"})
ON_MESSAGE = frozenset({"message.changed", "delivery.changed"})


def whole(user: User, open_call: UUID | None) -> str:
    """Render all that is live on a desk: sent on each connection, it catches up completely."""
    now = timezone.now()
    call = _open(user, open_call)
    return _desk(user, now) + (_call(user, call, now) + _timeline(call) if call else "")


def changed(user: User, events: list[Event], open_call: UUID | None) -> str:
    """Render what some events changed, each fragment once."""
    now, names = timezone.now(), {event["name"] for event in events}
    parts = [_hint(event) for event in events if event["name"] == "agenda.changed"]
    if names - {"agenda.changed"}:
        parts.append(_desk(user, now))
    call = _open(user, open_call) if names & (ON_CALL | ON_MESSAGE) else None
    if call and _touches(events, call, ON_CALL):
        parts.append(_call(user, call, now))
    if call and names & ON_MESSAGE:
        parts.append(_timeline(call))
    return "".join(parts)


def _touches(events: Iterable[Event], call: Call, names: frozenset[str]) -> bool:
    return any(e["name"] in names and e.get("call") == str(call.uuid) for e in events)


def _open(user: User, uuid: UUID | None) -> Call | None:
    call = calls_on_desk(user).filter(uuid=uuid).first() if uuid else None
    return recognised(call) if call else None


def _desk(user: User, now: datetime) -> str:
    board = board_context(user, now) | {"live": True}
    pop = _render("desk/desk.html#pop", board)
    announced = format_html('<div id="announce" hx-swap-oob="innerHTML">{}</div>', pop)
    figures = _render("desk/desk.html#figures", figures_context(user, now) | {"live": True})
    return _render("desk/desk.html#board", board) + figures + announced


def _call(user: User, call: Call, now: datetime) -> str:
    with timezone.override(ZoneInfo(call.client.timezone)):
        return _render("desk/call.html#callhead", head_context(user, call, now) | {"live": True})


def _timeline(call: Call) -> str:
    with timezone.override(ZoneInfo(call.client.timezone)):
        return _render("desk/message.html#timeline", timeline_context(call) | {"live": True})


def _hint(event: Event) -> str:
    """Tell the page what changed in an agenda; it asks again for the week if it shows it."""
    return format_html(
        '<div id="live-hint" hidden hx-swap-oob="true" data-name="{}" data-client="{}"'
        ' data-calendar="{}" data-days="{}"></div>',
        event["name"],
        event.get("client", ""),
        event.get("calendar", ""),
        event.get("days", ""),
    )


def _render(template: str, context: dict[str, Any]) -> str:
    return render_to_string(template, context)
