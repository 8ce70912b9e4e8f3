"""Paper, files and secret addresses."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import (
    require_GET,
    require_POST,
    require_safe,
)

from agenda.queries import calendars_of
from agenda.queries.day_sheets import day_sheets
from agenda.services import make_feed, revoke_feed
from portal.exporting import (
    address_just_made,
    exporter_or_403,
    exports_page,
    feed_or_404,
    record_export,
    show_once,
)
from portal.forms_exports import ExportForm, PrintForm
from portal.printing import printed_days
from portal.scope import calendar_or_404, principal_or_403, writer_or_403
from portal.spreadsheet import appointments_file


@require_safe
def exports(request: HttpRequest, client: UUID) -> HttpResponse:
    """Show what can be printed, exported and subscribed to, and an address just made this once."""
    found, _by = exporter_or_403(request, client)
    return exports_page(request, found, **address_just_made(request, found))


@require_GET
def day_list(request: HttpRequest, client: UUID) -> HttpResponse:
    """Give the lists of some days as a PDF."""
    found, by = exporter_or_403(request, client)
    form, now = PrintForm(request.GET, calendars=calendars_of(found)), timezone.now()
    if not form.is_valid():
        return exports_page(request, found, form, status=422)
    given = form.cleaned_data
    sheets = day_sheets(given["calendar"], given["from_date"], days=form.days, now=now)
    record_export(kind="printed", client=found, form=form, by=by, at=now)
    return paper(printed_days(given["calendar"], sheets, now=now), f"{given['from_date']}.pdf")


def paper(content: bytes, name: str) -> HttpResponse:
    """Answer with a PDF that the browser shows and no cache keeps."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="agenda-{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_GET
def appointments(request: HttpRequest, client: UUID) -> HttpResponseBase:
    """Give the appointments of some days as a file for spreadsheets."""
    found, by = exporter_or_403(request, client)
    calendars = calendars_of(found)
    form, now = ExportForm(request.GET, calendars=calendars), timezone.now()
    if not form.is_valid():
        return exports_page(request, found, form, status=422)
    given = form.cleaned_data
    record_export(kind="exported", client=found, form=form, by=by, at=now)
    kept = [given["calendar"]] if given["calendar"] else list(calendars)
    return appointments_file(request, kept, given["from_date"], given["to_date"])


@require_POST
def make_address(request: HttpRequest, calendar: UUID) -> HttpResponse:
    """Make a new secret address, and go where it is shown."""
    found = calendar_or_404(request, calendar)
    by = principal_or_403(request, found.client)
    names = request.POST.get("names") == "yes"
    feed, token = make_feed(calendar=found, with_names=names, by=by, at=timezone.now())
    show_once(request, feed, token)
    return redirect("portal:exports", found.client.uuid)


@require_POST
def revoke_address(request: HttpRequest, feed: UUID) -> HttpResponse:
    """End a secret address."""
    found = feed_or_404(request, feed)
    by = writer_or_403(request, found.calendar.client)
    revoke_feed(feed=found, by=by, at=timezone.now())
    return redirect("portal:exports", found.calendar.client.uuid)
