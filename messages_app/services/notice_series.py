"""One confirmation for a whole series of visits: ten appointments are not ten texts."""

from dataclasses import replace
from datetime import datetime

from agenda.models import Appointment
from messages_app.models import AppointmentNotice, Delivery, NoticeSettings
from messages_app.queries.visits import link_of
from messages_app.rules.addressing import Channel
from messages_app.rules.delivery_states import DeliveryState
from messages_app.rules.notice_keys import digest_of, new_key
from messages_app.rules.notices import Kind, NoticeState
from messages_app.services.notice_texts import told_of, write_notice


def first_told(appointment: Appointment, *, at: datetime) -> AppointmentNotice | None:
    """The confirmation of the series' first visit, written at this very instant and still here.

    The visits of a series are booked one after the other in one transaction.
    """
    if appointment.correspondent_id is None:
        return None
    together = AppointmentNotice.objects.filter(
        client=appointment.client_id,
        kind=Kind.CONFIRMATION,
        state=NoticeState.WRITTEN,
        decided_at=at,
        appointment__correspondent=appointment.correspondent_id,
        appointment__series__isnull=False,
    )
    rows = together.select_related("appointment__calendar__client", "appointment__motive")
    return rows.order_by("pk").first()


def rewrite(
    first: AppointmentNotice, further: Appointment, settings: NoticeSettings, *, at: datetime
) -> None:
    """Write the first visit's text anew, with all the others; its link gets a new key."""
    key = new_key() if first.link_digest else ""
    first.link_digest = digest_of(key) if key else None
    first.save(update_fields=["link_digest"])
    told = told_of(
        first.appointment, Kind.CONFIRMATION, settings, link=link_of(key) if key else "", at=at
    )
    told = replace(told, others=(*_others(first), further.starts_at))
    for delivery in Delivery.objects.filter(notice=first, state=DeliveryState.DUE):
        letter = write_notice(Channel(delivery.channel), told, settings)
        delivery.subject, delivery.text, delivery.html = letter.subject, letter.text, letter.html
        delivery.save(update_fields=["subject", "text", "html"])


def _others(first: AppointmentNotice) -> list[datetime]:
    rows = Appointment.objects.active().filter(series=first.appointment.series_id)
    others = rows.exclude(pk=first.appointment_id).order_by("starts_at")
    return list(others.values_list("starts_at", flat=True))
