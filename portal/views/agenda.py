"""The days, the week, and what was done in them."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from agenda.models import Side
from agenda.reasons import sentence
from agenda.services import AgendaRefusal, mark_changes_seen, undo_change
from core.days import written_instant
from portal.agenda import agenda_page, day_address, done_of
from portal.pages import page
from portal.scope import change_or_404, client_or_404, viewer, writer_or_403
from portal.week import week_context


@require_safe
def agenda(request: HttpRequest, client: UUID) -> HttpResponse:
    """Show one day of one calendar."""
    return agenda_page(request, client_or_404(request, client))


@require_safe
def week(request: HttpRequest, client: UUID) -> HttpResponse:
    """Show a week: the grid alone where a page asks for it, else a page of its own."""
    found, now = client_or_404(request, client), timezone.now()
    context = week_context(request, found, now)
    if context is None:
        return page(request, "portal/no_agenda.html", found, tab="agenda")
    is_part = request.headers.get("HX-Target") == "week"
    template = "components/week_grid.html" if is_part else "portal/week.html"
    done = done_of(request, found, now)
    return page(request, template, found, tab="agenda", done=done, **context)


@require_POST
def seen(request: HttpRequest, client: UUID) -> HttpResponse:
    """Note that what the desk did was seen; what came after the page was made stays new."""
    found, now = client_or_404(request, client), timezone.now()
    until = written_instant(request.POST.get("until", "")) or now
    mark_changes_seen(client=found, side=Side.PORTAL, by=viewer(request), at=now, until=until)
    return redirect("portal:agenda", found.uuid)


@require_POST
def undo(request: HttpRequest, change: UUID) -> HttpResponse:
    """Take the last change of an appointment back."""
    found, now = change_or_404(request, change), timezone.now()
    by = writer_or_403(request, found.client)
    calendar = found.appointment.calendar
    try:
        undone = undo_change(change=found, by=by, at=now, side=Side.PORTAL)
    except AgendaRefusal as refusal:
        why = sentence(refusal, calendar.zone)
        day = found.appointment.local_day
        return agenda_page(request, found.client, calendar=calendar, day=day, status=409, why=why)
    done = undone.changes.order_by("-pk").values_list("uuid", flat=True)[0]
    day = undone.local_day
    return redirect(f"{day_address(undone.calendar, day)}&{urlencode({'done': str(done)})}")
