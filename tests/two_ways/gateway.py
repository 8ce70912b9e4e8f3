"""A small SMS gateway that speaks as Twilio's Messages resource does, over real HTTP."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from django.utils import timezone


@dataclass
class Gateway:
    """What was posted to it, in order; while `answers` is clear it takes texts and stays silent."""

    url: str = ""
    posted: list[dict[str, str]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    answers: threading.Event = field(default_factory=threading.Event)

    def take(self, form: dict[str, str]) -> dict[str, str]:
        with self.changed:
            number = len(self.posted) + 1
            message = {
                "sid": f"SM{number:032d}",
                "to": form["To"],
                "from": form["From"],
                "body": form["Body"],
                "status": "queued",
                "date_created": format_datetime(timezone.now()),
                "callback": form["StatusCallback"],
            }
            self.posted.append(message)
            self.changed.notify_all()
        return message

    def wait_for(self, count: int, seconds: float = 20) -> None:
        """Wait until so many texts have been posted."""
        with self.changed:
            arrived = self.changed.wait_for(lambda: len(self.posted) >= count, timeout=seconds)
        assert arrived, f"{len(self.posted)} texts posted instead of {count}"


class Door(BaseHTTPRequestHandler):
    """Messages.json: POST creates, GET lists."""

    gateway: ClassVar[Gateway]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        form = {
            key: values[0] for key, values in parse_qs(self.rfile.read(length).decode()).items()
        }
        message = self.gateway.take(form)
        if self.gateway.answers.wait(timeout=60):
            self.answer(201, message)

    def do_GET(self) -> None:
        to = parse_qs(urlsplit(self.path).query)["To"][0]
        found = [message for message in self.gateway.posted if message["to"] == to]
        self.answer(200, {"messages": found[::-1], "page_size": 100, "next_page_uri": None})

    def answer(self, status: int, body: dict[str, Any]) -> None:
        assert re.search(r"/Messages\.json", self.path)
        text = json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
        except ConnectionError:
            self.close_connection = True  # whoever asked was killed meanwhile

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def running_gateway() -> Iterator[Gateway]:
    """A gateway on a free port of this computer."""
    gateway = Gateway()
    gateway.answers.set()
    door = type("DoorOfThis", (Door,), {"gateway": gateway})
    server = ThreadingHTTPServer(("127.0.0.1", 0), door)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    gateway.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield gateway
    gateway.answers.set()
    server.shutdown()
    server.server_close()
    thread.join()
