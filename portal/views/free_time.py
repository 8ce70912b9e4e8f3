"""Free time: booking it, blocking it, giving it back."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agenda.models import Absence, Calendar, Side
from agenda.queries import covered_by, displaced_by, motives_of, progress_of
from agenda.reasons import sentence
from agenda.services import AgendaRefusal, block_period, book_appointment
from agenda.services import unblock as give_back
from core.wall_clock import instant_of
from portal.agenda import agenda_page, day_address
from portal.forms import BlockForm, BookForm
from portal.free_time import free_pane, instants, next_full_hour, slot_or_404
from portal.moving import done
from portal.scope import absence_or_404, calendar_or_404, client_or_404, writer_or_403


@require_safe
def free(request: HttpRequest, client: UUID) -> HttpResponse:
    """Show a free span and what can be done with it."""
    found = client_or_404(request, client)
    writer_or_403(request, found)
    calendar, start, until = slot_or_404(request, found)
    return free_pane(request, calendar, start, until=until)


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, calendar: UUID) -> HttpResponse:
    """Give a slot to somebody; a page that was refused and is loaded again asks anew."""
    found = calendar_or_404(request, calendar)
    by, form = writer_or_403(request, found.client), book_form(request, found)
    if request.method != "POST":
        return free_pane(request, found, next_full_hour(found))
    if not form.is_valid():
        return free_pane(request, found, next_full_hour(found), book=form, status=422)
    given, now = form.cleaned_data, timezone.now()
    starts_at = instant_of(given["date"], given["time"], found.zone)
    who = {name: given[name] for name in ("motive", "booked_for", "note")}
    try:
        booked = book_appointment(
            calendar=found, starts_at=starts_at, by=by, at=now, side=Side.PORTAL, **who
        )
    except AgendaRefusal as refusal:
        form.add_error(None, sentence(refusal, found.zone))
        return free_pane(request, found, starts_at, book=form, status=409)
    return done(request, booked)


def book_form(request: HttpRequest, calendar: Calendar) -> BookForm:
    """Read who comes and for what, among what this calendar takes."""
    return BookForm(request.POST, motives=motives_of(calendar))


@require_http_methods(["GET", "HEAD", "POST"])
def block(request: HttpRequest, calendar: UUID) -> HttpResponse:
    """Ask which time is blocked, and block it."""
    found = calendar_or_404(request, calendar)
    by = writer_or_403(request, found.client)
    if request.method != "POST":
        return free_pane(request, found, next_full_hour(found))
    form = BlockForm(request.POST)
    if not form.is_valid():
        return free_pane(request, found, next_full_hour(found), block=form, status=422)
    start, end = instants(form, found)
    blocked = block_period(
        calendar=found,
        starts_at=start,
        ends_at=end,
        by=by,
        at=timezone.now(),
        reason=form.cleaned_data["reason"],
        reason_shared=form.cleaned_data["reason_shared"],
    )
    return after_block(blocked.absence, has_covered=bool(blocked.covered))


def after_block(blocked: Absence, *, has_covered: bool) -> HttpResponse:
    """Go on to the visits that the absence covers, or back to its day."""
    if has_covered:
        return redirect("portal:absence", blocked.uuid)
    day = blocked.starts_at.astimezone(blocked.calendar.zone).date()
    return redirect(f"{day_address(blocked.calendar, day)}&done={blocked.uuid}")


@require_safe
def absence(request: HttpRequest, absence: UUID) -> HttpResponse:
    """Show an absence, and the visits in it that somebody must deal with."""
    found = absence_or_404(request, absence)
    day = found.starts_at.astimezone(found.calendar.zone).date()
    displaced = list(displaced_by(found))
    return agenda_page(
        request,
        found.calendar.client,
        calendar=found.calendar,
        day=day,
        pane="absence",
        open_key=f"b-{found.uuid}",
        absence=found,
        covered=covered_by(found),
        displaced=displaced,
        work=progress_of(displaced),
    )


@require_POST
def unblock(request: HttpRequest, absence: UUID) -> HttpResponse:
    """Give the time back."""
    found = absence_or_404(request, absence)
    by = writer_or_403(request, found.calendar.client)
    give_back(absence=found, by=by, at=timezone.now())
    day = found.starts_at.astimezone(found.calendar.zone).date()
    return redirect(f"{day_address(found.calendar, day)}&done={found.uuid}")
