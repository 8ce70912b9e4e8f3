"""Forgets what was kept of messages and texts for as long as its reason lasts, and no longer."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from core.purging import in_batches
from messages_app.models import CallFile, Delivery, Message, Relay, StoppedAddress, TriageRecord
from messages_app.rules.delivery_states import DeliveryState
from messages_app.rules.relay_states import RelayState

# What still waits for a worker, a gateway or a human keeps its words.
UNSETTLED = (DeliveryState.DUE, DeliveryState.SENDING, DeliveryState.UNCERTAIN)
OWED = (RelayState.OPEN, RelayState.EXHAUSTED)


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


def purge_messages(*, at: datetime) -> int:
    """Blank the messages last used longer ago than they are kept; how many rows.

    A message is used when it is noted, first opened, and acknowledged. One that is unfinished or
    that somebody must still be reached about keeps its words: it stands in the desk's list. The row
    stays, with its instants and its links.
    """
    since = at - Message.personal["body"].keep
    blank: dict[str, object] = dict.fromkeys(Message.personal, "") | {"because": []}
    in_use = Q(state__in=OWED) | Q(acknowledged_at__gte=since)
    messages = Message.objects.filter(
        Q(read_at=None) | Q(read_at__lt=since),
        ~Exists(Relay.objects.filter(in_use, message=OuterRef("pk"))),
        state=Message.State.READY,
        noted_at__lt=since,
    ).exclude(**blank)
    return in_batches(messages, lambda rows: rows.update(**blank))


def purge_stops(*, at: datetime) -> int:
    """Forget who wanted no more texts, long after the last reason to write to her; how many."""
    since = at - StoppedAddress.personal["address"].keep
    return in_batches(StoppedAddress.objects.filter(at__lt=since), lambda rows: rows.delete())


def purge_triages(*, at: datetime) -> int:
    """Blank how emergencies were judged once nobody can ask for it any more; how many rows.

    The period counts from the end of the call.
    """
    blank: dict[str, object] = dict.fromkeys(TriageRecord.personal, "") | {"shown": {}}
    since = at - TriageRecord.personal["shown"].keep
    records = TriageRecord.objects.filter(call_file__call__ended_at__lt=since).exclude(**blank)
    return in_batches(records, lambda rows: rows.update(**blank))
