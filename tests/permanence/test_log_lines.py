"""Addresses that are keys are not written into the log."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse

from calls.webhooks import cti
from permanence.log_lines import Line, without_keys
from tests.house import addresses

KEY = "Zx8-key_that.nobody~guesses"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (f"Not Found: /api/v1/cti/{KEY}/", "Not Found: /api/v1/cti/…/"),
        (f"Method Not Allowed (GET): /p/m/{KEY}/", "Method Not Allowed (GET): /p/m/…/"),
        (f"GET https://our.example/r/{KEY}/confirm/", "GET https://our.example/r/…/confirm/"),
        (f"'/ical/{KEY}.ics'", "'/ical/…'"),
        ("/usr/lib/r/base.py and /desk/r/x/", "/usr/lib/r/base.py and /desk/r/x/"),
    ],
)
def test_a_key_is_left_out_and_nothing_else(written: str, shown: str) -> None:
    assert without_keys(written) == shown


def test_every_line_of_the_log_is_written_so() -> None:
    written: Any = settings.LOGGING

    assert {one["formatter"] for one in written["handlers"].values()} == {"line"}
    assert written["formatters"]["line"]["()"] == "permanence.log_lines.Line"


# What looks like a key and is none: a word of ours, or the interpreter's own resources.
NO_KEYS = {"twilio:place", "interpreter:rest"}


def test_each_address_that_opens_by_a_key_is_known_to_the_log() -> None:
    exempt = set(settings.LOGIN_EXEMPT)
    opened = [
        one
        for one in addresses()
        if {one.name, f"{one.name.partition(':')[0]}:"} & exempt and one.name not in NO_KEYS
    ]
    keyed = [one.path for one in opened if re.search(r"/x\b", one.path)]

    assert len(keyed) >= 8
    assert [path for path in keyed if without_keys(f"at {path}") == f"at {path}"] == []


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_door_that_fails_or_refuses_does_not_log_its_key(
    method: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_token: str) -> None:
        raise RuntimeError("the database is gone")

    monkeypatch.setattr(cti, "connection_by_token", broken)
    browser = Browser(raise_request_exception=False)

    status = getattr(browser, method)(reverse("cti:event", args=[KEY])).status_code

    written = "\n".join(map(Line("{message}", style="{").format, caplog.records))
    assert status == {"get": 405, "post": 500}[method]
    assert "/api/v1/cti/…/" in written
    assert KEY not in written
    assert caplog.records[-1].levelno >= logging.WARNING
