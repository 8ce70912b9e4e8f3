"""The pane of free time: book it or block it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from agenda.models import Calendar
from agenda.queries import calendars_of, motives_of
from clients.models import Client
from core.days import written_instant
from core.wall_clock import instant_of
from portal.agenda import agenda_page
from portal.forms import BlockForm, BookForm

AN_HOUR = timedelta(hours=1)


def slot_or_404(request: HttpRequest, client: Client) -> tuple[Calendar, datetime, datetime]:
    """Give the calendar and the span that the address names, as the list and the grid write it."""
    name, _, written = request.GET.get("slot", "").partition("@")
    start = written_instant(written)
    until = written_instant(request.GET.get("until") or written)
    if start is None or until is None:
        raise Http404
    try:
        calendar = calendars_of(client).select_related("client").get(uuid=UUID(name))
    except (ValueError, Calendar.DoesNotExist):
        raise Http404 from None
    return calendar, start, until if until > start else start + AN_HOUR


def free_pane(
    request: HttpRequest,
    calendar: Calendar,
    start: datetime,
    *,
    book: BookForm | None = None,
    block: BlockForm | None = None,
    until: datetime | None = None,
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    """Show both forms; the one that was refused holds what was typed."""
    local = start.astimezone(calendar.zone)
    end = (until or start + AN_HOUR).astimezone(calendar.zone)
    return agenda_page(
        request,
        calendar.client,
        calendar=calendar,
        day=local.date(),
        status=status,
        pane="free",
        start=start,
        book_form=book or BookForm(motives=motives_of(calendar), initial=moment(local)),
        block_form=block or BlockForm(initial=span(local, end)),
        **shown,
    )


def moment(local: datetime) -> dict[str, Any]:
    """Give a day and a time as a form begins with."""
    return {"date": local.date(), "time": local.time()}


def span(start: datetime, end: datetime) -> dict[str, Any]:
    """Give a beginning and an end as a form begins with."""
    return {
        "from_date": start.date(),
        "from_time": start.time(),
        "to_date": end.date(),
        "to_time": end.time(),
    }


def instants(form: BlockForm, calendar: Calendar) -> tuple[datetime, datetime]:
    """Give the instants that a valid form names, on the calendar's wall."""
    given = form.cleaned_data
    start = instant_of(given["from_date"], given["from_time"], calendar.zone)
    return start, instant_of(given["to_date"], given["to_time"], calendar.zone)


def next_full_hour(calendar: Calendar) -> datetime:
    """Give where an empty form begins."""
    now = timezone.now().astimezone(calendar.zone)
    return now.replace(minute=0, second=0, microsecond=0) + AN_HOUR
