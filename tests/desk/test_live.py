"""What arrives live equals what a fresh page shows."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser

from calls.models import Call
from clients.models import User
from desk import live
from messages_app.rules.fields import MessageFields
from messages_app.services.note import note_message
from tests.desk.calls import at, ring
from tests.people import NOW, Firm, Practice

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
FRAGMENTS = {
    "board-now": ("div", "board-now"),
    "board-rest": ("div", "board-rest"),
    "figures": ("div", "figures"),
    "gone": ("div", "gone"),
    "callhead": ("section", "callhead"),
    "timeline": ("section", "timeline"),
}


def fragment(html: str, name: str) -> str:
    """One fragment of a page or of a live answer, without what only the wire needs."""
    tag, id_ = FRAGMENTS[name]
    start = re.search(rf'<{tag} id="{id_}"', html)
    assert start is not None, f"no {name}"
    depth, at_ = 0, start.start()
    for found in re.finditer(rf"<(/?){tag}\b", html[at_:]):
        depth += -1 if found.group(1) else 1
        if depth == 0:
            html = html[at_ : at_ + found.end()]
            break
    return TOKEN.sub("", html.replace(' hx-swap-oob="true"', ""))


@pytest.mark.parametrize("name", sorted(FRAGMENTS))
@pytest.mark.parametrize("ended", ["", "answered"])
def test_a_live_fragment_equals_a_fresh_page(
    desk: Browser, lea: User, practice: Practice, firm: Firm, name: str, ended: str
) -> None:
    shown = ring(practice.client, by=lea, ended=ended)
    ring(practice.client, "+33639984499")
    note_message(
        client=practice.client, fields=MessageFields(body="Rappeler"), by=lea, at=NOW, call=shown
    )

    page = desk.get(at("call", shown)).content.decode()

    assert fragment(live.whole(lea, shown.uuid), name) == fragment(page, name)


def test_the_announcement_of_a_waiting_call_is_that_of_the_page(
    desk: Browser, lea: User, practice: Practice
) -> None:
    waiting = ring(practice.client)

    page = desk.get("/desk/day/").content.decode()

    said = re.search(r'<p id="pop".*?</p>', live.whole(lea, None))
    assert said is not None
    assert said.group() in page
    assert str(waiting.uuid) in said.group()


def test_another_assistants_call_is_never_rendered(lea: User, firm: Firm) -> None:
    theirs = ring(firm.client)

    html = live.whole(lea, theirs.uuid)

    assert 'id="callhead"' not in html
    assert firm.client.short_name not in html


PARTS = ("live-hint", "live-lines", "callhead", "timeline", "board-rest", "figures")


def parts_of(html: str) -> set[str]:
    """The fragments in an answer."""
    return {name for name in PARTS if f'id="{name}"' in html}


def test_an_event_brings_only_what_it_changes(lea: User, practice: Practice, call: Call) -> None:
    agenda = {"name": "agenda.changed", "calendar": "c", "days": "2026-11-24"}
    other = {"name": "call.changed", "call": "another"}
    this = {"name": "call.changed", "call": str(call.uuid)}
    rings = {"name": "call.changed", "call": "another", "state": "ringing"}
    presence = {"name": "presence.changed"}

    parts = [
        (parts_of(live.changed(lea, [event], call.uuid)), parts_of(live.rest(lea, [event])))
        for event in (agenda, other, this, rings, presence, {"name": "delivery.changed"})
    ]

    assert parts == [
        ({"live-hint"}, set()),
        (set(), {"board-rest", "figures", "live-lines"}),
        ({"callhead"}, {"board-rest", "figures", "live-lines"}),
        (set(), {"figures", "live-lines"}),
        (set(), {"figures", "live-lines"}),
        ({"timeline"}, {"board-rest", "figures"}),
    ]


@pytest.mark.parametrize("name", ["line.changed", "roster.changed", "cover.changed"])
def test_pages_about_lines_hear_what_changes_them(lea: User, name: str) -> None:
    assert 'id="live-lines"' in live.rest(lea, [{"name": name}])
    assert 'id="live-lines"' in live.whole(lea, None)


def test_another_call_costs_the_middle_of_a_desk_nothing(
    lea: User, call: Call, django_assert_num_queries: Any
) -> None:
    other = {"name": "call.changed", "call": str(uuid4()), "state": "ringing"}
    assert not live.reaches_the_middle(other, call.uuid)
    with django_assert_num_queries(0):
        assert live.changed(lea, [other], call.uuid) == ""


@pytest.mark.parametrize("name", ["agenda.changed", "message.changed", "call.changed"])
def test_what_concerns_the_call_that_a_desk_shows_reaches_its_middle(call: Call, name: str) -> None:
    event = {"name": name, "call": str(call.uuid)}
    assert live.reaches_the_middle(event, call.uuid)
    assert live.reaches_the_middle(event, None) is (name == "agenda.changed")


def test_a_page_that_says_which_call_it_shows_is_sent_that_call(lea: User, call: Call) -> None:
    opened = {"name": "call.opened", "call": str(call.uuid)}

    assert parts_of(live.changed(lea, [opened], call.uuid)) == {"callhead", "timeline"}


def test_a_hint_names_nobody(lea: User) -> None:
    event = {"name": "agenda.changed", "client": "1", "calendar": "2", "days": "2026-11-24"}

    assert live.changed(lea, [event], None) == (
        '<div id="live-hint" hidden hx-swap-oob="true" data-name="agenda.changed" data-client="1"'
        ' data-calendar="2" data-days="2026-11-24"></div>'
    )
