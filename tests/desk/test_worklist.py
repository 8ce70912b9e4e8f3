"""The page « À replacer »: whom an absence displaces, and what each key does about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from agenda.models import Absence, Appointment, Displaced
from agenda.services import (
    block_period,
    cancel_appointment,
    finish_displaced,
    take_displaced,
)
from agenda.services.directives import end_hours
from clients.models import User
from desk import live
from desk.queries.figures import figures
from desk.queries.worklist import worklist
from tests.agenda.factories import book, make_motive, paris
from tests.factories import make_assistant, make_correspondent
from tests.people import NOW, YESTERDAY, Practice, make_practice, visit

Ask = Callable[..., Any]
PAGE = "/desk/worklist/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


def block(practice: Practice, start: str, end: str, **fields: Any) -> Absence:
    given: dict[str, Any] = {"by": practice.doctor, "at": NOW} | fields
    return block_period(
        calendar=practice.calendar, starts_at=paris(start), ends_at=paris(end), **given
    ).absence


@pytest.fixture
def absence(practice: Practice) -> Absence:
    """Dr Martin blocks Tuesday from 9 to 10: three visits, of Mmes Roux, Nguyen and Lefèvre."""
    return block(practice, "2026-11-24 09:00", "2026-11-24 10:00", reason="Formation")


@pytest.fixture
def first(absence: Absence) -> Displaced:
    return Displaced.objects.filter(absence=absence).order_by("was_at")[0]


def path(what: str, displaced: Displaced) -> str:
    return f"{PAGE}{displaced.uuid}/{what}/"


# --- What is listed -------------------------------------------------------------------------------


def test_who_stands_outside_new_hours_is_listed_by_practitioner_with_their_own_progress(
    hx: Ask, lea: User, practice: Practice
) -> None:
    morning = practice.calendar.opening_rules.get(start_time=time(9))
    end_hours(rule=morning, last_day=date(2026, 11, 23), by=practice.doctor, at=NOW)
    rows = Displaced.objects.open().filter(appointment__local_day=date(2026, 11, 24))
    finish_displaced(displaced=rows[0], by=lea, at=NOW)

    [work] = worklist(lea, NOW).works

    assert work.title == "Dr Martin n’a plus d’horaires à ces moments"
    assert (work.reason, work.progress.done) == ("", 1)
    assert work.progress.total == len(work.items) + 1 == Displaced.objects.count()
    moved = path("move", Displaced.objects.open()[0])
    assert hx("post", moved, {"slot": work.items[0].slots[0].value}).status_code == 200
    assert worklist(lea, NOW).works[0].progress.done == 2


@pytest.mark.usefixtures("absence")
def test_each_person_is_listed_with_her_moment_her_number_and_the_nearest_slots(
    lea: User,
) -> None:
    listed = worklist(lea, NOW)

    [work] = listed.works
    item = work.items[0]
    assert [one.who for one in work.items] == [
        "Mme Roux",
        "Mme Nguyen",
        "Mme Lefèvre-Beauregard de la Tour",
    ]
    assert item.when.replace("\u00a0", " ") == "mardi 24 novembre à 9 h"
    assert [one.number for one in item.numbers] == ["+33639981234"]
    assert [slot.when for slot in item.slots] == [
        "mar. 24 nov. 14:00",
        "mar. 24 nov. 14:20",
        "mar. 24 nov. 14:40",
    ]
    assert (listed.further, work.progress.total) == (0, 3)


@pytest.mark.usefixtures("absence")
def test_the_page_links_each_number_and_shows_its_keys(desk: Browser) -> None:
    page = desk.get(PAGE).content.decode()

    assert page.count('href="tel:+33639981234"') == 3
    assert page.count('data-row-key="face_1"') == 3
    assert "N</kbd>" in page


def test_the_practices_reason_stays_the_practices(lea: User, absence: Absence) -> None:
    private = worklist(lea, NOW).works[0].reason
    Absence.objects.filter(pk=absence.pk).update(reason_shared=True)

    assert (private, worklist(lea, NOW).works[0].reason) == ("", "Formation")


def test_a_mothers_number_is_listed_with_her_name(lea: User, practice: Practice) -> None:
    mother = make_correspondent(practice.client, "Aubry", civility="mrs", number="+33639984410")
    child = make_correspondent(practice.client, "Aubry", first_name="Léo")
    book(
        practice.calendar,
        practice.consultation,
        "2026-11-25 10:20",
        correspondent=child,
        caller=mother,
        at=YESTERDAY,
    )
    block(practice, "2026-11-25 10:00", "2026-11-25 11:00")

    [item] = worklist(lea, NOW).works[0].items

    assert [(one.number, one.label) for one in item.numbers] == [("+33639984410", "Mme Aubry")]


def test_one_under_two_absences_is_listed_once(
    lea: User, practice: Practice, absence: Absence
) -> None:
    block(practice, "2026-11-24 09:00", "2026-11-24 09:20")

    items = [one for work in worklist(lea, NOW).works for one in work.items]

    assert len(items) == figures(lea, NOW).to_replace == 3


def test_another_assistants_work_is_neither_listed_nor_counted(lea: User, hx: Ask) -> None:
    other = make_practice("autre")
    visit(other, "2026-11-25 09:00")
    block(other, "2026-11-25 09:00", "2026-11-25 10:00")
    hers = Displaced.objects.get()

    assert worklist(lea, NOW).is_empty
    assert figures(lea, NOW).to_replace == 0
    assert hx("post", path("cancel", hers)).status_code == 404
    assert hx("post", path("note", hers), {"do": "done"}).status_code == 404
    hers.refresh_from_db()
    assert hers.is_open


def test_nothing_to_reschedule_says_what_will_be_listed(desk: Browser) -> None:
    page = desk.get(PAGE).content.decode()

    assert 'class="empty"' in page
    assert "worklist-link" not in page


def test_the_list_asks_as_often_for_three_as_for_one(
    lea: User, practice: Practice, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    days = iter(("25", "26", "27"))

    def add() -> None:
        day = next(days)
        visit(practice, f"2026-11-{day} 10:20")
        block(practice, f"2026-11-{day} 10:00", f"2026-11-{day} 11:00")

    def show() -> None:
        worklist(lea, NOW)
        figures(lea, NOW)

    worklist(lea, NOW)  # what she supervises is remembered on her object

    assert_same_queries_at_1_and_3(add=add, show=show)


# --- What each key does ---------------------------------------------------------------------------


def test_one_key_moves_the_visit_to_an_offered_slot(hx: Ask, lea: User, first: Displaced) -> None:
    slot = worklist(lea, NOW).works[0].items[0].slots[1]

    answer = hx("post", path("move", first), {"slot": slot.value})

    first.refresh_from_db()
    moved = Appointment.objects.get(pk=first.appointment_id)
    assert moved.starts_at == paris("2026-11-24 14:20")
    assert (first.state, first.outcome, first.done_by) == ("done", "moved", lea)
    assert "Mme Roux" not in answer.content.decode().split("displaced-who", 1)[1]
    assert f"/desk/appointments/{moved.uuid}/undo/" in answer.headers["HX-Trigger-After-Settle"]


def test_a_slot_taken_meanwhile_says_why_and_the_list_offers_others(
    hx: Ask, lea: User, practice: Practice, first: Displaced
) -> None:
    slot = worklist(lea, NOW).works[0].items[0].slots[0]
    visit(practice, "2026-11-24 14:00", "Aubry")

    answer = hx("post", path("move", first), {"slot": slot.value})

    first.refresh_from_db()
    assert first.is_open
    assert '"level": "error"' in answer.headers["HX-Trigger-After-Settle"]
    assert slot.value not in answer.content.decode()


def test_cancelling_takes_the_line_away_and_can_be_undone(hx: Ask, first: Displaced) -> None:
    hx("post", path("cancel", first))
    first.refresh_from_db()
    ended = first.outcome

    hx("post", f"/desk/appointments/{first.appointment.uuid}/undo/")

    first.refresh_from_db()
    assert (ended, first.state) == ("cancelled", "to_call")


@pytest.mark.parametrize(
    ("do", "state"),
    [
        ("take", "to_call"),
        ("not_reached", "waiting"),
        ("reached", "reached"),
        ("done", "done"),
    ],
)
def test_what_came_of_ringing_is_kept(
    hx: Ask, lea: User, first: Displaced, do: str, state: str
) -> None:
    hx("post", path("note", first), {"do": do, "note": "répondeur"})

    first.refresh_from_db()
    assert first.state == state
    assert first.note == ("" if do == "take" else "répondeur")


def test_seen_to_is_taken_back_by_its_undo(hx: Ask, first: Displaced) -> None:
    answer = hx("post", path("note", first), {"do": "done"})
    assert path("reopen", first) in answer.headers["HX-Trigger-After-Settle"]

    hx("post", path("reopen", first))

    first.refresh_from_db()
    assert first.state == "to_call"


def test_a_colleague_on_the_telephone_is_named(
    hx: Ask, lea: User, practice: Practice, first: Displaced
) -> None:
    claire = make_assistant(practice.client, "claire", rank=2)
    take_displaced(displaced=first, by=claire, at=NOW)

    page = hx("get", PAGE).content.decode()
    answer = hx("post", path("note", first), {"do": "take"})

    assert "Claire" in page
    assert "Claire" in answer.headers["HX-Trigger-After-Settle"]
    assert worklist(lea, NOW + timedelta(minutes=16)).works[0].items[0].colleague == ""


def test_what_was_settled_meanwhile_is_said(hx: Ask, first: Displaced) -> None:
    cancel_appointment(appointment=first.appointment, by=None, at=NOW)

    answer = hx("post", path("note", first), {"do": "done"})

    assert '"level": "error"' in answer.headers["HX-Trigger-After-Settle"]


@pytest.mark.parametrize(
    ("what", "fields"), [("note", {"do": "fly"}), ("note", {}), ("move", {"slot": "x"})]
)
def test_what_no_button_sends_is_a_bad_request(
    hx: Ask, first: Displaced, what: str, fields: dict[str, str]
) -> None:
    assert hx("post", path(what, first), fields).status_code == 400


def test_without_a_script_a_button_leads_back_to_the_list(desk: Browser, first: Displaced) -> None:
    answer = desk.post(path("note", first), {"do": "done"}, follow=True)

    assert answer.redirect_chain == [(PAGE, 302)]


# --- Live -----------------------------------------------------------------------------------------


def test_the_header_counts_them_and_the_count_comes_live(
    desk: Browser, lea: User, absence: Absence
) -> None:
    page = desk.get("/desk/day/").content.decode()

    counted = re.compile(r'id="worklist-link"[^>]*>[^<]*<b>3</b>')
    assert counted.search(page)
    assert counted.search(live.rest(lea, [{"name": "worklist.changed"}]))
    assert 'id="board-rest"' not in live.rest(lea, [{"name": "worklist.changed"}])


@pytest.mark.usefixtures("absence")
def test_the_list_alone_equals_that_of_a_fresh_page(desk: Browser, hx: Ask) -> None:
    part = TOKEN.sub("", hx("get", PAGE).content.decode()).strip()
    page = TOKEN.sub("", desk.get(PAGE).content.decode())

    assert part.startswith('<section id="worklist"')
    assert part in page


def test_a_visit_of_no_known_motive_is_listed_without_slots(lea: User, practice: Practice) -> None:
    found = book(
        practice.calendar, practice.consultation, "2026-11-25 10:20", booked_for="M. X", at=NOW
    )
    Appointment.objects.filter(pk=found.pk).update(motive=None)
    make_motive(practice.client, name="Autre")
    block(practice, "2026-11-25 10:00", "2026-11-25 11:00")

    [item] = worklist(lea, NOW).works[0].items

    assert (item.who, list(item.slots), list(item.numbers)) == ("M. X", [], [])
