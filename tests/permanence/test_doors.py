"""The operator's requests are answered by lasting threads, and leave nothing to the next."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core import signals
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from pytest_django import Settings

from permanence.doors import THREADS, DoorHandler, PagesAndDoors


@csrf_exempt
def tell(request: HttpRequest) -> HttpResponse:
    """Tell how it is run, then leave another language and time zone behind."""
    told = {
        "thread": threading.current_thread().name,
        "language": translation.get_language(),
        "zone": timezone.get_current_timezone_name(),
        "form": request.POST.dict(),
    }
    translation.activate("en")
    timezone.activate("Asia/Tokyo")
    return JsonResponse(told)


@csrf_exempt
def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("something")


urlpatterns = [
    path("telephony/tell/", tell),
    path("api/v1/cti/tell/", tell),
    path("telephony/fail/", fail),
    path("desk/tell/", tell),
]


@pytest.fixture
def handler(settings: Settings) -> PagesAndDoors:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    return PagesAndDoors(ASGIHandler(), DoorHandler())


@pytest.fixture
def ended_in() -> Iterator[list[str]]:
    """The threads in which requests ended, where Django gives back what they held."""
    threads: list[str] = []

    def note(**_: Any) -> None:
        threads.append(threading.current_thread().name)

    signals.request_finished.connect(note)
    yield threads
    signals.request_finished.disconnect(note)


async def post(handler: PagesAndDoors, address: str, **form: str) -> tuple[int, bytes]:
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": address,
        "query_string": b"",
        "headers": [
            (b"host", b"localhost"),
            (b"content-type", b"application/x-www-form-urlencoded"),
        ],
    }
    communicator = ApplicationCommunicator(handler, scope)
    await communicator.send_input({"type": "http.request", "body": urlencode(form).encode()})
    start = await communicator.receive_output(timeout=5)
    body = await communicator.receive_output(timeout=5)
    await communicator.wait()
    return start["status"], body["body"]


def told(answer: tuple[int, bytes]) -> dict[str, Any]:
    status, body = answer
    assert status == 200
    return json.loads(body)


@pytest.mark.parametrize("address", ["/telephony/tell/", "/api/v1/cti/tell/"])
def test_a_door_is_answered_by_one_of_its_own_threads(handler: PagesAndDoors, address: str) -> None:
    said = told(asyncio.run(post(handler, address, CallSid="CA1", From="+33199004100")))
    assert said["thread"].startswith("doors_")
    assert said["form"] == {"CallSid": "CA1", "From": "+33199004100"}


def test_a_page_is_answered_as_django_does(handler: PagesAndDoors) -> None:
    assert not told(asyncio.run(post(handler, "/desk/tell/")))["thread"].startswith("doors")


def test_nothing_that_a_view_set_is_left_to_the_next(handler: PagesAndDoors) -> None:
    async def many() -> list[tuple[int, bytes]]:
        return [await post(handler, "/telephony/tell/") for _ in range(2 * THREADS)]

    said = [told(answer) for answer in asyncio.run(many())]
    assert {(one["language"], one["zone"]) for one in said} == {("fr", "Europe/Paris")}


def test_as_many_are_answered_at_once_as_there_are_threads(handler: PagesAndDoors) -> None:
    async def many() -> list[tuple[int, bytes]]:
        asked = [post(handler, "/telephony/tell/") for _ in range(5 * THREADS)]
        return await asyncio.gather(*asked)

    threads = {told(answer)["thread"] for answer in asyncio.run(many())}
    assert len(threads) <= THREADS


def test_a_request_ends_in_the_thread_that_has_its_connection(
    handler: PagesAndDoors, ended_in: list[str]
) -> None:
    said = told(asyncio.run(post(handler, "/telephony/tell/")))
    assert ended_in == [said["thread"]]


def test_a_door_that_fails_answers_500(handler: PagesAndDoors) -> None:
    status, _body = asyncio.run(post(handler, "/telephony/fail/"))
    assert status == 500


def test_who_hangs_up_before_the_end_of_the_form_is_not_answered(handler: PagesAndDoors) -> None:
    async def leave() -> bool:
        scope = {"type": "http", "method": "POST", "path": "/telephony/tell/", "headers": []}
        communicator = ApplicationCommunicator(handler, scope)
        await communicator.send_input({"type": "http.request", "body": b"CallS", "more_body": True})
        await communicator.send_input({"type": "http.disconnect"})
        await communicator.wait()
        return await communicator.receive_nothing()

    assert asyncio.run(leave())
