"""The appointment that a link opens."""

from datetime import datetime

from django.conf import settings as installation
from django.urls import reverse

from agenda.models import Appointment
from clients.models import PracticalInfo
from core.text import folded
from messages_app.models import AppointmentNotice
from messages_app.queries.notices import notice_settings, stopped_among
from messages_app.rules.notice_keys import digest_of
from messages_app.rules.visit_links import LINK_LIFE_AFTER, Visit, visit_at

# How practices call the fact that says where they are.
ADDRESS = frozenset({"adresse", "address"})


def notice_by_key(key: str, *, at: datetime) -> AppointmentNotice | None:
    """The notice whose link has this key; None for a wrong key, or long after the visit."""
    found = AppointmentNotice.objects.filter(
        link_digest=digest_of(key), appointment__ends_at__gt=at - LINK_LIFE_AFTER
    )
    return found.select_related("client", "appointment__calendar__client", "person").first()


def visit_of(notice: AppointmentNotice, *, at: datetime) -> Visit:
    """How its appointment stands, and what may be done about it."""
    appointment = notice.appointment
    return visit_at(
        now=at,
        starts_at=appointment.starts_at,
        tells_start=notice.tells_start,
        is_active=appointment.status != Appointment.Status.CANCELLED,
        is_confirmed=appointment.is_confirmed,
        cancel_hours=notice_settings(appointment.calendar).cancel_hours,
    )


def where_of(notice: AppointmentNotice) -> list[str]:
    """Where to come: the facts that the practice adds to its texts, else its address."""
    settings = notice_settings(notice.appointment.calendar)
    chosen = list(settings.infos.order_by("position", "pk")) if settings.pk else []
    known = chosen or [info for info in _known(notice) if folded(info.label) in ADDRESS]
    return [info.text for info in known]


def _known(notice: AppointmentNotice) -> list[PracticalInfo]:
    infos = PracticalInfo.objects.filter(client_id=notice.client_id)
    return list(infos.order_by("position", "pk"))


def is_stopped(notice: AppointmentNotice) -> bool:
    """Whether every address to which it went wants no more."""
    went_to = set(notice.deliveries.values_list("address", flat=True))
    return bool(went_to) and went_to == stopped_among(notice.client_id, went_to)


def link_of(key: str) -> str:
    """The public address that a key opens."""
    return f"{installation.PUBLIC_BASE_URL}{reverse('visit:visit', args=[key])}"
