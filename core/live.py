"""Live events: small hints sent to open screens after a commit.

They carry ids, never a person's name; the screen fetches what it may see. A lost hint costs nothing
but time: on reconnection a screen receives the whole board.
"""

import asyncio
from uuid import UUID, uuid4

from asgiref.sync import async_to_sync

from core.after_commit import after_commit
from core.layer_health import tell_group

_server_loop: asyncio.AbstractEventLoop | None = None


def client_group(client_uuid: UUID) -> str:
    """Name the channel group of the screens that show a client."""
    return f"client.{client_uuid.hex}"


def user_group(user_uuid: UUID) -> str:
    """Name the channel group of a person's own screens."""
    return f"user.{user_uuid.hex}"


def use_loop(loop: asyncio.AbstractEventLoop | None) -> None:
    """Remember the server's event loop, so that worker threads of its process can wake it.

    The in-memory channel layer, fed from a plain thread, does not wake the loop: events were
    measured to wait up to half a second.
    """
    global _server_loop
    _server_loop = loop


def publish(group: str, name: str, **ids: str) -> None:
    """Send one event to a group once the current transaction is committed.

    Each has an id of its own, by which the screens of a process know that they heard the same one.
    """
    after_commit(_send, group, {"type": "live.fact", "name": name, "id": uuid4().hex, **ids})


def _send(group: str, event: dict[str, str]) -> None:
    if _server_loop is not None and _server_loop.is_running():
        asyncio.run_coroutine_threadsafe(tell_group(group, event), _server_loop)
    else:
        async_to_sync(tell_group)(group, event)
