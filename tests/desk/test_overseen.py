"""Who supervises a bureau sees its hand-overs and can end one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils.translation import override

from clients.models import Assignment, AuditEntry, Client, Cover, Membership, User
from clients.models.bureau import Grant
from clients.services.covers import NotHers, call_off_cover, come_back
from desk.queries.overseen import overview
from tests.clients.covers import agree, ask, make_colleague
from tests.factories import make_assistant, make_client, make_user
from tests.people import NOW, Practice

HOUR = timedelta(hours=1)
PAGE = reverse("desk:covers")


@pytest.fixture
def boss(practice: Practice) -> User:
    """She supervises the bureau, and answers nobody."""
    boss = make_user("boss")
    bureau = practice.client.bureau
    Membership.objects.create(bureau=bureau, user=boss, grants=[Grant.SUPERVISE])
    return boss


@pytest.fixture
def claire(practice: Practice) -> User:
    return make_colleague(practice.client.bureau, "claire")


@pytest.fixture
def office(boss: User) -> Browser:
    browser = Browser()
    browser.force_login(boss)
    return browser


def end(browser: Browser, cover: Cover) -> Any:
    return browser.post(reverse("desk:cover_end", args=[cover.uuid]), follow=True)


def test_each_is_listed_with_who_for_whom_until_when_and_whether_it_was_accepted(
    practice: Practice, boss: User, claire: User
) -> None:
    firm = make_client(practice.client.bureau, name="Me Durand")
    Assignment.objects.create(client=firm, user=practice.lea)
    ines, maud = (make_assistant(practice.client, key, rank=2) for key in ("ines", "maud"))
    agree(ines, maud, at=NOW, starts_at=NOW + 2 * HOUR, ends_at=NOW + 3 * HOUR)
    ask(maud, claire, at=NOW, starts_at=NOW + 5 * HOUR)
    agree(practice.lea, claire, at=NOW, ends_at=NOW + HOUR, clients=[firm])
    elsewhere = make_assistant(make_client(name="Ailleurs"), "elsewhere")
    agree(elsewhere, make_colleague(Client.objects.latest("pk").bureau, "beside"), at=NOW)

    with override("en"):
        rows = overview(boss, NOW)

    shown = [(one.kind, one.principal, one.deputy, one.whose, one.when) for one in rows]
    every = "all clients (1)"
    assert shown == [
        ("holds", "Martin-Lea", "Claire", "Me Durand", "until 9:40"),
        ("asked", "Maud", "Claire", every, "from 13:40 until she is back"),
        ("coming", "Ines", "Maud", every, "from 10:40 to 11:40"),
    ]


def test_the_page_says_so_and_keeps_the_note_for_the_two(
    office: Browser, practice: Practice, claire: User
) -> None:
    agree(practice.lea, claire, at=NOW, note="Il pleut chez Vlaminck")

    shown = office.get(PAGE).content.decode()

    assert "Claire à la place de Martin-Lea" in shown
    assert "Vlaminck" not in shown


def test_ending_one_brings_the_clients_back_and_is_kept(
    office: Browser, practice: Practice, boss: User, claire: User
) -> None:
    cover = agree(practice.lea, claire, at=NOW)

    shown = end(office, cover).content.decode()

    cover.refresh_from_db()
    assert (cover.state, cover.ended_at) == (Cover.State.ENDED, NOW)
    assert list(Client.objects.answered_by(claire)) == []
    assert AuditEntry.objects.get(action="cover.ended").by == boss
    assert "Les deux ont été prévenues" in shown


@pytest.mark.parametrize("is_accepted", [True, False])
def test_what_has_not_begun_is_taken_back(
    office: Browser, practice: Practice, claire: User, is_accepted: bool
) -> None:
    make = agree if is_accepted else ask
    cover = make(practice.lea, claire, at=NOW, starts_at=NOW + HOUR)

    end(office, cover)

    cover.refresh_from_db()
    assert (cover.state, cover.withdrawn_at) == (Cover.State.WITHDRAWN, NOW)


def test_what_is_over_already_is_said_and_changes_nothing(
    office: Browser, practice: Practice, claire: User
) -> None:
    cover = agree(practice.lea, claire, at=NOW - HOUR)
    come_back(cover=cover, by=practice.lea, at=NOW - HOUR / 2)

    shown = end(office, cover).content.decode()

    cover.refresh_from_db()
    assert cover.ended_at == NOW - HOUR / 2
    assert "Rien n’a changé" in shown


@pytest.mark.parametrize("grant", [Grant.ANSWER, None])
def test_nobody_else_ends_it(practice: Practice, claire: User, grant: str | None) -> None:
    other = make_user("other")
    bureau = practice.client.bureau if grant else make_client().bureau
    Membership.objects.create(bureau=bureau, user=other, grants=[grant or Grant.SUPERVISE])
    cover = agree(practice.lea, claire, at=NOW)

    with pytest.raises(NotHers):
        call_off_cover(cover=cover, by=other, at=NOW)

    cover.refresh_from_db()
    assert cover.state == Cover.State.ACCEPTED


def test_only_who_supervises_finds_the_page_in_her_menu(
    office: Browser, desk: Browser, boss: User
) -> None:
    assert PAGE in office.get(PAGE).content.decode()
    assert PAGE not in desk.get(reverse("desk:keys")).content.decode()
    assert desk.get(PAGE).status_code == 404


def test_the_page_asks_as_often_for_three_as_for_one(
    office: Browser,
    practice: Practice,
    claire: User,
    assert_same_queries_at_1_and_3: Callable[..., None],
) -> None:
    office.get(PAGE)

    def add() -> None:
        ask(make_assistant(practice.client, rank=2), claire, at=NOW, starts_at=NOW + HOUR)

    assert_same_queries_at_1_and_3(add=add, show=lambda: office.get(PAGE))
