"""The two ways to the product: real HTTP, and Django's test client."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from calls.telephony.interpreter.doors import DjangoClientDoors, DoorClosed, HttpDoors
from tests.calls.interpreter.product import BASE


def echo(request: HttpRequest) -> HttpResponse:
    told = [str(request.method), request.get_full_path(), request.headers.get("X-Sign", "")]
    answer = HttpResponse("|".join([*told, *map(str, request.POST.values())]), "text/xml")
    answer["X-Secure"] = str(request.is_secure())
    return answer


def broken(_request: HttpRequest) -> HttpResponse:
    raise ValueError("a fault of the product")


def moved(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=302, headers={"Location": "/echo"})


views = [path("echo", echo), path("broken", broken), path("moved", moved)]
# Under a name that opens without signing in.
urlpatterns = [path("", include((views, "public")))]


@pytest.mark.urls(__name__)
def test_the_test_client_gets_path_parameters_and_headers() -> None:
    doors = DjangoClientDoors(BASE)
    answer = doors.post(f"{BASE}/echo?a=1#rt=4000", {"From": "+33 6", "Empty": ""}, {"X-Sign": "s"})
    assert (answer.status, answer.body) == (200, "POST|/echo?a=1|s|+33 6|")
    assert doors.get(f"{BASE}/echo?a=1", {"X-Sign": "t"}).body == "GET|/echo?a=1|t"


@pytest.mark.urls(__name__)
def test_a_redirection_is_handed_back_and_not_followed() -> None:
    answer = DjangoClientDoors(BASE).get(f"{BASE}/moved", {})
    assert (answer.status, answer.location) == (302, "/echo")


@pytest.mark.urls(__name__)
def test_a_fault_of_the_product_fails_the_test_unless_a_500_is_wanted() -> None:
    with pytest.raises(ValueError, match="a fault of the product"):
        DjangoClientDoors(BASE).post(f"{BASE}/broken", {}, {})
    assert DjangoClientDoors(BASE, errors_as_500=True).post(f"{BASE}/broken", {}, {}).status == 500


def test_an_address_that_is_not_the_products_is_closed() -> None:
    with pytest.raises(DoorClosed, match="not below"):
        DjangoClientDoors(BASE).post("https://permanence.example.attacker/echo", {}, {})


@pytest.mark.urls(__name__)
def test_each_request_may_be_wrapped() -> None:
    seen: list[str] = []

    @contextmanager
    def around() -> Iterator[None]:
        seen.append("before")
        yield
        seen.append("after")

    DjangoClientDoors(BASE, around=around).get(f"{BASE}/echo", {})
    assert seen == ["before", "after"]


class Handler(BaseHTTPRequestHandler):
    """Answers what it was asked."""

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length) + b"|" + self.headers["X-Sign"].encode()
        self.send_response(301)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Location", "/ailleurs")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    listening = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    listening.server_close()


def test_real_http_sends_the_form_and_does_not_follow(server: str) -> None:
    answer = HttpDoors().post(f"{server}/voice#rt=4000", {"From": "+33 6"}, {"X-Sign": "s"})
    assert (answer.status, answer.body, answer.content_type, answer.location) == (
        301,
        "From=%2B33+6|s",
        "text/xml",
        "/ailleurs",
    )


def test_a_refused_connection_is_a_closed_door(server: str) -> None:
    with pytest.raises(DoorClosed):
        HttpDoors().get("http://127.0.0.1:9/voice", {})
