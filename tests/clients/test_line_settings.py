"""A line's words, purpose, zone and time are changed by a service, or refused whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clients.models import AuditEntry, Line, User
from clients.services.lines import (
    LineChangedMeanwhile,
    LineFault,
    LineRefused,
    change_line,
    settings_of,
)
from tests.factories import LONG_AGO, make_client, make_line, make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 7, 40, tzinfo=UTC)
SOON = NOW + timedelta(days=3)


@pytest.fixture
def line() -> Line:
    return make_line(make_client(), "+33199004040")


@pytest.fixture
def boss() -> User:
    return make_user("boss")


def change(line: Line, by: User | None, **wished: Any) -> Line:
    return change_line(line=line, wished=replace(settings_of(line), **wished), by=by, at=NOW)


def test_what_is_changed_is_written_and_kept_who_did_it(line: Line, boss: User) -> None:
    change(line, boss, greeting="Bonjour !", valid_until=SOON, purpose="one_off")

    line.refresh_from_db()
    assert (line.greeting, line.valid_until, line.purpose) == ("Bonjour !", SOON, "one_off")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by, entry.detail) == (
        "line.changed",
        boss,
        {"line": str(line.uuid), "fields": ["greeting", "purpose", "valid_until"]},
    )


def test_what_is_the_same_leaves_no_trace(line: Line, boss: User) -> None:
    change(line, boss)

    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("wished", "faults"),
    [
        ({"label": " "}, [LineFault.NO_LABEL]),
        ({"greeting": ""}, [LineFault.NO_GREETING]),
        ({"unanswered_text": ""}, [LineFault.NO_UNANSWERED_TEXT]),
        ({"timezone": "Europe/Nowhere"}, [LineFault.UNKNOWN_ZONE]),
        ({"valid_from": SOON, "valid_until": SOON}, [LineFault.BACKWARDS]),
        ({"valid_until": NOW}, [LineFault.OVER]),
        ({"purpose": "one_off"}, [LineFault.NO_END]),
    ],
)
def test_all_that_is_wrong_is_named_and_nothing_is_changed(
    line: Line, wished: dict[str, Any], faults: list[LineFault]
) -> None:
    with pytest.raises(LineRefused) as refused:
        change(line, None, **wished)

    assert refused.value.faults == faults
    assert settings_of(Line.objects.get()) == settings_of(line)


def test_a_number_is_one_lines_at_a_time(line: Line) -> None:
    change(line, None, valid_until=SOON)
    follows = make_line(make_client(), "+33199004040", valid_from=SOON)

    with pytest.raises(LineRefused) as longer:
        change(line, None, valid_until=SOON + timedelta(hours=1))
    with pytest.raises(LineRefused) as earlier:
        change(follows, None, valid_from=SOON - timedelta(hours=1))

    taken = [LineFault.NUMBER_TAKEN]
    assert (longer.value.faults, earlier.value.faults) == (taken, taken)
    assert change(follows, None, valid_from=SOON + timedelta(hours=1)) == follows


def test_the_words_of_a_line_that_is_over_may_still_be_mended(line: Line) -> None:
    Line.objects.update(valid_until=NOW - timedelta(days=1))
    line.refresh_from_db()

    assert change(line, None, label="Ancienne ligne").label == "Ancienne ligne"


def test_what_somebody_else_has_changed_meanwhile_is_not_overwritten(line: Line) -> None:
    seen = settings_of(line)
    change(line, None, label="Autre")

    wished = replace(seen, greeting="Bonjour !")
    with pytest.raises(LineChangedMeanwhile):
        change_line(line=line, wished=wished, by=None, at=NOW, seen=seen)

    line.refresh_from_db()
    assert (line.label, line.greeting, line.valid_from) == ("Autre", seen.greeting, LONG_AGO)
