"""A line's words, purpose, zone and dates, set on its own page in seconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from clients.models import Line, Membership, User
from clients.models.bureau import Grant
from desk.line_settings import LineForm
from tests.desk.test_lines import browser, post, read
from tests.desk.test_odd_input import ODD_DAYS
from tests.factories import make_assistant, make_client, make_line, make_user
from tests.people import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def line() -> Line:
    return make_line(
        make_client(name="Atelier Lin"),
        "+33199004040",
        label="Boutique",
        valid_from=datetime(2026, 1, 5, 7, 0, 42, tzinfo=UTC),
    )


@pytest.fixture
def boss(line: Line) -> User:
    user = make_user("boss")
    Membership.objects.create(bureau=line.client.bureau, user=user, grants=[Grant.SUPERVISE])
    return user


def sent(line: Line, **fields: str) -> dict[str, str]:
    """What the form sends as it was opened, but for some fields."""
    form = LineForm(line=line)
    shown = {bound.name: bound.value() for bound in form}
    shown["valid_from"] = shown["valid_from"].strftime("%Y-%m-%dT%H:%M")
    return {name: str(value or "") for name, value in shown.items()} | fields


def save(user: User, line: Line, **fields: str) -> Any:
    return post(user, "line_settings", line.uuid, **sent(line, **fields))


def test_the_words_are_changed_in_one_form(line: Line, boss: User) -> None:
    answer = save(boss, line, greeting="Atelier Lin, bonsoir.", greeting_en="Good evening.")

    assert answer.headers["Location"] == reverse("desk:line", args=[line.uuid])
    page = read(boss, "line", line.uuid)
    assert "Atelier Lin, bonsoir." in page
    assert "Good evening." in page
    assert "Formules, usage ou dates modifiés" in page


def test_what_was_not_touched_stays_to_the_second(line: Line, boss: User) -> None:
    before = line.valid_from

    save(boss, line, label="Magasin")

    line.refresh_from_db()
    assert (line.label, line.valid_from) == ("Magasin", before)


def test_from_and_until_are_read_on_the_clocks_of_the_zone_chosen(line: Line, boss: User) -> None:
    zone = {"timezone": "America/New_York", "purpose": "one_off"}
    save(boss, line, valid_from="2026-12-01T09:00", valid_until="2026-12-04T18:00", **zone)

    line.refresh_from_db()
    assert (line.valid_from, line.valid_until) == (
        datetime(2026, 12, 1, 14, tzinfo=UTC),
        datetime(2026, 12, 4, 23, tzinfo=UTC),
    )
    assert (line.zone_name, line.purpose) == ("America/New_York", "one_off")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"greeting": ""}, "obligatoire"),
        ({"purpose": "one_off"}, "Un accueil ponctuel s’arrête de lui-même"),
        ({"valid_until": "2026-11-24T08:00"}, "C’est déjà passé"),
        ({"valid_until": "2025-11-24T08:00"}, "La ligne finirait avant de commencer."),
        ({"valid_until": "2027-03-28T02:30"}, "cette heure n’existe pas"),
        ({"valid_until": "demain"}, "field-error"),
        ({"timezone": "Europe/Nowhere"}, "field-error"),
    ],
)
def test_what_is_refused_is_said_beside_its_field_and_kept(
    line: Line, boss: User, fields: dict[str, str], said: str
) -> None:
    answer = save(boss, line, label="Magasin", **fields)

    page = answer.content.decode()
    assert (answer.status_code, said in page, 'value="Magasin"' in page) == (422, True, True)
    line.refresh_from_db()
    assert line.label == "Boutique"


def test_a_number_that_is_anothers_then_is_told(line: Line, boss: User) -> None:
    Line.objects.update(valid_until=NOW + timedelta(days=1))
    line.refresh_from_db()
    make_line(make_client(), str(line.number), valid_from=NOW + timedelta(days=2))

    answer = save(boss, line, valid_until="")

    assert (answer.status_code, "celui d’une autre ligne" in answer.content.decode()) == (422, True)


def test_what_somebody_else_has_changed_meanwhile_is_shown_first(line: Line, boss: User) -> None:
    opened = sent(line, label="Magasin")
    Line.objects.update(greeting="Autre formule.")

    first = post(boss, "line_settings", line.uuid, **opened)
    assert (first.status_code, "Autre formule." in first.content.decode()) == (422, True)

    # Looked at: what was typed may be saved now.
    again = opened | {"seen": first.context["settings_form"]["seen"].value()}
    post(boss, "line_settings", line.uuid, **again)
    line.refresh_from_db()
    assert line.label == "Magasin"


def test_assistants_read_the_words_and_change_nothing(line: Line) -> None:
    lea = make_assistant(line.client, "lea")

    page = read(lea, "line", line.uuid)

    assert line.greeting in page
    assert 'name="greeting"' not in page
    assert browser(lea).post(reverse("desk:line_settings", args=[line.uuid])).status_code == 403


@pytest.mark.parametrize("day", ODD_DAYS)
@pytest.mark.parametrize("zone", ["", "Pacific/Tahiti", "Australia/Sydney"])
def test_moments_of_other_centuries_break_nothing(
    line: Line, boss: User, day: str, zone: str
) -> None:
    answer = save(boss, line, valid_until=f"{day}T00:30", timezone=zone)
    answer_from = save(boss, line, valid_from=f"{day}T23:30", timezone=zone)

    assert {answer.status_code, answer_from.status_code} <= {302, 422}
    assert line.label in read(boss, "line", line.uuid)
