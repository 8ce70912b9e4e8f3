"""Sends a confirmation once more, when the person says that she has none."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from agenda.models import Appointment
from agenda.services.locking import changing
from clients.models import User
from clients.services.audit import record_audit
from core.periods import Period
from messages_app.models import AppointmentNotice, Delivery, NoticeSettings
from messages_app.queries.notices import (
    hours_of,
    notice_settings,
    person_to_tell,
    told_change,
)
from messages_app.queries.visits import link_of
from messages_app.rules.delivery_states import DeliveryState
from messages_app.rules.notice_keys import LENGTH, digest_of
from messages_app.rules.notice_times import next_opening
from messages_app.rules.notices import (
    Addresses,
    Kind,
    NoticeState,
    NotSentBecause,
    Way,
    addresses_for,
)
from messages_app.services.notice_texts import key_for, told_of
from messages_app.services.notices import appointment_told, put_in_outbox

# A text takes minutes to arrive: who asks again at once would pay for two.
PAUSE = timedelta(minutes=5)
# Somebody who has not received four has another difficulty than the fifth would solve.
MOST = 4
WAITING = (DeliveryState.DUE, DeliveryState.SENDING, DeliveryState.UNCERTAIN)


class NotSentAgain(Exception):
    """Nothing was sent; why."""


class NothingToConfirm(NotSentAgain):
    """The practice sends no confirmations, or the appointment is not to come any more."""


class StillWaiting(NotSentAgain):
    """The first has not left yet, or only just."""


class SentOften(NotSentAgain):
    """It was sent so many times already."""


class Unreachable(NotSentAgain):
    """The person can't be written to; `why` says the reason."""

    def __init__(self, why: NotSentBecause) -> None:
        super().__init__(why)
        self.why = why


def may_send_again(appointment: Appointment, *, at: datetime) -> bool:
    """Whether a confirmation of it makes sense at all: by the practice's wishes and the clock."""
    is_coming = appointment.status == Appointment.Status.BOOKED and at < appointment.starts_at
    wishes = notice_settings(appointment.calendar)
    return is_coming and wishes.way_of(Kind.CONFIRMATION) is not Way.NONE


def send_again(*, appointment: Appointment, by: User, at: datetime) -> list[Delivery]:
    """Write the confirmation of an appointment anew, also where none was sent before.

    Its link stays the one that the person may have. It leaves at once, or when the practice's hours
    open. Raises NothingToConfirm, StillWaiting, SentOften or Unreachable; then nothing is written.
    """
    with changing(appointment.calendar_id):
        fresh = appointment_told(appointment.pk)
        settings = notice_settings(fresh.calendar)
        opening = _opening(fresh, settings, at)
        addresses = _addresses(fresh, settings)
        notice = _notice(fresh, at)
        _check_patience(notice, at)
        written = _write(notice, fresh, settings, addresses, opening, at=at)
        record_audit(
            by=by,
            action="notice.sent_again",
            target=fresh,
            client=fresh.client,
            at=at,
            detail={"channels": [channel.value for channel, _address in addresses]},
        )
    return written


def _opening(appointment: Appointment, settings: NoticeSettings, at: datetime) -> Period:
    if not may_send_again(appointment, at=at):
        raise NothingToConfirm()
    opening = next_opening(hours_of(settings, appointment.calendar), at)
    if opening is None or opening.start >= appointment.starts_at:
        raise Unreachable(NotSentBecause.TOO_LATE)
    return opening


def _addresses(appointment: Appointment, settings: NoticeSettings) -> Addresses:
    _person, reach = person_to_tell(appointment)
    way = settings.way_of(Kind.CONFIRMATION)
    addresses = addresses_for(way, reach, asks_agreement=settings.asks_agreement)
    if isinstance(addresses, NotSentBecause):
        raise Unreachable(addresses)
    return addresses


def _notice(appointment: Appointment, at: datetime) -> AppointmentNotice:
    """The confirmation of the present moment, or the first one."""
    change = told_change(appointment)
    assert change is not None
    standing = appointment.notices.standing().filter(
        kind=Kind.CONFIRMATION, tells_start=appointment.starts_at
    )
    return standing.last() or AppointmentNotice(
        client_id=appointment.client_id,
        appointment=appointment,
        change=change,
        kind=Kind.CONFIRMATION.value,
        tells_start=appointment.starts_at,
        decided_at=at,
    )


def _check_patience(notice: AppointmentNotice, at: datetime) -> None:
    if notice._state.adding:
        return
    rows = notice.deliveries.exclude(state=DeliveryState.CANCELLED)
    is_fresh = rows.filter(due_at__gt=at - PAUSE).exists()
    if is_fresh or rows.filter(state__in=WAITING).exists():
        raise StillWaiting()
    if rows.count() >= MOST:
        raise SentOften()


def _write(
    notice: AppointmentNotice,
    appointment: Appointment,
    settings: NoticeSettings,
    addresses: Addresses,
    opening: Period,
    *,
    at: datetime,
) -> list[Delivery]:
    key = _key_of(notice) or key_for(Kind.CONFIRMATION, settings)
    notice.link_digest = digest_of(key) if key else None
    notice.state, notice.why = NoticeState.WRITTEN.value, ""
    notice.person, _reach = person_to_tell(appointment)
    notice.save()
    link = link_of(key) if key else ""
    told = told_of(appointment, Kind.CONFIRMATION, settings, link=link, at=at)
    told = replace(told, others=_further(appointment))
    return put_in_outbox(notice, told, settings, addresses, opening)


def _key_of(notice: AppointmentNotice) -> str:
    """The key that stands in a text already sent; blank where none does any more."""
    if notice.pk is None or not notice.link_digest:
        return ""
    texts = notice.deliveries.order_by("-pk").values_list("text", flat=True)
    words = re.findall(rf"\b\w{{{LENGTH}}}\b", " ".join(texts))
    return next((word for word in words if digest_of(word) == notice.link_digest), "")


def _further(appointment: Appointment) -> tuple[datetime, ...]:
    """The visits of its series that come after it."""
    if appointment.series_id is None:
        return ()
    rows = Appointment.objects.active().filter(
        series=appointment.series_id, starts_at__gt=appointment.starts_at
    )
    return tuple(rows.order_by("starts_at").values_list("starts_at", flat=True))
