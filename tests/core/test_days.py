"""Days and instants of addresses are read without trust."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from core.days import written_day, written_instant


def test_a_day_is_read_as_it_is_written() -> None:
    assert written_day("2026-11-24") == date(2026, 11, 24)


@pytest.mark.parametrize("text", ["", "today", "2026-02-30", "0001-01-01", "9999-12-31", "\x00"])
def test_what_names_no_day_within_reach_is_none(text: str) -> None:
    assert written_day(text) is None


def test_an_instant_is_read_in_utc() -> None:
    assert written_instant("2026-11-24T08:40:00+01:00") == datetime(2026, 11, 24, 7, 40, tzinfo=UTC)
    assert str(written_instant("2026-11-24T08:40:00+01:00")) == "2026-11-24 07:40:00+00:00"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-24T08:40:00",
        "2026-11-24",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "1899-12-31T23:59:59Z",
        "\x00",
    ],
)
def test_what_names_no_instant_within_reach_is_none(text: str) -> None:
    assert written_instant(text) is None
