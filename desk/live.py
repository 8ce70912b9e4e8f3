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
from clients.models.remembering import remembering_clients
from desk.context import (
    board_context,
    covers_context,
    figures_context,
    head_context,
    shown_board,
    timeline_context,
)
from desk.queries.board import Names, Queue, board_now
from desk.queries.call import calls_on_desk, recognised
from desk.queries.uncovered import forget_uncovered

Event = dict[str, str]

ON_CALL = frozenset({"call.changed", "file.changed", "call.opened"})
ON_MESSAGE = frozenset({"message.changed", "delivery.changed", "call.opened"})
ONLY_FIGURES = frozenset(
    {
        "agenda.changed",
        "presence.changed",
        "worklist.changed",
        "visit.cancelled",
        "cover.changed",
        "line.changed",
        "roster.changed",
    }
)
# What a line does at this moment may be something else from now on.
ON_LINES = frozenset(
    {
        "line.changed",
        "roster.changed",
        "presence.changed",
        "cover.changed",
        "scope.changed",
        "call.changed",
    }
)
_LINES_HINT = '<div id="live-lines" hidden hx-swap-oob="true"></div>'
# Somebody may be on call now where nobody was, or be wanted.
ON_ROSTERS = frozenset({"roster.changed", "line.changed"})
ON_COVERS = frozenset({"cover.changed", "scope.changed"})
ON_WHO_WAITS = ON_CALL | {"scope.changed"}


@remembering_clients()
def whole(user: User, open_call: UUID | None) -> str:
    """Render all that is live on a desk: sent on each connection, it catches up completely."""
    now = timezone.now()
    board = board_context(user, now) | {"live": True}
    call = _open(user, open_call)
    return (
        _now(board)
        + _render("desk/desk.html#board_rest", board)
        + _covers(user, now)
        + _figures(user, now)
        + _LINES_HINT
        + (_call(user, call, now) + _timeline(call) if call else "")
    )


def now(user: User, calls: Iterable[Call], names: Names, queue: Queue, at: datetime) -> str:
    """Render who waits and who talks, of calls already read: what presses most."""
    return _now(shown_board(board_now(user, calls, names, queue, at), user, at) | {"live": True})


def _now(board: dict[str, Any]) -> str:
    pop = _render("desk/desk.html#pop", board)
    announced = format_html('<div id="announce" hx-swap-oob="innerHTML">{}</div>', pop)
    return _render("desk/desk.html#board_now", board) + announced


def covers(user: User) -> str:
    """Render who answers for whom: it says whose calls ring at this desk from now on."""
    return _covers(user, timezone.now())


def changed(user: User, events: list[Event], open_call: UUID | None) -> str:
    """Render what some events changed in the middle of the desk: the call that it shows."""
    html = "".join(_hint(event) for event in events if event["name"] == "agenda.changed")
    is_touched = any(_is_about(event, open_call) for event in events)
    is_told = any(event["name"] in ON_MESSAGE for event in events)
    call = _open(user, open_call) if is_touched or is_told else None
    if call and is_touched:
        html += _call(user, call, timezone.now())
    if call and is_told:
        html += _timeline(call)
    return html


def reaches_the_middle(event: Event, open_call: UUID | None) -> bool:
    """Tell whether an event can change the week, or the call that a desk shows."""
    if event["name"] == "agenda.changed":
        return True
    return open_call is not None and (event["name"] in ON_MESSAGE or _is_about(event, open_call))


def _is_about(event: Event, call: UUID | None) -> bool:
    return event["name"] in ON_CALL and event.get("call") == str(call)


@remembering_clients()
def rest(user: User, events: list[Event]) -> str:
    """Render what can wait a moment: what is left to do, what just ended, and today's figures.

    A line that rings changes only the figures.
    """
    at, html = timezone.now(), ""
    if any(_reaches_the_rest(event) for event in events):
        html += _render("desk/desk.html#board_rest", board_context(user, at) | {"live": True})
    if any(event["name"] in ON_ROSTERS for event in events):
        forget_uncovered(user)
    if any(event["name"] != "agenda.changed" for event in events):
        html += _figures(user, at)
    if any(event["name"] in ON_LINES for event in events):
        html += _LINES_HINT
    return html


def _reaches_the_rest(event: Event) -> bool:
    rings = event["name"] == "call.changed" and event.get("state") == Call.State.RINGING
    return event["name"] not in ONLY_FIGURES and not rings


def _open(user: User, uuid: UUID | None) -> Call | None:
    call = calls_on_desk(user).filter(uuid=uuid).first() if uuid else None
    return recognised(call) if call else None


def _covers(user: User, now: datetime) -> str:
    return _render("desk/desk.html#covers", covers_context(user, now) | {"live": True})


def _figures(user: User, now: datetime) -> str:
    shown = figures_context(user, now) | {"live": True}
    return _render("desk/desk.html#figures", shown) + _render("desk/desk.html#gone", shown)


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
