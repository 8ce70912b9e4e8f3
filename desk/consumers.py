"""The live link of the desk."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from clients.models import Client
from core.consumers import Event, LiveConsumer
from core.live import client_group, user_group
from desk import live

BEAT = '<div id="live-beat" hx-swap-oob="true" hidden></div>'


class DeskConsumer(LiveConsumer):
    """Keeps an open desk true: the board, the call in the middle, hints for the rest.

    The page says which call it shows ({"open": "<uuid>"}), and on each change of that.
    """

    open_call: UUID | None = None

    def groups_of(self, user: Any) -> list[str]:
        """Listen to the clients that this person answers."""
        uuids = Client.objects.in_service().answered_by(user).values_list("uuid", flat=True)
        return [user_group(user.uuid), *(client_group(uuid) for uuid in uuids)]

    def whole(self, user: Any) -> str:
        """Render the whole board and the open call."""
        return live.whole(user, self.open_call)

    def changed(self, user: Any, events: list[Event]) -> Iterator[str]:
        """Render what these events changed, who waits first."""
        return live.changed(user, events, self.open_call)

    async def heard(self, said: dict[str, Any]) -> None:
        """Answer a beat, so that the page knows its link; note which call it shows."""
        if said.get("beat"):
            await self.send_html(BEAT)
        if "open" in said:
            self.open_call = _uuid(said["open"])
            await self.send_html(await self.render(self.whole))


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
