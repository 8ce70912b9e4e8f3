"""Calls that somebody has in her hands."""

from uuid import UUID

from calls.models import Call
from calls.models.call import in_hands_of
from clients.models import User


def clients_in_hands_of(user: User) -> list[tuple[int, UUID]]:
    """Return the bureau and the client of each call that she talks in or is writing up."""
    calls = Call.objects.filter(in_hands_of(user)).order_by()
    return list(calls.values_list("bureau_id", "client__uuid").distinct())
