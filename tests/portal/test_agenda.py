"""The agenda as the practice reads it and writes in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from agenda.models import Absence, Appointment, AppointmentChange
from clients.models import ClientMember
from portal.diary import runs
from tests.agenda.factories import paris
from tests.factories import make_member
from tests.people import NOW, Practice, make_practice, visit

THIN = "\N{NARROW NO-BREAK SPACE}"
HARD = "\N{NO-BREAK SPACE}"


@pytest.fixture
def calm(db: None) -> Practice:
    """A practice with an empty agenda."""
    return make_practice()


@pytest.fixture
def doctor(calm: Practice) -> Client:
    client = Client()
    client.force_login(calm.doctor)
    return client


def day(practice: Practice, date: str = "2026-11-24", **more: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in ({"day": date} | more).items())
    return f"/portal/{practice.client.uuid}/agenda/?{query}"


def last_change(appointment: Appointment) -> AppointmentChange:
    change = appointment.changes.order_by("-pk").first()
    assert change is not None
    return change


# --- Reading -------------------------------------------------------------------------------------


def test_the_portal_opens_on_the_agenda_where_we_keep_it(calm: Practice, doctor: Client) -> None:
    answer = doctor.get("/portal/")

    assert answer.headers["Location"] == f"/portal/{calm.client.uuid}/agenda/"


def test_a_day_shows_visits_emergency_hours_and_free_time_in_order(
    calm: Practice, doctor: Client
) -> None:
    visit(calm, "2026-11-24 09:00", "Roux")

    page = doctor.get(day(calm)).text

    places = [page.index(words) for words in ("Mme Roux", "Libre jusqu’à 11:00", "Plage d’urgence")]
    assert places == sorted(places)


def test_emergency_hours_say_what_is_taken_and_when_they_open(
    calm: Practice, doctor: Client
) -> None:
    page = doctor.get(day(calm)).text

    assert f"0 place sur 3 prise · ouverte à tous à 10{HARD}h{HARD}30" in page


def test_released_emergency_hours_are_free_time(
    calm: Practice, doctor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: paris("2026-11-24 10:31"))

    page = doctor.get(day(calm)).text

    assert ("Plage d’urgence" in page, "libérée" in page) == (False, True)


def test_the_day_counts_its_visits_and_its_free_places(calm: Practice, doctor: Client) -> None:
    visit(calm, "2026-11-24 09:00")

    assert "1 rendez-vous · 14 places libres sur 15" in doctor.get(day(calm)).text


def test_a_sunday_without_hours_says_what_to_do(calm: Practice, doctor: Client) -> None:
    assert "Rien ce jour-là" in doctor.get(day(calm, "2026-11-29")).text


def test_a_client_without_calendar_is_told_so(firm: Any) -> None:
    client = Client()
    client.force_login(firm.lawyer)

    assert (
        "Aucun agenda n’est encore tenu ici"
        in client.get(f"/portal/{firm.client.uuid}/agenda/").text
    )


def test_a_nonsensical_day_is_today(calm: Practice, doctor: Client) -> None:
    assert "mardi 24 novembre" in doctor.get(day(calm, "someday")).text


def test_free_slots_that_touch_are_one_card(calm: Practice) -> None:
    from portal.agenda import free_on

    slots = free_on(calm.calendar, paris("2026-11-24 12:00").date(), NOW)

    spans = [(run[0].local_start.hour, len(run)) for run in runs(slots)]
    assert spans == [(9, 6), (14, 6)]


def test_what_the_desk_booked_is_new_until_it_is_marked_seen(
    calm: Practice, doctor: Client
) -> None:
    visit(calm, "2026-11-24 09:00")
    before = doctor.get(day(calm)).text

    doctor.post(f"/portal/{calm.client.uuid}/seen/", {"until": NOW.isoformat()})

    after = doctor.get(day(calm)).text
    assert ("nouveau" in before, "nouveau" in after) == (True, False)


def test_what_came_after_the_page_was_made_stays_new(calm: Practice, doctor: Client) -> None:
    visit(calm, "2026-11-24 09:00")  # noted a day ago

    doctor.post(
        f"/portal/{calm.client.uuid}/seen/", {"until": (NOW - timedelta(days=2)).isoformat()}
    )

    assert "nouveau" in doctor.get(day(calm)).text


def test_the_list_asks_as_often_for_three_visits_as_for_one(
    calm: Practice, doctor: Client, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    hours = iter(["09:00", "09:20", "09:40"])
    doctor.get(day(calm))

    assert_same_queries_at_1_and_3(
        add=lambda: visit(calm, f"2026-11-24 {next(hours)}"), show=lambda: doctor.get(day(calm))
    )


def test_the_grid_alone_answers_a_page_that_asks_for_it(calm: Practice, doctor: Client) -> None:
    path = f"/portal/{calm.client.uuid}/week/?day=2026-11-24"

    page = doctor.get(path).text
    part = doctor.get(path, headers={"HX-Request": "true", "HX-Target": "week"}).text

    assert ("<html" in page, "<html" in part) == (True, False)
    assert part.strip() in page


# --- Writing -------------------------------------------------------------------------------------


def test_moving_to_a_day_and_a_time_tells_where_it_went_and_offers_the_way_back(
    calm: Practice, doctor: Client
) -> None:
    blanc = visit(calm, "2026-11-24 14:00", "Blanc", "mr")

    page = doctor.post(
        f"/portal/appointments/{blanc.uuid}/move/",
        {"date": "2026-11-24", "time": "15:00", "expected": blanc.starts_at.isoformat()},
        follow=True,
    ).text

    blanc.refresh_from_db()
    assert blanc.starts_at == paris("2026-11-24 15:00")
    assert f"M. Blanc{THIN}: déplacé à 15{HARD}h — Léa est prévenue" in page
    assert f"/portal/changes/{last_change(blanc).uuid}/undo/" in page


def test_the_move_form_offers_free_slots_and_takes_one(calm: Practice, doctor: Client) -> None:
    blanc = visit(calm, "2026-11-24 14:00")
    slot = f"{calm.calendar.uuid}@2026-11-24T14:20:00+0000"

    form = doctor.get(f"/portal/appointments/{blanc.uuid}/move/").text
    doctor.post(f"/portal/appointments/{blanc.uuid}/move/", {"slot": slot})

    blanc.refresh_from_db()
    assert form.count('name="slot"') == 6
    assert blanc.starts_at == paris("2026-11-24 15:20")


def test_a_taken_moment_is_refused_in_words_and_changes_nothing(
    calm: Practice, doctor: Client
) -> None:
    visit(calm, "2026-11-24 15:00")
    blanc = visit(calm, "2026-11-24 14:00")

    answer = doctor.post(
        f"/portal/appointments/{blanc.uuid}/move/", {"date": "2026-11-24", "time": "15:00"}
    )

    blanc.refresh_from_db()
    assert answer.status_code == 409
    assert "il y a un rendez-vous de 15" in answer.text
    assert blanc.starts_at == paris("2026-11-24 14:00")


def test_who_looked_at_an_older_place_is_told_that_it_moved(calm: Practice, doctor: Client) -> None:
    blanc = visit(calm, "2026-11-24 14:00")
    seen = paris("2026-11-24 14:20").isoformat()

    answer = doctor.post(
        f"/portal/appointments/{blanc.uuid}/move/",
        {"date": "2026-11-24", "time": "15:00", "expected": seen},
    )

    assert answer.status_code == 409


def test_a_move_without_a_moment_is_asked_again(calm: Practice, doctor: Client) -> None:
    blanc = visit(calm, "2026-11-24 14:00")

    answer = doctor.post(f"/portal/appointments/{blanc.uuid}/move/", {})

    assert answer.status_code == 422
    assert "Choisissez un créneau" in answer.text


def test_the_grids_script_is_answered_in_words(calm: Practice, doctor: Client) -> None:
    blanc = visit(calm, "2026-11-24 14:00", "Blanc", "mr")
    drop = {"calendar": str(calm.calendar.uuid), "date": "2026-11-24", "time": "15:00"}
    accept = {"Accept": "application/json"}

    done = doctor.post(f"/portal/appointments/{blanc.uuid}/move/", drop, headers=accept)
    again = doctor.post(
        f"/portal/appointments/{blanc.uuid}/move/", drop | {"time": "03:00"}, headers=accept
    )

    assert done.json() == {
        "text": f"M. Blanc{THIN}: déplacé à 15{HARD}h",
        "done": str(last_change(blanc).uuid),
    }
    assert (again.status_code, bool(again.json()["text"])) == (409, True)


def test_what_was_moved_can_be_taken_back(calm: Practice, doctor: Client) -> None:
    blanc = visit(calm, "2026-11-24 14:00")
    doctor.post(f"/portal/appointments/{blanc.uuid}/move/", {"date": "2026-11-24", "time": "15:00"})

    doctor.post(f"/portal/changes/{last_change(blanc).uuid}/undo/")

    blanc.refresh_from_db()
    assert blanc.starts_at == paris("2026-11-24 14:00")


def test_only_the_last_change_can_be_taken_back(calm: Practice, doctor: Client) -> None:
    blanc = visit(calm, "2026-11-24 14:00")
    booked = last_change(blanc)
    doctor.post(f"/portal/appointments/{blanc.uuid}/move/", {"date": "2026-11-24", "time": "15:00"})

    answer = doctor.post(f"/portal/changes/{booked.uuid}/undo/")

    assert answer.status_code == 409
    assert "notice-danger" in answer.text


def test_cancelling_frees_the_time_and_can_be_taken_back(calm: Practice, doctor: Client) -> None:
    blanc = visit(calm, "2026-11-24 14:00")

    page = doctor.post(f"/portal/appointments/{blanc.uuid}/cancel/", follow=True).text
    blanc.refresh_from_db()
    assert (blanc.status, "Annuler</button>" in page) == ("cancelled", True)

    doctor.post(f"/portal/changes/{last_change(blanc).uuid}/undo/")
    blanc.refresh_from_db()
    assert blanc.status == "booked"


def test_cancelling_twice_says_that_it_was_cancelled(calm: Practice, doctor: Client) -> None:
    blanc = visit(calm, "2026-11-24 14:00")
    doctor.post(f"/portal/appointments/{blanc.uuid}/cancel/")

    answer = doctor.post(f"/portal/appointments/{blanc.uuid}/cancel/")

    assert answer.status_code == 409


@pytest.mark.parametrize("was", ["came", "no_show"])
def test_who_came_and_who_did_not_is_noted(calm: Practice, doctor: Client, was: str) -> None:
    blanc = visit(calm, "2026-11-24 09:00")

    doctor.post(f"/portal/appointments/{blanc.uuid}/attendance/", {"was": was})

    blanc.refresh_from_db()
    assert blanc.status == was


def test_booking_a_free_slot_writes_the_visit_on_the_practices_side(
    calm: Practice, doctor: Client
) -> None:
    fields = {
        "book-booked_for": "M. Dubois",
        "book-motive": str(calm.consultation.uuid),
        "book-date": "2026-11-24",
        "book-time": "14:20",
        "book-note": "",
    }

    doctor.post(f"/portal/calendars/{calm.calendar.uuid}/book/", fields)

    booked = Appointment.objects.get()
    assert (booked.shown_name, booked.starts_at, booked.source, booked.booked_by) == (
        "M. Dubois",
        paris("2026-11-24 14:20"),
        "portal",
        calm.doctor,
    )


def test_booking_keeps_what_was_typed_when_it_is_refused(calm: Practice, doctor: Client) -> None:
    visit(calm, "2026-11-24 14:20")
    fields = {
        "book-booked_for": "M. Dubois",
        "book-motive": str(calm.consultation.uuid),
        "book-date": "2026-11-24",
        "book-time": "14:20",
    }

    answer = doctor.post(f"/portal/calendars/{calm.calendar.uuid}/book/", fields)

    assert answer.status_code == 409
    assert 'value="M. Dubois"' in answer.text


def test_blocking_a_period_gives_no_slot_in_it(calm: Practice, doctor: Client) -> None:
    page = doctor.post(
        f"/portal/calendars/{calm.calendar.uuid}/block/",
        {
            "from_date": "2026-11-24",
            "from_time": "14:00",
            "to_date": "2026-11-24",
            "to_time": "16:00",
            "reason": "Réunion",
        },
        follow=True,
    ).text

    assert Absence.objects.get().period == (paris("2026-11-24 14:00"), paris("2026-11-24 16:00"))
    assert "Libre jusqu’à 16:00" not in page
    assert "Léa est prévenue" in page


def test_blocking_over_visits_leads_to_them(calm: Practice, doctor: Client) -> None:
    visit(calm, "2026-11-24 14:20", "Blanc", "mr")

    page = doctor.post(
        f"/portal/calendars/{calm.calendar.uuid}/block/",
        {
            "from_date": "2026-11-24",
            "from_time": "14:00",
            "to_date": "2026-11-24",
            "to_time": "16:00",
        },
        follow=True,
    ).text

    assert "1 rendez-vous tombe dans cette période" in page
    assert "M. Blanc" in page


def test_a_block_that_ends_before_it_begins_is_asked_again(calm: Practice, doctor: Client) -> None:
    answer = doctor.post(
        f"/portal/calendars/{calm.calendar.uuid}/block/",
        {
            "from_date": "2026-11-24",
            "from_time": "16:00",
            "to_date": "2026-11-24",
            "to_time": "14:00",
        },
    )

    assert (answer.status_code, Absence.objects.count()) == (422, 0)


def test_blocked_time_can_be_given_back(calm: Practice, doctor: Client) -> None:
    doctor.post(
        f"/portal/calendars/{calm.calendar.uuid}/block/",
        {
            "from_date": "2026-11-24",
            "from_time": "14:00",
            "to_date": "2026-11-24",
            "to_time": "16:00",
        },
    )

    page = doctor.post(f"/portal/absences/{Absence.objects.get().uuid}/unblock/", follow=True).text

    assert "Libre jusqu’à 16:00" in page


def test_a_free_slot_of_the_grid_opens_with_its_moment(calm: Practice, doctor: Client) -> None:
    slot = f"{calm.calendar.uuid}%402026-11-24T13:00:00%2B0000"

    page = doctor.get(f"/portal/{calm.client.uuid}/free/?slot={slot}").text

    assert 'value="14:00"' in page


@pytest.mark.parametrize("slot", ["", "nonsense", "nonsense@2026", "@2026-11-24T13:00:00"])
def test_a_slot_that_cannot_be_read_does_not_exist(
    calm: Practice, doctor: Client, slot: str
) -> None:
    assert doctor.get(f"/portal/{calm.client.uuid}/free/?slot={slot}").status_code == 404


# --- A reader only reads -------------------------------------------------------------------------


@pytest.fixture
def reader(calm: Practice) -> Client:
    user = make_member(calm.client, "trainee", role=ClientMember.Role.READER).user
    client = Client()
    client.force_login(user)
    return client


def test_a_reader_sees_the_day_and_nothing_to_change_it_with(
    calm: Practice, reader: Client
) -> None:
    blanc = visit(calm, "2026-11-24 14:00")

    page = reader.get(f"/portal/appointments/{blanc.uuid}/").text

    assert ("Mme Roux" in page, "Déplacer…" in page) == (True, False)


def test_a_reader_changes_nothing(calm: Practice, reader: Client) -> None:
    blanc = visit(calm, "2026-11-24 14:00")

    answers = [
        reader.post(f"/portal/appointments/{blanc.uuid}/move/").status_code,
        reader.post(f"/portal/appointments/{blanc.uuid}/cancel/").status_code,
        reader.post(f"/portal/calendars/{calm.calendar.uuid}/block/").status_code,
        reader.post(f"/portal/calendars/{calm.calendar.uuid}/book/").status_code,
        reader.post(f"/portal/changes/{last_change(blanc).uuid}/undo/").status_code,
    ]

    assert answers == [403] * 5
