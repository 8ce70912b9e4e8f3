"""Celery's doors to the clients app."""

from celery import shared_task
from django.utils import timezone

from clients.services import covers, purging


@shared_task
def purge_audit() -> int:
    """Forget the audit that was kept long enough."""
    return purging.purge_audit(at=timezone.now())


@shared_task
def purge_covers() -> int:
    """Forget what was told at hand-overs that are long over."""
    return purging.purge_covers(at=timezone.now())


@shared_task
def purge_rosters() -> int:
    """Forget who was on call long ago."""
    return purging.purge_rosters(at=timezone.now())


@shared_task
def note_covers() -> int:
    """Notice hand-overs that have begun or ended."""
    return covers.note_turns(at=timezone.now())
