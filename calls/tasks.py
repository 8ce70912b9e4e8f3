"""Celery's doors to the calls app."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from calls import services
from calls.models import Call
from calls.services.cti import end_forgotten_calls


@shared_task
def settle_silent_calls() -> int:
    """Ask the operator about calls that went silent."""
    now = timezone.now()
    forgotten = end_forgotten_calls(at=now)
    if settings.TELEPHONY == "none":
        return forgotten
    services.tidy_talks(at=now)
    return forgotten + services.settle_silent_calls(at=now)


@shared_task
def tidy_talk(*, call_id: int) -> None:
    """Ask the operator for what a held or transferred call still lacks."""
    services.tidy_talk(call=Call.objects.get(pk=call_id))


@shared_task
def settle_call(*, call_id: int) -> None:
    """Ask the operator about the paths of one call."""
    services.settle_call(call=Call.objects.get(pk=call_id), at=timezone.now())


@shared_task
def offer_waiting_calls() -> int:
    """Give waiting callers to those who have become free."""
    return services.offer_waiting(at=timezone.now())


@shared_task
def send_gone_away() -> int:
    """Stop ringing people whose desk and telephone are gone."""
    return services.send_gone_away(at=timezone.now())


@shared_task
def end_old_stand_ins() -> int:
    """Give telephones back at midnight, and forget requests that nobody answered."""
    return services.end_old_stand_ins(at=timezone.now())


@shared_task
def purge_calls() -> int:
    """Forget what was kept of calls long enough."""
    now = timezone.now()
    return services.purge_calls(at=now) + services.forget_recordings(at=now)


@shared_task
def sweep_recordings() -> int:
    """Fetch voicemails from the operator, and have its copies deleted once ours are safe."""
    if settings.TELEPHONY == "none":
        return 0
    return services.sweep_recordings(at=timezone.now())
