"""Forgets what was kept of calls for as long as its reason lasts, and no longer."""

from datetime import datetime

from calls.models import Call, CallEvent, CallLeg, Transfer, WebhookRefusal
from core.purging import in_batches


def purge_calls(*, at: datetime) -> int:
    """Blank the operator's raw forms and the callers' numbers, delete old refusals; how many rows.

    The periods are those that the models declare; the calls themselves stay, for the figures.
    """
    forms = CallEvent.objects.filter(at__lt=at - CallEvent.personal["form"].keep).exclude(form={})
    numbers = Call.objects.filter(
        started_at__lt=at - Call.personal["caller_number"].keep, state=Call.State.ENDED
    ).exclude(caller_number="")
    rung = CallLeg.objects.filter(started_at__lt=at - CallLeg.personal["number"].keep).exclude(
        number=""
    )
    aims = Transfer.objects.filter(asked_at__lt=at - Transfer.personal["name"].keep).exclude(
        name="", number=""
    )
    refusals = WebhookRefusal.objects.filter(at__lt=at - WebhookRefusal.personal["caller"].keep)
    return (
        in_batches(forms, lambda rows: rows.update(form={}))
        + in_batches(numbers, lambda rows: rows.update(caller_number=""))
        + in_batches(rung, lambda rows: rows.update(number=""))
        + in_batches(aims, lambda rows: rows.update(name="", number=""))
        + in_batches(refusals, lambda rows: rows.delete())
    )
