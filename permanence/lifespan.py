"""What begins and ends with the server's process."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings

from core import live
from permanence.worker import InProcessWorker

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Lifespan:
    """Answer the server's lifespan messages; pass everything else on.

    On one computer the Celery worker and beat live in this process.
    """

    def __init__(self, application: Callable[..., Awaitable[None]]) -> None:
        self.application = application
        self.worker = InProcessWorker() if settings.WORKER_IN_PROCESS else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self.application(scope, receive, send)
            return
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self._stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _start(self) -> None:
        live.use_loop(asyncio.get_running_loop())
        if self.worker is not None:
            await sync_to_async(self.worker.start)()

    async def _stop(self) -> None:
        if self.worker is not None:
            await sync_to_async(self.worker.stop)()
        live.use_loop(None)
