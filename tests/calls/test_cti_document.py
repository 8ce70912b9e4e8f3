"""What docs/telephony-cti.md shows with curl is posted as it stands there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client as Browser

from calls.models import Call
from calls.services.cti import make_connection
from clients.models import Endpoint
from tests.factories import make_assistant, make_client, make_line

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DOCUMENT = Path(settings.BASE_DIR, "docs/telephony-cti.md")
SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """One command of the document."""

    url: str
    content_type: str
    body: str


def examples() -> Iterator[Example]:
    """Every curl of the document, in its order, as a shell reads it."""
    variables: dict[str, str] = {}
    for block in SHELL.findall(DOCUMENT.read_text(encoding="utf-8")):
        for command in re.split(r"\n(?=curl |[A-Z]+=)", block.replace("\\\n", " ")):
            words = shlex.split(command)
            if words[0] == "curl":
                yield example(words[1:], variables)
            else:
                name, _equals, value = words[0].partition("=")
                variables[name] = value


def example(words: list[str], variables: dict[str, str]) -> Example:
    url, told, headers = "", [], []
    rest = iter(words)
    for word in rest:
        if word == "-d":
            told.append(next(rest))
        elif word == "-H":
            headers.append(next(rest))
        else:
            url = variables[word.removeprefix("$")]
    is_json = "Content-Type: application/json" in headers
    pairs = [one.partition("=") for one in told]
    form = urlencode([(name, value) for name, _equals, value in pairs])
    body = "&".join(told) if is_json else form
    return Example(
        url, "application/json" if is_json else "application/x-www-form-urlencoded", body
    )


def test_the_documented_examples_do_what_the_document_says() -> None:
    line = make_line(make_client(), "+33199004010")
    lea = make_assistant(line.client, "lea")
    Endpoint.objects.filter(user=lea).update(address="sip:101@exchange.example")
    token = make_connection(
        bureau=line.client.bureau, name="Asterisk", by=None, at=datetime.now(UTC)
    )[1]
    replies, states = [], []

    for one in examples():
        path = one.url.replace("<token>", token).removeprefix("https://your.address")
        answer = Browser().post(path, one.body, content_type=one.content_type)
        call = Call.objects.latest("pk")
        replies.append(answer.json())
        states.append((call.direction, call.state, call.ending, call.answered_by))

    shown = {"action": "dial", "caller_id": "33199004010", "number": "33639984410"}
    assert replies == [{}, {}, {}, shown, {}]
    assert states == [
        ("in", "ringing", "", None),
        ("in", "in_progress", "", lea),
        ("in", "ended", "answered", lea),
        ("out", "ringing", "", None),
        ("out", "ended", "unreached", None),
    ]
