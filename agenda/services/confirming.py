"""Notes that the person has said that she will come."""

from datetime import datetime

from agenda.facts import AppointmentConfirmed
from agenda.models import Appointment, Side
from agenda.services.booking import active_appointment
from agenda.services.locking import changing
from agenda.services.telling import publish_days
from clients.models import User
from clients.services.audit import record_audit
from core.facts import emit


def confirm_appointment(
    *, appointment: Appointment, by: User | None, at: datetime, side: Side = Side.PUBLIC
) -> Appointment:
    """Note that the person comes at this moment; twice changes nothing.

    AppointmentNotActive when it was cancelled meanwhile. A later move asks her anew.
    """
    with changing(appointment.calendar_id):
        fresh = active_appointment(appointment)
        if not fresh.is_confirmed:
            _confirm(fresh, by, at, side)
    return fresh


def _confirm(fresh: Appointment, by: User | None, at: datetime, side: Side) -> None:
    fresh.confirmed_at, fresh.confirmed_start = at, fresh.starts_at
    fresh.save(update_fields=["confirmed_at", "confirmed_start"])
    record_audit(
        by=by,
        action="appointment.confirmed",
        target=fresh,
        client=fresh.client,
        at=at,
        detail={"side": str(side), "starts_at": fresh.starts_at.isoformat()},
    )
    emit(
        AppointmentConfirmed(
            appointment_id=fresh.pk,
            appointment_uuid=fresh.uuid,
            client_uuid=fresh.client.uuid,
            calendar_uuid=fresh.calendar.uuid,
            side=str(side),
            by_id=by.pk if by else None,
            at=at,
        )
    )
    publish_days(fresh.calendar, {fresh.starts_at.astimezone(fresh.calendar.zone).date()})
