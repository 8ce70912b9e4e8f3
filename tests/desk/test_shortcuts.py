"""Which key does what."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser

from clients.models import AuditEntry, User
from desk.forms import KeysForm
from desk.services import save_shortcuts
from desk.shortcuts import ACTIONS, FREE, has_letters, printed_keys, shortcuts_of
from tests.people import NOW

USUAL = {action: key for action, (key, _label) in ACTIONS.items()}


def errors_of(**changed: Any) -> list[str]:
    """The fields that are refused."""
    form = KeysForm({**USUAL, "letters": "on", **changed})
    form.is_valid()
    return list(form.errors)


def test_the_usual_keys_are_free_in_browsers_and_each_does_one_thing() -> None:
    keys = list(USUAL.values())

    assert [key for key in keys if not FREE.fullmatch(key)] == []
    assert len(keys) == len(set(keys))


def test_shortcuts_of_gives_a_persons_own_key_before_the_usual_one() -> None:
    lea = User(shortcuts={"face_2": "q"})

    assert shortcuts_of(lea) == USUAL | {"face_2": "q"}
    assert printed_keys(lea)["face_2"] == "Q"


@pytest.mark.parametrize("key", ["F5", "F1", "F12", "é", "Alt", ""])
def test_a_key_that_browsers_keep_is_refused_beside_its_field(key: str) -> None:
    assert errors_of(face_1=key) == ["face_1"]


def test_one_key_for_two_actions_is_refused() -> None:
    assert errors_of(face_2="1") == ["face_2"]


def test_keys_are_saved_without_what_is_as_usual_and_told_to_the_audit(lea: User) -> None:
    save_shortcuts(by=lea, keys=USUAL | {"face_2": "q"}, letters=False, at=NOW)

    lea.refresh_from_db()
    assert lea.shortcuts == {"face_2": "q", "letters_off": True}
    assert not has_letters(lea)
    assert AuditEntry.objects.filter(action="desk.shortcuts_saved", by=lea).count() == 1


def test_the_page_of_keys_keeps_what_was_typed_when_it_refuses(desk: Browser) -> None:
    answer = desk.post("/desk/keys/", {**USUAL, "face_1": "F5"})

    assert answer.status_code == 422
    assert answer.context["form"]["face_1"].value() == "F5"


def test_the_desk_is_told_the_keys_of_the_person(desk: Browser, lea: User) -> None:
    desk.post("/desk/keys/", {**USUAL, "face_2": "Q", "ring_back": "2", "letters": "on"})

    page = desk.get("/desk/").content.decode()
    assert "&quot;face_2&quot;: &quot;q&quot;" in page
