"""How the desk answers: a fragment to htmx, a whole page to everybody else."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from calls.models import Call


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks, and takes a fragment."""
    return bool(getattr(request, "htmx", False))


def fragment_or_page(
    request: HttpRequest, call: Call, fragment: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Give htmx the fragment; anybody else gets the call's page, or its errors in it."""
    if is_htmx(request):
        return render(request, fragment, context, status=status)
    if status == 200:
        return redirect("desk:call", call.uuid)
    return render(request, "desk/call.html", context, status=status)


def say(
    request: HttpRequest, answer: HttpResponse, text: str, *, error: bool = False, undo: str = ""
) -> HttpResponse:
    """Say a sentence in passing, beside a fragment or on the next page; `undo` takes it back."""
    if is_htmx(request):
        level = "error" if error else "info"
        return trigger(answer, "toast", text=str(text), level=level, undo=undo)
    messages.add_message(request, messages.ERROR if error else messages.INFO, text)
    return answer


def trigger(answer: HttpResponse, event: str, **detail: Any) -> HttpResponse:
    """Let the page hear an event once it has the answer."""
    events = json.loads(answer.headers.get("HX-Trigger-After-Settle", "{}"))
    # Headers are Latin-1: what is beyond travels escaped.
    answer.headers["HX-Trigger-After-Settle"] = json.dumps(events | {event: detail})
    return answer
