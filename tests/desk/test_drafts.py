"""What is typed survives a reload, a cut line and a second call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from calls.models import Call
from desk.drafts import initial_of, instant_text
from messages_app.models import CallFile
from tests.agenda.factories import paris
from tests.desk.calls import at
from tests.people import Practice

Ask = Callable[..., Any]


def keep(hx: Ask, call: Call, face: str, fields: dict[str, Any]) -> Any:
    return hx("post", at("draft", call, face), fields)


@pytest.mark.parametrize(
    ("face", "fields", "shown"),
    [
        ("appointment", {"note": "tension à suivre"}, "tension à suivre"),
        ("appointment", {"patient_query": "Costa"}, 'value="Costa"'),
        ("message", {"body": "Rappeler avant midi"}, "Rappeler avant midi"),
        ("message", {"deadline_at": "2026-11-24T17:00"}, 'value="2026-11-24T17:00"'),
        ("emergency", {"address": "12 rue des Tilleuls"}, 'value="12 rue des Tilleuls"'),
    ],
)
def test_a_reload_shows_what_was_typed(
    hx: Ask, desk: Browser, call: Call, face: str, fields: dict[str, str], shown: str
) -> None:
    keep(hx, call, face, fields)

    assert shown in desk.get(at("call", call)).content.decode()


def test_each_face_keeps_its_own_draft(hx: Ask, call: Call) -> None:
    keep(hx, call, "message", {"body": "a"})
    keep(hx, call, "emergency", {"signs": ["x", "y"], "address": "b"})

    assert CallFile.objects.get(call=call).drafts == {
        "message": {"body": "a"},
        "emergency": {"signs": ["x", "y"], "address": "b"},
    }


def test_an_unknown_face_is_not_found(hx: Ask, call: Call) -> None:
    assert keep(hx, call, "file", {"body": "a"}).status_code == 404


def test_a_draft_without_its_token_is_refused(practice: Practice, call: Call) -> None:
    strict = Browser(enforce_csrf_checks=True)
    strict.force_login(practice.lea)

    assert strict.post(at("draft", call, "message"), {"body": "a"}).status_code == 403


def test_a_wall_clock_time_is_kept_as_an_instant(call: Call) -> None:
    assert paris("2026-11-24 17:00").isoformat() != instant_text("2026-11-24T17:00")
    assert initial_of({"deadline_at": instant_text("2026-11-24T17:00")})["deadline_at"] == paris(
        "2026-11-24 17:00"
    )


@pytest.mark.parametrize("half", ["2026-11", "x", "2026-13-45T99:00"])
def test_a_half_typed_time_is_kept_as_it_is(half: str) -> None:
    assert initial_of({"deadline_at": instant_text(half)}) == {"deadline_at": half}
