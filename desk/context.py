"""What the templates of the desk are given: one function for each fragment, and the pages.

A page is made of the same contexts as its fragments, so that a fragment that arrives live equals
what a fresh page shows.
"""

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from calls.models import Call
from clients.models import Client, User
from clients.models.client import supervised_by
from clients.models.remembering import remembering_clients
from clients.queries import triage_guide_at
from desk.answers import is_htmx
from desk.faces import appointment_face, emergency_face, message_face
from desk.forms import CallerForm
from desk.queries.beside import beside_call
from desk.queries.board import Board, board
from desk.queries.call import call_head
from desk.queries.covers import bands
from desk.queries.figures import figures
from desk.queries.messages import messages_of_call
from desk.queries.people import file_of_caller
from desk.queries.recordings import recordings_of
from desk.queries.waiting import freed_slots
from desk.scope import signed_in
from desk.shortcuts import has_letters, printed_keys, shortcuts_of
from messages_app.queries.call_files import file_of

FACES = {
    "appointment": _("Appointment"),
    "message": _("Message"),
    "emergency": _("Emergency"),
    "file": _("File and instructions"),
}


@remembering_clients()
def figures_context(user: User, now: datetime) -> dict[str, Any]:
    """What `desk/desk.html#figures` needs."""
    return {"figures": figures(user, now), "keys": printed_keys(user), "now": now, "live": False}


@remembering_clients()
def board_context(user: User, now: datetime) -> dict[str, Any]:
    """What `desk/desk.html#board_now`, `#board_rest` and `#pop` need."""
    freed = {"freed": freed_slots(user, now)}
    return shown_board(board(user, now), user, now) | freed


def covers_context(user: User, now: datetime) -> dict[str, Any]:
    """What `desk/desk.html#covers` needs."""
    return {"bands": bands(user, now), "keys": printed_keys(user), "live": False}


def shown_board(queue: Board, user: User, now: datetime) -> dict[str, Any]:
    """What those fragments need to show a board."""
    return {"board": queue, "keys": printed_keys(user), "now": now, "live": False}


def head_context(user: User, call: Call, now: datetime) -> dict[str, Any]:
    """What `desk/call.html#callhead` needs."""
    head = call_head(user, call, now)
    return {"head": head, "keys": printed_keys(user), "now": now, "live": False}


def timeline_context(call: Call) -> dict[str, Any]:
    """What `desk/message.html#timeline` needs."""
    return {"messages_noted": messages_of_call(call), "live": False}


@remembering_clients()
def desk_context(user: User, now: datetime) -> dict[str, Any]:
    """What every page of the desk needs."""
    keys = json.dumps(shortcuts_of(user))
    letters = "on" if has_letters(user) else "off"
    frame = {
        "keys_json": keys,
        "letters": letters,
        "page": "desk",
        "supervises": bool(supervised_by(user)),
    }
    board_and_covers = board_context(user, now) | covers_context(user, now)
    return figures_context(user, now) | board_and_covers | frame


@remembering_clients()
def call_context(request: HttpRequest, call: Call, face: str) -> dict[str, Any]:
    """What a call's page needs: head, side, and the four faces as their drafts left them."""
    user, now = signed_in(request), timezone.now()
    guide = triage_guide_at(call.client, now)
    file = file_of(call)
    drafts = file.drafts if file else {}
    shown = face if face in FACES else first_face(call)
    return {
        **(_only_keys(user) if _is_part(request) else desk_context(user, now)),
        **head_context(user, call, now),
        **timeline_context(call),
        **appointment_face(request, call, drafts.get("appointment", {}), now),
        **message_face(call, drafts.get("message", {}), now),
        **emergency_face(call, guide, drafts.get("emergency", {})),
        "recordings": recordings_of(call, user),
        "recordings_of": call,
        "side": beside_call(call, guide, now),
        "caller_file": file_of_caller(call, now),
        "caller_form": CallerForm(initial={"number": str(call.caller_number)}),
        "face": shown,
        "tabs": [
            _tab(user, name, number, name == shown) for number, name in enumerate(FACES, start=1)
        ],
    }


def _is_part(request: HttpRequest) -> bool:
    """Whether a form of the call is answered with that part of the page: the rest is not read."""
    return request.method == "POST" and is_htmx(request)


def _only_keys(user: User) -> dict[str, Any]:
    return {"keys": printed_keys(user)}


def first_face(call: Call) -> str:
    """The face to begin with: a message where there is no agenda of ours to book in."""
    return "appointment" if call.client.agenda_mode == Client.AgendaMode.OURS else "message"


def _tab(user: User, name: str, number: int, current: bool) -> dict[str, Any]:
    action = f"face_{number}"
    key = printed_keys(user)[action]
    return {"name": name, "label": FACES[name], "current": current, "action": action, "key": key}
