"""The live link of the portal."""

from collections.abc import Iterable
from typing import Any

from django.template.loader import render_to_string

from clients.models import Client
from clients.queries import person_now
from core.consumers import Event, LiveConsumer
from core.live import client_group, user_group


class PortalConsumer(LiveConsumer):
    """Tells an open portal page what changed; the page fetches what it shows of it."""

    def groups_of(self, user: Any) -> list[str]:
        """Listen to the clients that this person belongs to."""
        uuids = Client.objects.of_member(person_now(user)).values_list("uuid", flat=True)
        return [user_group(user.uuid), *(client_group(uuid) for uuid in uuids)]

    def whole(self, user: Any) -> str:
        """Say that everything may have changed while the link was down."""
        return self.changed(user, [{"name": "everything"}])

    def changed(self, user: Any, events: Iterable[Event]) -> str:
        """Hand the hints on: the page knows what it shows."""
        return render_to_string("components/live_hints.html", {"events": list(events)})
