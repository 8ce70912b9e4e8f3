"""The call's page says in one line why the call went where it went."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils.translation import override

from calls.models import Call, CallerRule, CallLeg, Crisis, Presence
from calls.services import next_move, set_presence
from clients.models import Line, User
from desk.routing_words import routed_words
from tests.calls.lines import direct
from tests.calls.operator import ring
from tests.clients.rosters import MARC, make_on_call, make_shift
from tests.desk.calls import at as address
from tests.factories import make_assistant, make_client, make_line
from tests.people import NOW

pytestmark = pytest.mark.django_db

TEAM = "+33199004001"
# In Paris, 10:02 of a Monday.
TWO_PAST_TEN = datetime(2026, 11, 23, 9, 2, tzinfo=UTC)
# The tests' clock stands at 8:40 in Paris.
NIGHT = {"name": "Nuit", "starts": time(1), "ends": time(2)}
MORNING = {"name": "Matin", "starts": time(8), "ends": time(12)}


@pytest.fixture
def line() -> Line:
    return make_line(make_client(name="Cabinet Martin"), "+33199004010")


@pytest.fixture
def lea(line: Line) -> User:
    return named(line, "Léa", rank=1)


@pytest.fixture
def claire(line: Line) -> User:
    return named(line, "Claire", rank=2)


def named(line: Line, name: str, **fields: Any) -> User:
    user = make_assistant(line.client, name.lower(), **fields)
    user.first_name = name
    user.save()
    return user


def rung(line: Line, *, by: User | None = None, **fields: Any) -> Call:
    """A call as the operator brings it, answered by somebody where that is said."""
    ring(str(line.number))
    call = Call.objects.select_related("client__bureau", "line").get()
    if by is not None:
        fields |= {"answered_by": by, "answered_at": NOW, "state": Call.State.IN_PROGRESS}
    for name, value in fields.items():
        setattr(call, name, value)
    call.save()
    return call


def words(call: Call) -> str:
    with override("en"):
        return routed_words(call)


def ended(**fields: Any) -> dict[str, Any]:
    return {"state": Call.State.ENDED, "ended_at": NOW, "ending": Call.Ending.MISSED} | fields


def test_who_is_first_in_turn_needs_no_reason(line: Line, lea: User, claire: User) -> None:
    set_presence(user=claire, state=Presence.State.PAUSED, by=claire, at=TWO_PAST_TEN)

    assert words(rung(line, by=lea)) == "Léa, first in turn"


def test_it_says_since_when_who_comes_first_is_on_a_break(
    line: Line, lea: User, claire: User
) -> None:
    set_presence(user=lea, state=Presence.State.PAUSED, by=lea, at=TWO_PAST_TEN)
    call = rung(line, by=claire)

    assert words(call) == "Put through to Claire: Léa on a break since 10:02"


def test_who_is_talking_is_named_though_her_telephone_would_have_rung_later(
    line: Line, lea: User, claire: User
) -> None:
    other = make_line(line.client, "+33199004011")
    Call.objects.create(
        bureau=line.client.bureau,
        client=line.client,
        line=other,
        state=Call.State.IN_PROGRESS,
        started_at=NOW,
        answered_at=NOW,
        answered_by=lea,
    )
    ring(str(line.number))
    call = Call.objects.select_related("client").get(line=line)
    call.answered_by, call.answered_at, call.state = claire, NOW, Call.State.IN_PROGRESS

    assert words(call) == "Put through to Claire: Léa on another call"


def test_who_covers_a_colleague_is_said_to(line: Line, lea: User, claire: User) -> None:
    call = rung(line, by=claire)
    call.routing["steps"][0] |= {"user_id": claire.pk, "instead_of": lea.pk, "because": "covers"}

    assert words(call) == "Claire, in the place of Léa"


def test_who_let_it_ring_is_named(line: Line, lea: User, claire: User) -> None:
    call = rung(line)
    next_move(call=call, after=0, at=NOW)
    call.refresh_from_db()
    assert words(call) == "Rings at Claire: Léa did not pick up"

    call.answered_by, call.answered_at, call.state = claire, NOW, Call.State.IN_PROGRESS
    assert words(call) == "Put through to Claire: Léa did not pick up"


def test_whoever_else_rang_before_her_in_vain_is_named(line: Line, lea: User) -> None:
    steps: list[dict[str, Any]] = [
        {"action": "team", "numbers": [TEAM]},
        {"action": "forward", "numbers": ["+33199004002"]},
        {"action": "on_call", "numbers": ["+33199004003"]},
        {"action": "holder"},
    ]
    direct(line, *steps, hours={"name": "A"})
    call = rung(line)
    assert words(call) == "Outside hours · Being put through"
    for index in range(3):
        next_move(call=call, after=index, at=NOW)
    call.refresh_from_db()

    rings = "Outside hours · Rings at Léa: the client’s own team did not pick up"
    others = "nobody picked up on 01 99 00 40 02, whoever is on call did not pick up"
    assert words(call) == f"{rings}, {others}"


def test_outside_hours_it_says_what_was_heard(line: Line, lea: User) -> None:
    direct(line, {"action": "holder"}, kind="weekly", hours=NIGHT)
    direct(line, {"action": "announce", "text": "Fermé."}, hours={"name": "Fermé"})

    assert words(rung(line, **ended())) == "Outside hours · a sentence, then the end"


def test_a_crisis_is_said(line: Line, lea: User) -> None:
    direct(line, {"action": "team", "numbers": [TEAM]}, {"action": "holder"}, hours={"name": "A"})
    Crisis.objects.create(line=line, starts_at=TWO_PAST_TEN)

    said = words(rung(line, by=lea))

    assert said == (
        "Crisis: the client’s own team is left out · Outside hours · Léa, first in turn"
    )


def test_a_caller_who_is_always_put_through_or_blocked_is_said(line: Line, lea: User) -> None:
    rule = CallerRule.objects.create(client=line.client, number="+33639983456", verdict="always")
    call = rung(line, by=lea)
    assert words(call) == "Always put through · Léa, first in turn"

    rule.delete()
    call.routing["because"] = "blocked"
    assert words(call) == "Blocked caller: nobody was rung"


def test_the_clients_own_team_is_said_with_its_number(line: Line, lea: User) -> None:
    direct(
        line,
        {"action": "team", "numbers": [TEAM]},
        {"action": "holder"},
        kind="weekly",
        hours=MORNING,
    )
    call = rung(line, answered_at=NOW, state=Call.State.IN_PROGRESS)
    CallLeg.objects.create(
        call=call,
        role=CallLeg.Role.THIRD,
        provider="twilio",
        provider_id="CA9",
        number=TEAM,
        started_at=NOW,
        answered_at=NOW,
    )

    assert words(call) == "Matin · Taken by the client’s own team, 01 99 00 40 01"


def test_a_call_of_which_nothing_was_kept_says_nothing(line: Line, lea: User) -> None:
    call = rung(line, by=lea)
    call.routing = {}

    assert words(call) == ""


def test_the_calls_page_shows_it(line: Line, lea: User, claire: User) -> None:
    set_presence(user=lea, state=Presence.State.PAUSED, by=lea, at=TWO_PAST_TEN)
    call, browser = rung(line, by=claire), Browser()
    browser.force_login(claire)

    shown = browser.get(address("call", call)).content.decode()

    assert "Transféré à Claire : Léa en pause depuis 10 h 02" in " ".join(
        shown.replace("\N{NARROW NO-BREAK SPACE}", " ").split()
    )


# --- on call ----------------------------------------------------------------------------


def on_call(line: Line) -> None:
    """Whoever the roster names is rung, all day long; then the fallback."""
    direct(line, {"action": "on_call", "numbers": [TEAM]})
    make_shift(
        make_on_call(line.client),
        date(2024, 1, 1),
        date(2024, 1, 8),
        ends=time(18),
        every_weeks=1,
    )


def taken_by(line: Line, number: str, index: int) -> Call:
    call = rung(line, answered_at=NOW, **ended(ending=Call.Ending.ANSWERED))
    CallLeg.objects.create(
        call=call,
        role=CallLeg.Role.THIRD,
        number=number,
        provider="x",
        provider_id="third",
        state=CallLeg.State.ENDED,
        started_at=NOW,
        answered_at=NOW,
    )
    call.routing["tried"] = [{"index": one} for one in range(index + 1)]
    return call


def test_it_names_who_was_on_call_and_took_the_call(line: Line) -> None:
    on_call(line)

    assert "Taken by Marc Petit, on call, 06 39 98 10 01" in words(taken_by(line, MARC, 0))


def test_it_names_who_is_on_call_and_rung(line: Line) -> None:
    on_call(line)

    assert "Rings at Marc Petit, on call" in words(rung(line))


def test_it_names_who_was_on_call_and_did_not_pick_up(line: Line) -> None:
    on_call(line)

    said = words(taken_by(line, TEAM, 1))

    assert "Marc Petit on call, did not pick up" in said
    assert "Taken by whoever is on call, 01 99 00 40 01" in said


def test_it_says_that_nobody_was_on_call(line: Line) -> None:
    direct(line, {"action": "on_call", "numbers": [TEAM]})
    make_shift(make_on_call(line.client), date(2024, 1, 1), date(2024, 1, 8))

    assert "nobody on call by the roster" in words(rung(line, **ended()))


def test_a_client_without_a_roster_misses_nobody(line: Line) -> None:
    direct(line, {"action": "on_call", "numbers": [TEAM]})

    assert "roster" not in words(rung(line, **ended()))
