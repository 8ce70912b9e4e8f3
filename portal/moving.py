"""The panes in which an appointment is looked at and moved."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone

from agenda.models import Appointment, Calendar
from agenda.queries import OpenSlot, calendars_of, motives_of, open_slots
from core.days import written_instant
from core.wall_clock import instant_of
from messages_app.notice_words import notice_rows
from messages_app.queries.notices import would_be_told
from messages_app.rules.notices import Kind
from portal.agenda import agenda_page, day_address
from portal.agenda_wording import change_words
from portal.diary import slot_name
from portal.forms import MoveForm
from portal.waiting import waiting_for_place_of

NEXT_SLOTS = 6
DAYS_SEARCHED = 60
SLOTS_OF_A_DAY = 24 * 12  # the most that may lie before it on its own day


def next_slots(appointment: Appointment, now: datetime) -> list[OpenSlot]:
    """Give the first free slots after it for the same kind of visit, in its own calendar."""
    calendar = appointment.calendar
    motive = appointment.motive or motives_of(calendar).first()
    if motive is None:
        return []
    after = max(now, appointment.starts_at)
    first_day = after.astimezone(calendar.zone).date()
    limit = NEXT_SLOTS + SLOTS_OF_A_DAY
    found = open_slots(
        [calendar], motive, first_day=first_day, days=DAYS_SEARCHED, now=now, limit=limit
    )
    return [slot for slot in found if slot.starts_at > after][:NEXT_SLOTS]


def target_of(form: MoveForm, appointment: Appointment) -> tuple[Calendar, datetime] | None:
    """Give the calendar and the instant that a valid form names; None for what doesn't exist."""
    given = form.cleaned_data
    name, _, written = given["slot"].partition("@")
    calendar_uuid = name or str(given["calendar"] or appointment.calendar.uuid)
    calendars = calendars_of(appointment.client).select_related("client")
    calendar = next((one for one in calendars if str(one.uuid) == calendar_uuid), None)
    if calendar is None:
        return None
    if not given["slot"]:
        return calendar, instant_of(given["date"], given["time"], calendar.zone)
    starts_at = written_instant(written)
    return (calendar, starts_at) if starts_at else None


def move_pane(
    request: HttpRequest, appointment: Appointment, form: MoveForm, now: datetime, status: int = 200
) -> HttpResponse:
    """Show the form: the next free slots, then any day and time."""
    slots = [
        (slot_name(slot.calendar, slot.starts_at), slot) for slot in next_slots(appointment, now)
    ]
    return beside(request, appointment, pane="move", form=form, slots=slots, status=status)


def appointment_pane(request: HttpRequest, appointment: Appointment, **shown: Any) -> HttpResponse:
    """Show an appointment: who comes, how to reach her, what was done to it and who has seen it."""
    history = appointment.changes.select_related("appointment", "by", "seen_by").order_by(
        "-at", "-pk"
    )
    person = appointment.correspondent
    numbers = person.numbers.order_by("pk") if person else []
    now = timezone.now()
    pane = {
        "pane": "appointment",
        "is_told": would_be_told(appointment, Kind.CANCELLATION, at=now),
        "history": history,
        "numbers": numbers,
        "notices": notice_rows(appointment, now),
    }
    return beside(request, appointment, **pane, **shown)


def beside(request: HttpRequest, appointment: Appointment, **shown: Any) -> HttpResponse:
    """Show something about an appointment beside its day."""
    return agenda_page(
        request,
        appointment.client,
        calendar=appointment.calendar,
        day=appointment.local_day,
        appointment=appointment,
        waiting=[] if appointment.is_active else waiting_for_place_of(appointment, timezone.now()),
        open_key=f"a-{appointment.uuid}",
        **shown,
    )


def done(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """Answer what has just been done: the day with a word and a way back; to a script, the word."""
    change = appointment.changes.select_related("appointment__correspondent").order_by("-pk")[0]
    if wants_json(request):
        return JsonResponse({"text": change_words(change), "done": str(change.uuid)})
    address = day_address(appointment.calendar, appointment.local_day)
    return redirect(f"{address}&done={change.uuid}")


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the grid's script asks, and not a page."""
    return request.headers.get("Accept") == "application/json"


def initial_of(appointment: Appointment) -> dict[str, Any]:
    """Give what the form begins with: the visit as it is now."""
    local = appointment.starts_at.astimezone(ZoneInfo(appointment.timezone))
    return {"date": local.date(), "time": local.time(), "expected": appointment.starts_at}
