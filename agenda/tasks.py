"""Celery's doors to the agenda."""

from celery import shared_task
from django.utils import timezone

from agenda.services.holds import end_expired_holds


@shared_task
def sweep_holds() -> int:
    """Let screens show the slots whose holds have run out as free."""
    return end_expired_holds(at=timezone.now())
