"""Sends the reminders whose time has come; what a standstill has delayed is made up."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from agenda.models import Appointment, Calendar
from agenda.services import CalendarBusy
from agenda.services.locking import changing
from core.periods import Period
from messages_app.models import Delivery, NoticeSettings
from messages_app.queries.notices import (
    appointments_to_remind,
    calendars_with_reminders,
    hours_of,
    is_declined,
    is_still_true,
    notice_settings,
    told_change,
)
from messages_app.rules.delivery_states import DeliveryState
from messages_app.rules.notice_times import Later, judge_reminder, next_opening
from messages_app.rules.notices import Kind, NotSentBecause
from messages_app.services.cancelling import cancel_unsent
from messages_app.services.notices import mark_withdrawn, note_not_sent, send
from messages_app.services.wake import wake_after_commit

BATCH = 200
WHY = {
    Later.JUST_TOLD: NotSentBecause.JUST_TOLD,
    Later.TOO_LATE: NotSentBecause.TOO_LATE,
}


def sweep_notices(*, clock: Callable[[], datetime] = timezone.now) -> int:
    """Decide the reminders that are due, and give another time to what waits for the morning.

    How many reminders were decided. Running two at once is harmless: each takes the calendar's
    lock and looks again.
    """
    decided = 0
    for calendar, settings in calendars_with_reminders():
        due = appointments_to_remind(calendar, settings, clock())[:BATCH]
        for pk in list(due.values_list("pk", flat=True)):
            decided += remind(calendar=calendar, appointment_id=pk, at=clock())
    for pk in list(Delivery.objects.no_longer_wanted(clock()).values_list("pk", flat=True)[:BATCH]):
        give_another_time(delivery_id=pk, at=clock())
    return decided


def remind(*, calendar: Calendar, appointment_id: int, at: datetime) -> bool:
    """Decide one appointment's reminder, if it still waits; False when it does not, or not yet."""
    try:
        with changing(calendar.pk):
            return _remind(calendar, appointment_id, at)
    except CalendarBusy:
        return False


def _remind(calendar: Calendar, appointment_id: int, at: datetime) -> bool:
    settings = notice_settings(calendar)
    waiting = appointments_to_remind(calendar, settings, at).select_related(
        "calendar__client", "client", "motive", "correspondent", "caller"
    )
    appointment = waiting.filter(pk=appointment_id).first()
    return appointment is not None and _decide(appointment, settings, at)


def _decide(appointment: Appointment, settings: NoticeSettings, at: datetime) -> bool:
    change = told_change(appointment)
    if change is None:
        return False
    judged = judge_reminder(
        starts_at=appointment.starts_at,
        told_at=change.at,
        now=at,
        timing=settings.timing,
        hours=hours_of(settings, appointment.calendar),
    )
    if judged is Later.NOT_YET:
        return False
    if is_declined(appointment):
        why = NotSentBecause.NOT_WANTED
        note_not_sent(appointment, change, Kind.REMINDER, why, at=at)
    elif isinstance(judged, Later):
        note_not_sent(appointment, change, Kind.REMINDER, WHY[judged], at=at)
    else:
        opening = Period(at, judged.until)
        send(appointment, change, Kind.REMINDER, settings, opening, at=at)
    return True


@transaction.atomic
def give_another_time(*, delivery_id: int, at: datetime) -> None:
    """Let a text that the closing hours have stopped leave when they open; cancel an untrue one.

    One that can't leave before its appointment waits for its expiry, which asks a human.
    """
    waiting = Delivery.objects.no_longer_wanted(at).filter(pk=delivery_id)
    delivery = waiting.select_related("notice__appointment__calendar").first()
    if delivery is None or delivery.notice is None:
        return
    if not is_still_true(delivery.notice):
        cancel_unsent(delivery=delivery, at=at)
        mark_withdrawn(delivery.notice)
        return
    calendar = delivery.notice.appointment.calendar
    opening = next_opening(hours_of(notice_settings(calendar), calendar), at)
    if opening is not None and opening.start < delivery.notice.tells_start:
        _postpone(delivery, opening)


def _postpone(delivery: Delivery, opening: Period) -> None:
    """Only as it was read: a cancellation meanwhile has named another end."""
    same = Delivery.objects.filter(
        pk=delivery.pk, state=DeliveryState.DUE, wanted_until=delivery.wanted_until
    )
    same.update(due_at=opening.start, wanted_until=opening.end)
    wake_after_commit(delivery.pk)
