"""The desk's pages: the queue with nobody on the line, a call, a day, a person, the keys."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from calls.models import Call
from calls.queries import in_reach_of
from clients.models import Client, Correspondent
from clients.queries import triage_guide_at
from clients.services.audit import record_access
from desk.context import call_context, desk_context
from desk.forms import KeysForm
from desk.queries.beside import beside_client
from desk.queries.call import client_badge, person
from desk.queries.day import day_of, shown_day
from desk.queries.idle import idle as idle_words
from desk.queries.people import file_of_person
from desk.scope import on_call, signed_in
from desk.services import save_shortcuts
from desk.shortcuts import has_letters, shortcuts_of


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the call that she is on; without one, the day so far."""
    user = signed_in(request)
    mine = Call.objects.at_hand_of(user).talked_by(user).exclude(answered_at=None)
    call = mine.order_by("-answered_at").first()
    if call is not None:
        return redirect("desk:call", call.uuid)
    now = timezone.now()
    shown = {"day": day_of(user, shown_day("", now)), "idle": idle_words(user, now)}
    return _page(request, "home", shown)


@require_GET
def idle(request: HttpRequest) -> HttpResponse:
    """Say anew where her calls go."""
    shown = {"idle": idle_words(signed_in(request), timezone.now())}
    return render(request, "desk/home.html#idle", shown)


@require_GET
@on_call
def call(request: HttpRequest, call: Call) -> HttpResponse:
    """Show a call with its four faces."""
    face = request.GET.get("face", "")
    answer = render(request, "desk/call.html", call_context(request, call, face))
    seen_by, files = signed_in(request), [call, call.correspondent]
    record_access(by=seen_by, targets=files, client=call.client, at=timezone.now())
    return answer


@require_GET
def day(request: HttpRequest) -> HttpResponse:
    """List the calls and messages of a day."""
    chosen = shown_day(request.GET.get("day", ""), timezone.now())
    return _page(request, "day", {"day": day_of(signed_in(request), chosen)})


@require_GET
def client(request: HttpRequest, uuid: str) -> HttpResponse:
    """Show what is known of a client while nobody is calling."""
    user, now = signed_in(request), timezone.now()
    found = get_object_or_404(Client.objects.answered_by(user).in_service(), uuid=uuid)
    beside = beside_client(found, triage_guide_at(found, now), now)
    return _page(request, "client", {"client": client_badge(found), "side": beside})


@require_GET
def correspondent(request: HttpRequest, uuid: str) -> HttpResponse:
    """Show the file of a person whom a client knows."""
    user, now = signed_in(request), timezone.now()
    known = Correspondent.objects.filter(in_reach_of(user))
    found = get_object_or_404(known.select_related("client"), uuid=uuid, erased_at=None)
    context = {
        "client": client_badge(found.client),
        "person": person(found),
        "numbers": found.numbers.all(),
        "texts_of": found,
        "caller_file": file_of_person(found, now),
    }
    answer = _page(request, "correspondent", context)
    record_access(by=user, targets=[found], client=found.client, at=now)
    return answer


def keys(request: HttpRequest) -> HttpResponse:
    """Let a person choose her own keys."""
    user = signed_in(request)
    initial = {**shortcuts_of(user), "letters": has_letters(user)}
    form = KeysForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        save_shortcuts(by=user, **form.chosen, at=timezone.now())
        return redirect("desk:keys")
    return _page(request, "keys", {"form": form}, status=422 if form.errors else 200)


def _page(
    request: HttpRequest, page: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    whole = desk_context(signed_in(request), timezone.now()) | {"page": page} | context
    return render(request, f"desk/{page}.html", whole, status=status)
