"""What people did by the links that they were sent: a place is free, and nobody here knew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from agenda.models import AppointmentChange
from agenda.queries import changes_by_people
from clients.models import User
from desk.queries.board import rounded_hue
from desk.wording import long_moment


@dataclass(frozen=True)
class ByPerson:
    """An appointment that the person herself cancelled."""

    uuid: UUID
    client: str
    hue: int
    at: datetime
    who: str
    what: str
    moment: str
    url: str


def by_people(user: User) -> Sequence[ByPerson]:
    """What no desk has marked seen, oldest first."""
    return [_by_person(change) for change in changes_by_people(user)]


def _by_person(change: AppointmentChange) -> ByPerson:
    appointment = change.appointment
    return ByPerson(
        uuid=change.uuid,
        client=change.client.short_name or change.client.name,
        hue=rounded_hue(change.client),
        at=change.at,
        who=appointment.shown_name,
        what=str(change.get_kind_display()),
        moment=long_moment(appointment.starts_at, appointment.zone),
        url=reverse("desk:appointment", args=[appointment.uuid]),
    )
