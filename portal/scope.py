"""Whose portal this is: a person sees the clients that she belongs to, and nothing else."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from agenda.models import (
    Absence,
    Appointment,
    AppointmentChange,
    Calendar,
    Motive,
    OpeningRule,
)
from agenda.queries.directives import HOURS_CHANGED
from clients.models import AuditEntry, Client, ClientMember, User


def viewer(request: HttpRequest) -> User:
    """Give the person who is signed in; the middleware has let nobody else through."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    return user


def client_or_404(request: HttpRequest, client: UUID) -> Client:
    """Give a client that this person belongs to; anybody else's does not exist."""
    found: Client = get_object_or_404(Client.objects.of_member(viewer(request)), uuid=client)
    return found


def first_client(request: HttpRequest) -> Client | None:
    """Give the client whose portal opens first."""
    return Client.objects.of_member(viewer(request)).in_service().order_by("name", "pk").first()


def calendar_or_404(request: HttpRequest, calendar: UUID | str) -> Calendar:
    """Give a calendar in service of a client that this person belongs to."""
    mine = Calendar.objects.in_service().filter(
        client__in=Client.objects.of_member(viewer(request))
    )
    found: Calendar = get_object_or_404(mine.select_related("client"), uuid=calendar)
    return found


def appointment_or_404(request: HttpRequest, appointment: UUID) -> Appointment:
    """Give an appointment of a client that this person belongs to."""
    mine = Appointment.objects.filter(client__in=Client.objects.of_member(viewer(request)))
    shown = mine.select_related("calendar__client", "client", "motive", "correspondent", "caller")
    found: Appointment = get_object_or_404(shown, uuid=appointment)
    return found


def absence_or_404(request: HttpRequest, absence: UUID) -> Absence:
    """Give an absence of a client that this person belongs to."""
    clients = Client.objects.of_member(viewer(request))
    mine = Absence.objects.filter(calendar__client__in=clients)
    found: Absence = get_object_or_404(mine.select_related("calendar__client"), uuid=absence)
    return found


def change_or_404(request: HttpRequest, change: UUID) -> AppointmentChange:
    """Give a change in the agenda of a client that this person belongs to."""
    mine = AppointmentChange.objects.filter(client__in=Client.objects.of_member(viewer(request)))
    shown = mine.select_related("appointment__calendar__client", "client")
    found: AppointmentChange = get_object_or_404(shown, uuid=change)
    return found


def writer_or_403(request: HttpRequest, client: Client) -> User:
    """Give the person, who must be allowed to write in this client's agenda."""
    user = viewer(request)
    if not may_change(user, client):
        raise PermissionDenied
    return user


def principal_or_403(request: HttpRequest, client: Client) -> User:
    """Give the person, who must be the practitioner: she alone says how her practice is run."""
    user = viewer(request)
    if not is_principal(user, client):
        raise PermissionDenied
    return user


def is_principal(user: User, client: Client) -> bool:
    """Tell whether this person is the practitioner, not her secretary or a reader."""
    members = ClientMember.objects.filter(client=client, user=user, is_active=True)
    return members.filter(role=ClientMember.Role.PRINCIPAL).exists()


def may_change(user: User, client: Client) -> bool:
    """Tell whether this person writes in the agenda: a reader only reads."""
    writing = [ClientMember.Role.PRINCIPAL, ClientMember.Role.SECRETARY]
    members = ClientMember.objects.filter(client=client, user=user, is_active=True)
    return members.filter(role__in=writing).exists()


def opening_rule_or_404(request: HttpRequest, rule: UUID) -> OpeningRule:
    """Give an opening rule of a client that this person belongs to."""
    clients = Client.objects.of_member(viewer(request))
    mine = OpeningRule.objects.filter(calendar__client__in=clients, calendar__archived_at=None)
    found: OpeningRule = get_object_or_404(mine.select_related("calendar__client"), uuid=rule)
    return found


def motive_or_404(request: HttpRequest, motive: UUID) -> Motive:
    """Give a kind of appointment of a client that this person belongs to."""
    mine = Motive.objects.filter(client__in=Client.objects.of_member(viewer(request)))
    found: Motive = get_object_or_404(mine.select_related("client", "calendar"), uuid=motive)
    return found


def directive_or_404(request: HttpRequest, change: UUID) -> AuditEntry:
    """Give a change of the hours of a client that this person belongs to."""
    clients = Client.objects.of_member(viewer(request))
    mine = AuditEntry.objects.filter(client__in=clients, action__startswith=HOURS_CHANGED)
    found: AuditEntry = get_object_or_404(mine.select_related("client", "by"), uuid=change)
    return found
