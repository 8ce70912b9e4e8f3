"""Appointments as a file for spreadsheets."""

from collections.abc import AsyncIterator, Collection, Iterator
from datetime import date

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agenda.models import Appointment, Calendar, Side
from agenda.queries.exports import exported_appointments
from core.phones import spoken
from portal.rules.spreadsheet import BYTE_ORDER_MARK, line

# Excel splits cells at what the country's settings say: the semicolon where the comma is decimal.
SEPARATORS = {"fr": ";"}


def appointments_file(
    request: HttpRequest, calendars: Collection[Calendar], first: date, last: date
) -> StreamingHttpResponse:
    """Answer with the appointments of the days, both included, written as they are read."""
    parts = file_parts(calendars, first, last)
    answer = StreamingHttpResponse(
        _awaited(parts) if isinstance(request, ASGIRequest) else parts,
        content_type="text/csv; charset=utf-8",
    )
    what = _("appointments")
    name = f"{what}-{first:%Y%m%d}-{last:%Y%m%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def file_parts(calendars: Collection[Calendar], first: date, last: date) -> Iterator[str]:
    """Give the file in parts; its words are chosen now, in the active language."""
    separator = SEPARATORS.get(get_language() or "", ",")
    statuses = {value: str(label) for value, label in Appointment.Status.choices}
    sides = {value: str(label) for value, label in Side.choices}
    return _parts(
        BYTE_ORDER_MARK + line(_headings(), separator),
        exported_appointments(calendars, first, last),
        separator,
        (statuses, sides),
    )


def _parts(
    beginning: str,
    pages: Iterator[list[Appointment]],
    separator: str,
    words: tuple[dict[str, str], dict[str, str]],
) -> Iterator[str]:
    yield beginning
    for page in pages:
        yield "".join(line(_cells(row, *words), separator) for row in page)


async def _awaited(parts: Iterator[str]) -> AsyncIterator[str]:
    """Read each part when the server has sent the one before."""
    while (part := await sync_to_async(_next)(parts)) is not None:
        yield part


def _next(parts: Iterator[str]) -> str | None:
    return next(parts, None)


def _headings() -> list[str]:
    return [
        _("Date"),
        _("Begins"),
        _("Ends"),
        _("Calendar"),
        _("Who"),
        _("Born"),
        _("Number"),
        _("Purpose"),
        _("State"),
        _("Note"),
        _("Booked by"),
        _("Booked at"),
        _("Why against the rules"),
    ]


def _cells(row: Appointment, statuses: dict[str, str], sides: dict[str, str]) -> list[str]:
    person = row.correspondent
    numbers = [str(one.number) for one in person.numbers.all()] if person else []
    return [
        f"{row.local_day:%Y-%m-%d}",
        f"{row.local_time:%H:%M}",
        f"{row.local_end:%H:%M}",
        row.calendar.name,
        row.booked_for or (person.display_name if person else ""),
        f"{person.birth_date:%Y-%m-%d}" if person and person.birth_date else "",
        spoken(numbers[0]) if numbers else "",
        row.motive.name if row.motive else "",
        statuses[row.status],
        row.note,
        row.booked_by.full_name if row.booked_by else "",
        sides[row.source],
        row.override_reason,
    ]
