"""What an open desk is sent: the same fragments as a fresh page, replaced out of band."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html

from calls.models import Call
from clients.models import User
from desk.context import (
    board_context,
    board_now_context,
    figures_context,
    head_context,
    timeline_context,
)
from desk.queries.call import calls_on_desk, recognised

Event = dict[str, str]

ON_CALL = frozenset({"call.changed", "file.changed"})
ON_MESSAGE = frozenset({"message.changed", "delivery.changed"})


def whole(user: User, open_call: UUID | None) -> str:
    """Render all that is live on a desk: sent on each connection, it catches up completely."""
    now = timezone.now()
    call = _open(user, open_call)
    return _desk(user, now) + (_call(user, call, now) + _timeline(call) if call else "")


def changed(user: User, events: list[Event], open_call: UUID | None) -> Iterator[str]:
    """Render what some events changed, each fragment once; who waits comes first of all.

    A line that rings changes only who waits and today's figures: the rest of the board, most of the
    work, is left as it is.
    """
    now, names = timezone.now(), {event["name"] for event in events}
    if "call.changed" in names:
        yield _now(user, now)
    yield from (_hint(event) for event in events if event["name"] == "agenda.changed")
    if any(_reaches_the_board(event) for event in events):
        yield _board(user, now)
    if names - {"agenda.changed"}:
        yield _figures(user, now)
    yield from _open_call(user, events, names, open_call, now)


def _reaches_the_board(event: Event) -> bool:
    rings = event["name"] == "call.changed" and event.get("state") == Call.State.RINGING
    return event["name"] not in ("agenda.changed", "presence.changed") and not rings


def _open_call(
    user: User, events: list[Event], names: set[str], open_call: UUID | None, now: datetime
) -> Iterator[str]:
    call = _open(user, open_call) if names & (ON_CALL | ON_MESSAGE) else None
    if call and _touches(events, call, ON_CALL):
        yield _call(user, call, now)
    if call and names & ON_MESSAGE:
        yield _timeline(call)


def _touches(events: Iterable[Event], call: Call, names: frozenset[str]) -> bool:
    return any(e["name"] in names and e.get("call") == str(call.uuid) for e in events)


def _open(user: User, uuid: UUID | None) -> Call | None:
    call = calls_on_desk(user).filter(uuid=uuid).first() if uuid else None
    return recognised(call) if call else None


def _desk(user: User, now: datetime) -> str:
    board = board_context(user, now) | {"live": True}
    return _render("desk/desk.html#board", board) + _announced(board) + _figures(user, now)


def _board(user: User, now: datetime) -> str:
    return _render("desk/desk.html#board", board_context(user, now) | {"live": True})


def _now(user: User, now: datetime) -> str:
    board = board_now_context(user, now) | {"live_now": True}
    return _render("desk/desk.html#board_now", board) + _announced(board)


def _announced(board: dict[str, Any]) -> str:
    pop = _render("desk/desk.html#pop", board)
    return format_html('<div id="announce" hx-swap-oob="innerHTML">{}</div>', pop)


def _figures(user: User, now: datetime) -> str:
    return _render("desk/desk.html#figures", figures_context(user, now) | {"live": True})


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
