"""Tells a person that her appointment is cancelled, and takes that back when it stands again.

In the transaction of the change and under the calendar's lock.
"""

from datetime import datetime

from agenda.facts import AppointmentCancelled, AppointmentRestored
from agenda.models import Appointment, AppointmentChange, Side
from messages_app.models import AppointmentNotice
from messages_app.queries.notices import told_change
from messages_app.rules.notices import Kind, NoticeState
from messages_app.services.notice_series import told_with
from messages_app.services.notices import (
    TAKEN_BACK_WITHIN,
    appointment_told,
    last_change,
    tell,
    withdraw,
)


def follow_cancellation(fact: AppointmentCancelled) -> None:
    """Let nothing more leave about what no longer stands, and tell the person, if she can't know.

    Who cancelled by her own link knows; of a booking that is taken back at once nobody was told.
    """
    withdraw(fact.appointment_id, at=fact.at)
    appointment = appointment_told(fact.appointment_id)
    if fact.side != Side.PUBLIC and not _was_just_booked(appointment, fact.at):
        tell(appointment, last_change(appointment), Kind.CANCELLATION, at=fact.at)


def _was_just_booked(appointment: Appointment, at: datetime) -> bool:
    booked = told_change(appointment)
    is_first = booked is not None and booked.kind == AppointmentChange.Kind.BOOKED
    return booked is not None and is_first and at - booked.at <= TAKEN_BACK_WITHIN


def stand_again(fact: AppointmentRestored) -> None:
    """Take back that it is cancelled, or tell that it stands to who may think otherwise.

    A reminder that was taken back is decided anew by the next sweep.
    """
    appointment = appointment_told(fact.appointment_id)
    change = last_change(appointment)
    news = _news(appointment, change)
    if news is not None and _take_back(news, at=fact.at):
        may_doubt = False
    else:
        was_cancelled_at = change.undoes.at if change.undoes else change.at
        may_doubt = news is not None or fact.at - was_cancelled_at > TAKEN_BACK_WITHIN
    if may_doubt or not _knows(appointment):
        tell(appointment, change, Kind.CONFIRMATION, at=fact.at)


def _news(appointment: Appointment, restored: AppointmentChange) -> AppointmentNotice | None:
    """What tells the cancellation that is undone, by a text of its own or with its series."""
    told = appointment.notices.standing().filter(kind=Kind.CANCELLATION, change=restored.undoes_id)
    found = told.select_related("appointment").first()
    return found if found is not None and _carrier(found) is not None else None


def _carrier(news: AppointmentNotice) -> AppointmentNotice | None:
    """The notice whose text tells it."""
    return told_with(news).filter(state=NoticeState.WRITTEN).first()


def _take_back(news: AppointmentNotice, *, at: datetime) -> bool:
    """Let it not leave, False where it has left; the series' other visits are told anew."""
    carrier = _carrier(news)
    assert carrier is not None
    others = list(told_with(news).exclude(appointment=news.appointment_id).order_by("tells_start"))
    withdraw(carrier.appointment_id, at=at)
    carrier.refresh_from_db()
    if carrier.state == NoticeState.WRITTEN:
        return False
    told = AppointmentNotice.objects.filter(pk__in=[news.pk, *(one.pk for one in others)])
    told.update(state=NoticeState.WITHDRAWN)
    for one in others:
        appointment = appointment_told(one.appointment_id)
        tell(appointment, last_change(appointment), Kind.CANCELLATION, at=at)
    return True


def _knows(appointment: Appointment) -> bool:
    """Whether something that has left tells this moment."""
    told = appointment.notices.standing().filter(
        state=NoticeState.WRITTEN, tells_start=appointment.starts_at
    )
    return told.exclude(kind=Kind.CANCELLATION).exists()
