"""Forgets people whom nobody has heard of for years: this app sees all that they did."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from agenda.models import Appointment, WaitingListEntry
from calls.models import Call
from clients.models import Correspondent
from clients.services.erasing import erase_correspondents
from core.purging import in_batches
from messages_app.models import Message

KEPT = Correspondent.personal["last_name"].keep


def forget_people(*, at: datetime) -> int:
    """Erase the files of people not heard of for as long as a file is kept; how many.

    The last use of a file is the latest of: its making, a call of hers, a message, the end of a
    visit that she has or asked for, her wish for an earlier one, her answer about texts.
    """
    return in_batches(
        _unheard_of(at - KEPT),
        lambda rows: erase_correspondents(people=rows, because="period_over", at=at),
    )


def _unheard_of(since: datetime) -> QuerySet[Correspondent]:
    mine = Q(correspondent=OuterRef("pk"))
    visits = Appointment.objects.filter(mine | Q(caller=OuterRef("pk")), ends_at__gte=since)
    return Correspondent.objects.filter(
        ~Exists(Call.objects.filter(mine, started_at__gte=since)),
        ~Exists(Message.objects.filter(mine, noted_at__gte=since)),
        ~Exists(WaitingListEntry.objects.filter(mine, created_at__gte=since)),
        ~Exists(visits),
        Q(texts_answered_at=None) | Q(texts_answered_at__lt=since),
        erased_at=None,
        created_at__lt=since,
    )
