"""Moving an appointment of the caller's: the same slots and keys as for booking one."""

from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agenda.models import Appointment
from agenda.queries import calendars_of
from agenda.reasons import sentence
from agenda.services import AgendaRefusal
from calls.models import Call
from desk.answers import fragment_or_page, is_htmx
from desk.context import call_context, head_context
from desk.faces import slots_context, week_context
from desk.queries.appointments import visit
from desk.scope import on_call, signed_in
from desk.services import move_from_call
from desk.slots import wanted_slot
from desk.views.booking import FORM, face_again
from desk.wording import long_moment

MOVING = "desk/moving.html"


@require_http_methods(["GET", "HEAD", "POST"])
@on_call
def moving(request: HttpRequest, call: Call) -> HttpResponse:
    """Show where an appointment may go, or move it; without one, book again."""
    if request.method == "POST":
        return _move(request, call, _named(call, request.POST.get("appointment", "")))
    if not request.GET.get("appointment"):
        return fragment_or_page(request, call, FORM, call_context(request, call, "appointment"))
    found = _named(call, request.GET["appointment"])
    answer = _form(request, call, found)
    if is_htmx(request):
        context = _context(request, call, found, timezone.now()) | {"live": True}
        answer.write(render(request, "components/week_grid.html", context).content)
    return answer


def _named(call: Call, uuid: str) -> Appointment:
    """An appointment of the client who is called; 404 for any other."""
    rows = Appointment.objects.active().filter(client=call.client)
    linked = rows.select_related("client", "calendar__client", "motive", "correspondent")
    try:
        return get_object_or_404(linked, uuid=UUID(uuid))
    except ValueError as error:
        raise Http404 from error


def _move(request: HttpRequest, call: Call, found: Appointment) -> HttpResponse:
    slot = wanted_slot(call.client, request.POST.get("slot", ""))
    if slot is None:
        words = _("Choose a slot: in the list, or in the week.")
        return _form(request, call, found, words, status=422)
    by, at = signed_in(request), timezone.now()
    try:
        moved = move_from_call(
            call=call,
            appointment=found,
            calendar=slot.calendar,
            starts_at=slot.starts_at,
            by=by,
            at=at,
            override_reason=request.POST.get("override_reason", "").strip()[:200],
        )
    except AgendaRefusal as refused:
        words = sentence(refused, slot.calendar.zone)
        return _form(request, call, found, words, status=422)
    moment = long_moment(moved.starts_at, moved.zone)
    words = _("Moved: %(who)s, %(moment)s.") % {"who": moved.shown_name, "moment": moment}
    return face_again(request, call, words, undo=reverse("desk:undo", args=[moved.uuid]))


def _form(
    request: HttpRequest, call: Call, found: Appointment, error: str = "", status: int = 200
) -> HttpResponse:
    context = _context(request, call, found, timezone.now()) | {"slot_error": error}
    if is_htmx(request):
        return render(request, MOVING, context, status=status)
    page = call_context(request, call, "appointment") | context
    return render(request, "desk/call.html", page, status=status)


def _context(
    request: HttpRequest, call: Call, found: Appointment, now: datetime
) -> dict[str, object]:
    calendars = list(calendars_of(call.client))
    chosen = request.POST.get("slot", "")
    return {
        **head_context(signed_in(request), call, now),
        **week_context(request, call, calendars, found.motive, now, chosen=chosen),
        **slots_context(request, call, calendars, found.motive, now, chosen=chosen),
        "moving": found,
        "moving_visit": visit(found),
    }
