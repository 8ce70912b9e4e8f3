"""Takes back the last change of an appointment."""

from datetime import date, datetime
from typing import Any

from agenda.models import Appointment, AppointmentChange, Side, SlotHold
from agenda.rules import Reason, Refusal
from agenda.services.booking import set_local_start
from agenda.services.locking import changing
from agenda.services.refusals import ChangeSuperseded, DayIsFull, SlotHeld, SlotTaken
from agenda.services.telling import record_change, state_from, state_of
from clients.models import User
from core.wall_clock import day_bounds

Kind = AppointmentChange.Kind

# What undoing each kind of change is itself called.
_INVERSE = {
    Kind.BOOKED: Kind.CANCELLED,
    Kind.MOVED: Kind.MOVED,
    Kind.CANCELLED: Kind.RESTORED,
    Kind.CAME: Kind.RESTORED,
    Kind.NO_SHOW: Kind.RESTORED,
}


def undo_change(
    *, change: AppointmentChange, by: User | None, at: datetime, side: Side = Side.DESK
) -> Appointment:
    """Put the appointment back as it was before the change.

    Only its last change can be undone, and once: ChangeSuperseded otherwise. The rules are not
    asked again, what was there was allowed; but the time may have been given away meanwhile:
    SlotTaken, or SlotHeld while somebody else is about to give it, or DayIsFull where the day has
    got as many of the motive as it takes.
    """
    with changing(*_calendars_of(change)):
        appointment = _appointment_if_last(change)
        before = state_of(appointment)
        for name, value in _state_before(change).items():
            setattr(appointment, name, value)
        _check_free(appointment, before, by, at)
        _check_limit(appointment, before)
        set_local_start(appointment)
        appointment.save()
        kind = _INVERSE[Kind(change.kind)]
        record_change(kind, appointment, before, by=by, at=at, side=side, undoes=change)
    return appointment


def _calendars_of(change: AppointmentChange) -> set[int]:
    states = (change.before, change.after)
    return {state["calendar_id"] for state in states if state}


def _appointment_if_last(change: AppointmentChange) -> Appointment:
    rows = Appointment.objects.select_related("calendar__client", "client", "motive")
    appointment = rows.get(pk=change.appointment_id)
    latest = appointment.changes.order_by("-pk").first()
    undoing_again = change.kind not in _INVERSE or change.undoes_id is not None
    if latest is None or latest.pk != change.pk or undoing_again:
        raise ChangeSuperseded()
    return appointment


def _state_before(change: AppointmentChange) -> dict[str, Any]:
    if change.before:
        return state_from(change.before)
    return {"status": Appointment.Status.CANCELLED}


def _check_free(
    appointment: Appointment, before: dict[str, Any], by: User | None, at: datetime
) -> None:
    stays = before["status"] != Appointment.Status.CANCELLED and all(
        before[name] == state_of(appointment)[name]
        for name in ("calendar_id", "block_starts_at", "block_ends_at")
    )
    if stays or not appointment.is_active or appointment.override_reason:
        return
    block = appointment.block
    others = Appointment.objects.filter(calendar=appointment.calendar_id).blocking(*block)
    taken = others.exclude(pk=appointment.pk).first()
    if taken:
        raise SlotTaken(Refusal(Reason.TAKEN, taken.block))
    holds = SlotHold.objects.filter(calendar=appointment.calendar_id, expires_at__gt=at)
    held = holds.filter(block_starts_at__lt=block.end, block_ends_at__gt=block.start)
    if held.exclude(holder=by).exists():
        raise SlotHeld()


def _check_limit(appointment: Appointment, before: dict[str, Any]) -> None:
    motive = appointment.motive
    if motive is None or motive.most_per_day is None or appointment.override_reason:
        return
    if not appointment.is_active or _counted_already(appointment, before):
        return
    start, end = day_bounds(_day_of(appointment.starts_at, appointment), appointment.calendar.zone)
    same = Appointment.objects.active().filter(calendar=appointment.calendar_id, motive=motive)
    others = same.filter(starts_at__gte=start, starts_at__lt=end).exclude(pk=appointment.pk)
    if others.count() >= motive.most_per_day:
        raise DayIsFull(Refusal(Reason.MOST_PER_DAY, most=motive.most_per_day))


def _counted_already(appointment: Appointment, before: dict[str, Any]) -> bool:
    """Say whether it was one of its day's, under the same motive, before it is put back."""
    was = state_from(before)
    return (
        was["status"] != Appointment.Status.CANCELLED
        and was["calendar_id"] == appointment.calendar_id
        and was["motive_id"] == appointment.motive_id
        and _day_of(was["starts_at"], appointment) == _day_of(appointment.starts_at, appointment)
    )


def _day_of(instant: datetime, appointment: Appointment) -> date:
    return instant.astimezone(appointment.calendar.zone).date()
