"""One text for a whole series of visits: ten appointments are not ten texts."""

from dataclasses import replace
from datetime import datetime

from django.db.models import QuerySet

from agenda.models import Appointment
from messages_app.models import AppointmentNotice, Delivery, NoticeSettings
from messages_app.queries.visits import link_of
from messages_app.rules.addressing import Channel
from messages_app.rules.delivery_states import DeliveryState
from messages_app.rules.notice_keys import digest_of
from messages_app.rules.notices import Kind, NoticeState, NotSentBecause
from messages_app.services.notice_texts import key_for, told_of, write_notice


def first_told(appointment: Appointment, kind: Kind, *, at: datetime) -> AppointmentNotice | None:
    """The notice of the series' first visit, written at this very instant and still here.

    The visits of a series are booked, and cancelled, one after the other in one transaction; one
    that is being booked bears its series only afterwards.
    """
    is_alone = appointment.series_id is None and kind is not Kind.CONFIRMATION
    if appointment.correspondent_id is None or is_alone:
        return None
    together = AppointmentNotice.objects.filter(
        client=appointment.client_id,
        kind=kind,
        state=NoticeState.WRITTEN,
        decided_at=at,
        appointment__correspondent=appointment.correspondent_id,
        appointment__series__isnull=False,
    )
    if appointment.series_id is not None:
        together = together.filter(appointment__series=appointment.series_id)
    rows = together.select_related("appointment__calendar__client", "appointment__motive")
    return rows.order_by("pk").first()


def rewrite(
    first: AppointmentNotice, further: Appointment, settings: NoticeSettings, *, at: datetime
) -> None:
    """Write the first visit's text anew, with all the others; its link gets a new key."""
    kind = Kind(first.kind)
    key = key_for(kind, settings)
    first.link_digest = digest_of(key) if key else None
    first.save(update_fields=["link_digest"])
    told = told_of(first.appointment, kind, settings, link=link_of(key) if key else "", at=at)
    told = replace(told, others=(*others_of(first), further.starts_at))
    for delivery in Delivery.objects.filter(notice=first, state=DeliveryState.DUE):
        letter = write_notice(Channel(delivery.channel), told, settings)
        delivery.subject, delivery.text, delivery.html = letter.subject, letter.text, letter.html
        delivery.save(update_fields=["subject", "text", "html"])


def others_of(first: AppointmentNotice) -> list[datetime]:
    """When the other visits begin that are told in the same text."""
    told = told_with(first).filter(why=NotSentBecause.TOGETHER).order_by("tells_start")
    return list(told.values_list("tells_start", flat=True))


def told_with(notice: AppointmentNotice) -> QuerySet[AppointmentNotice]:
    """What was decided at the same instant about the visits of the same series, this one too."""
    same = AppointmentNotice.objects.standing().filter(
        kind=notice.kind, decided_at=notice.decided_at
    )
    series = notice.appointment.series_id
    return same.filter(appointment__series=series) if series else same.filter(pk=notice.pk)
