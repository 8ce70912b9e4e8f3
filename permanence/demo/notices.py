"""Confirmations and reminders in the demonstration: what left these days, and who answered."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from agenda.models import Appointment, AppointmentChange, Calendar
from agenda.models.sides import Side
from agenda.services import cancel_appointment
from clients.models import Client, Correspondent, PracticalInfo
from core.periods import Period
from messages_app.models import AppointmentNotice, Delivery, NoticeSettings
from messages_app.queries.notices import hours_of
from messages_app.rules.addressing import Channel
from messages_app.rules.delivery_states import DeliveryState
from messages_app.rules.notice_times import next_opening, reminder_moment
from messages_app.rules.notices import Kind
from messages_app.services.notice_texts import told_of, write_notice
from messages_app.services.notices import send

DAYS_BACK = 3
FRESH = 3
WANTED = "Adresse"


def add_notices(
    client: Client,
    calendars: list[Calendar],
    patients: list[Correspondent],
    now: datetime,
) -> None:
    """Have the practice confirm and remind by SMS; most people have agreed, some have answered."""
    random = Random(now.date().toordinal() + 1)
    settings = _settings(client)
    _agree(patients, now)
    for calendar in calendars:
        _past_reminders(calendar, settings, now, random)
    _cancelled_by_link(calendars[0], now)
    _fresh_confirmations(calendars[0], settings, now)


def _settings(client: Client) -> NoticeSettings:
    settings = NoticeSettings.objects.create(
        client=client,
        confirmation="either",
        cancellation="either",
        reminder="sms",
        opens_at="07:30",
        closes_at="20:30",
    )
    settings.refresh_from_db()
    settings.infos.set(PracticalInfo.objects.filter(client=client, label=WANTED))
    return settings


def _agree(patients: list[Correspondent], now: datetime) -> None:
    """Every seventh was never asked, one has refused."""
    for nth, patient in enumerate(patients):
        if nth % 7 != 6:
            patient.texts = Correspondent.Texts.REFUSED if nth == 8 else Correspondent.Texts.AGREED
            patient.texts_answered_at = now - timedelta(days=30 + nth)
    Correspondent.objects.bulk_update(patients, ["texts", "texts_answered_at"])


def _past_reminders(
    calendar: Calendar, settings: NoticeSettings, now: datetime, random: Random
) -> None:
    """What was sent about the last days and about what comes before the next reminders."""
    hours = hours_of(settings, calendar)
    rows = Appointment.objects.filter(
        calendar=calendar,
        starts_at__gt=now - timedelta(days=DAYS_BACK),
        starts_at__lt=now + timedelta(days=5),
        correspondent__texts=Correspondent.Texts.AGREED,
    ).select_related("calendar__client", "client", "motive", "correspondent")
    for appointment in rows.order_by("starts_at"):
        moment = reminder_moment(appointment.starts_at, settings.timing, hours)
        if moment is not None and appointment.created_at < moment <= now:
            _reminded(appointment, settings, moment, random)


def _reminded(
    appointment: Appointment, settings: NoticeSettings, moment: datetime, random: Random
) -> None:
    person = appointment.correspondent
    number = person.numbers.order_by("pk").first() if person else None
    if person is None or number is None:
        return
    change = appointment.changes.order_by("-pk")[0]
    notice = AppointmentNotice.objects.create(
        client=appointment.client,
        appointment=appointment,
        change=change,
        kind=Kind.REMINDER.value,
        tells_start=appointment.starts_at,
        person=person,
        decided_at=moment,
    )
    told = told_of(appointment, Kind.REMINDER, settings, link="", at=moment)
    Delivery.objects.create(
        uuid=UUID(int=random.getrandbits(128), version=4),
        client=appointment.client,
        purpose=Delivery.Purpose.APPOINTMENT,
        channel=Channel.SMS.value,
        address=str(number.number),
        text=write_notice(Channel.SMS, told, settings).text,
        state=DeliveryState.DELIVERED.value,
        due_at=moment,
        accepted_at=moment + timedelta(seconds=2),
        provider_id=f"SM{random.getrandbits(128):032x}",
        expires_at=appointment.starts_at,
        notice=notice,
    )
    if random.random() < 0.6:
        answered = moment + timedelta(minutes=random.randint(1, 90))
        appointment.confirmed_at, appointment.confirmed_start = answered, appointment.starts_at
        appointment.save(update_fields=["confirmed_at", "confirmed_start"])


def _coming(calendar: Calendar, now: datetime, *, after: timedelta) -> list[Appointment]:
    rows = Appointment.objects.filter(
        calendar=calendar,
        status=Appointment.Status.BOOKED,
        starts_at__gt=now + after,
        correspondent__texts=Correspondent.Texts.AGREED,
    ).select_related("calendar__client", "client", "motive", "correspondent")
    return list(rows.order_by("starts_at"))


def _cancelled_by_link(calendar: Calendar, now: datetime) -> None:
    """Somebody has just cancelled by herself: both sides find it as news."""
    for appointment in _coming(calendar, now, after=timedelta(days=3))[:1]:
        cancel_appointment(
            appointment=appointment, by=None, at=now - timedelta(minutes=4), side=Side.PUBLIC
        )


def _fresh_confirmations(calendar: Calendar, settings: NoticeSettings, now: datetime) -> None:
    """Some visits booked a moment ago: their confirmations leave as soon as the worker runs."""
    opening = next_opening(hours_of(settings, calendar), now)
    for appointment in _coming(calendar, now, after=timedelta(days=6))[:FRESH]:
        change: AppointmentChange = appointment.changes.order_by("-pk")[0]
        if opening is not None and opening.start < appointment.starts_at:
            send(
                appointment,
                change,
                Kind.CONFIRMATION,
                settings,
                Period(opening.start, opening.end),
                at=now,
            )
