"""Books, moves, cancels and marks appointments."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from agenda.models import Appointment, AppointmentChange, Calendar, Motive, Side
from agenda.queries.acquaintance import visit_for
from agenda.queries.diaries import HoursOf, load_diaries, load_hours
from agenda.rules import Patients, Reason, Refusal, Visit, why_not
from agenda.services.holds import let_go_of
from agenda.services.locking import changing, locked
from agenda.services.refusals import AppointmentChanged, AppointmentNotActive, refused
from agenda.services.telling import record_change, state_of
from clients.models import Correspondent, User

Kind = AppointmentChange.Kind
Status = Appointment.Status


def book_appointment(
    *,
    calendar: Calendar,
    motive: Motive,
    starts_at: datetime,
    by: User | None,
    at: datetime,
    correspondent: Correspondent | None = None,
    caller: Correspondent | None = None,
    booked_for: str = "",
    note: str = "",
    side: Side = Side.DESK,
    override_reason: str = "",
) -> Appointment:
    """Give the slot to somebody, and end the hold that `by` had on it.

    Raises the AgendaRefusal for whatever refuses the moment. With an `override_reason` the
    rules and even another appointment may be overridden; the reason is kept only where
    something was.
    """
    _check_same_client(calendar, correspondent, caller)
    hours = load_hours(calendar, starts_at)
    appointment = Appointment(
        calendar=calendar,
        correspondent=correspondent,
        caller=caller,
        booked_for=booked_for,
        note=note,
        booked_by=by,
        source=side,
        created_at=at,
    )
    visit = _visit_of(appointment, motive, side, at)
    with locked(calendar.pk):
        found = _refusals(appointment, motive, visit, starts_at, by, at, hours)
        _place(appointment, motive, visit, starts_at, found, override_reason)
        appointment.client = calendar.client
        appointment.save(force_insert=True)
        let_go_of(by, calendar)
        record_change(Kind.BOOKED, appointment, {}, by=by, at=at, side=side)
    return appointment


def move_appointment(
    *,
    appointment: Appointment,
    starts_at: datetime,
    by: User | None,
    at: datetime,
    calendar: Calendar | None = None,
    motive: Motive | None = None,
    side: Side = Side.DESK,
    override_reason: str = "",
    expected_start: datetime | None = None,
) -> Appointment:
    """Move the appointment, also to another calendar or motive, under the rules of booking.

    Its own place counts as free. AppointmentChanged is raised when it no longer begins at
    `expected_start`, where that is given: somebody else moved it meanwhile.
    """
    target = calendar or appointment.calendar
    if target.client_id != appointment.client_id:
        raise ValueError("the calendar is another client's")
    hours = load_hours(target, starts_at)
    with changing(appointment.calendar_id, target.pk) as calendars:
        moved = active_appointment(appointment)
        if expected_start is not None and moved.starts_at != expected_start:
            raise AppointmentChanged()
        before = state_of(moved)
        moved.calendar = calendars[target.pk]
        kind = motive or moved.motive
        visit = _visit_to_move(moved, kind, side, at)
        found = _refusals(moved, kind, visit, starts_at, by, at, hours)
        _place(moved, kind, visit, starts_at, found, override_reason)
        moved.save()
        let_go_of(by, target)
        record_change(Kind.MOVED, moved, before, by=by, at=at, side=side)
    return moved


def cancel_appointment(
    *, appointment: Appointment, by: User | None, at: datetime, side: Side = Side.DESK
) -> Appointment:
    """Cancel the appointment; its time is free again. AppointmentNotActive when it was already."""
    return _set_status(Kind.CANCELLED, Status.CANCELLED, appointment, by, at, side)


def mark_came(
    *, appointment: Appointment, by: User | None, at: datetime, side: Side = Side.PORTAL
) -> Appointment:
    """Note that the person came."""
    return _set_status(Kind.CAME, Status.CAME, appointment, by, at, side)


def mark_no_show(
    *, appointment: Appointment, by: User | None, at: datetime, side: Side = Side.PORTAL
) -> Appointment:
    """Note that the person did not come."""
    return _set_status(Kind.NO_SHOW, Status.NO_SHOW, appointment, by, at, side)


def active_appointment(appointment: Appointment) -> Appointment:
    """Return the appointment as it stands now, under its calendar's lock."""
    rows = Appointment.objects.select_related("calendar__client", "client", "motive")
    fresh = rows.get(pk=appointment.pk)
    if not fresh.is_active:
        raise AppointmentNotActive()
    if fresh.calendar_id != appointment.calendar_id:
        raise AppointmentChanged()
    return fresh


def _set_status(
    kind: Kind,
    status: Status,
    appointment: Appointment,
    by: User | None,
    at: datetime,
    side: Side,
) -> Appointment:
    with changing(appointment.calendar_id):
        fresh = active_appointment(appointment)
        before = state_of(fresh)
        fresh.status = status
        fresh.save(update_fields=["status"])
        record_change(kind, fresh, before, by=by, at=at, side=side)
    return fresh


def _place(
    appointment: Appointment,
    motive: Motive | None,
    visit: Visit,
    starts_at: datetime,
    refusals: Sequence[Refusal],
    override_reason: str,
) -> None:
    """Set the appointment's moment, unless something refuses it and nothing overrides that."""
    if refusals and not override_reason:
        raise refused(refusals)
    block = visit.block(starts_at)
    appointment.motive = motive
    appointment.starts_at, appointment.ends_at = starts_at, starts_at + visit.length
    appointment.block_starts_at, appointment.block_ends_at = block
    appointment.override_reason = override_reason if refusals else ""
    set_local_start(appointment)


def set_local_start(appointment: Appointment) -> None:
    """Keep what the calendar's wall shows when the appointment begins."""
    local = appointment.starts_at.astimezone(appointment.calendar.zone)
    appointment.timezone = appointment.calendar.timezone
    appointment.local_day, appointment.local_time = local.date(), local.time()


def _refusals(
    appointment: Appointment,
    motive: Motive | None,
    visit: Visit,
    starts_at: datetime,
    by: User | None,
    at: datetime,
    hours: HoursOf,
) -> Sequence[Refusal]:
    calendar = appointment.calendar
    if motive is not None and not motive.is_for(calendar):
        return [Refusal(Reason.OTHER_MOTIVES)]
    block = visit.block(starts_at)
    without = appointment if appointment.pk else None
    diaries = load_diaries(
        [calendar],
        first=block.start,
        until=block.end,
        now=at,
        viewer=by,
        without=without,
        hours=hours,
        motives=[motive],
    )
    return why_not(diaries[calendar.pk], visit, starts_at, now=at)


def _visit_of(appointment: Appointment, motive: Motive, side: Side, at: datetime) -> Visit:
    """Return what the motive asks of a slot for whoever comes.

    Who comes without a file is new, except where the practice itself writes a name: it knows.
    """
    if appointment.correspondent is not None and not appointment.booked_for:
        return visit_for(motive, appointment.correspondent, at=at)
    if motive.patients == Patients.ANY or side is Side.PORTAL:
        return motive.visit
    return replace(motive.visit, known=False)


def _visit_to_move(
    appointment: Appointment, motive: Motive | None, side: Side, at: datetime
) -> Visit:
    """Return what a moved appointment asks; whom its motive is for was asked when it was booked."""
    if motive is None:
        return _visit_as_booked(appointment)
    if motive == appointment.motive:
        return motive.visit
    return _visit_of(appointment, motive, side, at)


def _visit_as_booked(appointment: Appointment) -> Visit:
    """Return what an appointment without a motive asks: what it was given."""
    return Visit(
        motive=0,
        length=appointment.period.length,
        before=appointment.starts_at - appointment.block_starts_at,
        after=appointment.block_ends_at - appointment.ends_at,
    )


def _check_same_client(calendar: Calendar, *correspondents: Correspondent | None) -> None:
    for correspondent in correspondents:
        if correspondent is not None and correspondent.client_id != calendar.client_id:
            raise ValueError("the correspondent is another client's")
