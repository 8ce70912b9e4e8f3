"""The practice's settings of confirmations and reminders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser
from playwright.sync_api import Page, expect

from clients.models import AuditEntry, ClientMember, Correspondent, PracticalInfo
from messages_app.models import NoticeSettings
from tests.agenda.factories import make_calendar
from tests.browser.server import Site
from tests.factories import make_member
from tests.people import Practice, instruct, make_practice, visit

WISHED: dict[str, Any] = {
    "confirmation": "either",
    "cancellation": "sms",
    "reminder": "sms",
    "reminder_count": "2",
    "reminder_unit": "days",
    "reminder_at": "17:30",
    "opens_at": "09:00",
    "closes_at": "19:00",
    "on_holidays": "on",
    "with_link": "on",
    "cancel_hours": "12",
}


@pytest.fixture
def path(practice: Practice) -> str:
    return f"/portal/{practice.client.uuid}/notices/"


@pytest.fixture
def doctor(practice: Practice) -> Browser:
    browser = Browser()
    browser.force_login(practice.doctor)
    return browser


def test_what_the_doctor_wishes_is_kept_and_audited(
    practice: Practice, doctor: Browser, path: str
) -> None:
    instruct(practice.client)
    info = PracticalInfo.objects.get()

    answer = doctor.post(path, WISHED | {"infos": [str(info.uuid)]})

    kept = NoticeSettings.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, path)
    assert (kept.client, kept.calendar, kept.confirmation) == (practice.client, None, "either")
    assert (kept.reminder_count, f"{kept.reminder_at:%H:%M}", kept.cancel_hours) == (2, "17:30", 12)
    assert (kept.on_sundays, kept.on_holidays, list(kept.infos.all())) == (False, True, [info])
    assert AuditEntry.objects.get(action="notices.set").by == practice.doctor


def test_saving_twice_changes_the_same_settings(
    practice: Practice, doctor: Browser, path: str
) -> None:
    doctor.post(path, WISHED)
    doctor.post(path, WISHED | {"reminder": "none"})

    assert NoticeSettings.objects.get().reminder == "none"


def test_a_calendar_gets_its_own_settings_and_follows_again(
    practice: Practice, doctor: Browser, path: str
) -> None:
    doctor.post(path, WISHED)
    other = make_calendar(practice.client, name="Dr Benali")
    own = f"?calendar={other.uuid}"
    assert "suit les réglages de tous" in doctor.get(path + own).text

    doctor.post(path + own, WISHED | {"reminder": "email"})
    assert "a ses propres réglages" in doctor.get(path + own).text
    assert NoticeSettings.objects.get(calendar=other).reminder == "email"
    assert NoticeSettings.objects.get(calendar=None).reminder == "sms"

    doctor.post(path + "shared/" + own)
    assert not NoticeSettings.objects.filter(calendar=other).exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"closes_at": "08:00"}, "La fin précède le début"),
        ({"reminder_wording": "À {heure} le {date}, {nom}"}, "{nom} ne veut rien dire ici"),
        ({"confirmation_wording": "À bientôt !"}, "Il doit dire quand"),
    ],
)
def test_what_makes_no_sense_is_said_beside_the_field(
    doctor: Browser, path: str, typed: dict[str, str], said: str
) -> None:
    answer = doctor.post(path, WISHED | typed)

    assert answer.status_code == 422
    assert said in answer.text
    assert not NoticeSettings.objects.exists()


def test_the_preview_shows_the_sms_as_it_would_leave_and_keeps_nothing(
    doctor: Browser, path: str
) -> None:
    page = doctor.post(path + "preview/", WISHED | {"reminder_wording": "Le {date} à {heure}"}).text

    assert "Le vendredi 27 novembre à 9 h 40" in page
    assert "Rendez-vous pris avec Dr Martin le vendredi 27 novembre" in page
    assert "1 SMS, 32 signes" in page
    assert not NoticeSettings.objects.exists()


def test_the_preview_warns_when_accents_make_it_dear(doctor: Browser, path: str) -> None:
    words = {"reminder_wording": "Être là le {date} à {heure}, c’est mieux pour tous. " + "a" * 60}

    plain = doctor.post(path + "preview/", WISHED | words).text
    exact = doctor.post(path + "preview/", WISHED | words | {"exact_letters": "on"}).text

    assert "70 signes par SMS" not in plain
    assert "70 signes par SMS" in exact
    assert "2 SMS" in exact


@pytest.mark.parametrize("role", ["secretary", "reader"])
def test_only_the_practitioner_decides(practice: Practice, path: str, role: str) -> None:
    member = make_member(practice.client, role)
    ClientMember.objects.filter(pk=member.pk).update(role=role)
    browser = Browser()
    browser.force_login(member.user)

    answers = [
        browser.get(path),
        browser.post(path, WISHED),
        browser.post(path + "preview/", WISHED),
        browser.post(path + "shared/"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4
    link = f'href="{path}"'
    assert link not in browser.get(f"/portal/{practice.client.uuid}/instructions/").text


@pytest.mark.parametrize("screen", [{"width": 1440, "height": 900}, {"width": 390, "height": 844}])
def test_the_preview_follows_what_is_typed(
    site: Site,
    transactional_db: None,
    new_page: Callable[..., Page],
    sign_in: Callable[[Page, Any], None],
    screen: dict[str, int],
) -> None:
    practice = make_practice(crowded=True)
    page = new_page(viewport=screen)
    sign_in(page, practice.doctor)
    page.goto(f"/portal/{practice.client.uuid}/notices/")
    preview = page.locator("#notice-preview")
    expect(preview).to_contain_text("Rien ne part")

    page.get_by_label("Rappel", exact=True).select_option("sms")
    expect(preview).to_contain_text("Rappel : rendez-vous avec Dr Martin")
    page.get_by_label("Votre propre rappel").fill("À {heure} le {date}, à bientôt !")
    expect(preview).to_contain_text("A 9 h 40 le")
    expect(preview).to_contain_text("à bientot !")
    page.get_by_label("Garder tous les accents dans les SMS").check()
    expect(preview).to_contain_text("à bientôt !")
    assert not NoticeSettings.objects.exists()

    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#toasts")).to_contain_text("Enregistré")
    assert NoticeSettings.objects.get().reminder_wording == "À {heure} le {date}, à bientôt !"


def test_who_cancels_is_told_whether_the_patient_will_hear_of_it(
    practice: Practice, doctor: Browser
) -> None:
    NoticeSettings.objects.create(client=practice.client, cancellation="sms")
    one = visit(practice, "2026-11-26 09:40", "Blanc")
    path = f"/portal/appointments/{one.uuid}/"
    by_nobody = doctor.get(path).text
    Correspondent.objects.filter(appointments=one).update(texts="agreed")

    by_text = doctor.get(path).text

    assert ("Qui prévient la personne" in by_nobody, "Qui prévient la personne" in by_text) == (
        True,
        False,
    )
    assert "la personne est prévenue par SMS ou par e-mail" in by_text
