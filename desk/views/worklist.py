"""Appointments that an absence displaces: ringing people, moving them, noting what came of it."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agenda.models import Appointment, Displaced
from agenda.reasons import sentence
from agenda.services import (
    AgendaRefusal,
    AlreadyDone,
    TakenByColleague,
    cancel_appointment,
    finish_displaced,
    move_appointment,
    note_not_reached,
    note_reached,
    reopen_displaced,
    take_displaced,
)
from clients.models import Client, User
from desk.answers import is_htmx, say
from desk.context import desk_context, figures_context
from desk.queries.worklist import worklist as to_replace
from desk.scope import signed_in
from desk.shortcuts import printed_keys
from desk.slots import wanted_slot
from desk.wording import long_moment

PAGE = "desk/worklist.html"
LIST = "desk/worklist_list.html"
LONGEST_NOTE = 300


@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """List whom an absence displaces; htmx gets the list alone."""
    user, now = signed_in(request), timezone.now()
    listed = _context(user, now)
    if is_htmx(request):
        return render(request, LIST, listed)
    return render(request, PAGE, desk_context(user, now) | listed | {"page": "worklist"})


@require_POST
def note(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep what came of ringing: taken, not reached, reached, or seen to."""
    user, now = signed_in(request), timezone.now()
    displaced, words = _displaced(user, uuid), request.POST.get("note", "").strip()[:LONGEST_NOTE]
    if request.POST.get("do") == "take":
        return _done(request, user, now, take_displaced, displaced)
    notes = {"not_reached": note_not_reached, "reached": note_reached, "done": finish_displaced}
    service = notes.get(request.POST.get("do", ""))
    if service is None:
        return HttpResponseBadRequest()
    undo = reverse("desk:worklist_reopen", args=[uuid]) if service is finish_displaced else ""
    return _done(request, user, now, service, displaced, note=words, undo=undo)


def _done(
    request: HttpRequest,
    user: User,
    now: datetime,
    service: Callable[..., Displaced],
    displaced: Displaced,
    *,
    undo: str = "",
    **given: str,
) -> HttpResponse:
    try:
        service(displaced=displaced, by=user, at=now, **given)
    except AlreadyDone:
        settled = _("Nothing was changed: it had been dealt with meanwhile.")
        return _answer(request, user, now, settled, error=True)
    except TakenByColleague as taken:
        words = _("%(name)s is ringing this person.") % {"name": taken.colleague.called}
        return _answer(request, user, now, words, error=True)
    return _answer(request, user, now, _("Noted."), undo=undo)


@require_POST
def reopen(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take « seen to » back."""
    user, now = signed_in(request), timezone.now()
    return _done(request, user, now, reopen_displaced, _displaced(user, uuid))


@require_POST
def move(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Move the appointment to one of the slots that are offered beside it."""
    user, now = signed_in(request), timezone.now()
    found = _displaced(user, uuid)
    slot = wanted_slot(found.client, request.POST.get("slot", ""))
    if slot is None:
        return HttpResponseBadRequest()
    return _change(
        request,
        found,
        lambda: move_appointment(
            appointment=found.appointment,
            starts_at=slot.starts_at,
            calendar=slot.calendar,
            by=user,
            at=now,
            expected_start=found.was_at,
        ),
        _("Moved: %(who)s, %(moment)s."),
    )


@require_POST
def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Cancel the appointment: the person comes no more."""
    user, now = signed_in(request), timezone.now()
    found = _displaced(user, uuid)
    return _change(
        request,
        found,
        lambda: cancel_appointment(appointment=found.appointment, by=user, at=now),
        _("Cancelled: %(who)s."),
    )


def _change(
    request: HttpRequest, found: Displaced, change: Callable[[], Appointment], words: str
) -> HttpResponse:
    """Change the appointment; say why where that can't be, and how it is taken back."""
    user, now = signed_in(request), timezone.now()
    try:
        changed = change()
    except AgendaRefusal as refused:
        why = sentence(refused, found.appointment.zone)
        return _answer(request, user, now, why, error=True)
    told = {"who": changed.shown_name, "moment": long_moment(changed.starts_at, changed.zone)}
    undo = reverse("desk:undo", args=[changed.uuid])
    return _answer(request, user, now, words % told, undo=undo)


def _displaced(user: User, uuid: UUID) -> Displaced:
    """Work about a client on this person's desk; 404 for any other."""
    hers = Displaced.objects.filter(client__in=Client.objects.answered_by(user))
    linked = hers.select_related("client", "appointment__client", "appointment__calendar__client")
    return get_object_or_404(linked, uuid=uuid)


def _context(user: User, now: datetime) -> dict[str, object]:
    return {"worklist": to_replace(user, now), "keys": printed_keys(user)}


def _answer(
    request: HttpRequest,
    user: User,
    now: datetime,
    words: str,
    *,
    error: bool = False,
    undo: str = "",
) -> HttpResponse:
    """The list as it is now, with the figure that counts it; without htmx, the page again."""
    if not is_htmx(request):
        return say(request, redirect("desk:worklist"), words, error=error)
    answer = render(request, LIST, _context(user, now))
    live = figures_context(user, now) | {"live": True}
    answer.write(render(request, "desk/desk.html#figures", live).content)
    return say(request, answer, words, error=error, undo=undo)
