"""The waiting list: putting people on it, taking them off."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agenda.models import Appointment, WaitingListEntry
from agenda.queries import calendars_of
from agenda.services import (
    NoLongerWaiting,
    add_to_waiting_list,
    go_on_waiting,
    leave_waiting_list,
)
from calls.models import Call
from calls.queries import in_reach_of
from clients.models import Client, Correspondent, User
from clients.queries import search_correspondents
from core.phones import spoken
from desk.answers import is_htmx, say, trigger
from desk.asked import asked_of
from desk.context import desk_context
from desk.faces import chosen_motive, motives_of_client
from desk.queries.call import person
from desk.queries.waiting import booked_while_waiting, freed_slots, who_waits_on_desk
from desk.scope import on_call, signed_in
from desk.shortcuts import printed_keys
from desk.waiting_form import WaitingForm, wish_fields

PAGE = "desk/waiting.html"
LIST = "desk/waiting_list.html"
FORM = "desk/waiting_form.html"
ASK = "desk/still_waiting.html"


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """List who waits; htmx gets the list alone."""
    user, now = signed_in(request), timezone.now()
    if is_htmx(request):
        return render(request, LIST, _context(user, now))
    listed = desk_context(user, now) | _context(user, now)
    return render(request, PAGE, listed | {"page": "waiting"})


@require_http_methods(["GET", "HEAD", "POST"])
@on_call
def from_call(request: HttpRequest, call: Call) -> HttpResponse:
    """Ask what the caller would take, and put her on the list."""
    known, typed = call.correspondent, request.GET
    number = spoken(str(call.caller_number)) if call.caller_number else ""
    initial = {
        "person": typed.get("patient") or (known.uuid if known else ""),
        "person_query": typed.get("patient_query") or (known.display_name if known else ""),
        "number": typed.get("number") or number,
        "note": typed.get("note", ""),
        **wish_fields(asked_of(request, call).wishes),
    }
    action = reverse("desk:wait", args=[call.uuid])
    people = reverse("desk:people", args=[call.uuid])
    return _form(request, call.client, initial, action=action, people=people)


@require_http_methods(["GET", "HEAD", "POST"])
def from_client(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask who would come sooner, while nobody is calling."""
    client = _client(request, uuid)
    urls = [reverse(f"desk:{name}", args=[uuid]) for name in ("client_wait", "client_people")]
    return _form(request, client, {}, action=urls[0], people=urls[1])


@require_GET
def people(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Find people whom the client knows, as one types."""
    client, query = _client(request, uuid), request.GET.get("person_query", "").strip()
    found = search_correspondents([client], query, limit=8) if query else []
    context = {"people": [person(one) for one in found], "query": query}
    return render(request, "desk/people.html", context)


def _form(
    request: HttpRequest, client: Client, initial: dict[str, Any], *, action: str, people: str
) -> HttpResponse:
    motives = motives_of_client(client)
    motive = chosen_motive(motives, request.GET.get("motive"))
    form = WaitingForm(
        request.POST if request.method == "POST" else None,
        motives=motives,
        calendars=list(calendars_of(client)),
        wall=timezone.localtime(timezone.now(), ZoneInfo(client.timezone)).replace(tzinfo=None),
        initial=initial | {"motive": str(motive.uuid) if motive else ""},
    )
    if request.method == "POST" and form.is_valid():
        return _added(request, _add(form, client, signed_in(request)))
    context = {"form": form, "action": action, "head": {"urls": {"people": people}}}
    return render(request, FORM, context, status=422 if form.errors else 200)


def _add(form: WaitingForm, client: Client, by: User) -> WaitingListEntry:
    given = form.cleaned_data
    known = Correspondent.objects.filter(client=client, erased_at=None)
    motive, calendar = form.wanted(given)
    assert motive is not None
    when = ("weekdays", "part", "after", "before", "first_day", "last_day")
    plain = ("number", "note", "is_urgent", *when)
    return add_to_waiting_list(
        client=client,
        motive=motive,
        calendar=calendar,
        correspondent=known.filter(uuid=given["person"]).first() if given["person"] else None,
        name=given["person_query"],
        by=by,
        at=timezone.now(),
        **{name: given[name] for name in plain},
    )


def _added(request: HttpRequest, entry: WaitingListEntry) -> HttpResponse:
    words = _("On the waiting list: %(who)s.") % {"who": entry.shown_name}
    if not is_htmx(request):
        return say(request, redirect("desk:waiting"), words)
    answer = trigger(HttpResponse(headers={"HX-Reswap": "none"}), "waiting:done")
    return say(request, answer, words)


@require_GET
@on_call
def still_waiting(request: HttpRequest, call: Call) -> HttpResponse:
    """Ask whether people booked in this call go on waiting for something sooner."""
    booked = Appointment.objects.active().filter(call_files__call=call)
    people = Correspondent.objects.filter(appointments__in=booked)
    asked = booked_while_waiting(people, timezone.now())
    return render(request, ASK, {"asked": asked})


@require_POST
def leave(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take somebody off the list."""
    user, now = signed_in(request), timezone.now()
    entry = _entry(user, uuid)
    booked = _appointment_since(entry, now)
    try:
        leave_waiting_list(entry=entry, by=user, at=now, appointment=booked)
    except NoLongerWaiting:
        return _answer(request, user, now, _("She had left the list already."), error=True)
    words = _("Off the waiting list: %(who)s.") % {"who": entry.shown_name}
    return _answer(request, user, now, words)


@require_POST
def keep(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let somebody who has an appointment go on waiting for a sooner one."""
    user, now = signed_in(request), timezone.now()
    entry = _entry(user, uuid)
    try:
        go_on_waiting(entry=entry, by=user, at=now)
    except NoLongerWaiting:
        return _answer(request, user, now, _("She had left the list already."), error=True)
    words = _("Goes on waiting: %(who)s.") % {"who": entry.shown_name}
    return _answer(request, user, now, words)


def _appointment_since(entry: WaitingListEntry, now: datetime) -> Appointment | None:
    """The appointment that makes waiting needless, where she has one."""
    if entry.correspondent is None:
        return None
    coming = Appointment.objects.active().filter(
        correspondent=entry.correspondent, created_at__gte=entry.created_at, starts_at__gt=now
    )
    return coming.order_by("starts_at", "pk").first()


def _client(request: HttpRequest, uuid: UUID) -> Client:
    hers = Client.objects.answered_by(signed_in(request)).in_service()
    found: Client = get_object_or_404(hers, uuid=uuid, agenda_mode=Client.AgendaMode.OURS)
    return found


def _entry(user: User, uuid: UUID) -> WaitingListEntry:
    """An entry of a client on this person's desk; 404 for any other."""
    hers = WaitingListEntry.objects.filter(in_reach_of(user))
    return get_object_or_404(hers.select_related("client", "correspondent"), uuid=uuid)


def _context(user: User, now: datetime) -> dict[str, object]:
    return {
        "waiting": who_waits_on_desk(user, now),
        "freed": freed_slots(user, now),
        "keys": printed_keys(user),
    }


def _answer(
    request: HttpRequest, user: User, now: datetime, words: str, *, error: bool = False
) -> HttpResponse:
    """What asked is drawn again: the list, or nothing where the question stood beside a form."""
    if not is_htmx(request):
        return say(request, redirect("desk:waiting"), words, error=error)
    if request.headers.get("HX-Target") == "waiting-list":
        return say(request, render(request, LIST, _context(user, now)), words, error=error)
    return say(request, HttpResponse(), words, error=error)
