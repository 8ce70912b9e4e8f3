"""Celery's doors to the agenda."""

from celery import shared_task
from django.utils import timezone

from agenda.services import purging
from agenda.services.holds import end_expired_holds
from agenda.services.waiting import expire_waiting as end_what_waited_too_long


@shared_task
def sweep_holds() -> int:
    """Let screens show the slots whose holds have run out as free."""
    return end_expired_holds(at=timezone.now())


@shared_task
def expire_waiting() -> int:
    """End what people waited for on days that have gone by."""
    return end_what_waited_too_long(at=timezone.now())


@shared_task
def purge_appointments() -> int:
    """Forget what was kept of visits, waits and absences long enough."""
    now = timezone.now()
    return purging.purge_appointments(at=now) + purging.purge_wishes(at=now)
