"""Frees what somebody holds for a caller once her last desk has closed.

A reload closes a desk as well, and so does a line that is cut for a moment: after a while the desks
that this person has open, in whatever process, are called; where none answers, her holds end. They
end by themselves anyway: a server that dies in the meantime costs no more than some minutes.
"""

import asyncio
import logging
from typing import Any
from uuid import UUID

from agenda.services import release_holds
from clients.models import User
from core.consumers import off_the_loop

logger = logging.getLogger(__name__)

# Longer than a reload, and than the desk waits before it tries a cut line again.
GONE_AFTER_SECONDS = 20.0
ANSWERED_WITHIN_SECONDS = 3.0

_leaving: set[asyncio.Task[None]] = set()


def desks_of(user_uuid: UUID) -> str:
    """Name the channel group of a person's open desks, and of no other screens."""
    return f"desk.{user_uuid.hex}"


def desk_closed(user: User, layer: Any) -> None:
    """See, in a while, whether this person has another desk open."""
    task = asyncio.create_task(_free_unless_open(user, layer))
    _leaving.add(task)
    task.add_done_callback(_leaving.discard)


async def _free_unless_open(user: User, layer: Any) -> None:
    await asyncio.sleep(GONE_AFTER_SECONDS)
    try:
        if not await _is_open(user, layer):
            await off_the_loop(_free, user.pk)
    except Exception:  # without a channel layer or a database nobody can tell: the holds expire
        logger.exception("what a closed desk held is left to expire")


async def _is_open(user: User, layer: Any) -> bool:
    reply = await layer.new_channel()
    await layer.group_send(desks_of(user.uuid), {"type": "desk.roll_call", "reply": reply})
    try:
        await asyncio.wait_for(layer.receive(reply), ANSWERED_WITHIN_SECONDS)
    except TimeoutError:
        return False
    return True


def _free(user_id: int) -> None:
    release_holds(by=User.objects.get(pk=user_id))
