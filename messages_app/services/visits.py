"""What the holder of an appointment's link does: confirm it, or cancel it in time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from agenda.models import Appointment, Side
from agenda.services import cancel_appointment, confirm_appointment
from agenda.services.locking import changing
from core.live import client_group, publish
from messages_app.models import AppointmentNotice
from messages_app.queries.visits import visit_of
from messages_app.rules.visit_links import Visit


class NotOffered(Exception):
    """The appointment can't be confirmed or cancelled by its link now; nothing was changed."""


def confirm_visit(*, notice: AppointmentNotice, shown_start: datetime, at: datetime) -> None:
    """Confirm the moment that the page showed; NotOffered when it is another one by now.

    Raises CalendarBusy too.
    """
    with _as_shown(notice, shown_start, at) as visit:
        if not visit.may_confirm:
            raise NotOffered()
        confirm_appointment(appointment=notice.appointment, by=None, at=at)


def cancel_visit(*, notice: AppointmentNotice, shown_start: datetime, at: datetime) -> None:
    """Cancel the visit that the page showed, within the practice's delay; else NotOffered.

    Raises CalendarBusy too.
    """
    with _as_shown(notice, shown_start, at) as visit:
        if not visit.may_cancel:
            raise NotOffered()
        cancel_appointment(appointment=notice.appointment, by=None, at=at, side=Side.PUBLIC)
        _tell_desks(notice)


@contextmanager
def _as_shown(notice: AppointmentNotice, shown_start: datetime, at: datetime) -> Iterator[Visit]:
    """Hold the appointment's calendar still; nobody answers for a moment that she was not shown."""
    with changing(notice.appointment.calendar_id):
        rows = Appointment.objects.select_related("calendar__client", "client")
        notice.appointment = rows.get(pk=notice.appointment_id)
        if notice.appointment.starts_at != shown_start:
            raise NotOffered()
        yield visit_of(notice, at=at)


def _tell_desks(notice: AppointmentNotice) -> None:
    """Open desks count once more what waits for them."""
    client = notice.client.uuid
    appointment = str(notice.appointment.uuid)
    publish(client_group(client), "visit.cancelled", client=str(client), appointment=appointment)
