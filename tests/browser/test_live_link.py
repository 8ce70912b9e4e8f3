"""A desk left alone keeps its live link."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.conf import settings
from django.test import Client as Browser
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from clients.models import Bureau, Membership, User
from clients.models.bureau import Grant
from desk.consumers import BEAT
from tests.browser.server import Site

pytestmark = pytest.mark.broker

# redis-py 8 gives sockets five seconds, by which idle links were once cut again and again. In one
# process there is no such socket.
LONGER_THAN_THE_LIMIT = 6.5
IN_REDIS = "Redis" in str(settings.CHANNEL_LAYERS["default"]["BACKEND"])


@pytest.fixture
def link(site: Site) -> Iterator[ClientConnection]:
    """The live link of somebody who answers calls."""
    user = User.objects.create_user("lea@permanence.example", full_name="Léa Marchand")
    bureau = Bureau.objects.create(name="Permanence Marchand")
    Membership.objects.create(bureau=bureau, user=user, grants=[Grant.ANSWER])
    browser = Browser()
    browser.force_login(user)
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME]
    with connect(
        f"{site.url.replace('http', 'ws')}/ws/desk/",
        origin=Origin(site.url),
        additional_headers={"Cookie": f"{cookie.key}={cookie.value}"},
        open_timeout=20,
    ) as link:
        yield link


def listen(link: ClientConnection, seconds: float) -> None:
    """Hear whatever comes for so long; a link that is cut raises ConnectionClosed."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        with suppress(TimeoutError):
            link.recv(timeout=left)


def test_an_idle_link_is_not_cut_and_still_answers(link: ClientConnection) -> None:
    listen(link, LONGER_THAN_THE_LIMIT if IN_REDIS else 0.3)

    link.send('{"beat":true}')

    while BEAT not in str(link.recv(timeout=20)):
        # What was on its way before.
        continue
