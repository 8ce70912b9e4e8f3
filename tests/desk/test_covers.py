"""Handing over at the desk: asking, answering, what both desks say, what is open and was done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils.translation import override

from calls.models import Call, Presence
from clients.models import Cover, User
from clients.services.covers import come_back, decline_cover, note_turns
from desk import live
from desk.consumers import DeskConsumer
from desk.queries.covers import bands
from desk.queries.handed_along import handed_along
from tests.clients.covers import agree, ask, make_colleague
from tests.desk.calls import ring
from tests.desk.conftest import HTMX
from tests.desk.test_ringing_out import try_in_vain
from tests.factories import make_assistant
from tests.people import NOW, Firm, Practice, visit

HOUR = timedelta(hours=1)
ASK = reverse("desk:hand_over")
OF_A_CALL = ("call", "aims", "people", "week", "slots", "series")


def act(name: str, cover: Cover) -> str:
    return reverse(f"desk:{name}", args=[cover.uuid])


@pytest.fixture
def claire(practice: Practice) -> User:
    """A colleague who answers no client, at her desk."""
    claire = make_colleague(practice.client.bureau, "claire")
    Presence.objects.create(user=claire, state=Presence.State.AVAILABLE)
    return claire


@pytest.fixture
def other_desk(claire: User) -> Browser:
    browser = Browser()
    browser.force_login(claire)
    return browser


def kinds(user: User, ago: timedelta = timedelta()) -> list[str]:
    return [band.kind for band in bands(user, NOW + ago)]


def fields(practice: Practice, deputy: User, **more: str) -> dict[str, Any]:
    return {"deputy": str(deputy.uuid), "clients": [str(practice.client.uuid)], **more}


def test_the_dialog_offers_her_deputy_first_and_says_who_is_at_her_desk(
    hx: Callable[..., Any], practice: Practice, claire: User
) -> None:
    ines = make_assistant(practice.client, "ines", rank=2, presence=Presence.State.PAUSED)

    shown = hx("get", ASK).content.decode()

    form = hx("get", ASK).context["form"]
    assert [label for _uuid, label in form.fields["deputy"].choices] == [
        "Ines · en pause",
        "Claire · disponible",
    ]
    assert form.initial["deputy"] == str(ines.uuid)
    assert 'id="dialog-title"' in shown


def test_a_colleague_is_asked_for_all_from_now_until_the_return(
    hx: Callable[..., Any], practice: Practice, claire: User
) -> None:
    answer = hx("post", ASK, fields(practice, claire, note="Mme Roux rappelle à 9 h"))

    cover = Cover.objects.get()
    assert (answer.status_code, cover.state, cover.for_all) == (200, "proposed", True)
    assert (cover.starts_at, cover.ends_at) == (NOW, None)
    assert cover.note == "Mme Roux rappelle à 9 h"
    assert "cover:done" in answer.headers["HX-Trigger-After-Settle"]


def test_some_clients_are_handed_over_for_a_time_written_as_the_clock_shows_it(
    desk: Browser, both: User, practice: Practice, claire: User
) -> None:
    times = {"starts_at": "2026-11-24T12:00", "ends_at": "2026-11-24T14:00"}

    answer = desk.post(ASK, fields(practice, claire, **times))

    cover = Cover.objects.get()
    assert answer.status_code == 302
    assert (cover.for_all, list(cover.clients.all())) == (False, [practice.client])
    assert [f"{one:%H:%M}" for one in (cover.starts_at, cover.ends_at) if one] == ["11:00", "13:00"]


def test_what_can_not_be_is_refused_with_a_sentence_and_what_was_typed_stays(
    hx: Callable[..., Any], practice: Practice, claire: User
) -> None:
    over = hx("post", ASK, fields(practice, claire, ends_at="2026-11-24T08:00", note="Voilà"))
    agree(practice.lea, claire, at=NOW)
    twice = hx("post", ASK, fields(practice, claire))

    assert (over.status_code, twice.status_code) == (422, 422)
    assert "Voilà" in over.content.decode()
    assert "field-error" in over.content.decode()
    assert "Claire" in str(twice.context["form"].non_field_errors())


def test_who_works_alone_is_told_that_nobody_can_take_over(hx: Callable[..., Any]) -> None:
    assert "hand-over-form" not in hx("get", ASK).content.decode()


def test_the_colleague_accepts_by_her_key_and_is_led_to_what_is_open(
    other_desk: Browser, practice: Practice, claire: User
) -> None:
    cover = ask(practice.lea, claire, at=NOW, ends_at=NOW + HOUR)
    before = other_desk.get(reverse("desk:home")).content.decode()

    answer = other_desk.post(act("cover_accept", cover), headers=HTMX)

    assert 'data-key="cover_accept"' in before
    assert 'data-key="cover_decline"' in before
    assert "cover:show" in answer.headers["HX-Trigger-After-Settle"]
    assert f'id="cover-{cover.uuid}"' in answer.content.decode()
    cover.refresh_from_db()
    assert cover.holds(NOW)


@pytest.mark.parametrize("name", ["cover_accept", "cover_decline"])
def test_the_principal_can_not_answer_in_her_place(
    desk: Browser, practice: Practice, claire: User, name: str
) -> None:
    cover = ask(practice.lea, claire, at=NOW)

    answer = desk.post(act(name, cover), headers=HTMX)

    cover.refresh_from_db()
    assert (answer.status_code, cover.state) == (200, "proposed")
    assert '"error"' in answer.headers["HX-Trigger-After-Settle"]


def test_without_script_accepting_leads_to_the_page(
    other_desk: Browser, practice: Practice, claire: User
) -> None:
    cover = ask(practice.lea, claire, at=NOW)

    answer = other_desk.post(act("cover_accept", cover))

    assert answer.headers["Location"] == act("cover", cover)


def test_both_desks_say_how_it_stands_at_each_moment(practice: Practice, claire: User) -> None:
    lea = practice.lea
    cover = ask(lea, claire, at=NOW, starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)
    asked = (kinds(lea), kinds(claire))
    Cover.objects.filter(pk=cover.pk).update(state="accepted", accepted_at=NOW)
    moments = [kinds(one, hours * HOUR) for hours in (0, 1, 2) for one in (lea, claire)]
    note_turns(at=NOW + 2 * HOUR)

    assert asked == (["waits"], ["asked"])
    assert moments == [
        ["coming"],
        ["coming"],
        ["holds_mine"],
        ["holds_hers"],
        ["over"],
        ["over"],
    ]
    assert kinds(lea, 2 * HOUR) == ["over"]
    assert kinds(lea, 3 * HOUR) == []


def test_a_refusal_is_said_to_who_asked(practice: Practice, claire: User) -> None:
    decline_cover(cover=ask(practice.lea, claire, at=NOW), by=claire, at=NOW)

    assert (kinds(practice.lea), kinds(claire)) == (["declined"], [])


def test_the_words_name_the_other_and_the_end(practice: Practice, claire: User) -> None:
    agree(practice.lea, claire, at=NOW, ends_at=NOW + HOUR)

    with override("en"):
        [mine], [hers] = bands(practice.lea, NOW), bands(claire, NOW)

    assert mine.text == "Claire answers for you until 9:40."
    assert hers.text == "You answer for Léa until 9:40."


def test_she_takes_her_clients_back_and_is_led_to_what_was_done(
    desk: Browser, practice: Practice, claire: User
) -> None:
    cover = agree(practice.lea, claire, at=NOW - HOUR)
    call = ring(practice.client, by=claire, ago=600, ended="answered")

    answer = desk.post(act("cover_back", cover), headers=HTMX)
    page = desk.get(act("cover", cover)).content.decode()

    cover.refresh_from_db()
    assert (cover.state, cover.ended_at) == ("ended", NOW)
    assert "cover:show" in answer.headers["HX-Trigger-After-Settle"]
    assert str(call.uuid) in page


def test_what_is_open_is_handed_along_both_ways(practice: Practice, claire: User) -> None:
    missed = ring(practice.client, "+33639984499", ended="missed")
    cover = agree(practice.lea, claire, at=NOW - HOUR)

    to_her, to_lea = (handed_along(cover, one, NOW) for one in (claire, practice.lea))

    assert [card.uuid for card in to_her.callbacks] == [missed.uuid]
    assert [card.uuid for card in to_lea.callbacks] == [missed.uuid]
    assert to_her.is_clear is False


def test_it_is_told_who_did_what_while_it_lasted(practice: Practice, claire: User) -> None:
    cover = agree(practice.lea, claire, at=NOW - HOUR)
    ring(practice.client, by=claire, ago=600, ended="answered")
    ring(practice.client, by=claire, ago=300, ended="answered")
    ring(practice.client, by=practice.lea, ago=200, ended="answered")
    ring(practice.client, by=practice.lea, ago=7200, ended="answered")

    deeds = handed_along(cover, practice.lea, NOW).deeds

    assert [(one.name, one.calls) for one in deeds] == [("Claire", 2), ("Léa", 1)]


def test_a_hand_over_shows_how_those_to_be_rung_back_were_tried(
    other_desk: Browser, practice: Practice, claire: User
) -> None:
    cover = agree(practice.lea, claire, at=NOW - HOUR)
    try_in_vain(ring(practice.client, ended="missed"), practice.lea, minutes=0)

    page = other_desk.get(act("cover", cover))

    assert [card.tried != "" for card in page.context["handed"].callbacks] == [True]
    assert page.content.decode().count('class="tried"') == 2  # on the board as well


def test_after_the_end_the_colleague_sees_nothing_of_the_clients(
    other_desk: Browser, practice: Practice, claire: User
) -> None:
    cover = agree(practice.lea, claire, at=NOW - HOUR)
    ring(practice.client, by=None, ended="missed")
    come_back(cover=cover, by=practice.lea, at=NOW)

    page = other_desk.get(act("cover", cover))

    handed = page.context["handed"]
    assert (handed.is_closed, handed.callbacks, handed.calls, handed.deeds) == (True, [], [], [])


def test_the_note_is_for_the_two_of_them_only(practice: Practice, claire: User) -> None:
    cover = ask(practice.lea, claire, at=NOW)
    stranger = Browser()
    stranger.force_login(make_assistant(practice.client, "ines", rank=2))

    answers = [stranger.get(act("cover", cover)), stranger.post(act("cover_accept", cover))]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_an_open_desk_shows_a_request_at_once(practice: Practice, claire: User) -> None:
    cover = ask(practice.lea, claire, at=NOW)

    sent = live.covers(claire)

    assert f'id="cover-{cover.uuid}"' in sent
    assert 'id="covers"' in live.whole(claire, None)


def test_an_open_desk_follows_what_began_and_ended(practice: Practice, claire: User) -> None:
    ring(practice.client)
    cover = agree(practice.lea, claire, at=NOW)
    begun = live.covers(claire)
    come_back(cover=cover, by=practice.lea, at=NOW)

    ended = live.covers(claire)

    assert ("cover-holds_hers" in begun, "cover-holds_hers" in ended) == (True, False)


def test_who_answers_for_whom_is_sent_before_what_can_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    event = {"name": "cover.changed"}
    monkeypatch.setattr(live, "covers", lambda user: "Claire answers for Léa")

    class Desk(DeskConsumer):
        user = None

        async def render(self, function: Callable[..., Any], *arguments: Any) -> Any:
            return function(self.user, *arguments)

        async def send_html(self, html: str) -> None:
            sent.append(html)

    async def hear() -> None:
        desk = Desk()
        desk.rest.note = lambda *events: sent.append("the rest")  # type: ignore[method-assign]
        await desk.send_changes([event])

    asyncio.run(hear())

    assert sent == ["Claire answers for Léa", "the rest"]


def test_a_call_in_her_hands_stays_on_her_desk_when_its_client_leaves_it(
    other_desk: Browser, practice: Practice, claire: User
) -> None:
    cover = agree(practice.lea, claire, at=NOW)
    mine, others = ring(practice.client, by=claire), ring(practice.client)
    come_back(cover=cover, by=practice.lea, at=NOW)

    pages = [other_desk.get(reverse("desk:call", args=[one.uuid])) for one in (mine, others)]
    noted = other_desk.post(
        reverse("desk:disposition", args=[mine.uuid]), {"disposition": "information"}, headers=HTMX
    )

    assert [page.status_code for page in pages] == [200, 404]
    assert noted.status_code == 200
    assert str(mine.uuid) in other_desk.get(reverse("desk:home"), follow=True).content.decode()


def test_what_a_call_in_her_hands_needs_stays_open_until_it_is_over_and_written_up(
    other_desk: Browser, practice: Practice, claire: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    cover = agree(practice.lea, claire, at=NOW)
    call = ring(practice.client, by=claire)
    booked = visit(practice, "2026-11-27 15:00")
    assert booked.correspondent is not None
    come_back(cover=cover, by=practice.lea, at=NOW)
    addresses = [
        *[reverse(f"desk:{name}", args=[call.uuid]) for name in OF_A_CALL],
        reverse("desk:appointment", args=[booked.uuid]),
        reverse("desk:correspondent", args=[booked.correspondent.uuid]),
    ]

    def opened(at: datetime) -> set[int]:
        monkeypatch.setattr("django.utils.timezone.now", lambda: at)
        return {other_desk.get(one, headers=HTMX).status_code for one in addresses}

    # The call lasts far longer than the quarter of an hour that is for writing it up.
    talking = opened(NOW + HOUR)
    cancelled = other_desk.post(reverse("desk:cancel", args=[booked.uuid]), headers=HTMX)
    Call.objects.update(state="ended", ending="answered", ended_at=NOW + HOUR)
    writing = opened(NOW + HOUR + timedelta(minutes=14))
    closed = opened(NOW + HOUR + timedelta(minutes=15))

    assert (talking, cancelled.status_code, writing, closed) == ({200}, 200, {200}, {404})


def test_a_call_in_her_hands_opens_its_own_client_only(
    other_desk: Browser, practice: Practice, firm: Firm, claire: User
) -> None:
    ring(firm.client, by=claire)
    booked = visit(practice, "2026-11-27 15:00")

    assert other_desk.get(reverse("desk:appointment", args=[booked.uuid])).status_code == 404
