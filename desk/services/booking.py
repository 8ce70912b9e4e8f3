"""Books for the person on the line: the slot, the patient's file, and the call's own file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from agenda.models import Appointment, AppointmentSeries, Calendar, Motive, SlotHold
from agenda.queries.series import visits_of_series
from agenda.services import (
    book_appointment,
    cancel_appointment,
    hold_slot,
    move_appointment,
    release_holds,
)
from agenda.services.series import Place, book_series
from calls.models import Call
from calls.services import choose_correspondent
from clients.models import Correspondent, User
from clients.services.correspondents import add_correspondent
from messages_app.services.agreement import agree
from messages_app.services.files import attach_appointment
from messages_app.services.notices import decline

# A hold lasts five minutes: it is renewed when less than this is left.
FRESH = timedelta(minutes=2)


@dataclass(frozen=True)
class NewPerson:
    """What is asked of somebody who has no file yet."""

    last_name: str
    first_name: str = ""
    civility: str = ""
    birth_date: date | None = None
    number: str = ""


@transaction.atomic
def book_from_call(
    *,
    call: Call,
    calendar: Calendar,
    motive: Motive,
    starts_at: datetime,
    patient: Correspondent | NewPerson,
    note: str,
    by: User,
    at: datetime,
    override_reason: str = "",
    wants_texts: bool | None = None,
) -> Appointment:
    """Book for a patient, known or new, and keep it in the call's file.

    `wants_texts` is what was answered about confirmation and reminder: yes is noted in the file,
    no holds for this appointment; None where nobody was asked.

    Raises what `book_appointment` raises; then no file was made either.
    """
    if isinstance(patient, NewPerson):
        patient = open_file_of(call=call, new=patient, by=by, at=at)
    if wants_texts:
        agree(patient=patient, caller=call.correspondent, by=by, at=at)
    appointment = book_appointment(
        calendar=calendar,
        motive=motive,
        starts_at=starts_at,
        by=by,
        at=at,
        correspondent=patient,
        caller=call.correspondent,
        note=note,
        override_reason=override_reason,
    )
    if wants_texts is False:
        decline(appointment=appointment, at=at)
    release_holds(by=by, client=call.client)
    attach_appointment(call=call, appointment=appointment, by=by, at=at)
    return appointment


@transaction.atomic
def move_from_call(
    *,
    call: Call,
    appointment: Appointment,
    calendar: Calendar,
    starts_at: datetime,
    by: User,
    at: datetime,
    override_reason: str = "",
) -> Appointment:
    """Move an appointment for the caller, and keep it in the call's file.

    Raises what `move_appointment` raises, AppointmentChanged also where somebody else has just
    moved it.
    """
    moved = move_appointment(
        appointment=appointment,
        calendar=calendar,
        starts_at=starts_at,
        by=by,
        at=at,
        override_reason=override_reason,
        expected_start=appointment.starts_at,
    )
    release_holds(by=by, client=call.client)
    attach_appointment(call=call, appointment=moved, by=by, at=at)
    return moved


@transaction.atomic
def cancel_from_call(
    *, call: Call, appointment: Appointment, by: User, at: datetime
) -> Appointment:
    """Cancel an appointment for the caller, and keep it in the call's file."""
    cancelled = cancel_appointment(appointment=appointment, by=by, at=at)
    attach_appointment(call=call, appointment=cancelled, by=by, at=at)
    return cancelled


@transaction.atomic
def book_series_from_call(
    *,
    call: Call,
    motive: Motive,
    places: Sequence[Place],
    patient: Correspondent | NewPerson,
    note: str,
    by: User,
    at: datetime,
    wants_texts: bool | None = None,
) -> AppointmentSeries:
    """Book several visits for a patient, known or new, all or none, and keep them in the file.

    `wants_texts` is meant as for `book_from_call`, for all the visits; one confirmation lists them.

    Raises what `book_series` raises; then no file was made either.
    """
    if isinstance(patient, NewPerson):
        patient = open_file_of(call=call, new=patient, by=by, at=at)
    if wants_texts:
        agree(patient=patient, caller=call.correspondent, by=by, at=at)
    series = book_series(
        motive=motive,
        places=places,
        by=by,
        at=at,
        correspondent=patient,
        caller=call.correspondent,
        note=note,
    )
    release_holds(by=by, client=call.client)
    for appointment in visits_of_series(series):
        if wants_texts is False:
            decline(appointment=appointment, at=at)
        attach_appointment(call=call, appointment=appointment, by=by, at=at)
    return series


def hold_while_typing(
    *, calendar: Calendar, motive: Motive, starts_at: datetime, by: User, at: datetime
) -> None:
    """Keep the slot for her while she types the rest; a fresh hold on it is left as it is.

    Raises the AgendaRefusal for whatever refuses the moment.
    """
    held = SlotHold.objects.filter(holder=by, calendar=calendar, starts_at=starts_at)
    if not held.filter(expires_at__gt=at + FRESH).exists():
        hold_slot(calendar=calendar, motive=motive, starts_at=starts_at, by=by, at=at)


def open_file_of(*, call: Call, new: NewPerson, by: User, at: datetime) -> Correspondent:
    """Make a new person's file among those whom the client called knows."""
    is_practice = call.client.trade == call.client.Trade.DOCTOR
    kind = Correspondent.Kind.PATIENT if is_practice else Correspondent.Kind.CUSTOMER
    return add_correspondent(
        client=call.client,
        last_name=new.last_name,
        first_name=new.first_name,
        civility=new.civility,
        birth_date=new.birth_date,
        numbers=(new.number,) if new.number else (),
        kind=kind,
        known_since=at.date(),
        by=by,
        at=at,
    )


@transaction.atomic
def open_new_caller(*, call: Call, new: NewPerson, by: User, at: datetime) -> Correspondent:
    """Make the file of somebody who calls for the first time, and say that it is she."""
    correspondent = open_file_of(call=call, new=new, by=by, at=at)
    choose_correspondent(call=call, correspondent=correspondent, by=by, at=at)
    return correspondent
