"""The live link of the desk."""

import asyncio
import logging
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import DatabaseError
from django.utils import timezone

from calls.queries import clients_in_hands_of
from calls.services import note_seen
from calls.services.presence import SEEN_EVERY
from clients.models import Client
from clients.queries import person_now
from core.consumers import Event, Lane, LiveConsumer, when_there_is_time
from core.live import client_group, user_group
from desk import live
from desk.roll_call import desk_closed, desks_of
from desk.who_waits import Told, desk_joined, who_waits

logger = logging.getLogger(__name__)

BEAT = '<div id="live-beat" hx-swap-oob="true" hidden></div>'

# What does not press is gathered for so long: a desk that hears every line of a bureau would else
# spend its server on counting the day's calls.
GATHERED_FOR_SECONDS = 0.5


class DeskConsumer(LiveConsumer):
    """Keeps an open desk true: who waits at once, then the call in the middle, then the rest.

    The page says which call it shows ({"open": "<uuid>"}), and on each change of that.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rest = Lane(self.send_rest, self.give_up, pause=GATHERED_FOR_SECONDS)
        self.lanes.append(self.rest)
        self.open_call: UUID | None = None
        self.clients: frozenset[int] = frozenset()
        self.bureaus: frozenset[int] = frozenset()
        self.seen_at: datetime | None = None
        self.noting: asyncio.Task[None] | None = None

    def groups_of(self, user: Any) -> list[str]:
        """Listen to the clients that this person answers, and to those of her calls."""
        person = person_now(user)
        answered = Client.objects.in_service().answered_by(person)
        clients = list(answered.order_by().values_list("pk", "bureau_id", "uuid"))
        self.clients = frozenset(pk for pk, _bureau, _uuid in clients)
        self.bureaus = frozenset(bureau for _pk, bureau, _uuid in clients)
        own = [user_group(user.uuid), desks_of(user.uuid)]
        talks = clients_in_hands_of(person) if person.is_authenticated else []
        self.bureaus |= frozenset(bureau for bureau, _uuid in talks)
        heard = {uuid for _pk, _bureau, uuid in clients} | {uuid for _bureau, uuid in talks}
        return [*own, *map(client_group, sorted(heard))]

    async def join(self) -> None:
        """Listen to the groups; what is shared with other desks is read whole from then on."""
        await super().join()
        desk_joined(self.bureaus)

    async def disconnect(self, code: int) -> None:
        """Leave the groups; what she holds ends once none of her desks is left."""
        if self.noting is not None:
            self.noting.cancel()
        await super().disconnect(code)
        if self.user.is_authenticated:
            desk_closed(self.user, self.channel_layer)

    async def connect(self) -> None:
        """Join the groups and send the whole; an open desk is a sign of life."""
        await super().connect()
        if self.user.is_authenticated:
            self.note_seen()

    def note_seen(self) -> None:
        """Have kept that this desk is open, now and then; a beat that can't be kept is made up.

        Not waited for: a desk that waited for its turn among what can wait would hear no line ring.
        """
        now = timezone.now()
        if self.seen_at is None or now - self.seen_at >= SEEN_EVERY:
            self.seen_at = now
            self.noting = asyncio.create_task(when_there_is_time(self._note_seen, now))

    def _note_seen(self, now: datetime) -> None:
        try:
            note_seen(user=self.user, at=now)
        except DatabaseError:
            logger.exception("a desk's sign of life can't be kept: the next will be")

    async def desk_roll_call(self, message: dict[str, Any]) -> None:
        """Say that this desk is open."""
        await self.channel_layer.send(message["reply"], {"type": "desk.here"})

    def whole(self, user: Any) -> str:
        """Render the whole board and the open call."""
        return live.whole(user, self.open_call)

    async def send_changes(self, events: list[Event]) -> None:
        """Send who answers for whom and who waits before all else; what can wait follows."""
        if any(event["name"] in live.ON_COVERS for event in events):
            await self.send_html(await self.render(live.covers))
        if any(event["name"] in live.ON_WHO_WAITS for event in events):
            told = [_told(event) for event in events]
            await self.send_html(await who_waits(self.user, self.bureaus, self.clients, told))
        self.rest.note(*events)
        if any(live.reaches_the_middle(event, self.open_call) for event in events):
            await super().send_changes(events)

    def changed(self, user: Any, events: list[Event]) -> str:
        """Render what these events changed in the middle."""
        return live.changed(user, events, self.open_call)

    async def send_rest(self, events: list[Event]) -> None:
        """Send what could wait."""
        await self.send_html(await self.render_in_time(live.rest, events))

    async def heard(self, said: dict[str, Any]) -> None:
        """Answer a beat, so that the page knows its link; note which call it shows."""
        if said.get("beat"):
            await self.send_html(BEAT)
            self.note_seen()
        if "open" in said:
            self.open_call = _uuid(said["open"])
            await self.live_fact({"name": "call.opened", "call": str(self.open_call)})


def _told(event: Event) -> Told:
    return Told(event.get("id") or uuid4().hex, event.get("client", ""), event.get("call", ""))


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
