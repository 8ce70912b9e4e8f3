"""One appointment: looking at it, moving it, cancelling it, saying who came."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agenda.models import Appointment, Side
from agenda.reasons import sentence
from agenda.services import (
    AgendaRefusal,
    cancel_appointment,
    mark_came,
    mark_no_show,
    move_appointment,
)
from portal.forms import MoveForm
from portal.moving import appointment_pane, done, initial_of, move_pane, target_of, wants_json
from portal.scope import appointment_or_404, writer_or_403

MARKS: dict[str, Callable[..., Appointment]] = {"came": mark_came, "no_show": mark_no_show}


@require_safe
def appointment(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Show an appointment beside its day."""
    return appointment_pane(request, appointment_or_404(request, appointment))


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Ask where it goes, and move it there."""
    found = appointment_or_404(request, appointment)
    writer_or_403(request, found.client)
    if request.method != "POST":
        return move_pane(request, found, MoveForm(initial=initial_of(found)), timezone.now())
    return moved(request, found, MoveForm(request.POST))


def moved(request: HttpRequest, found: Appointment, form: MoveForm) -> HttpResponse:
    """Move it as the form says; say why where that can't be."""
    target = target_of(form, found) if form.is_valid() else None
    if target is None:
        return refused(request, found, form, "", 422)
    calendar, starts_at = target
    try:
        after = move_appointment(
            appointment=found,
            starts_at=starts_at,
            calendar=calendar,
            by=writer_or_403(request, found.client),
            at=timezone.now(),
            side=Side.PORTAL,
            expected_start=form.cleaned_data["expected"],
        )
    except AgendaRefusal as refusal:
        return refused(request, found, form, sentence(refusal, calendar.zone), 409)
    return done(request, after)


def refused(
    request: HttpRequest, found: Appointment, form: MoveForm, why: str, status: int
) -> HttpResponse:
    """Say why it was not moved; nothing was changed."""
    if why:
        form.add_error(None, why)
    if wants_json(request):
        return JsonResponse({"text": " ".join(map(str, form.non_field_errors()))}, status=status)
    return move_pane(request, found, form, timezone.now(), status)


@require_POST
def cancel(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Cancel it; its time is free again."""
    found = appointment_or_404(request, appointment)
    return changed(request, found, cancel_appointment)


@require_POST
def attendance(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Note that the person came, or did not."""
    found = appointment_or_404(request, appointment)
    mark = MARKS.get(request.POST.get("was", ""))
    return changed(request, found, mark) if mark else HttpResponseBadRequest()


def changed(
    request: HttpRequest, found: Appointment, service: Callable[..., Appointment]
) -> HttpResponse:
    """Run a service on an appointment; say why where it refuses."""
    by, now = writer_or_403(request, found.client), timezone.now()
    try:
        after = service(appointment=found, by=by, at=now, side=Side.PORTAL)
    except AgendaRefusal as refusal:
        why = sentence(refusal, found.zone)
        return appointment_pane(request, found, why=why, status=409)
    return done(request, after)
