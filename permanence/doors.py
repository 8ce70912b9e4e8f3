"""How the operator's doors are answered: at once, by threads of their own.

Under ASGI Django makes a thread for each request, and goes from it to the event loop and back
before the view. A page does not feel it; a bureau's lines that all ring at once do (ADR 11).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import IO, Any

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http import HttpResponseBase
from django.urls import set_script_prefix

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

# More would take turns at one interpreter, and at SQLite's one writer; fewer, and one answer that
# waits for a row would hold up the others.
THREADS = 4
DOORS = ("/telephony/", "/api/v1/cti/")


class DoorHandler(ASGIHandler):
    """Django's handler, but one of a few lasting threads does everything between body and answer.

    As under WSGI: middleware and views are sync, and what they set for a request ends with it. An
    answer is held in memory, never streamed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware(is_async=False)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="doors")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        loop = asyncio.get_running_loop()
        with body:
            # A context for each request: no language or time zone is left to the next.
            run = copy_context().run
            response = await loop.run_in_executor(self._threads, run, self._answer, scope, body)
            await self.send_response(response, send)

    def _answer(self, scope: Scope, body: IO[bytes]) -> HttpResponseBase:
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        response = self.get_response(request) if request is not None else refusal
        assert response is not None
        response._handler_class = self.__class__  # type: ignore[attr-defined]
        # Here and not once it is sent: the database connection is this thread's.
        response.close()
        return response


class PagesAndDoors:
    """Passes the operator's requests to the doors, everything else to Django's usual handler."""

    def __init__(self, pages: ASGIHandler, doors: DoorHandler) -> None:
        self._pages, self._doors = pages, doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        handler = self._doors if scope["path"].startswith(DOORS) else self._pages
        await handler(scope, receive, send)
