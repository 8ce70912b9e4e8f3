"""Absences, once or again and again, and public holidays opened and closed one by one."""

from datetime import date
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agenda.models import Absence, Calendar
from agenda.queries.directives import said_absence
from agenda.rules import Region
from agenda.rules.wording import absence_sentence
from agenda.services import (
    close_holiday,
    end_recurring,
    give_back_day,
    open_holiday,
    set_holidays_region,
    take_back_day,
)
from agenda.services.directives import InThePast
from core.days import written_day
from portal.absences import (
    absence_form,
    absences_page,
    proposal_of,
    save_absence,
    single_period,
)
from portal.directive_forms import AbsenceForm
from portal.directive_wording import any_absence_words, capped, language, recurring_words
from portal.hours import form_page, today_in
from portal.scope import absence_or_404, calendar_or_404, client_or_404, writer_or_403


@require_safe
def absences(request: HttpRequest, client: UUID) -> HttpResponse:
    """Show when the practice is away."""
    return absences_page(request, client_or_404(request, client))


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, calendar: UUID) -> HttpResponse:
    """Ask when somebody is away, and block that time."""
    return answered(request, calendar_or_404(request, calendar), None)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, absence: UUID) -> HttpResponse:
    """Ask what takes the place of a recurring absence, and from when on."""
    found = recurring_or_404(request, absence)
    return answered(request, found.calendar, found)


def recurring_or_404(request: HttpRequest, absence: UUID) -> Absence:
    """Give a recurring absence that the form can say."""
    found = absence_or_404(request, absence)
    if found.lifted_at or not found.is_recurring or said_absence(found) is None:
        raise Http404
    return found


def answered(request: HttpRequest, calendar: Calendar, absence: Absence | None) -> HttpResponse:
    """Show the form and what it would do, or save it where that is asked and nothing is missing."""
    by, form = writer_or_403(request, calendar.client), absence_form(request, calendar, absence)
    is_sound, status = form.is_valid(), 200
    if request.method == "POST" and "preview" not in request.POST:
        if is_sound:
            try:
                saved = save_absence(form, calendar, absence, by, timezone.now())
                return after(saved.absence, has_covered=bool(saved.covered))
            except InThePast:
                form.add_error("first", _("The past stays as it was: choose today or later."))
        status = 422
    return form_page(
        request,
        "portal/hours/absence_form.html",
        calendar,
        form,
        proposal_of(form, calendar, absence) if is_sound else None,
        words=words_of(form, calendar) if is_sound else "",
        status=status,
        section="absences",
        absence=absence,
        absence_words=recurring_words(absence, today_in(calendar)) if absence else "",
    )


def words_of(form: AbsenceForm, calendar: Calendar) -> str:
    """Say the absence of a valid form."""
    if form.is_single:
        start, end = single_period(form, calendar)
        away = Absence(calendar=calendar, starts_at=start, ends_at=end)
        return any_absence_words(away, today_in(calendar))
    return capped(absence_sentence(form.said(), language()))


def after(absence: Absence, *, has_covered: bool) -> HttpResponse:
    """Go on to the visits that the absence covers, or back to the list."""
    return redirect("portal:absence", absence.uuid) if has_covered else back_to(absence.calendar)


def back_to(calendar: Calendar) -> HttpResponse:
    """Go back to the list of one calendar."""
    answer = redirect("portal:absences", calendar.client.uuid)
    answer["Location"] += f"?calendar={calendar.uuid}"
    return answer


@require_POST
def end(request: HttpRequest, absence: UUID) -> HttpResponse:
    """End a recurring absence today, or before a day that is given."""
    found = recurring_or_404(request, absence)
    by = writer_or_403(request, found.calendar.client)
    today = today_in(found.calendar)
    from_day = max(written_day(request.POST.get("from_day", "")) or today, today)
    end_recurring(absence=found, from_day=from_day, by=by, at=timezone.now())
    return back_to(found.calendar)


@require_POST
def day(request: HttpRequest, absence: UUID) -> HttpResponse:
    """Give one day of a recurring absence back, or block it again."""
    found = absence_or_404(request, absence)
    by, wanted = writer_or_403(request, found.calendar.client), day_to_come(request, found.calendar)
    service = take_back_day if request.POST.get("away") == "1" else give_back_day
    if wanted is None:
        return HttpResponseBadRequest()
    try:
        service(absence=found, day=wanted, by=by, at=timezone.now())
    except ValueError:
        return HttpResponseBadRequest()
    return back_to(found.calendar)


def day_to_come(request: HttpRequest, calendar: Calendar) -> date | None:
    """Read a day that is not past."""
    found = written_day(request.POST.get("day", ""))
    return found if found and found >= today_in(calendar) else None


@require_POST
def holidays(request: HttpRequest, calendar: UUID) -> HttpResponse:
    """Open or close one public holiday, or say which ones the calendar keeps."""
    found = calendar_or_404(request, calendar)
    by, now = writer_or_403(request, found.client), timezone.now()
    if "region" in request.POST:
        return region(request, found)
    wanted = day_to_come(request, found)
    service = open_holiday if request.POST.get("open") == "1" else close_holiday
    if wanted is None:
        return HttpResponseBadRequest()
    try:
        service(calendar=found, day=wanted, by=by, at=now)
    except ValueError:
        return HttpResponseBadRequest()
    return back_to(found)


def region(request: HttpRequest, calendar: Calendar) -> HttpResponse:
    """Say which public holidays the calendar keeps."""
    name = request.POST["region"]
    if name not in Calendar.Holidays.values:
        return HttpResponseBadRequest()
    set_holidays_region(
        calendar=calendar,
        region=Region(name) if name else None,
        by=writer_or_403(request, calendar.client),
        at=timezone.now(),
    )
    return back_to(calendar)
