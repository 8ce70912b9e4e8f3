"""Appointments of a correspondent, and what one side has changed since the other looked."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from agenda.models import Absence, Appointment, AppointmentChange, Calendar, Motive, Side
from clients.models import Client, Correspondent, User


@dataclass(frozen=True, slots=True)
class AppointmentsOf:
    """A correspondent's appointments: those to come in order, those past the latest first."""

    coming: list[Appointment]
    past: list[Appointment]

    @property
    def next(self) -> Appointment | None:
        return self.coming[0] if self.coming else None

    @property
    def last(self) -> Appointment | None:
        """The latest one that was kept, as far as is known."""
        kept = (a for a in self.past if a.status != Appointment.Status.NO_SHOW)
        return next(kept, None)


def appointments_of(
    correspondent: Correspondent, *, now: datetime, past: int = 5
) -> AppointmentsOf:
    """Return the appointments to come and the last few past, cancelled ones left out."""
    mine = (
        Appointment.objects.filter(correspondent=correspondent)
        .active()
        .select_related("calendar", "motive", "correspondent")
    )
    coming = mine.filter(ends_at__gt=now).order_by("starts_at")
    gone = mine.filter(ends_at__lte=now).order_by("-starts_at")[:past]
    return AppointmentsOf(list(coming), list(gone))


def calendars_of(client: Client) -> QuerySet[Calendar]:
    """Return the client's calendars in service, in their order."""
    return Calendar.objects.in_service().filter(client=client)


def motives_of(calendar: Calendar) -> QuerySet[Motive]:
    """Return the kinds of appointment that the calendar takes, in their order."""
    return Motive.objects.filter(
        Q(calendar=calendar) | Q(calendar=None), client=calendar.client_id, archived_at=None
    )


def agenda_changes(client: Client, *, limit: int = 20) -> QuerySet[AppointmentChange]:
    """Return the client's latest changes, the newest first."""
    changes = AppointmentChange.objects.filter(client=client).select_related(
        "appointment__correspondent", "appointment__calendar", "by", "seen_by"
    )
    return changes.order_by("-at", "-pk")[:limit]


def unseen_changes(
    client: Client, *, side: Side, viewer: User | None = None
) -> QuerySet[AppointmentChange]:
    """Return what others changed and this side has not marked seen, oldest first.

    What the viewer did herself, on the other side, is no news to her.
    """
    changes = AppointmentChange.objects.filter(_unseen_by(side), client=client)
    if viewer is not None:
        changes = changes.exclude(by=viewer)
    return changes.select_related("appointment__correspondent", "appointment__calendar", "by")


def changes_by_people(user: User) -> QuerySet[AppointmentChange]:
    """Return what people did by their links and no desk has marked seen, oldest first.

    Of the clients on this person's desk.
    """
    changes = AppointmentChange.objects.filter(side=Side.PUBLIC, desk_seen_at=None)
    mine = changes.filter(client__in=Client.objects.answered_by(user))
    linked = mine.select_related("client", "appointment__correspondent", "appointment__calendar")
    return linked.order_by("at", "pk")


def _unseen_by(side: Side) -> Q:
    by_people = Q(side=Side.PUBLIC)
    if side is Side.DESK:
        return Q(side=Side.PORTAL, seen_at=None) | (by_people & Q(desk_seen_at=None))
    return (Q(side=Side.DESK) | by_people) & Q(seen_at=None)


def unseen_absences(client: Client, *, side: Side) -> QuerySet[Absence]:
    """Return the absences that the other side put and this one has not marked seen."""
    absences = Absence.objects.in_force().filter(
        calendar__client=client, side=side.other, seen_at=None
    )
    return absences.select_related("calendar", "blocked_by")
