"""Who is known to a practice, and what its motives ask of whom."""

from dataclasses import replace
from datetime import datetime

from agenda.models import Appointment, Motive
from agenda.rules import Patients, Visit
from clients.models import Correspondent

_Status = Appointment.Status


def is_known(person: Correspondent, *, at: datetime) -> bool:
    """Say whether the person is a known patient: she has come before, as far as anybody knows.

    Known is who has had an appointment in any calendar of the client that has begun and was
    neither cancelled nor missed (nobody marks all who came), and whom the practice knew before
    her file was made here (`known_since`). An appointment still to come makes nobody known.
    """
    if person.known_since is not None and person.known_since < person.created_at.date():
        return True
    begun = Appointment.objects.filter(correspondent=person, starts_at__lt=at)
    return begun.filter(status__in=[_Status.BOOKED, _Status.CAME]).exists()


def visit_for(motive: Motive, person: Correspondent | None, *, at: datetime) -> Visit:
    """Return what the motive asks of a slot when this person comes; nobody is asked nothing.

    Takes a query only where the motive is not for everybody.
    """
    visit = motive.visit
    if person is None or visit.patients is Patients.ANY:
        return visit
    return replace(visit, known=is_known(person, at=at))
