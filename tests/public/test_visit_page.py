"""What a person does with the link to her appointment, without an account."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from agenda.models import Appointment, AppointmentChange, Side
from agenda.queries import unseen_changes
from agenda.services import cancel_appointment, mark_changes_seen, move_appointment
from core.rate_limit import Limit
from messages_app.models import Delivery, NoticeSettings, StoppedAddress
from messages_app.rules.notice_keys import new_key
from public import visits
from tests.agenda.factories import paris
from tests.messages_app.notices.practice import MOBILE, NOW, Practice, make_practice

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The instant that the page takes for now; a test may put another in its place."""
    instants = [NOW]
    monkeypatch.setattr("django.utils.timezone.now", lambda: instants[0])
    return instants


@pytest.fixture
def practice(db: None, now: list[datetime]) -> Practice:
    return make_practice()


@pytest.fixture
def appointment(practice: Practice) -> Appointment:
    return practice.book("2026-11-26 09:40")


@pytest.fixture
def path(appointment: Appointment) -> str:
    """The address in the SMS, without its host."""
    found = re.search(r"http://\S+?(/r/\w+)$", Delivery.objects.get().text)
    assert found is not None
    return found[1]


def answer_to(path: str, what: str, appointment: Appointment) -> int:
    """Press a button of the page that shows this appointment as it was read from the database."""
    visitor = Client(enforce_csrf_checks=True)
    answer = visitor.post(f"{path}/{what}", {"start": appointment.starts_at.isoformat()})
    return answer.status_code


def status_of(appointment: Appointment) -> tuple[str, bool]:
    appointment.refresh_from_db()
    return appointment.status, appointment.is_confirmed


def test_the_link_fits_into_one_sms_with_the_rest(appointment: Appointment) -> None:
    assert len(Delivery.objects.get().text) < 160


def test_the_page_says_with_whom_when_and_where(path: str) -> None:
    page = Client().get(path).text

    assert "<h1>Dr Martin</h1>" in page
    assert "Jeudi 26 novembre" in page
    assert f"9{NBSP}h{NBSP}40" in page
    assert "12, rue des Tilleuls, Lyon" in page


def test_the_page_says_no_more_than_that(path: str) -> None:
    page = Client().get(path).text

    assert not re.search("Lefèvre|Consultation|0639981234|06 39", page)


def test_a_link_preview_changes_nothing(path: str, appointment: Appointment) -> None:
    """Telephones and mail scanners open every link of a text."""
    for method in (Client().get, Client().head):
        for what in ("", "/confirm", "/cancel", "/stop"):
            method(f"{path}{what}")

    assert status_of(appointment) == ("booked", False)
    assert not StoppedAddress.objects.exists()


def test_the_button_confirms_without_cookies(path: str, appointment: Appointment) -> None:
    assert answer_to(path, "confirm", appointment) == 302

    assert status_of(appointment) == ("booked", True)
    page = Client().get(path).text
    assert "Vous l’avez confirmé" in page
    assert "/confirm" not in page


def test_confirming_twice_keeps_the_first_moment(
    path: str, appointment: Appointment, now: list[datetime]
) -> None:
    answer_to(path, "confirm", appointment)
    now[0] = NOW + timedelta(hours=1)
    answer_to(path, "confirm", appointment)

    appointment.refresh_from_db()
    assert appointment.confirmed_at == NOW


def test_a_cancellation_frees_the_place_and_both_sides_are_told(
    path: str, appointment: Appointment, practice: Practice
) -> None:
    assert answer_to(path, "cancel", appointment) == 302

    assert status_of(appointment) == ("cancelled", False)
    change = AppointmentChange.objects.get(kind="cancelled")
    assert (change.side, change.by) == ("public", None)
    for side in (Side.DESK, Side.PORTAL):
        assert change in unseen_changes(practice.client, side=side)
    assert "est annulé" in Client().get(path).text
    practice.book("2026-11-26 09:40", at=NOW)


def test_what_one_side_has_seen_is_news_to_the_other(
    path: str, appointment: Appointment, practice: Practice
) -> None:
    answer_to(path, "cancel", appointment)

    mark_changes_seen(client=practice.client, side=Side.PORTAL, by=practice.lea, at=NOW)

    change = AppointmentChange.objects.get(kind="cancelled")
    assert change not in unseen_changes(practice.client, side=Side.PORTAL)
    assert change in unseen_changes(practice.client, side=Side.DESK)


@pytest.mark.parametrize(
    ("hours", "at", "is_cancelled"),
    [
        (24, "2026-11-25 09:40", True),
        (24, "2026-11-25 09:41", False),
        (0, "2026-11-26 09:39", True),
        (0, "2026-11-26 09:40", False),
        (None, "2026-11-23 10:00", False),
    ],
)
def test_it_cancels_within_the_practices_delay_only(
    path: str,
    appointment: Appointment,
    now: list[datetime],
    hours: int | None,
    at: str,
    is_cancelled: bool,
) -> None:
    NoticeSettings.objects.update(cancel_hours=hours)
    now[0] = paris(at)

    status = answer_to(path, "cancel", appointment)

    assert status == (302 if is_cancelled else 409)
    assert status_of(appointment)[0] == ("cancelled" if is_cancelled else "booked")


def test_later_the_page_gives_the_number_to_ring(path: str, now: list[datetime]) -> None:
    now[0] = paris("2026-11-25 18:00")

    page = Client().get(path).text

    assert "/cancel" not in page
    assert 'href="tel:+33199004010"' in page
    assert f"jusqu’au mercredi 25 novembre à 9{NBSP}h{NBSP}40" in page


def test_a_moved_appointment_says_so_and_shows_its_new_moment(
    path: str, appointment: Appointment, practice: Practice
) -> None:
    move_appointment(
        appointment=appointment, starts_at=paris("2026-11-27 10:00"), by=practice.lea, at=NOW
    )

    page = Client().get(path).text

    assert "Il a été déplacé" in page
    assert "Vendredi 27 novembre" in page


@pytest.mark.parametrize("what", ["confirm", "cancel"])
def test_nobody_answers_for_a_moment_that_she_was_not_shown(
    path: str, appointment: Appointment, practice: Practice, what: str
) -> None:
    move_appointment(
        appointment=Appointment.objects.get(pk=appointment.pk),
        starts_at=paris("2026-11-27 10:00"),
        by=practice.lea,
        at=NOW,
    )

    assert answer_to(path, what, appointment) == 409
    assert status_of(appointment) == ("booked", False)


def test_a_confirmation_does_not_outlive_a_move(
    path: str, appointment: Appointment, practice: Practice
) -> None:
    answer_to(path, "confirm", appointment)

    move_appointment(
        appointment=appointment, starts_at=paris("2026-11-27 10:00"), by=practice.lea, at=NOW
    )

    assert status_of(appointment) == ("booked", False)


def test_a_cancelled_appointment_offers_nothing(
    path: str, appointment: Appointment, practice: Practice
) -> None:
    cancel_appointment(appointment=appointment, by=practice.lea, at=NOW)

    page = Client().get(path).text

    assert "est annulé" in page
    assert not re.search("/confirm|/cancel", page)
    assert answer_to(path, "confirm", appointment) == 409


def test_once_it_has_begun_the_page_says_that_it_is_over(
    path: str, appointment: Appointment, now: list[datetime]
) -> None:
    now[0] = appointment.starts_at

    page = Client().get(path).text

    assert "avait lieu le jeudi 26 novembre" in page
    assert answer_to(path, "confirm", appointment) == 409


def test_long_after_the_visit_the_link_opens_nothing(path: str, now: list[datetime]) -> None:
    now[0] = NOW + timedelta(days=40)

    answer = Client().get(path)

    assert answer.status_code == 410
    assert "Dr Martin" not in answer.text


def test_a_guessed_link_opens_nothing(path: str) -> None:
    answer = Client().get(f"/r/{new_key()}")

    assert answer.status_code == 410
    assert "Ce lien n’ouvre plus" in answer.text


def test_who_guesses_too_often_is_told_to_wait(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "OPENED", Limit("visit", 3, 600))

    codes = [Client().get(f"/r/{new_key()}").status_code for _ in range(4)]

    assert codes == [410, 410, 410, 429]
    assert Client().get(path).status_code == 429
    assert Client(REMOTE_ADDR="198.51.100.9").get(path).status_code == 200


def test_who_wants_no_more_texts_gets_none(
    path: str, appointment: Appointment, practice: Practice
) -> None:
    assert answer_to(path, "stop", appointment) == 302

    assert StoppedAddress.objects.get().address == MOBILE
    assert "Vous ne recevrez plus" in Client().get(path).text
    assert status_of(appointment)[0] == "booked"
    practice.book("2026-11-26 10:00")
    assert Delivery.objects.count() == 1


def test_the_page_speaks_english_to_who_asks_for_it(path: str) -> None:
    by_browser = Client(headers={"Accept-Language": "en"}).get(path).text
    by_switch = Client().get(f"{path}?language=en").text

    for page in (by_browser, by_switch):
        assert '<html lang="en"' in page
        assert "Thursday 26 November" in page
        assert "I confirm that I am coming" in page


def test_the_page_stays_out_of_search_engines_and_of_other_sites(path: str) -> None:
    headers = Client().get(path).headers

    assert headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in headers["Cache-Control"]


def test_the_page_carries_no_script(path: str) -> None:
    assert "<script" not in Client().get(path).text


def test_the_database_does_not_know_the_key(path: str, appointment: Appointment) -> None:
    key = path.rsplit("/", 1)[1]

    assert key not in str(list(appointment.notices.values()))
