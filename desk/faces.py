"""The contexts of a call's faces, as their drafts left them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from agenda.models import Calendar, Motive
from agenda.queries import WeekGrid, calendars_of, week_grid
from agenda.queries.week import GridDay, GridKind
from calls.models import Call
from clients.models import Client, Correspondent, TriageGuide
from core.days import written_day
from core.phones import spoken
from desk.asked import asked_of
from desk.drafts import initial_of
from desk.forms import BookingForm, EmergencyForm, MessageForm
from desk.queries.appointments import (
    ALL,
    WeekShown,
    booked_in,
    first_slots,
    monday_of,
    pointed_at,
    with_chosen,
)
from desk.queries.family import born_of, family_of, person_named
from desk.queries.messages import preview_of
from desk.queries.triage import triage_of
from desk.queries.visits import visits_at_pop
from desk.scope import signed_in
from desk.texts import texts_line
from messages_app.rules.fields import from_draft

Draft = Mapping[str, Any]


def appointment_face(
    request: HttpRequest, call: Call, draft: Draft, now: datetime
) -> dict[str, Any]:
    """The week, the first free slots and the booking form; without an agenda of ours, none."""
    if call.client.agenda_mode != Client.AgendaMode.OURS:
        return {"grid": None}
    calendars = list(calendars_of(call.client))
    if not calendars:
        return {"grid": None}
    motives = motives_of_client(call.client)
    motive = chosen_motive(motives, request.GET.get("motive") or draft.get("motive"))
    form = booking_form(call, motives, initial=_booking_initial(call, draft, motive))
    return {
        **week_context(request, call, calendars, motive, now, chosen=draft.get("slot", "")),
        **slots_context(request, call, calendars, motive, now, chosen=draft.get("slot", "")),
        **visits_context(call, now),
        "booking": form,
        "booked": booked_in(call),
        "family": family_of(call),
        "patient_born": born_of(call, form["patient"].value()),
        "moving": None,
        "texts": texts_line(call, draft),
    }


def booking_form(call: Call, motives: list[Motive], **kwargs: Any) -> BookingForm:
    """The booking form of a call."""
    choices = [
        (str(one.uuid), _("%(name)s, %(minutes)d min") % {"name": one.name, "minutes": one.minutes})
        for one in motives
    ]
    return BookingForm(motives=choices, **kwargs)


def _booking_initial(call: Call, draft: Draft, motive: Motive | None) -> dict[str, Any]:
    known = call.correspondent
    prefilled: dict[str, Any] = {
        "motive": str(motive.uuid) if motive else "",
        "number": spoken(str(call.caller_number)) if call.caller_number else "",
    }
    if known is not None:
        prefilled |= {"patient": known.uuid, "patient_query": known.display_name}
    return prefilled | dict(draft)


def motives_of_client(client: Client) -> list[Motive]:
    """Every kind of appointment that the client's calendars take."""
    return list(Motive.objects.filter(client=client, archived_at=None))


def chosen_motive(motives: list[Motive], wanted: object) -> Motive | None:
    """The motive wanted, else the first ordinary one."""
    named = next((one for one in motives if str(one.uuid) == str(wanted)), None)
    ordinary = (one for one in motives if not one.is_urgent)
    return named or next(ordinary, None) or next(iter(motives), None)


def week_context(
    request: HttpRequest,
    call: Call,
    calendars: list[Calendar],
    motive: Motive | None,
    now: datetime,
    *,
    chosen: str,
) -> dict[str, Any]:
    """What the week's component needs: the one asked for, else the first that is not over."""
    asked = sent_by(request)
    wanted = _wanted(calendars, asked)
    shown = [one for one in calendars if wanted in (ALL, str(one.uuid))]
    person = chosen_person(request, call)

    def grid_from(first_day: date) -> WeekGrid:
        return week_grid(
            shown, first_day, now=now, motive=motive, viewer=signed_in(request), person=person
        )

    asked_day = written_day(asked.get("day", ""))
    day = asked_day or now.astimezone(ZoneInfo(call.client.timezone)).date()
    monday = monday_of(day)
    grid = grid_from(monday)
    if asked_day is None and _is_over(grid, now):
        day = monday = monday + timedelta(days=7)
        grid = grid_from(monday)
    week = WeekShown(
        client=call.client.uuid,
        monday=monday,
        shown_day=day,
        chosen=chosen,
        base=reverse("desk:week", args=[call.uuid]),
        why=reverse("desk:why", args=[call.uuid]),
        wanted=wanted,
        motive=str(motive.uuid) if motive else "",
        calendars=calendars,
    )
    return {"grid": without_closed_end(grid), "week": week, "now": now, "live": False}


def _wanted(calendars: list[Calendar], asked: QueryDict) -> str:
    wanted = asked.get("calendar", "")
    known = {str(calendar.uuid) for calendar in calendars} | {ALL}
    return wanted if wanted in known else str(calendars[0].uuid)


def _is_over(grid: WeekGrid, now: datetime) -> bool:
    """Whether nobody is awaited any more in a week, and nobody can come."""
    items = (item for day in grid.days for column in day.columns for item in column.items)
    return all(item.ends_at <= now or item.kind is GridKind.CLOSED for item in items)


def without_closed_end(grid: WeekGrid) -> WeekGrid:
    """Leave out the last days of a week on which nobody works and nothing is booked."""
    days = list(grid.days)
    while len(days) > 5 and _is_closed(days[-1]):
        days.pop()
    return replace(grid, days=days)


def _is_closed(day: GridDay) -> bool:
    kinds = {item.kind for column in day.columns for item in column.items}
    return not day.is_today and kinds <= {GridKind.CLOSED}


def slots_context(
    request: HttpRequest,
    call: Call,
    calendars: list[Calendar],
    motive: Motive | None,
    now: datetime,
    *,
    chosen: str,
) -> dict[str, Any]:
    """What the list of first free slots needs."""
    wanted = _wanted(calendars, sent_by(request))
    shown = [one for one in calendars if wanted in (ALL, str(one.uuid))]
    asked, person = asked_of(request, call), chosen_person(request, call)
    listed = first_slots(
        call.client, shown, motive, now, signed_in(request), wishes=asked.wishes, person=person
    )
    pointed = pointed_at(asked.moment_in(shown), motive, now, signed_in(request), person=person)
    if pointed and pointed.is_free:
        chosen = pointed.value
    is_refused = pointed is not None and pointed.value == chosen and not pointed.is_free
    return {
        "slots": listed if is_refused else with_chosen(call.client, listed, chosen),
        "chosen_slot": chosen,
        "asked": asked,
        "pointed": pointed,
        "motive": motive,
        "override_typed": sent_by(request).get("override_reason", ""),
    }


def chosen_person(request: HttpRequest, call: Call) -> Correspondent | None:
    """Give who comes, where the form already says it: some motives are not for everybody."""
    return person_named(call, sent_by(request).get("patient", ""))


def sent_by(request: HttpRequest) -> QueryDict:
    """What the form sent: the week and the wishes stay as they are, whatever comes of it."""
    return request.POST or request.GET


def visits_context(call: Call, now: datetime) -> dict[str, Any]:
    """What the caller's visits need, before she has said a word."""
    known = call.correspondent
    return {"visits": visits_at_pop(known, now) if known else None}


def message_face(call: Call, draft: Draft, now: datetime) -> dict[str, Any]:
    """The message form, prefilled with who calls, and what the filter would do."""
    form = MessageForm(initial=_message_initial(call) | initial_of(draft))
    return {"message_form": form, "preview": preview_of(call, from_draft(draft), now)}


def _message_initial(call: Call) -> dict[str, Any]:
    known = call.correspondent
    return {
        "caller_name": known.display_name if known else "",
        "callback_number": spoken(str(call.caller_number)) if call.caller_number else "",
    }


def emergency_face(call: Call, guide: TriageGuide | None, draft: Draft) -> dict[str, Any]:
    """The practice's guide and the form of what was done."""
    form = EmergencyForm(
        initial={"number": _message_initial(call)["callback_number"]} | dict(draft),
        signs=sign_choices(guide),
    )
    return {
        "emergency_form": form,
        "triage": triage_of(call, guide, draft.get("signs", ())),
    }


def sign_choices(guide: TriageGuide | None) -> list[tuple[str, str]]:
    """The signs that may be ticked."""
    return [(str(sign.uuid), sign.text) for sign in guide.signs.all()] if guide else []
