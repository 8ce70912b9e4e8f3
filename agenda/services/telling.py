"""Keeps the history of a change and tells it: audit, facts for higher apps, open screens."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from agenda.facts import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMarked,
    AppointmentMoved,
    AppointmentRestored,
)
from agenda.models import Appointment, AppointmentChange, Calendar, Side
from agenda.services.freeing import note_freed
from agenda.services.worklist import settle_displaced
from clients.models import User
from clients.services.audit import record_audit
from core.facts import emit
from core.live import client_group, publish

Kind = AppointmentChange.Kind
_INSTANTS = ("starts_at", "ends_at", "block_starts_at", "block_ends_at")


def state_of(appointment: Appointment) -> dict[str, Any]:
    """Return what a change may change, as JSON; `state_from` reads it back."""
    instants = {name: getattr(appointment, name).isoformat() for name in _INSTANTS}
    kept = ("calendar_id", "motive_id", "status")
    return {name: getattr(appointment, name) for name in kept} | instants


def state_from(kept: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a kept state, ready to be set on an appointment."""
    return kept | {name: datetime.fromisoformat(kept[name]) for name in _INSTANTS}


def record_change(
    kind: Kind,
    appointment: Appointment,
    before: dict[str, Any],
    *,
    by: User | None,
    at: datetime,
    side: Side,
    undoes: AppointmentChange | None = None,
) -> AppointmentChange:
    """Write the change to the history and the audit, and tell higher apps and open screens."""
    change = AppointmentChange.objects.create(
        appointment=appointment,
        client_id=appointment.client_id,
        kind=kind,
        side=side,
        by=by,
        at=at,
        before=before,
        after=state_of(appointment),
        undoes=undoes,
    )
    detail = {"side": str(side), "before": before, "after": change.after}
    if appointment.override_reason:
        detail["override"] = True
    record_audit(
        by=by,
        action=f"appointment.{kind}",
        target=appointment,
        client=appointment.client,
        at=at,
        detail=detail,
    )
    _emit(change, appointment)
    _publish(appointment, before)
    settle_displaced(change, appointment)
    note_freed(change, appointment)
    return change


def _emit(change: AppointmentChange, appointment: Appointment) -> None:
    common: dict[str, Any] = {
        "appointment_id": appointment.pk,
        "appointment_uuid": appointment.uuid,
        "client_uuid": appointment.client.uuid,
        "calendar_uuid": appointment.calendar.uuid,
        "side": str(change.side),
        "by_id": change.by_id,
        "at": change.at,
    }
    if change.kind == Kind.MOVED:
        emit(AppointmentMoved(from_starts_at=state_from(change.before)["starts_at"], **common))
    elif change.kind in _TOLD_PLAINLY and _stood_or_stands(change):
        emit(_TOLD_PLAINLY[Kind(change.kind)](**common))
    else:
        emit(AppointmentMarked(status=appointment.status, **common))


_TOLD_PLAINLY: dict[Kind, Any] = {
    Kind.BOOKED: AppointmentBooked,
    Kind.CANCELLED: AppointmentCancelled,
    Kind.RESTORED: AppointmentRestored,
}


def _stood_or_stands(change: AppointmentChange) -> bool:
    """Say whether a change is about the appointment standing at all, not about who came."""
    cancelled = Appointment.Status.CANCELLED
    states = (change.before.get("status"), change.after["status"])
    return change.kind != Kind.RESTORED or cancelled in states


def _publish(appointment: Appointment, before: dict[str, Any]) -> None:
    days = {appointment.starts_at.astimezone(appointment.calendar.zone).date()}
    calendars = {appointment.calendar_id: appointment.calendar}
    if before:
        was = state_from(before)
        days.add(was["starts_at"].astimezone(appointment.calendar.zone).date())
        if was["calendar_id"] not in calendars:
            calendars[was["calendar_id"]] = Calendar.objects.get(pk=was["calendar_id"])
    for calendar in calendars.values():
        publish_days(calendar, days)


def publish_days(calendar: Calendar, days: Iterable[date]) -> None:
    """Tell open screens that these days of the calendar look different; none named means any."""
    publish(
        client_group(calendar.client.uuid),
        "agenda.changed",
        client=str(calendar.client.uuid),
        calendar=str(calendar.uuid),
        days=",".join(sorted(day.isoformat() for day in days)),
    )
