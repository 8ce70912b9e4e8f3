"""A player asks for parts of a sound."""

from __future__ import annotations

import io

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from core import ranges
from core.ranges import sound_response

SOUND = bytes(range(100))


def ask(header: str = "") -> HttpResponse:
    headers = {"Range": header} if header else {}
    request = RequestFactory().get("/", headers=headers)
    return sound_response(request, io.BytesIO(SOUND), len(SOUND), "audio/wav")


def test_without_a_range_the_whole_is_given_and_nobody_may_keep_it() -> None:
    answer = ask()

    assert (answer.status_code, answer.content, answer["Accept-Ranges"]) == (200, SOUND, "bytes")
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("header", "given", "told"),
    [
        ("bytes=0-", SOUND, "bytes 0-99/100"),
        ("bytes=10-19", SOUND[10:20], "bytes 10-19/100"),
        ("bytes=90-500", SOUND[90:], "bytes 90-99/100"),
        ("bytes=-5", SOUND[-5:], "bytes 95-99/100"),
        ("bytes=-500", SOUND, "bytes 0-99/100"),
        ("bytes=1-2,5-6", SOUND, "bytes 0-99/100"),
    ],
)
def test_the_part_asked_for_is_given(header: str, given: bytes, told: str) -> None:
    answer = ask(header)

    assert (answer.status_code, answer.content, answer["Content-Range"]) == (206, given, told)


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=5-4", "bytes=-0"])
def test_a_part_that_does_not_exist_is_said_so(header: str) -> None:
    answer = ask(header)

    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */100")


def test_no_answer_is_longer_than_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "PART", 40)

    assert [ask(header).content for header in ("", "bytes=0-", "bytes=80-")] == [
        SOUND[:40],
        SOUND[:40],
        SOUND[80:],
    ]
