"""The page of who is on call: read by who answers, written by who supervises."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from clients.models import Membership, OnCallPerson, OnCallShift, User
from clients.models.bureau import Grant
from clients.models.client import Client, Line
from tests.calls.lines import WORKING, direct
from tests.clients.rosters import ANNE, MARC, make_on_call, make_shift
from tests.desk.test_lines import browser, post, read, words
from tests.desk.test_odd_input import ODD_DAYS
from tests.factories import make_assistant, make_client, make_line, make_user

pytestmark = pytest.mark.django_db

# The tests' clock stands on Tuesday 24 November 2026, 8:40 in Paris.
FRIDAY, MONDAY = date(2026, 11, 27), date(2026, 11, 30)
TURN = {
    "person": "new",
    "name": "Marc Petit",
    "number": "06 39 98 10 01",
    "first_day": "2026-11-27",
    "starts": "18:00",
    "last_day": "2026-11-30",
    "ends": "08:00",
    "every_weeks": "0",
}


@pytest.fixture
def line() -> Line:
    client = make_client(name="Plomberie Renaud")
    line = make_line(client, "+33199004035", label="Astreinte", purpose="on_call")
    direct(line, {"action": "holder"}, kind="weekly", hours=dict(WORKING))
    direct(line, {"action": "on_call", "numbers": ["+33639981009"]}, hours={"name": "Nuit"})
    return line


@pytest.fixture
def renaud(line: Line) -> Client:
    return line.client


@pytest.fixture
def lea(renaud: Client) -> User:
    return make_assistant(renaud, "lea")


@pytest.fixture
def boss(renaud: Client) -> User:
    user = make_user("boss")
    Membership.objects.create(bureau=renaud.bureau, user=user, grants=[Grant.SUPERVISE])
    return user


def add(user: User, client: Client, **fields: str) -> Any:
    return post(user, "roster_add", client.uuid, **(TURN | fields))


def test_it_lists_who_is_on_call_and_when_nobody_is(renaud: Client, lea: User) -> None:
    make_shift(make_on_call(renaud), FRIDAY, MONDAY)

    page = read(lea, "roster", renaud.uuid)

    assert "<b>Marc Petit</b> 06 39 98 10 01" in page
    assert "du vendredi 27 novembre à 18 h au lundi 30 novembre à 8 h" in page
    # Only where the line asks for somebody: not by day, while Léa answers.
    assert "<b>Personne</b> du mercredi 25 novembre à 18 h au jeudi 26 novembre à 8 h" in page
    assert "du mercredi 25 novembre à 8 h" not in page


def test_somebody_is_put_on_call_and_the_turn_is_swapped(renaud: Client, boss: User) -> None:
    add(boss, renaud, every_weeks="2", repeats_until="2027-03-01")
    marc = OnCallPerson.objects.get()
    add(
        boss,
        renaud,
        name="Anne",
        number="0639981002",
        first_day="2026-11-28",
        last_day="2026-11-29",
    )

    page = read(boss, "roster", renaud.uuid)

    assert (marc.name, str(marc.number)) == ("Marc Petit", MARC)
    assert (
        "<b>Marc Petit</b> du vendredi à 18 h au lundi à 8 h, toutes les 2 semaines, "
        "à partir du 27 novembre 2026, jusqu’au 1er mars 2027"
    ) in page
    # Anne once goes before Marc, who is on call before and after her.
    assert "du vendredi 27 novembre à 18 h au samedi 28 novembre à 18 h" in page
    assert "du samedi 28 novembre à 18 h au dimanche 29 novembre à 8 h" in page
    assert "du dimanche 29 novembre à 8 h au lundi 30 novembre à 8 h" in page


def test_a_known_person_takes_another_turn(renaud: Client, boss: User) -> None:
    marc = make_on_call(renaud)

    add(boss, renaud, person=str(marc.uuid), name="", number="")

    assert OnCallShift.objects.get().person == marc


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"number": "12"}, "Ce ne peut pas être un numéro"),
        ({"name": ""}, "Indiquez qui est d’astreinte"),
        ({"last_day": "2026-11-27"}, "Le tour finirait avant de commencer."),
        ({"first_day": "2026-11-20", "last_day": "2026-11-23"}, "Ce tour est déjà passé."),
        ({"last_day": "2026-12-24", "every_weeks": "1"}, "Le tour suivant commencerait avant"),
        ({"starts": "x"}, "heure valide"),
    ],
)
def test_what_is_refused_is_said_beside_its_field_and_kept(
    renaud: Client, boss: User, fields: dict[str, str], said: str
) -> None:
    answer = add(boss, renaud, **fields)

    page = answer.content.decode()
    assert (answer.status_code, said in page) == (422, True)
    assert f'value="{(TURN | fields)["first_day"]}"' in page
    assert not OnCallPerson.objects.exists()


def test_a_turn_is_edited_and_taken_away(renaud: Client, boss: User) -> None:
    marc = make_on_call(renaud)
    shift = make_shift(marc, FRIDAY, MONDAY)

    assert 'value="2026-11-27"' in read(boss, "roster_turn", shift.uuid)
    wrong = post(boss, "roster_turn", shift.uuid, **(TURN | {"last_day": "2026-11-27"}))
    post(boss, "roster_turn", shift.uuid, **(TURN | {"person": str(marc.uuid), "ends": "09:00"}))
    shift.refresh_from_db()
    assert (wrong.status_code, shift.ends.hour) == (422, 9)

    post(boss, "roster_turn_remove", shift.uuid)
    assert not OnCallShift.objects.exists()


def test_a_number_is_changed_once_for_all_turns(renaud: Client, boss: User) -> None:
    marc = make_on_call(renaud)

    assert post(boss, "roster_person", marc.uuid, name="Marc", number="12").status_code == 422
    post(boss, "roster_person", marc.uuid, name="Marc", number="06 39 98 10 02")
    assert str(OnCallPerson.objects.get().number) == ANNE

    post(boss, "roster_person_remove", marc.uuid)
    assert not OnCallPerson.objects.exists()


def test_assistants_read_the_roster_and_change_nothing(renaud: Client, lea: User) -> None:
    shift = make_shift(make_on_call(renaud), FRIDAY, MONDAY)

    refused = [
        add(lea, renaud),
        post(lea, "roster_turn", shift.uuid, **TURN),
        post(lea, "roster_turn_remove", shift.uuid),
        post(lea, "roster_person", shift.person.uuid, name="X", number="0639981002"),
        post(lea, "roster_person_remove", shift.person.uuid),
    ]

    assert [answer.status_code for answer in refused] == [403] * 5
    assert reverse("desk:roster_add", args=[renaud.uuid]) not in read(lea, "roster", renaud.uuid)


def test_a_client_without_a_roster_says_what_to_do(lea: User, line: Line) -> None:
    line.schedules.all().delete()

    page = read(lea, "roster", line.client.uuid)

    assert "Aucune ligne de ce client n’appelle l’astreinte" in page
    assert "Personne n’est encore au tableau" not in page


def test_the_lines_page_and_the_list_lead_to_the_roster(line: Line, lea: User) -> None:
    make_shift(make_on_call(line.client), FRIDAY, MONDAY)
    address = reverse("desk:roster", args=[line.client.uuid])

    assert address in read(lea, "line", line.uuid)
    assert address in read(lea, "lines")


def test_the_roster_asks_the_database_as_often_for_many_turns(
    renaud: Client, lea: User, assert_same_queries_at_1_and_3: Any
) -> None:
    client = browser(lea)
    address = reverse("desk:roster", args=[renaud.uuid])
    client.get(address)  # her session begins

    def add_one() -> None:
        make_shift(make_on_call(renaud), FRIDAY, MONDAY, every_weeks=1)
        line = make_line(renaud)
        direct(line, {"action": "on_call", "numbers": []}, hours={"name": "Nuit"})

    assert_same_queries_at_1_and_3(add=add_one, show=lambda: client.get(address))


@pytest.mark.parametrize("first", ODD_DAYS)
@pytest.mark.parametrize("last", ["1900-01-02", "2199-12-31", "9999-12-31"])
def test_turns_of_other_centuries_break_nothing(
    renaud: Client, boss: User, first: str, last: str
) -> None:
    for weeks in ("0", "1", "-1", "99"):
        answer = add(boss, renaud, first_day=first, last_day=last, every_weeks=weeks)
        assert answer.status_code in {302, 422}

    assert "Plomberie Renaud" in read(boss, "roster", renaud.uuid)
    assert "Plomberie Renaud" in read(boss, "lines")


def seen_in(user: User, name: str, uuid: Any) -> str:
    """Read which last change a page's form was made with."""
    found = re.search(r'name="seen" value="(\d+)"', read(user, name, uuid))
    assert found
    return found[1]


@pytest.fixture
def camille(renaud: Client) -> User:
    user = make_user("camille", first_name="Camille")
    Membership.objects.create(bureau=renaud.bureau, user=user, grants=[Grant.SUPERVISE])
    return user


def test_who_saves_a_turn_second_is_told_how_it_reads_and_keeps_what_she_typed(
    renaud: Client, boss: User, camille: User
) -> None:
    marc, anne = make_on_call(renaud), make_on_call(renaud, name="Anne Roy", number=ANNE)
    shift = make_shift(marc, FRIDAY, MONDAY)
    seen = seen_in(boss, "roster_turn", shift.uuid)
    theirs = TURN | {"person": str(anne.uuid), "seen": seen_in(camille, "roster_turn", shift.uuid)}
    mine = TURN | {"person": str(marc.uuid), "ends": "09:30", "seen": seen}

    post(camille, "roster_turn", shift.uuid, **theirs)
    told = post(boss, "roster_turn", shift.uuid, **mine)

    page = words(told.content.decode())
    assert told.status_code == 422
    assert "Camille a modifié ce tour entre-temps" in page
    assert "Anne Roy du vendredi 27 novembre 2026 à 18 h au lundi 30 novembre 2026 à 8 h" in page
    assert 'value="09:30"' in page
    assert OnCallShift.objects.get().person == anne
    again = re.search(r'name="seen" value="(\d+)"', page)
    assert again
    # Told once: saved again, it counts.
    post(boss, "roster_turn", shift.uuid, **(mine | {"seen": again[1]}))
    assert OnCallShift.objects.get().ends.isoformat() == "09:30:00"


def test_a_turn_taken_away_meanwhile_is_not_brought_back_and_what_was_typed_is_kept(
    renaud: Client, boss: User, camille: User
) -> None:
    marc = make_on_call(renaud)
    shift = make_shift(marc, FRIDAY, MONDAY)
    typed = TURN | {"person": str(marc.uuid), "ends": "09:30"}
    post(camille, "roster_turn_remove", shift.uuid)

    told = post(boss, "roster_turn", shift.uuid, **typed)
    removed = post(boss, "roster_turn_remove", shift.uuid)

    page = words(told.content.decode())
    assert (told.status_code, removed.status_code) == (422, 302)
    assert "Camille a retiré ce tour entre-temps" in page
    assert 'value="09:30"' in page
    assert reverse("desk:roster_add", args=[renaud.uuid]) in page
    assert not OnCallShift.objects.exists()
    assert post(boss, "roster_turn", renaud.uuid, **typed).status_code == 404


def test_a_turn_changed_meanwhile_is_not_taken_away_unread(
    renaud: Client, boss: User, camille: User
) -> None:
    marc, anne = make_on_call(renaud), make_on_call(renaud, name="Anne Roy", number=ANNE)
    shift = make_shift(marc, FRIDAY, MONDAY)
    other = make_shift(anne, FRIDAY, MONDAY)
    seen = seen_in(boss, "roster", renaud.uuid)
    post(camille, "roster_turn", shift.uuid, **(TURN | {"person": str(anne.uuid)}))

    address = reverse("desk:roster_turn_remove", args=[shift.uuid])
    told = browser(boss).post(address, {"seen": seen}, follow=True)
    # Of another turn nobody has changed anything.
    post(boss, "roster_turn_remove", other.uuid, seen=seen)

    page = words(told.content.decode())
    assert "Camille a modifié ce tour entre-temps, et il reste" in page
    assert list(OnCallShift.objects.all()) == [shift]
    post(boss, "roster_turn_remove", shift.uuid, seen=seen_in(boss, "roster", renaud.uuid))
    assert not OnCallShift.objects.exists()


def test_who_adds_a_turn_to_a_roster_that_has_changed_is_told_what(
    renaud: Client, boss: User, camille: User
) -> None:
    marc = make_on_call(renaud)
    seen = seen_in(boss, "roster", renaud.uuid)
    add(camille, renaud, person=str(marc.uuid))

    told = add(boss, renaud, person=str(marc.uuid), first_day="2026-11-28", seen=seen)

    page = words(told.content.decode())
    assert told.status_code == 422
    assert "Tour ajouté (Camille), Marc Petit du vendredi 27 novembre 2026" in page
    assert 'value="2026-11-28"' in page
    assert OnCallShift.objects.count() == 1


def test_who_corrects_a_number_second_is_told_the_new_one(
    renaud: Client, boss: User, camille: User
) -> None:
    marc = make_on_call(renaud)
    seen = seen_in(boss, "roster_person", marc.uuid)
    post(camille, "roster_person", marc.uuid, name="Marc Petit", number="06 39 98 10 02")

    told = post(boss, "roster_person", marc.uuid, name="Marc P.", number=MARC, seen=seen)

    page = words(told.content.decode())
    assert told.status_code == 422
    assert "Camille a modifié cette personne entre-temps : Marc Petit, 06 39 98 10 02" in page
    assert 'value="Marc P."' in page
    assert str(OnCallPerson.objects.get().number) == ANNE
