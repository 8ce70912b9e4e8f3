"""The desk's pages about lines: the list, a line's week and sentences, a moment foreseen."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from calls.models import CallerRule, Crisis, LineSchedule
from calls.services import set_presence
from clients.models import Line, Membership, User
from clients.models.bureau import Grant
from tests.calls.lines import WORKING, direct
from tests.clients.covers import agree
from tests.clients.rosters import make_on_call, make_shift
from tests.factories import make_assistant, make_client, make_line, make_user
from tests.people import NOW

pytestmark = pytest.mark.django_db

TEAM = "+33199004001"
DEMAIN = date(2026, 11, 25)


@pytest.fixture
def line() -> Line:
    client = make_client(name="Plomberie Renaud")
    return make_line(client, "+33199004030", label="Dépannage", purpose="overflow")


@pytest.fixture
def lea(line: Line) -> User:
    return named(line, "Léa", 1)


@pytest.fixture
def claire(line: Line) -> User:
    return named(line, "Claire", 2)


@pytest.fixture
def boss(line: Line) -> User:
    user = make_user("boss")
    grants = [Grant.SUPERVISE]
    Membership.objects.create(bureau=line.client.bureau, user=user, grants=grants)
    return user


def named(line: Line, name: str, rank: int) -> User:
    user = make_assistant(line.client, name.lower(), rank=rank)
    user.first_name = name
    user.save()
    return user


def overflow(line: Line) -> LineSchedule:
    direct(
        line,
        {"action": "team", "numbers": [TEAM], "seconds": 15},
        {"action": "holder", "seconds": 20},
        {"action": "deputies"},
        {"action": "queue", "seconds": 180},
        kind="weekly",
        hours=dict(WORKING),
    )
    return direct(line, {"action": "announce", "text": "Fermé."}, hours={"name": "Nuit"})


def read(user: User, name: str, *ids: Any, **query: str) -> str:
    """A page as words: tags and the spaces of typography aside."""
    answer = browser(user).get(reverse(f"desk:{name}", args=ids), query)
    assert answer.status_code == 200
    return words(answer.content.decode())


def words(page: str) -> str:
    plain = page.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(html.unescape(re.sub("<span[^>]*>|</span>", "", plain)).split())


def browser(user: User) -> Browser:
    signed_in = Browser()
    signed_in.force_login(user)
    return signed_in


def post(user: User, name: str, /, *ids: Any, **fields: str) -> Any:
    return browser(user).post(reverse(f"desk:{name}", args=ids), fields)


def foreseen(user: User, line: Line, day: str, at: str, caller: str = "") -> str:
    return read(user, "line", line.uuid, day=day, time=at, caller=caller)


# --- the list ---------------------------------------------------------------------------


def test_the_list_says_what_holds_right_now(line: Line, lea: User, claire: User) -> None:
    overflow(line)

    page = read(lea, "lines")

    assert "Dépannage" in page
    assert "débordement" in page
    assert (
        "Journée : l’équipe du client (01 99 00 40 01) 15 s, puis Léa 20 s, "
        "puis Claire 25 s, puis attente 3 min"
    ) in page


def test_right_now_says_who_is_on_a_break_and_who_stands_in(
    line: Line, lea: User, claire: User
) -> None:
    overflow(line)
    set_presence(user=lea, state="paused", by=lea, at=NOW - timedelta(minutes=10))
    page = read(claire, "line", line.uuid)
    assert "15 s, puis Claire 25 s, puis attente 3 min, puis la phrase « Merci de" in page
    assert "Léa en pause depuis 8 h 30" in page
    listed = read(claire, "lines")
    assert '15 s, puis Claire 25 s, puis attente 3 min</p><p class="line-why">Léa en' in listed

    agree(lea, claire, at=NOW - timedelta(minutes=5))

    page = read(claire, "line", line.uuid)
    assert "puis Claire, qui remplace Léa, 20 s" in page
    assert "Léa en pause" not in page


def test_right_now_says_who_is_on_call(line: Line, lea: User) -> None:
    direct(line, {"action": "on_call", "numbers": [TEAM], "seconds": 30})
    make_shift(make_on_call(line.client), date(2026, 11, 23), date(2026, 11, 24), ends=time(9))

    page = read(lea, "lines")

    assert "urgent-text" not in page
    assert "Marc Petit d’astreinte (06 39 98 10 01) 30 s, puis l’astreinte (01 99" in page


def test_a_line_on_which_nobody_is_on_call_stands_out(line: Line, lea: User) -> None:
    direct(line, {"action": "on_call", "numbers": [TEAM], "seconds": 30})
    make_shift(make_on_call(line.client), date(2026, 11, 27), date(2026, 11, 30))

    page = read(lea, "line", line.uuid)

    assert '<p class="line-why urgent-text">personne au tableau d’astreinte</p>' in page


def test_what_is_foreseen_names_who_stands_in_then(line: Line, lea: User, claire: User) -> None:
    overflow(line)
    begins = datetime(2027, 5, 3, 7, tzinfo=UTC)
    agree(lea, claire, at=NOW, starts_at=begins, ends_at=begins + timedelta(hours=2))

    assert "puis sonnerait chez Claire, qui remplace Léa, 20 s" in foreseen(
        claire, line, "2027-05-03", "10:00"
    )
    assert "qui remplace" not in foreseen(claire, line, "2027-05-03", "11:00")


def test_a_line_for_some_days_says_from_when_until_when(line: Line, lea: User) -> None:
    make_line(
        line.client,
        "+33199004031",
        label="Salon",
        valid_from=NOW - timedelta(days=1),
        valid_until=NOW + timedelta(days=2),
    )

    assert "du lundi 23 novembre à 8 h 40 au jeudi 26 novembre à 8 h 40" in read(lea, "lines")


def test_lines_of_others_are_not_listed(line: Line, lea: User) -> None:
    make_line(make_client(), "+33199004031", label="Ailleurs")

    assert "Ailleurs" not in read(lea, "lines")


def test_the_list_asks_the_database_as_often_for_many_lines(
    line: Line, lea: User, assert_same_queries_at_1_and_3: Any
) -> None:
    client = browser(lea)
    client.get(reverse("desk:lines"))  # her session begins

    def add() -> None:
        other = make_client(line.client.bureau)
        made = make_line(other, f"+3319900405{Line.objects.count()}")
        made.client.assignments.create(user=lea)
        overflow(made)
        Crisis.objects.create(line=made, starts_at=NOW)

    assert_same_queries_at_1_and_3(add=add, show=lambda: client.get(reverse("desk:lines")))


# --- a line -----------------------------------------------------------------------------


def test_a_lines_page_says_its_hours_in_plain_french(line: Line, lea: User, claire: User) -> None:
    overflow(line)

    page = read(lea, "line", line.uuid)

    assert "Du lundi au vendredi, 8:00–18:00 : l’équipe du client (01 99 00 40 01) 15 s" in page
    assert "Le reste du temps : la phrase « Fermé. », puis la fin" in page


def test_the_week_is_drawn_band_by_band(line: Line, lea: User) -> None:
    overflow(line)

    page = read(lea, "line", line.uuid)

    assert page.count('class="band band-team q32 x40"') == 5
    assert page.count('class="band band-closed q0 x96"') == 2


def test_a_line_without_a_schedule_says_what_it_usually_does(
    line: Line, lea: User, claire: User
) -> None:
    page = read(lea, "line", line.uuid)

    assert "Rien n’est fixé : à toute heure, Léa 25 s, puis Claire 25 s." in page


def test_each_version_can_be_read_and_one_to_come_be_given_up(
    line: Line, lea: User, boss: User
) -> None:
    held = overflow(line)
    coming = direct(
        line, {"action": "forward", "numbers": [TEAM]}, starts_on=DEMAIN, hours={"name": "Renvoi"}
    )

    assert "renvoi au 01 99 00 40 01" in read(lea, "line_version", coming.uuid)
    post(boss, "line_withdraw", held.uuid)
    post(boss, "line_withdraw", coming.uuid)

    assert list(LineSchedule.objects.all()) == [held]


# --- a moment foreseen ------------------------------------------------------------------


def test_it_foresees_a_sunday_night(line: Line, lea: User) -> None:
    overflow(line)

    page = foreseen(lea, line, "2027-05-02", "22:15")

    assert (
        "Dimanche 2 mai à 22 h 15, un appel arriverait hors horaires (Nuit) : "
        "personne ne serait sonné, puis la phrase « Fermé. », puis la fin."
    ) in page


def test_it_foresees_with_everybody_at_her_desk(line: Line, lea: User, claire: User) -> None:
    lea.presence.state = "away"
    lea.presence.save()
    overflow(line)

    page = foreseen(lea, line, "2027-05-03", "10:00")

    assert (
        "pendant « Journée » : l’équipe du client (01 99 00 40 01) 15 s, "
        "puis sonnerait chez Léa 20 s, puis sonnerait chez Claire 25 s, puis attente 3 min, "
        "puis la phrase « Merci de rappeler plus tard. », puis la fin."
    ) in page


def test_it_foresees_for_a_caller(line: Line, lea: User) -> None:
    overflow(line)
    CallerRule.objects.create(client=line.client, number="+33639983456", verdict="blocked")

    page = foreseen(lea, line, "2027-05-03", "10:00", caller="06 39 98 34 56")

    assert "Lundi 3 mai à 10 h, cet appelant ne serait pas pris." in page


def test_an_hour_that_the_clocks_skip_is_said(line: Line, lea: User) -> None:
    assert "cette heure n’existe pas" in foreseen(lea, line, "2027-03-28", "02:30")


def test_an_hour_that_the_clocks_show_twice_is_said_once_each(line: Line, lea: User) -> None:
    line.valid_until = datetime(2027, 10, 31, 1, tzinfo=UTC)  # 2:00, as winter time begins
    line.save()

    page = foreseen(lea, line, "2027-10-31", "02:30")

    assert "cette heure sonne deux fois" in page
    assert "un appel arriverait : sonnerait chez Léa 25 s" in page
    assert "la ligne ne serait pas à ce client" in page


def test_the_moment_counts_in_the_lines_own_zone(line: Line, lea: User) -> None:
    line.timezone = "America/New_York"
    line.save()
    direct(line, {"action": "holder"}, kind="weekly", hours=dict(WORKING))
    direct(line, {"action": "announce", "text": "Closed."}, hours={"name": "Nuit"})

    assert "pendant « Journée »" in foreseen(lea, line, "2027-05-03", "17:30")
    assert "hors horaires" in foreseen(lea, line, "2027-05-03", "18:00")


@pytest.mark.parametrize(
    ("day", "at", "caller"),
    [("x", "10:00", ""), ("2027-05-03", "y", ""), ("0001-01-01", "1:00", "z")],
)
def test_odd_input_is_told_and_breaks_nothing(
    line: Line, lea: User, day: str, at: str, caller: str
) -> None:
    assert "field-error" in foreseen(lea, line, day, at, caller)


# --- crisis and callers -----------------------------------------------------------------


def test_an_assistant_starts_and_ends_a_crisis_in_one_click(line: Line, lea: User) -> None:
    overflow(line)

    post(lea, "line_crisis", line.uuid, do="start")
    post(lea, "line_crisis", line.uuid, do="start")
    assert "crise : Léa 20 s" in read(lea, "line", line.uuid)

    post(lea, "line_crisis", line.uuid, do="end")
    post(lea, "line_crisis", line.uuid, do="end")
    assert Crisis.objects.get().ends_at == NOW


def test_a_supervisor_blocks_a_caller_and_lets_him_in_again(line: Line, boss: User) -> None:
    fields = {"number": "06 39 98 34 56", "verdict": "blocked", "note": "Démarchage"}
    post(boss, "line_caller", line.uuid, **fields)
    rule = CallerRule.objects.get()
    assert (str(rule.number), rule.line) == ("+33639983456", line)
    assert "Démarchage" in read(boss, "line", line.uuid)

    post(boss, "line_caller_remove", rule.uuid, line=str(line.uuid))
    assert not CallerRule.objects.exists()


def test_a_rule_of_all_lines_is_taken_away_from_any_of_them(line: Line, boss: User) -> None:
    fields = {"number": "0639983456", "verdict": "always", "everywhere": "on"}
    post(boss, "line_caller", line.uuid, **fields)
    rule = CallerRule.objects.get()
    assert rule.line is None

    post(boss, "line_caller_remove", rule.uuid, line=str(line.uuid))
    assert not CallerRule.objects.exists()


@pytest.mark.parametrize("number", ["", "12", "anonymous"])
def test_a_number_that_is_none_is_told(line: Line, boss: User, number: str) -> None:
    answer = post(boss, "line_caller", line.uuid, number=number, verdict="blocked")

    assert (answer.status_code, b"field-error" in answer.content) == (422, True)


def test_the_same_rule_twice_is_told(line: Line, boss: User) -> None:
    fields = {"number": "0639983456", "verdict": "always"}
    post(boss, "line_caller", line.uuid, **fields)

    assert post(boss, "line_caller", line.uuid, **fields).status_code == 422


def test_assistants_read_and_change_nothing_but_a_crisis(line: Line, lea: User) -> None:
    rule = CallerRule.objects.create(client=line.client, number="+33639983456", verdict="blocked")
    coming = direct(line, {"action": "holder"}, starts_on=DEMAIN)

    answers = [
        post(lea, "line_caller", line.uuid, number="0639983457", verdict="blocked"),
        post(lea, "line_caller_remove", rule.uuid, line=str(line.uuid)),
        post(lea, "line_withdraw", coming.uuid),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    page = read(lea, "line", line.uuid)
    assert ("line_caller" in page, reverse("desk:line_withdraw", args=[coming.uuid]) in page) == (
        False,
        False,
    )


def test_hours_past_midnight_belong_to_the_day_on_which_they_begin(line: Line, lea: User) -> None:
    night = {"name": "Nuit", "weekdays": [4], "starts": time(22), "ends": time(6)}
    direct(line, {"action": "on_call", "numbers": [TEAM]}, kind="weekly", hours=night)

    page = read(lea, "line", line.uuid)

    assert "Tous les vendredis, 22:00–6:00 le lendemain" in page
    assert "band-on_call q88 x8" in page
    assert "band-on_call q0 x24" in page
