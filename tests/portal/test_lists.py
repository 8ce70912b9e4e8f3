"""What the practice sees of the assistant's lists: displaced visits, and who waits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from playwright.sync_api import Page, expect

from agenda.models import Absence, Side
from agenda.queries import displaced_by
from agenda.services import (
    add_to_waiting_list,
    block_period,
    cancel_appointment,
    finish_displaced,
    move_appointment,
    note_not_reached,
    note_reached,
    take_displaced,
    unblock,
)
from portal.waiting import displaced_words
from tests.agenda.factories import paris
from tests.browser.server import Site
from tests.factories import make_correspondent
from tests.people import NOW, YESTERDAY, Practice, visit

SignIn = Callable[[Page, Any], None]


@pytest.fixture
def absence(practice: Practice) -> Absence:
    """Three visits lie in a morning that the doctor blocks."""
    for at in ("10:00", "10:20", "10:40"):
        visit(practice, f"2026-11-26 {at}", f"Patiente {at}")
    return block_period(
        calendar=practice.calendar,
        starts_at=paris("2026-11-26 10:00"),
        ends_at=paris("2026-11-26 11:00"),
        by=practice.doctor,
        at=NOW,
    ).absence


@pytest.fixture
def doctor(client: Browser, practice: Practice) -> Browser:
    client.force_login(practice.doctor)
    return client


def page_of(doctor: Browser, absence: Absence) -> str:
    return doctor.get(reverse("portal:absence", args=[absence.uuid])).content.decode()


def wait(practice: Practice, name: str, **fields: Any) -> None:
    person = make_correspondent(practice.client, name, civility="mrs")
    given: dict[str, Any] = {"motive": practice.consultation, "by": practice.lea, "at": YESTERDAY}
    add_to_waiting_list(client=practice.client, correspondent=person, **(given | fields))


def test_blocking_a_period_says_how_many_visits_it_covers_and_who_has_them(
    doctor: Browser, practice: Practice
) -> None:
    visit(practice, "2026-11-26 10:00")
    fields = {
        "from_date": "2026-11-26",
        "from_time": "10:00",
        "to_date": "2026-11-26",
        "to_time": "11:00",
    }

    answer = doctor.post(
        reverse("portal:block", args=[practice.calendar.uuid]), fields, follow=True
    )

    page = answer.content.decode()
    assert "1 rendez-vous tombe dans cette période" in page
    assert "Léa les a sur sa liste\u202f: 0 sur 1." in page


def test_the_assistants_progress_is_told_person_by_person(
    doctor: Browser, practice: Practice, absence: Absence
) -> None:
    first, second, third = displaced_by(absence)
    move_appointment(
        appointment=first.appointment, starts_at=paris("2026-11-27 10:00"), by=None, at=NOW
    )
    note_not_reached(displaced=second, by=practice.lea, at=NOW)

    page = page_of(doctor, absence)

    assert "1 sur 3" in page
    assert "déplacé à vendredi 27 novembre à 10\u00a0h" in page
    assert "pas encore de réponse, 1 essai" in page
    assert page.count("à appeler") == 1
    assert page.count("Déplacer…") == 2
    assert third.is_open


def test_when_all_is_done_it_says_so(doctor: Browser, practice: Practice, absence: Absence) -> None:
    for one in displaced_by(absence):
        finish_displaced(displaced=one, by=practice.lea, at=NOW)

    assert "Tous les rendez-vous concernés sont réglés" in page_of(doctor, absence)


def test_each_state_has_its_words(practice: Practice, absence: Absence) -> None:
    first, second, third = displaced_by(absence)
    take_displaced(displaced=first, by=practice.lea, at=NOW)
    note_reached(displaced=second, by=practice.lea, at=NOW)
    cancel_appointment(appointment=third.appointment, by=None, at=NOW)
    now = [displaced_words(one) for one in displaced_by(absence)]
    unblock(absence=absence, by=None, at=NOW)

    then = [displaced_words(one) for one in displaced_by(absence)]

    assert now == ["Léa appelle", "au courant, un autre jour est cherché", "annulé"]
    assert then[:2] == ["maintenu\u202f: l’absence est levée"] * 2


def test_cancelling_tells_the_doctor_who_waits_for_such_a_slot(
    doctor: Browser, practice: Practice
) -> None:
    cancelled = visit(practice, "2026-11-26 10:00")
    wait(practice, "Aubry")
    wait(practice, "Pressé", is_urgent=True)
    wait(practice, "Soir", part="late")

    answer = doctor.post(
        reverse("portal:cancel", args=[cancelled.uuid]), follow=True
    ).content.decode()
    pane = doctor.get(reverse("portal:appointment", args=[cancelled.uuid])).content.decode()

    assert "2 personnes attendent cette place" in answer
    assert pane.index("Mme Pressé") < pane.index("Mme Aubry")
    assert "Mme Soir" not in pane


def test_where_nobody_waits_nothing_is_said_of_it(doctor: Browser, practice: Practice) -> None:
    cancelled = visit(practice, "2026-11-26 10:00")

    answer = doctor.post(
        reverse("portal:cancel", args=[cancelled.uuid]), follow=True
    ).content.decode()

    assert "attend" not in answer.split('id="done"')[1]
    cancelled.refresh_from_db()
    assert cancelled.status == "cancelled"


@pytest.mark.timeout(120)
@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_the_progress_follows_the_desk_and_axe_finds_nothing(
    new_page: Callable[..., Page],
    sign_in: SignIn,
    axe: Callable[[Page], None],
    screenshots: Path,
    site: Site,
    practice: Practice,
    absence: Absence,
    width: int,
) -> None:
    wait(practice, "Aubry")
    page = new_page(viewport={"width": width, "height": 844})
    sign_in(page, practice.doctor)
    page.goto(reverse("portal:absence", args=[absence.uuid]))
    expect(page.locator("body")).to_have_attribute("data-live", "open")

    note_not_reached(displaced=displaced_by(absence)[0], by=practice.lea, at=NOW)
    expect(page.locator("#pane")).to_contain_text("pas encore de réponse, 1 essai")
    page.screenshot(path=screenshots / f"portal-absence-{width}.png")
    axe(page)

    third = displaced_by(absence)[2].appointment
    cancel_appointment(appointment=third, by=practice.doctor, at=NOW, side=Side.PORTAL)
    expect(page.locator("#pane")).to_contain_text("1 sur 3")
    page.goto(reverse("portal:appointment", args=[third.uuid]))
    axe(page)
