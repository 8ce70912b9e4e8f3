"""The appointment face while a caller says when she can come, and what can't be had."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from agenda.models import Appointment, AppointmentSeries, Motive
from calls.models import Call
from clients.models import User
from messages_app.models import CallFile
from messages_app.services.files import holds_something
from tests.agenda.factories import make_calendar, paris
from tests.desk.calls import at, ring
from tests.desk.test_booking import booked, slot, typed
from tests.factories import make_correspondent
from tests.people import NOW, Firm, Practice, visit

Ask = Callable[..., Any]
SENT = {"wish_sent": "1"}


def listed(page: str) -> list[str]:
    """The moments offered, as the list writes them."""
    return [part.split("</b>")[0] for part in page.split("<span><b>")[1:]]


def refused(page: str) -> str:
    """Why the moment typed can't be had."""
    _before, box, rest = page.partition('<div role="alert">')
    return rest.split("</div>")[0] if box else ""


def ask(hx: Ask, call: Call, **asked: Any) -> str:
    return str(hx("get", at("slots", call), SENT | asked).content.decode())


# --- What she wishes ------------------------------------------------------------------------------


def test_only_what_is_wished_is_offered(hx: Ask, call: Call) -> None:
    page = ask(hx, call, wish_hours="-12:00", wish_day=["2"])

    assert listed(page) == [
        "mer. 25 nov. 9:20",
        "mer. 25 nov. 9:40",
        "mer. 25 nov. 10:00",
        "mer. 25 nov. 10:20",
    ]


def test_what_was_typed_becomes_the_wishes(hx: Ask, call: Call) -> None:
    page = ask(hx, call, wish_text="jeudi après 15 h", wish_hours="-12:00", wish_day=["2"])

    assert listed(page)[:2] == ["jeu. 26 nov. 15:00", "jeu. 26 nov. 15:20"]
    assert 'name="wish_hours" value="15:00-" checked' in page
    assert page.count("checked") == 2


def test_wishes_are_kept_while_the_call_lasts_and_are_nobodys_unfinished_work(
    hx: Ask, call: Call, practice: Practice
) -> None:
    ask(hx, call, wish_text="jeudi après 15 h")

    again = hx("get", at("call", call)).content.decode()
    other = hx("get", at("call", ring(practice.client, "+33639984499", by=practice.lea)))

    assert listed(again)[:1] == ["jeu. 26 nov. 15:00"]
    assert listed(other.content.decode())[:1] == ["mar. 24 nov. 14:00"]
    hx("post", at("draft", call, "appointment"), SENT | {"wish_hours": "17:00-"})
    assert not holds_something(CallFile.objects.get(call=call))


def test_the_wishes_outlast_a_booking(hx: Ask, call: Call, practice: Practice) -> None:
    asked = typed(practice) | SENT | {"wish_hours": "15:00-"}

    page = hx("post", at("book", call), asked).content.decode()

    assert 'name="wish_hours" value="15:00-" checked' in page


def test_words_that_say_nothing_are_told_and_change_nothing(hx: Ask, call: Call) -> None:
    page = ask(hx, call, wish_text="bientôt", wish_hours="15:00-")

    assert 'id="when-unclear"' in page
    assert 'value="bientôt"' in page
    assert listed(page)[0] == "mar. 24 nov. 15:00"


def test_what_is_being_typed_is_not_taken_away_by_a_refresh(hx: Ask, call: Call) -> None:
    assert 'id="wishes"' not in ask(hx, call)


def test_nothing_as_wished_is_said_so(hx: Ask, call: Call) -> None:
    page = ask(hx, call, wish_hours="20:00-")

    assert "Aucun créneau libre à ces souhaits" in page


def test_any_practitioner_of_the_practice_may_be_asked_for(
    hx: Ask, call: Call, practice: Practice
) -> None:
    make_calendar(practice.client, name="Dr Benali", position=1)

    page = ask(hx, call, calendar="all", wish_text="mardi à partir de 16 h")

    assert listed(page)[0] == "mar. 24 nov. 16:00"
    assert "<small>Dr Benali</small>" in page


@pytest.mark.parametrize(
    "odd",
    [
        {"wish_hours": "25:00-99"},
        {"wish_day": ["9", "x"]},
        {"wish_from": "never"},
        {"wish_at": "x y z"},
        {"wish_at": "0 2026-11-24 14:10"},
    ],
)
def test_odd_wishes_are_none(hx: Ask, call: Call, odd: dict[str, Any]) -> None:
    assert hx("get", at("slots", call), SENT | odd).status_code == 200


# --- What can't be had says why -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("14 h 10", "Aucun créneau ne commence à cette heure."),
        ("demain 9 h", "il y a un rendez-vous de 9\xa0h à 9\xa0h\xa020"),
        ("demain 11 h 20", "Réservé aux urgences"),
        ("demain 12 h 20", "En dehors des plages"),
    ],
)
def test_a_typed_moment_that_is_refused_says_which_rule_stands_in_the_way(
    hx: Ask, call: Call, said: str, why: str
) -> None:
    page = ask(hx, call, wish_text=said)

    assert why.replace("\xa0", " ") in refused(page).replace("\xa0", " ")
    assert 'id="slot-forced"' in page


def test_a_long_motive_says_that_it_is_too_long(hx: Ask, call: Call, practice: Practice) -> None:
    long = Motive.objects.create(client=practice.client, name="Bilan", minutes=40, position=9)

    page = ask(hx, call, motive=str(long.uuid), wish_text="demain 10 h 40")

    assert "Trop long" in refused(page)


def test_a_typed_moment_that_is_free_is_chosen(hx: Ask, call: Call, practice: Practice) -> None:
    answer = hx("get", at("slots", call), SENT | {"wish_text": "15 h"})

    name = slot(practice, "2026-11-24 15:00")
    assert f'value="{name}" checked' in answer.content.decode()
    assert name in answer.headers["HX-Trigger-After-Settle"]


def test_a_moment_pointed_at_in_the_week_says_why(hx: Ask, call: Call, practice: Practice) -> None:
    pointed = SENT | {"wish_at": f"{practice.calendar.uuid} 2026-11-24 12:30"}

    words = hx("get", at("why", call), pointed).content.decode().split("\n")

    assert words[0] == "mar. 24 nov. 12:30"
    assert words[1].startswith("En dehors des plages")


def test_a_moment_is_booked_against_the_rules_with_a_stated_reason(
    hx: Ask, call: Call, practice: Practice
) -> None:
    between = typed(practice, slot=slot(practice, "2026-11-24 14:10"))

    without = hx("post", at("book", call), between)
    stated = hx("post", at("book", call), between | {"override_reason": "entre deux patients"})

    assert (without.status_code, stated.status_code) == (422, 200)
    made = Appointment.objects.get(call_files__call=call)
    assert made.override_reason == "entre deux patients"
    assert "contre les règles" in stated.content.decode()


# --- What the motive says -------------------------------------------------------------------------


def test_the_motives_question_and_advice_are_said_at_their_moment(
    hx: Ask, call: Call, practice: Practice
) -> None:
    Motive.objects.filter(pk=practice.consultation.pk).update(
        question="À jeun ?", advice="Apportez la carte Vitale."
    )

    asked = ask(hx, call)
    answer = hx("post", at("book", call), typed(practice))

    assert '<q class="voice">À jeun ?</q>' in asked
    assert '<q class="voice">Apportez la carte Vitale.</q>' in asked
    assert "Apportez la carte Vitale." in answer.content.decode().partition("</form>")[0]
    said = answer.headers["HX-Trigger-After-Settle"].encode().decode("unicode_escape")
    assert "Apportez la carte Vitale." in said


# --- Who comes ------------------------------------------------------------------------------------


def test_a_namesake_is_told_apart_by_her_birth_date(
    hx: Ask, call: Call, practice: Practice
) -> None:
    make_correspondent(
        practice.client, "Costa", civility="mrs", first_name="Ana", birth_date="1961-03-14"
    )

    first = hx("post", at("book", call), typed(practice))
    second = hx("post", at("book", call), typed(practice, birth_date="1990-01-02"))

    page = first.content.decode()
    assert (first.status_code, second.status_code) == (422, 200)
    assert "14 mars 1961" in page
    assert '<details class="new-patient" open>' in page
    assert len(booked(call)) == 1


def test_for_whom_she_calls_is_one_key_away(hx: Ask, practice: Practice, lea: User) -> None:
    mother = make_correspondent(practice.client, "Petit", number="+33639984410")
    son = make_correspondent(practice.client, "Petit", first_name="Tom", birth_date="2019-05-02")
    call = ring(practice.client, "+33639984410", by=lea, correspondent=mother)
    hx("post", at("book", call), typed(practice, patient=str(son.uuid)))

    page = hx("get", at("call", call)).content.decode()

    made = Appointment.objects.get(call_files__call=call)
    assert (made.correspondent, made.caller) == (son, mother)
    assert f'data-fills="patient" data-value="{son.uuid}"' in page
    assert 'data-born="né(e) le 2 mai 2019"' in page or "2 mai 2019" in page


# --- Her visits at the pop ------------------------------------------------------------------------


@pytest.fixture
def known(practice: Practice, lea: User) -> Call:
    """A call of Mme Roux, who comes on Friday, came once, missed once and cancelled once."""
    coming = visit(practice, "2026-11-27 14:00", "Roux")
    person = coming.correspondent
    for day, status in (("10", "came"), ("11", "no_show"), ("12", "cancelled")):
        start = paris(f"2026-11-{day} 14:00")
        shift = start - coming.starts_at
        Appointment.objects.create(
            calendar=coming.calendar,
            client=coming.client,
            motive=coming.motive,
            correspondent=person,
            starts_at=start,
            ends_at=coming.ends_at + shift,
            block_starts_at=start,
            block_ends_at=coming.ends_at + shift,
            local_day=f"2026-11-{day}",
            local_time="14:00",
            timezone="Europe/Paris",
            status=status,
        )
    return ring(practice.client, "+33639984477", by=lea, correspondent=person)


def test_next_and_past_visits_are_there_at_the_pop(hx: Ask, known: Call) -> None:
    page = hx("get", at("call", known)).content.decode()

    strip = page.partition('id="visits"')[2].partition("</div>")[0]
    assert "ven. 27 nov. 14:00" in strip
    assert strip.count("visit-cancelled") == strip.count("visit-no_show") == 1
    assert strip.count("visit-came") == 1


def test_a_visit_is_moved_as_it_would_be_booked(hx: Ask, known: Call, practice: Practice) -> None:
    one = Appointment.objects.get(starts_at=paris("2026-11-27 14:00"))

    form = hx("get", at("moving", known), {"appointment": str(one.uuid)}).content.decode()
    to = {"appointment": str(one.uuid), "slot": slot(practice, "2026-11-24 15:00")}
    answer = hx("post", at("moving", known), to)

    one.refresh_from_db()
    assert "mar. 24 nov. 14:00" in listed(form)
    assert answer.status_code == 200
    assert one.starts_at == paris("2026-11-24 15:00")
    assert CallFile.objects.get(call=known).appointments.get() == one
    assert f"/desk/appointments/{one.uuid}/undo/" in answer.headers["HX-Trigger-After-Settle"]


@pytest.mark.parametrize("moment", ["2026-11-24 09:00", ""])
def test_a_refused_move_says_why_and_moves_nothing(
    hx: Ask, known: Call, practice: Practice, moment: str
) -> None:
    one = Appointment.objects.get(starts_at=paris("2026-11-27 14:00"))
    to = {"appointment": str(one.uuid), "slot": slot(practice, moment) if moment else ""}

    answer = hx("post", at("moving", known), to)

    one.refresh_from_db()
    assert (answer.status_code, one.starts_at) == (422, paris("2026-11-27 14:00"))
    assert 'role="alert"' in answer.content.decode()


def test_what_the_slots_bring_along_has_its_place_beside_a_move_too(
    hx: Ask, known: Call, practice: Practice
) -> None:
    Motive.objects.update(question="À jeun ?")
    one = Appointment.objects.get(starts_at=paris("2026-11-27 14:00"))
    moving = {"appointment": str(one.uuid), "motive": str(practice.consultation.uuid)}

    form = hx("get", at("moving", known), moving).content.decode()
    page = hx("get", at("call", known), {"face": "appointment"}).content.decode()
    brought = hx("get", at("slots", known), moving).content.decode()

    places = set(re.findall(r'id="([\w-]+)"', page.split('<form id="booking"')[0] + form))
    assert set(re.findall(r'id="([\w-]+)"[^>]*hx-swap-oob', brought)) <= places
    assert "À jeun ?" in form


def test_an_appointment_of_another_client_is_not_moved_in_a_call(
    hx: Ask, known: Call, firm: Firm, practice: Practice
) -> None:
    other = make_calendar(firm.client)
    theirs = Appointment.objects.filter(pk=Appointment.objects.latest("pk").pk)
    theirs.update(client=firm.client, calendar=other)

    answer = hx("get", at("moving", known), {"appointment": str(theirs.get().uuid)})

    assert answer.status_code == 404


def test_a_visit_is_cancelled_for_the_caller(hx: Ask, known: Call) -> None:
    one = Appointment.objects.get(starts_at=paris("2026-11-27 14:00"))

    hx("post", f"/desk/appointments/{one.uuid}/cancel/", {"call": str(known.uuid)})

    one.refresh_from_db()
    assert one.status == "cancelled"
    assert CallFile.objects.get(call=known).appointments.get() == one


# --- Several appointments -------------------------------------------------------------------------


def rhythm(practice: Practice, **asked: str) -> dict[str, str]:
    return {
        "motive": str(practice.consultation.uuid),
        "calendar": str(practice.calendar.uuid),
        "count": "3",
        "every": "1",
        "first_day": "2026-11-25",
        "at": "14:20",
        "tolerance": "60",
    } | asked


def test_a_series_is_proposed_with_its_conflicts(hx: Ask, call: Call, practice: Practice) -> None:
    page = hx("get", at("series", call), rhythm(practice)).content.decode()

    assert page.count('class="sitting sitting-conflict"') == 3
    assert page.count("Pris") == 3
    assert page.count("selected") == 3


def test_a_series_is_booked_as_a_whole_and_cancelled_from_a_day_on(
    hx: Ask, call: Call, practice: Practice
) -> None:
    places = [slot(practice, f"2026-11-{day} 15:00") for day in ("25", "26", "27")]
    sent = rhythm(practice) | {"place": places, "patient_query": "Costa"}

    answer = hx("post", at("series", call), sent)

    series = AppointmentSeries.objects.get()
    assert answer.status_code == 200
    assert [moment for _who, moment, _note in booked(call)] == ["15:00"] * 3
    shown = series.appointments.order_by("starts_at")[1]
    dialog = hx("get", f"/desk/appointments/{shown.uuid}/").content.decode()
    assert "Rendez-vous 2 sur 3" in dialog
    hx("post", f"/desk/series/{series.uuid}/cancel/", {"from": "2026-11-26"})
    assert [one.is_active for one in series.appointments.order_by("starts_at")] == [
        True,
        False,
        False,
    ]


def test_one_refused_visit_leaves_the_series_to_be_adjusted(
    hx: Ask, call: Call, practice: Practice
) -> None:
    places = [slot(practice, f"2026-11-{day} 14:20") for day in ("25", "30")]
    sent = rhythm(practice) | {"place": ["", *places], "patient_query": "Costa"}

    answer = hx("post", at("series", call), sent)

    page = answer.content.decode()
    assert (answer.status_code, AppointmentSeries.objects.count()) == (422, 0)
    assert "Aucun n’a été réservé" in page
    assert page.count("sitting-refused") == 1
    assert 'value="Costa"' in page


def test_a_series_of_another_bureau_is_not_found(
    hx: Ask, call: Call, firm: Firm, practice: Practice
) -> None:
    theirs = AppointmentSeries.objects.create(
        client=firm.client, motive=practice.consultation, created_at=NOW
    )

    assert hx("post", f"/desk/series/{theirs.uuid}/cancel/").status_code == 404
