"""A person at her screen: pages over HTTP, a live link over a WebSocket."""

from __future__ import annotations

import re
import threading
import time
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from permanence.demo.people import DOMAIN, PASSWORD


class Person:
    """Somebody signed in through the real form; `url` is the web process she reaches."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.get("/accounts/login/")
        self.post("/accounts/login/", login=f"{key}@{DOMAIN}", password=PASSWORD)
        assert "sessionid" in self.session.cookies, f"{key} can't sign in"

    def get(self, path: str) -> str:
        answer = self.session.get(self.url + path, timeout=20)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer.text

    def post(self, path: str, **form: str) -> requests.Response:
        token = self.session.cookies.get("csrftoken", "")
        headers = {"X-CSRFToken": token, "Origin": self.url}
        answer = self.session.post(self.url + path, data=form, headers=headers, timeout=20)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text[:2000]}"
        return answer

    def link(self, path: str, url: str = "") -> Link:
        """Open a live link, also to another web process than hers."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.session.cookies.items())
        base = (url or self.url).replace("http", "ws", 1)
        headers = {"Cookie": cookies}
        return Link(connect(base + path, additional_headers=headers, origin=Origin(self.url)))


class Link:
    """An open live link and all that came over it."""

    def __init__(self, opening: AbstractContextManager[ClientConnection]) -> None:
        self.closing = ExitStack()
        self.socket = self.closing.enter_context(opening)
        self.opened_at = time.monotonic()
        self.texts: list[str] = []
        self.is_closed = False
        self.changed = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        try:
            for text in self.socket:
                with self.changed:
                    self.texts.append(str(text))
                    self.changed.notify_all()
        except ConnectionClosed:
            pass
        with self.changed:
            self.is_closed = True
            self.changed.notify_all()

    def hear(self, pattern: str, *, after: int = 0, seconds: float = 15) -> re.Match[str]:
        """Wait for the first thing that matches, among what came after so many texts."""

        def heard() -> re.Match[str] | None:
            found = (re.search(pattern, text, re.DOTALL) for text in self.texts[after:])
            return next(filter(None, found), None)

        with self.changed:
            self.changed.wait_for(lambda: heard() or self.is_closed, timeout=seconds)
        match = heard()
        assert match, f"{pattern!r} not heard; closed: {self.is_closed}; {self.texts[after:]!r}"
        return match

    def wait_until_open_for(self, seconds: float) -> None:
        time.sleep(max(0, self.opened_at + seconds - time.monotonic()))

    def close(self) -> None:
        self.closing.close()


def field_value(html: str, name: str) -> str:
    """The first value of a field in a page; of a choice, the first option that is one."""
    found = re.search(rf'name="{name}"[^>]*?value="([^"]+)"', html)
    chosen = re.search(rf'<select name="{name}".*?<option value="([^"]+)"', html, re.DOTALL)
    match: Any = found or chosen
    assert match, f"no {name} in {html[:3000]}"
    return str(match[1])
