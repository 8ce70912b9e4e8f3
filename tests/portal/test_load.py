"""The load page: what it counts, whose, and who may see it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from agenda.models import Appointment
from clients.models import ClientMember, User
from core.charts import Bar, Chart, Column, Drawn, Given, chart
from portal.wording_load import away_words, hours_words, percent_words
from tests.agenda.factories import make_calendar
from tests.factories import make_member
from tests.people import Firm, Practice, visit

FIRM = "\N{NO-BREAK SPACE}"


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def reader(practice: Practice) -> User:
    return make_member(practice.client, "reader", role=ClientMember.Role.READER).user


def page_of(practice: Practice, user: User | None = None, query: str = "") -> str:
    answer = browser(user or practice.doctor).get(f"/portal/{practice.client.uuid}/load/{query}")
    assert answer.status_code == 200
    return str(answer.text).replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_the_week_says_how_full_it_is(practice: Practice) -> None:
    """Nine visits of 20 minutes in 20 ordinary hours, one in 5 hours kept for emergencies."""
    page = page_of(practice, query="?span=week")

    assert f"réservées sur 20{FIRM}h" in page
    assert f"<dd>3{FIRM}h{FIRM}40</dd>" in page
    assert f"sur 5{FIRM}h tenues pour les urgences" in page
    assert '<td class="number">58 %</td>' in page.replace(FIRM, " ")


def test_the_motives_and_the_first_places_are_named(practice: Practice) -> None:
    page = page_of(practice, query="?span=week")

    assert "Consultation" in page
    assert "Urgence" in page
    assert "aujourd’hui" in page


@pytest.mark.parametrize("span", ["week", "ahead", "far", "back", "past", "unheard-of", ""])
def test_each_span_is_shown(practice: Practice, span: str) -> None:
    assert "Heures ouvertes et réservées" in page_of(practice, query=f"?span={span}")


def test_one_practitioner_is_shown_alone(practice: Practice) -> None:
    other = make_calendar(practice.client, hours=(), name="Dr Benali")

    both = page_of(practice, query="?span=week")
    alone = page_of(practice, query=f"?span=week&calendar={other.uuid}")

    assert "Par praticien" in both
    assert "Par praticien" not in alone
    assert "Pas d’heures d’ouverture ces jours-là." in alone


def test_missed_visits_are_shown_with_their_counts(practice: Practice) -> None:
    seen = visit(practice, "2026-11-23 14:00", "Dupont")
    Appointment.objects.filter(pk=seen.pk).update(status=Appointment.Status.NO_SHOW)

    page = page_of(practice)

    assert "novembre 2026 : 1 / 1" in page


def test_a_reader_sees_the_load_which_names_nobody(practice: Practice, reader: User) -> None:
    page = page_of(practice, reader)

    assert "Heures ouvertes et réservées" in page
    assert "Imprimer, exporter" not in page
    assert "Roux" not in page


def test_a_client_without_a_calendar_is_told_so(firm: Firm) -> None:
    answer = browser(firm.lawyer).get(f"/portal/{firm.client.uuid}/load/")

    assert "Pas encore d’agenda" in answer.text or "agenda" in answer.text
    assert answer.status_code == 200


def test_the_page_asks_the_same_statements_for_more_of_everything(practice: Practice) -> None:
    page_of(practice)
    with CaptureQueriesContext(connection) as few:
        page_of(practice)
    for nth in range(3):
        make_calendar(practice.client, name=f"Dr {nth}")
        visit(practice, f"2026-12-0{nth + 1} 09:00", f"Dupont{nth}")
    with CaptureQueriesContext(connection) as many:
        page_of(practice, query="?span=far")

    assert len(many) == len(few)


def test_bars_begin_at_zero_and_end_at_a_round_number() -> None:
    drawn = chart(
        [Given("lundi", [Bar(0, "offered", 7)], over="50 %", under="23"), Given("mardi", [])],
        height=100,
        step=5,
        least=5,
    )

    assert drawn == Chart(
        columns=[
            Column(
                words="lundi",
                bars=[Drawn("offered", "10.00%", "30.00%", 30, 70)],
                middle="25.00%",
                top=30,
                over="50 %",
                under="23",
            ),
            Column(words="mardi", bars=[], middle="75.00%", top=100),
        ],
        top=10,
        height=100,
    )


def test_the_second_lane_stands_beside_the_first_and_on_the_same_scale() -> None:
    drawn = chart(
        [Given("lundi", [Bar(0, "booked", 10), Bar(1, "offered-urgent", 5)])],
        height=100,
        step=10,
        least=1,
    )

    assert drawn.columns[0].bars == [
        Drawn("booked", "12.00%", "50.00%", 0, 100),
        Drawn("offered-urgent", "66.00%", "22.00%", 50, 50),
    ]


def test_a_chart_of_nothing_is_flat() -> None:
    assert chart([], height=100, step=2, least=2) == Chart([], 2, 100)


def test_hours_shares_and_distances_are_said_as_the_french_say_them() -> None:
    with translation.override("fr"):
        assert [hours_words(minutes) for minutes in (0, 40, 60, 320)] == [
            f"0{FIRM}h",
            f"40{FIRM}min",
            f"1{FIRM}h",
            f"5{FIRM}h{FIRM}20",
        ]
        assert [percent_words(share).replace("\u202f", " ") for share in (None, 0, 5.1, 85)] == [
            "–",
            "0 %",
            "5,1 %",
            "85 %",
        ]
        assert [away_words(days) for days in (0, 1, 6)] == ["aujourd’hui", "demain", "dans 6 jours"]


def test_a_day_without_hours_is_left_out_of_the_tables(practice: Practice) -> None:
    page = page_of(practice, query="?span=week")

    assert "dimanche 29 novembre</th>" not in page
    assert "lundi 23 novembre</th>" in page


def test_the_days_left_out_come_back_when_something_is_on(practice: Practice) -> None:
    moved = visit(practice, "2026-11-27 09:00", "Dupont")
    sunday = moved.local_day + timedelta(days=2)
    Appointment.objects.filter(pk=moved.pk).update(local_day=sunday)

    assert "dimanche 29 novembre</th>" in page_of(practice, query="?span=week")
