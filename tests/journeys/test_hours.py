"""Six o'clock strikes, a line's own team does not answer, a night goes by: what the desk shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from calls.models import Call, Presence
from clients.models import Line
from tests.browser.server import Site
from tests.calls.lines import WORKING, direct
from tests.journeys.conftest import Wall
from tests.journeys.house import LEA_TELEPHONE, PARIS, open_house, person, until
from tests.journeys.test_first_call import desk_of, pick_up

pytestmark = [pytest.mark.timeout(120), pytest.mark.once]

Open = Callable[..., Page]
SignIn = Callable[[Page, Any], None]

CLAIRE_TELEPHONE = "sip:claire@telephones.demo.permanence.example"
LIN_LINE, RENAUD_LINE, ROUND_THE_CLOCK = "+33199004040", "+33199004030", "+33199004035"
TEAM, ON_CALL = "+33199004031", "+33639983431"
BEFORE_SIX = datetime(2026, 11, 24, 17, 59, 40, tzinfo=PARIS)
SIX = datetime(2026, 11, 24, 18, 0, 5, tzinfo=PARIS)
NIGHT = datetime(2026, 11, 28, 2, 30, tzinfo=PARIS)
MORNING = datetime(2026, 11, 28, 8, 0, tzinfo=PARIS)


def line(number: str) -> Line:
    return Line.objects.get(number=number)


def test_at_six_the_line_speaks_english_and_rings_the_evening_s_assistant(
    wall: Wall, site: Site, new_page: Open, sign_in: SignIn
) -> None:
    wall.set(BEFORE_SIX)
    operator = open_house()
    Presence.objects.update(state=Presence.State.AVAILABLE)
    direct(line(LIN_LINE), {"action": "holder"}, kind="weekly", hours=WORKING)
    evening = {"name": "Soirée", "starts": time(18), "ends": time(22), "language": "en"}
    direct(line(LIN_LINE), {"action": "deputies"}, kind="weekly", hours=evening)
    lea, claire = (desk_of(new_page, sign_in, key) for key in ("lea", "claire"))

    operator.place_call(LIN_LINE, "+33639983601")
    expect(lea.locator("#callhead")).to_contain_text("Atelier Lin et compagnie, bonjour")
    expect(lea.locator(".callhead-why")).to_contain_text("Journée")
    pick_up(operator, LEA_TELEPHONE)
    expect(lea.locator("#callhead")).to_have_attribute("data-state", "live")

    wall.set(SIX)
    operator.place_call(LIN_LINE, "+33639983602")
    expect(claire.locator("#callhead")).to_contain_text("Atelier Lin and Co, good afternoon!")
    expect(claire.locator(".callhead-why")).to_contain_text("Soirée")
    pick_up(operator, CLAIRE_TELEPHONE)
    expect(claire.locator("#callhead")).to_have_attribute("data-state", "live")
    # Who came before six goes on as it began.
    expect(lea.locator("#callhead")).to_contain_text("Atelier Lin et compagnie, bonjour")
    answered = Call.objects.filter(line__number=LIN_LINE, state="in_progress").order_by("pk")
    assert [one.answered_by for one in answered] == [person("lea"), person("claire")]


def test_a_caller_whom_the_client_s_team_does_not_take_comes_as_overflow(
    site: Site, new_page: Open, sign_in: SignIn
) -> None:
    operator = open_house()
    direct(
        line(RENAUD_LINE),
        {"action": "team", "numbers": [TEAM], "seconds": 2},
        {"action": "assistants"},
        hours={"name": "Débordement"},
    )
    desk = desk_of(new_page, sign_in, "lea")

    # Their line is engaged: hers rings at once.
    engaged = operator.place_call(RENAUD_LINE, "+33639983603")
    until(lambda: operator.telephone(TEAM).ringing)
    assert operator.telephone(LEA_TELEPHONE).ringing == []
    operator.telephone(TEAM).decline()
    until(lambda: operator.telephone(LEA_TELEPHONE).ringing)
    engaged.hang_up()

    # They take it: hers is let be.
    theirs = operator.place_call(RENAUD_LINE, "+33639983604")
    pick_up(operator, TEAM)
    until(lambda: theirs.heard[-1].kind == "connected")
    theirs.hang_up()
    assert operator.telephone(LEA_TELEPHONE).ringing == []

    # They let it ring so many seconds: hers rings, and she reads why.
    operator.place_call(RENAUD_LINE, "+33639983605")
    pick_up(operator, LEA_TELEPHONE)
    expect(desk.locator("#callhead")).to_have_attribute("data-state", "live")
    expect(desk.locator("#callhead")).to_contain_text("06 39 98 36 05")
    expect(desk.locator(".callhead-why")).to_contain_text("l’équipe du client n’a pas décroché")
    assert Call.objects.get(caller_number="+33639983604").answered_by is None


def test_a_night_with_whoever_is_on_call_is_read_on_the_desk_next_morning(
    wall: Wall, site: Site, new_page: Open, sign_in: SignIn
) -> None:
    wall.set(NIGHT)
    operator = open_house()
    Presence.objects.update(state=Presence.State.AWAY)
    direct(
        line(ROUND_THE_CLOCK),
        {"action": "assistants"},
        {"action": "on_call", "numbers": [ON_CALL], "seconds": 3},
        {"action": "announce", "text": "Fermez l’eau au compteur."},
    )
    phone = operator.telephone(ON_CALL)

    # He hears whose call it is and presses 1; a voicemail would not.
    taken = operator.place_call(ROUND_THE_CLOCK, "+33639983606")
    pick_up(operator, ON_CALL)
    until(lambda: [one for one in phone.connected[0].heard if one.kind == "said"])
    assert not [one for one in taken.heard if one.kind == "connected"]
    phone.press("1")
    until(lambda: taken.heard[-1].kind == "connected")
    taken.hang_up()

    # He sleeps: the caller hears what to do meanwhile.
    missed = operator.place_call(ROUND_THE_CLOCK, "+33639983607")
    until(lambda: missed.state == "completed")
    assert [one.text for one in missed.heard if one.kind == "said"] == ["Fermez l’eau au compteur."]

    wall.set(MORNING)
    desk = desk_of(new_page, sign_in, "lea")
    call = Call.objects.get(caller_number="+33639983607")
    expect(desk.locator(f"#callback-{call.uuid}")).to_be_visible()
    desk.goto(f"/desk/calls/{Call.objects.get(caller_number='+33639983606').uuid}/")
    expect(desk.locator(".callhead-why")).to_contain_text("d’astreinte, 06 39 98 34 31")
    desk.goto(f"/desk/calls/{call.uuid}/")
    expect(desk.locator(".callhead-why")).to_contain_text("d’astreinte n’a pas décroché")
