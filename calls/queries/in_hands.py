"""Calls that somebody has in her hands."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from calls.models import Call
from calls.models.call import in_hands_of
from clients.models import Client, User

# No call lasts longer: what goes silent is ended after hours.
LONGEST_CALL = timedelta(days=1)


def clients_in_hands_of(user: User) -> list[tuple[int, UUID]]:
    """Return the bureau and the client of each call that she talks in or is writing up."""
    calls = Call.objects.filter(in_hands_of(user)).order_by()
    return list(calls.values_list("bureau_id", "client__uuid").distinct())


def in_reach_of(user: User) -> Q:
    """Return the condition that a row's `client` is on her desk, or is talked for by her now.

    What a call needs of its client stays open to who has the call, as the call itself does.
    """
    if not user.is_active:
        return Q(pk__in=())
    since = timezone.now() - LONGEST_CALL
    hers = Call.objects.filter(in_hands_of(user), client=OuterRef("client"), started_at__gt=since)
    return Q(client__in=Client.objects.answered_by(user)) | Q(Exists(hers))
