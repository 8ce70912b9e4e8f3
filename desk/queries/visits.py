"""A caller's visits as they are seen at the pop: the next ones, and how the last ones went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from agenda.models import Appointment
from clients.models import Correspondent
from desk.wording import short_day, short_moment

COMING, PAST = 2, 4
Status = Appointment.Status


@dataclass(frozen=True)
class ComingVisit:
    """A visit to come, with what can be done with it."""

    uuid: UUID
    when: str
    what: str
    who: str  # empty where the caller comes herself
    url: str
    cancel_url: str


@dataclass(frozen=True)
class PastVisit:
    """A visit of the past: kept, missed or cancelled."""

    when: str
    what: str
    who: str
    how: str
    state: str


@dataclass(frozen=True)
class VisitsAtPop:
    """What is known of a caller's comings."""

    coming: Sequence[ComingVisit]
    past: Sequence[PastVisit]


def visits_at_pop(caller: Correspondent, now: datetime) -> VisitsAtPop:
    """Give the visits of the caller, and of those for whom she called."""
    hers = Appointment.objects.filter(Q(correspondent=caller) | Q(caller=caller))
    linked = hers.select_related("calendar", "motive", "correspondent")
    coming = linked.active().filter(ends_at__gt=now).order_by("starts_at", "pk")[:COMING]
    gone = linked.exclude(~Q(status=Status.CANCELLED), ends_at__gt=now)
    past = gone.order_by("-starts_at", "-pk")[:PAST]
    return VisitsAtPop(
        [_coming(one, caller) for one in coming], [_past(one, caller) for one in past]
    )


def _coming(appointment: Appointment, caller: Correspondent) -> ComingVisit:
    return ComingVisit(
        uuid=appointment.uuid,
        when=short_moment(appointment.starts_at, appointment.zone),
        what=_what(appointment),
        who=_who(appointment, caller),
        url=reverse("desk:appointment", args=[appointment.uuid]),
        cancel_url=reverse("desk:cancel", args=[appointment.uuid]),
    )


def _past(appointment: Appointment, caller: Correspondent) -> PastVisit:
    booked = appointment.status == Status.BOOKED
    return PastVisit(
        when=short_day(appointment.local_day),
        what=_what(appointment),
        who=_who(appointment, caller),
        how="" if booked else str(appointment.get_status_display()),
        state=str(appointment.status),
    )


def _what(appointment: Appointment) -> str:
    return appointment.motive.name if appointment.motive else _("Appointment")


def _who(appointment: Appointment, caller: Correspondent) -> str:
    herself = appointment.correspondent_id == caller.pk and not appointment.booked_for
    return "" if herself else appointment.shown_name
