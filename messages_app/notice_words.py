"""Puts into sentences what became of an appointment's notices."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from babel.dates import format_date
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from agenda.models import Appointment
from agenda.reasons import clock
from messages_app.models import AppointmentNotice, Delivery
from messages_app.queries.notices import hours_of, notice_settings
from messages_app.rules.delivery_states import LOST, DeliveryState
from messages_app.rules.notice_times import reminder_moment
from messages_app.rules.notices import Kind, NoticeState, Way
from messages_app.services.notice_texts import spoken_day


@dataclass(frozen=True)
class NoticeRow:
    """One step: `state` is "", waiting or failed, as the timeline component draws it.

    `at` is on the calendar's wall.
    """

    at: datetime
    text: str
    state: str = ""

    @property
    def when(self) -> str:
        """« 21 nov. 18:00 », where room is short."""
        day = format_date(self.at, "d MMM", locale=to_locale(get_language() or "fr"))
        return f"{day} {self.at:%-H:%M}"


WAITING = frozenset({DeliveryState.DUE, DeliveryState.SENDING, DeliveryState.UNCERTAIN})


def notice_rows(appointment: Appointment, now: datetime) -> list[NoticeRow]:
    """What was sent about an appointment or not, and why, then what is planned."""
    notices = appointment.notices.prefetch_related("deliveries").order_by("decided_at", "pk")
    rows = [row for notice in notices for row in _of_notice(notice)]
    if appointment.is_confirmed and appointment.confirmed_at:
        rows.append(NoticeRow(appointment.confirmed_at, _("The person confirmed that she comes")))
    rows.extend(_planned(appointment, now))
    return [replace(row, at=row.at.astimezone(appointment.zone)) for row in rows]


def _of_notice(notice: AppointmentNotice) -> Iterator[NoticeRow]:
    if notice.state == NoticeState.NOT_SENT:
        words = {"kind": _kind(notice.kind), "why": notice.get_why_display()}
        yield NoticeRow(notice.decided_at, _("%(kind)s not sent: %(why)s") % words)
        return
    for delivery in sorted(notice.deliveries.all(), key=lambda one: one.pk):
        yield _of_delivery(notice, delivery)


def _of_delivery(notice: AppointmentNotice, delivery: Delivery) -> NoticeRow:
    state = DeliveryState(delivery.state)
    words = {
        "kind": _kind(notice.kind),
        "channel": delivery.get_channel_display(),
        "address": delivery.masked_address,
        "state": delivery.get_state_display(),
    }
    return NoticeRow(
        delivery.accepted_at or (delivery.due_at if state in WAITING else notice.decided_at),
        _("%(kind)s by %(channel)s, %(address)s: %(state)s") % words,
        "waiting" if state in WAITING else "failed" if state in LOST else "",
    )


def _kind(kind: str) -> str:
    names = {Kind.CONFIRMATION: _("Confirmation"), Kind.REMINDER: _("Reminder")}
    return names.get(Kind(kind)) or _("Cancellation")


def _planned(appointment: Appointment, now: datetime) -> Iterator[NoticeRow]:
    """The reminder that no sweep has decided yet."""
    settings = notice_settings(appointment.calendar)
    decided = appointment.notices.standing().filter(
        kind=Kind.REMINDER, tells_start=appointment.starts_at
    )
    is_wished = settings.way_of(Kind.REMINDER) is not Way.NONE
    is_coming = appointment.status == Appointment.Status.BOOKED and appointment.starts_at > now
    if not is_wished or not is_coming or decided.exists():
        return
    moment = reminder_moment(
        appointment.starts_at, settings.timing, hours_of(settings, appointment.calendar)
    )
    if moment is not None:
        yield NoticeRow(moment, _reminder_words(appointment, moment), "waiting")


def _reminder_words(appointment: Appointment, moment: datetime) -> str:
    zone = appointment.zone
    words = {"day": spoken_day(moment.astimezone(zone)), "time": clock(moment, zone)}
    return _("Reminder planned for %(day)s at %(time)s") % words
