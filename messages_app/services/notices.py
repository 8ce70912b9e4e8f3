"""Writes confirmations, reminders and cancellations, and takes them back.

Everything here runs under the lock of the appointment's calendar: a cancellation and a reminder
never pass each other.
"""

from datetime import datetime, timedelta

from agenda.facts import AppointmentBooked, AppointmentMoved
from agenda.models import Appointment, AppointmentChange
from core.periods import Period
from messages_app.models import AppointmentNotice, Delivery, NoticeSettings
from messages_app.queries.notices import (
    hours_of,
    is_declined,
    moves,
    notice_settings,
    person_to_tell,
)
from messages_app.queries.visits import link_of
from messages_app.rules.delivery_states import DeliveryState
from messages_app.rules.notice_keys import digest_of
from messages_app.rules.notice_times import next_opening
from messages_app.rules.notices import (
    Addresses,
    Kind,
    NoticeState,
    NotSentBecause,
    Way,
    addresses_for,
)
from messages_app.services.cancelling import cancel_unsent
from messages_app.services.notice_series import first_told, rewrite
from messages_app.services.notice_texts import Told, key_for, told_of, write_notice
from messages_app.services.outbox import write_delivery

# For so long a booking or a move can be taken back before anybody is told of it.
TAKEN_BACK_WITHIN = timedelta(seconds=20)


def confirm_booking(fact: AppointmentBooked) -> None:
    """Tell the person of her new appointment, where the practice wishes it."""
    if not NoticeSettings.objects.filter(client__uuid=fact.client_uuid).exists():
        return
    appointment = appointment_told(fact.appointment_id)
    tell(appointment, last_change(appointment), Kind.CONFIRMATION, at=fact.at)


def follow_move(fact: AppointmentMoved) -> None:
    """Take back what told the former moment, and tell the new one.

    Nothing leaves when the person does not know of any other moment: a move that was taken back in
    time, or that changed the motive only.
    """
    appointment = appointment_told(fact.appointment_id)
    change = last_change(appointment)
    if not moves(change):
        return
    withdraw(appointment.pk, at=fact.at)
    written = appointment.notices.standing().filter(state=NoticeState.WRITTEN)
    last = written.exclude(kind=Kind.CANCELLATION).last()
    is_same_calendar = change.before["calendar_id"] == change.after["calendar_id"]
    if last is not None and last.tells_start == appointment.starts_at and is_same_calendar:
        return
    tell(appointment, change, Kind.CONFIRMATION, at=fact.at, is_moved=last is not None)


def withdraw(appointment_id: int, *, at: datetime) -> None:
    """Take back what has not left; what is leaving at this instant is not tried again.

    Two statements: who follows up a failure holds the failed row, so that what it writes instead is
    found by the second, or not written once this is committed.
    """
    written = list(
        AppointmentNotice.objects.filter(appointment=appointment_id, state=NoticeState.WRITTEN)
    )
    if not written:
        return
    ours = Delivery.objects.filter(notice__in=written)
    ours.update(wanted_until=at)
    for delivery in ours.filter(state=DeliveryState.DUE):
        cancel_unsent(delivery=delivery, at=at)
    for notice in written:
        mark_withdrawn(notice)


def mark_withdrawn(notice: AppointmentNotice) -> bool:
    """Count a notice as never decided once all its texts are cancelled."""
    deliveries = Delivery.objects.filter(notice=notice)
    if deliveries.exclude(state=DeliveryState.CANCELLED).exists():
        return False
    notice.state = NoticeState.WITHDRAWN.value
    notice.save(update_fields=["state"])
    return True


def decline(*, appointment: Appointment, at: datetime) -> None:
    """Send nothing about this appointment: the person does not wish it this time.

    In the transaction that booked it, before anything could leave.
    """
    withdraw(appointment.pk, at=at)
    change, why = last_change(appointment), NotSentBecause.NOT_WANTED
    # What stood in the text about a series' first visit goes with that text.
    told_together = appointment.notices.filter(why=NotSentBecause.TOGETHER, change=change)
    told_together.update(why=why.value)
    for kind in (Kind.CONFIRMATION, Kind.REMINDER):
        stands = appointment.notices.standing().filter(kind=kind, change=change)
        if not stands.exists():
            note_not_sent(appointment, change, kind, why, at=at)


def tell(
    appointment: Appointment,
    change: AppointmentChange,
    kind: Kind,
    *,
    at: datetime,
    is_moved: bool = False,
) -> None:
    """Tell a change as the practice wishes, once it can no longer be taken back unheard.

    Never of a visit that has begun, nor of one about which nothing is wanted.
    """
    settings = notice_settings(appointment.calendar)
    if settings.way_of(kind) is Way.NONE or appointment.starts_at <= at:
        return
    if is_declined(appointment):
        note_not_sent(appointment, change, kind, NotSentBecause.NOT_WANTED, at=at)
        return
    if tell_together(appointment, change, kind, settings, at=at):
        return
    opening = next_opening(hours_of(settings, appointment.calendar), at + TAKEN_BACK_WITHIN)
    if opening is None or opening.start >= appointment.starts_at:
        note_not_sent(appointment, change, kind, NotSentBecause.TOO_LATE, at=at)
    else:
        send(appointment, change, kind, settings, opening, at=at, is_moved=is_moved)


def tell_together(
    appointment: Appointment,
    change: AppointmentChange,
    kind: Kind,
    settings: NoticeSettings,
    *,
    at: datetime,
) -> bool:
    """Tell a further visit of a series in the text about its first; False where there is none."""
    first = first_told(appointment, kind, at=at)
    if first is None:
        return False
    rewrite(first, appointment, settings, at=at)
    note_not_sent(appointment, change, kind, NotSentBecause.TOGETHER, at=at)
    return True


def send(
    appointment: Appointment,
    change: AppointmentChange,
    kind: Kind,
    settings: NoticeSettings,
    opening: Period,
    *,
    at: datetime,
    is_moved: bool = False,
) -> AppointmentNotice:
    """Put one notice into the outbox, to leave within the opening; else note why it can't."""
    person, reach = person_to_tell(appointment)
    addresses = addresses_for(settings.way_of(kind), reach, asks_agreement=settings.asks_agreement)
    if isinstance(addresses, NotSentBecause):
        return note_not_sent(appointment, change, kind, addresses, at=at)
    key = key_for(kind, settings)
    notice = AppointmentNotice.objects.create(
        client_id=appointment.client_id,
        appointment=appointment,
        change=change,
        kind=kind.value,
        tells_start=appointment.starts_at,
        person=person,
        decided_at=at,
        link_digest=digest_of(key) if key else None,
    )
    link = link_of(key) if key else ""
    told = told_of(appointment, kind, settings, link=link, at=at, is_moved=is_moved)
    put_in_outbox(notice, told, settings, addresses, opening)
    return notice


def put_in_outbox(
    notice: AppointmentNotice,
    told: Told,
    settings: NoticeSettings,
    addresses: Addresses,
    opening: Period,
) -> list[Delivery]:
    """Write a notice to each address, to leave within the opening and before the visit."""
    appointment = notice.appointment
    return [
        write_delivery(
            client=appointment.client,
            purpose=Delivery.Purpose.APPOINTMENT,
            channel=channel,
            address=address,
            letter=write_notice(channel, told, settings),
            at=opening.start,
            expires_at=appointment.starts_at,
            wanted_until=min(opening.end, appointment.starts_at),
            notice=notice,
        )
        for channel, address in addresses
    ]


def note_not_sent(
    appointment: Appointment,
    change: AppointmentChange,
    kind: Kind,
    why: NotSentBecause,
    *,
    at: datetime,
) -> AppointmentNotice:
    """Keep that nothing was sent, and why."""
    notice = AppointmentNotice.objects.create(
        client_id=appointment.client_id,
        appointment=appointment,
        change=change,
        kind=kind.value,
        tells_start=appointment.starts_at,
        state=NoticeState.NOT_SENT.value,
        why=why.value,
        decided_at=at,
    )
    return notice


def appointment_told(pk: int) -> Appointment:
    """The appointment that a fact names, with what its texts say."""
    rows = Appointment.objects.select_related(
        "calendar__client", "client", "motive", "correspondent", "caller"
    )
    return rows.get(pk=pk)


def last_change(appointment: Appointment) -> AppointmentChange:
    """The change that a fact tells: it was written just before."""
    return appointment.changes.select_related("undoes").order_by("-pk")[0]
