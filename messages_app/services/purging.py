"""Forgets what was kept of texts and drafts for as long as its reason lasts, and no longer."""

from datetime import datetime

from core.purging import in_batches
from messages_app.models import CallFile, Delivery
from messages_app.rules.delivery_states import DeliveryState

# What still waits for a worker, a gateway or a human keeps its words.
UNSETTLED = (DeliveryState.DUE, DeliveryState.SENDING, DeliveryState.UNCERTAIN)


def purge_words(*, at: datetime) -> int:
    """Blank the texts that left and the drafts left behind; how many rows.

    The periods are those that the models declare. The rows stay: that something was sent, when and
    by which channel, still stands in the message's history.
    """
    texts = (
        Delivery.objects.filter(
            created_at__lt=at - Delivery.personal["text"].keep, needs_human=False
        )
        .exclude(state__in=UNSETTLED)
        .exclude(text="", address="")
    )
    drafts = CallFile.objects.filter(drafted_at__lt=at - CallFile.personal["drafts"].keep).exclude(
        drafts={}
    )
    blank = dict.fromkeys(Delivery.personal, "")
    return in_batches(texts, lambda rows: rows.update(**blank)) + in_batches(
        drafts, lambda rows: rows.update(drafts={})
    )
