"""An exchange that routes by itself tells of its calls, as Zammad documents it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from calls.models import Call, CallerRule, CallEvent, CallLeg, CtiConnection, WebhookRefusal
from calls.services.cti import end_forgotten_calls, make_connection, revoke_connection
from calls.services.purging import purge_calls
from calls.webhooks import cti
from clients.models import AuditEntry, Bureau, Client, Line, User
from core.rate_limit import Limit
from desk.queries.board import board
from tests.factories import make_assistant, make_bureau, make_client, make_line

pytestmark = pytest.mark.django_db

LINE, CALLER = "33199004010", "33639984410"


@pytest.fixture
def bureau() -> Bureau:
    return make_bureau()


@pytest.fixture
def line(bureau: Bureau) -> Line:
    return make_line(make_client(bureau), f"+{LINE}")


@pytest.fixture
def lea(line: Line) -> User:
    return make_assistant(line.client, "lea")


@pytest.fixture
def token(bureau: Bureau) -> str:
    return make_connection(bureau=bureau, name="Asterisk", by=None, at=datetime.now(UTC))[1]


def address(token: str) -> str:
    return f"/api/v1/cti/{token}/"


def event(name: str, **more: Any) -> dict[str, Any]:
    told = {"event": name, "from": CALLER, "to": LINE, "direction": "in", "callId": "77"}
    return told | more


def tell(token: str, name: str, **more: Any) -> Any:
    form = event(name, **more)
    return Browser().post(address(token), form, content_type="application/json")


def test_a_call_is_answered_and_ended_as_the_exchange_tells(
    token: str, line: Line, lea: User
) -> None:
    replies = [
        tell(token, "newCall").json(),
        tell(token, "answer", answeringNumber="lea").json(),
        tell(token, "hangup", cause="normalClearing").json(),
    ]

    call = Call.objects.get()
    assert replies == [{}, {}, {}]
    assert (call.client, call.line, str(call.caller_number)) == (line.client, line, f"+{CALLER}")
    assert (call.state, call.ending, call.answered_by) == ("ended", "answered", lea)
    assert set(call.legs.values_list("state", flat=True)) == {"ended"}


def test_it_pops_on_the_desk_and_nobodys_telephone_is_rung(
    token: str, line: Line, lea: User
) -> None:
    tell(token, "newCall")

    [card] = board(lea, datetime.now(UTC)).waiting
    call = Call.objects.get()
    assert (card.uuid, card.greeting) == (call.uuid, "Cabinet, bonjour !")
    assert (call.routing["steps"], call.routing["because"]) == ([], "exchange")
    assert call.queued_at is None


def test_a_form_is_understood_as_well_as_json(token: str, line: Line, lea: User) -> None:
    form = {**event("answer"), "user[]": ["nobody", "lea@tests.example"]}

    Browser().post(address(token), form)

    assert Call.objects.get().answered_by == lea


@pytest.mark.parametrize(
    "named",
    [
        {"answeringNumber": "sip:lea@telephones.example"},
        {"answeringNumber": "lea"},
        {"user": "LEA@tests.example"},
        {"user": ["somebody", "Lea"]},
        {"user[]": ["Lea"]},
        {"caller": "Lea"},
    ],
)
def test_who_talks_is_known_by_telephone_address_or_name(
    token: str, line: Line, lea: User, named: dict[str, Any]
) -> None:
    tell(token, "newCall")
    tell(token, "answer", **named)

    assert Call.objects.get().answered_by == lea


def test_a_telephone_number_is_known_however_it_is_written(token: str, line: Line) -> None:
    claire = make_assistant(line.client, "claire", telephone="number")
    number = claire.endpoints.get().address

    tell(token, "answer", answeringNumber=f"0{number[3:]}")

    assert Call.objects.get().answered_by == claire


@pytest.mark.parametrize("named", [{}, {"user": "nobody"}, {"user": "Anne Roux"}])
def test_a_call_answered_by_somebody_unknown_is_answered_by_nobody_of_ours(
    token: str, line: Line, lea: User, named: dict[str, Any]
) -> None:
    make_assistant(line.client, "other", presence="away")
    User.objects.update(full_name="Anne Roux")

    tell(token, "answer", **named)

    call = Call.objects.get()
    assert (call.state, call.answered_by) == ("in_progress", None)


def test_somebody_of_another_bureau_is_nobody(token: str, line: Line) -> None:
    make_assistant(make_client(), "stranger")

    tell(token, "answer", user="stranger@tests.example")

    assert Call.objects.get().answered_by is None


STORY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("newCall", {}),
    ("answer", {"answeringNumber": "lea"}),
    ("hangup", {"cause": "normalClearing"}),
)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_in_any_order_and_twice_the_truth_is_the_same(
    token: str, line: Line, lea: User, order: tuple[int, ...]
) -> None:
    for index in (*order, *reversed(order)):
        name, more = STORY[index]
        assert tell(token, name, **more).json() == {}

    call = Call.objects.get()
    assert (call.state, call.ending, call.answered_by) == ("ended", "answered", lea)
    assert call.legs.count() == 2
    assert set(call.legs.values_list("state", flat=True)) == {"ended"}


@pytest.mark.parametrize(
    ("cause", "ending", "disposition"),
    [
        ("busy", "missed", ""),
        ("noAnswer", "missed", ""),
        ("cancel", "abandoned", ""),
        ("normalClearing", "abandoned", ""),
        ("congestion", "failed", ""),
        ("notFound", "failed", ""),
        ("forwarded", "missed", "put_through"),
        ("somethingElse", "abandoned", ""),
    ],
)
def test_each_cause_gives_its_ending(
    token: str, line: Line, cause: str, ending: str, disposition: str
) -> None:
    tell(token, "newCall")
    tell(token, "hangup", cause=cause)

    call = Call.objects.get()
    assert (call.ending, call.disposition) == (ending, disposition)


@pytest.mark.parametrize("withheld", ["anonymous", "Anonymous", "", "unknown", "33999999999"])
def test_a_withheld_number_is_nobodys(token: str, line: Line, withheld: str) -> None:
    tell(token, "newCall", **{"from": withheld})

    assert str(Call.objects.get().caller_number or "") == ""


@pytest.mark.parametrize("dialled", ["33199004010", "0199004010", "+33 1 99 00 40 10"])
def test_the_line_is_found_however_its_number_is_written(
    token: str, line: Line, dialled: str
) -> None:
    tell(token, "newCall", to=dialled)

    assert Call.objects.get().line == line


def test_a_blocked_caller_is_turned_away_each_time_it_is_asked(token: str, line: Line) -> None:
    CallerRule.objects.create(client=line.client, number=f"+{CALLER}", verdict="blocked")

    replies = [tell(token, "newCall").json() for _twice in range(2)]

    assert replies == [{"action": "reject", "reason": "busy"}] * 2
    assert Call.objects.get().routing["because"] == "blocked"


def test_a_call_that_goes_out_shows_the_lines_number(token: str, line: Line, lea: User) -> None:
    out = {"direction": "out", "from": LINE, "to": CALLER}

    reply = tell(token, "newCall", **out, user="lea@tests.example").json()
    tell(token, "answer", **out, user="lea@tests.example")

    call = Call.objects.get()
    assert reply == {"action": "dial", "caller_id": LINE, "number": CALLER}
    assert (call.direction, str(call.caller_number), call.answered_by) == ("out", f"+{CALLER}", lea)


def test_a_line_that_is_nobodys_is_told_to_the_owner(token: str, line: Line) -> None:
    assert tell(token, "newCall", to="33199004099").json() == {}

    refusal = WebhookRefusal.objects.get()
    assert (refusal.reason, refusal.called) == ("unknown_line", "33199004099")
    assert not Call.objects.exists()


def test_a_line_of_another_bureau_is_nobodys(token: str) -> None:
    make_line(make_client(), f"+{LINE}")

    tell(token, "newCall")

    assert not Call.objects.exists()


def test_two_exchanges_may_count_their_calls_alike(token: str, bureau: Bureau, line: Line) -> None:
    _other, second = make_connection(bureau=bureau, name="3CX", by=None, at=datetime.now(UTC))

    tell(token, "newCall")
    tell(second, "newCall")

    assert Call.objects.count() == 2


def test_long_identifiers_are_told_apart(token: str, line: Line) -> None:
    for end in ("a", "b", "a"):
        tell(token, "newCall", callId="x" * 100 + end)

    assert Call.objects.count() == 2


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"direction": "sideways"}, "Invalid direction!"),
        ({"direction": ""}, "Invalid direction!"),
        ({"callId": ""}, "Missing event or callId!"),
        ({"event": ""}, "Missing event or callId!"),
    ],
)
def test_what_cannot_be_taken_is_said_so(
    token: str, line: Line, more: dict[str, str], error: str
) -> None:
    answer = Browser().post(
        address(token), event("newCall") | more, content_type="application/json"
    )

    assert (answer.status_code, answer.json()) == (422, {"error": error})


@pytest.mark.parametrize("body", ["[]", "{", "null", '"newCall"', "[" * 5000])
def test_what_is_no_json_object_is_said_so(token: str, line: Line, body: str) -> None:
    answer = Browser().post(address(token), body, content_type="application/json")

    assert (answer.status_code, answer.json()) == (422, {"error": "Invalid JSON!"})


def test_odd_values_do_no_harm(token: str, line: Line) -> None:
    body = (
        '{"event": "newCall", "direction": "in", "callId": 77, "from": null, "queue": {"a": 1}, '
        f'"to": "{LINE}", "user": [1, null, {{}}], "x": "\\u0000\\ud800' + "é" * 5000 + '"}'
    )

    assert Browser().post(address(token), body, content_type="application/json").json() == {}

    kept = CallEvent.objects.get().form
    assert (kept["callId"], kept["queue"], kept["user"]) == ("77", "", ["1", "", ""])
    assert set(kept["x"]) == {"é"}


def test_an_event_that_we_do_not_know_is_kept_and_moves_nothing(token: str, line: Line) -> None:
    tell(token, "newCall")
    tell(token, "hold", x_event_id="e1")
    tell(token, "hold", x_event_id="e1")

    assert Call.objects.get().state == "ringing"
    assert CallEvent.objects.filter(name="hold").count() == 1


@pytest.mark.parametrize("name", ["hold", "unhold", "transfer", "dtmf"])
@pytest.mark.parametrize("before", ["newCall", "answer", "hangup"])
def test_what_else_an_exchange_tells_of_a_call_is_kept_beside_it_and_changes_nothing(
    token: str, line: Line, lea: User, before: str, name: str
) -> None:
    tell(token, before, answeringNumber="lea")
    kept = list(Call.objects.values()), list(CallLeg.objects.values())

    replies = [tell(token, name, direction=way, to="").json() for way in ("", "in")]

    assert replies == [{}, {}]
    assert (list(Call.objects.values()), list(CallLeg.objects.values())) == kept
    assert CallEvent.objects.filter(name=name).count() == 1


def test_what_is_told_of_a_call_that_nobody_knows_makes_no_call(token: str, line: Line) -> None:
    assert tell(token, "hold").json() == {}

    assert not Call.objects.exists()


@pytest.mark.parametrize(
    ("cause", "ending"),
    [("noAnswer", "unreached"), ("busy", "unreached"), ("cancel", "unreached"), ("", "unreached")],
)
def test_a_call_that_went_out_and_was_not_answered_is_nobodys_to_ring_back(
    token: str, line: Line, lea: User, cause: str, ending: str
) -> None:
    out = {"direction": "out", "from": LINE, "to": CALLER, "user": "lea"}
    tell(token, "newCall", **out)
    tell(token, "hangup", **out, cause=cause)

    assert Call.objects.get().ending == ending
    assert board(lea, datetime.now(UTC)).callbacks == []


def test_a_call_that_went_out_and_was_answered_late_is_answered(
    token: str, line: Line, lea: User
) -> None:
    out = {"direction": "out", "from": LINE, "to": CALLER, "user": "lea"}
    for name in ("newCall", "hangup", "answer"):
        tell(token, name, **out, cause="noAnswer")

    call = Call.objects.get()
    assert (call.ending, call.answered_by) == ("answered", lea)


def test_the_exchanges_own_instant_counts_where_it_can_be_believed(token: str, line: Line) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    minute = timedelta(minutes=1)
    tell(token, "answer", x_at=(now - 2 * minute).isoformat())
    tell(token, "newCall", x_at=(now - 3 * minute).isoformat())
    tell(token, "hangup", x_at=(now - minute).isoformat())
    tell(token, "newCall", callId="78", x_at="1999-01-01T00:00:00+00:00")

    told, doubted = Call.objects.order_by("pk")
    assert (told.started_at, told.answered_at, told.ended_at) == (
        now - 3 * minute,
        now - 2 * minute,
        now - minute,
    )
    assert doubted.started_at >= now


@pytest.mark.parametrize("length", ["75", "1:15", "00:01:15"])
def test_the_length_of_a_talk_told_at_its_end_proves_it(
    token: str, line: Line, lea: User, length: str
) -> None:
    for _twice in range(2):
        tell(token, "hangup", x_seconds=length, answeringNumber="lea")

    call = Call.objects.get()
    assert (call.ending, call.answered_by) == ("answered", lea)
    assert call.talked_for(datetime.now(UTC)) == timedelta(seconds=75)


@pytest.mark.parametrize("length", ["0", "", "long", "-5", "1:2:3:4"])
def test_no_length_proves_nothing(token: str, line: Line, lea: User, length: str) -> None:
    tell(token, "hangup", x_seconds=length, answeringNumber="lea", cause="noAnswer")

    assert Call.objects.get().ending == "missed"


# --- Who is let in --------------------------------------------------------------------------------


def test_a_token_that_opens_nothing_is_refused_and_never_written_down(line: Line) -> None:
    answer = tell("a-wrong-token", "newCall")

    refusal = WebhookRefusal.objects.get()
    assert (answer.status_code, answer.json()) == (401, {"error": "Invalid token!"})
    assert (refusal.reason, refusal.path) == ("token", "/api/v1/cti/…/")
    assert not Call.objects.exists()


def test_a_revoked_token_opens_nothing_any_more(token: str, line: Line, lea: User) -> None:
    connection = CtiConnection.objects.get()
    for _twice in range(2):
        revoke_connection(connection=connection, by=lea, at=datetime.now(UTC))

    assert tell(token, "newCall").status_code == 401
    assert AuditEntry.objects.filter(action="cti.revoked").count() == 1


def test_the_token_is_kept_and_logged_nowhere(
    token: str, bureau: Bureau, caplog: pytest.LogCaptureFixture
) -> None:
    Browser().post(address(token), "{", content_type="application/json")
    assert token not in caplog.text

    rows = str(list(CtiConnection.objects.values())) + str(list(AuditEntry.objects.values()))

    assert token not in rows


def test_it_is_kept_when_an_exchange_was_last_heard_of(token: str, line: Line) -> None:
    tell(token, "newCall")

    assert CtiConnection.objects.get().last_used_at is not None


def test_an_exchange_and_who_guesses_are_answered_so_often(
    token: str, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cti, "EVENTS", Limit("cti.events", most=2, seconds=60))
    monkeypatch.setattr(cti, "MISSES", Limit("cti.misses", most=2, seconds=60))

    ours = [tell(token, "newCall").status_code for _ in range(3)]
    guesses = [tell("wrong", "newCall").status_code for _ in range(3)]

    assert (ours, guesses) == ([200, 200, 429], [401, 401, 429])


def test_only_a_post_is_an_event(token: str) -> None:
    assert Browser().get(address(token)).status_code == 405


def test_no_csrf_token_is_asked_for_and_no_account(token: str, line: Line) -> None:
    browser = Browser(enforce_csrf_checks=True)

    assert browser.post(address(token), event("newCall")).status_code == 200


# --- What is forgotten ----------------------------------------------------------------------------


def test_what_an_exchange_told_of_people_is_forgotten_after_a_month(token: str, line: Line) -> None:
    tell(token, "newCall")

    purge_calls(at=datetime.now(UTC) + timedelta(days=32))

    assert CallEvent.objects.get().form == {}


@pytest.mark.parametrize(("told", "ending"), [([], "missed"), (["answer"], "answered")])
def test_a_call_whose_end_was_never_told_ends_all_the_same(
    token: str, line: Line, told: list[str], ending: str
) -> None:
    for name in ("newCall", *told):
        tell(token, name)
    now = datetime.now(UTC)

    assert end_forgotten_calls(at=now + timedelta(hours=3)) == 0
    assert end_forgotten_calls(at=now + timedelta(hours=5)) == 1

    call = Call.objects.get()
    assert (call.state, call.ending) == ("ended", ending)


# --- Settings' pages ------------------------------------------------------------------------------


@pytest.fixture
def owner() -> Browser:
    User.objects.create_superuser("owner@tests.example", full_name="Owner")
    browser = Browser()
    browser.force_login(User.objects.get(email="owner@tests.example"))
    return browser


def test_the_address_is_shown_once_when_it_is_made(owner: Browser, line: Line) -> None:
    add = reverse("admin:calls_cticonnection_add")

    page = owner.post(add, {"bureau": line.client.bureau_id, "name": "FreePBX"})

    [shown] = [one for one in page.text.split("code>") if "/api/v1/cti/" in one]
    path = shown.removeprefix("http://localhost:8000").removesuffix("</")
    assert "no-store" in page["Cache-Control"]
    assert Browser().post(path, event("newCall")).status_code == 200
    assert "api/v1/cti" not in owner.get(reverse("admin:calls_cticonnection_changelist")).text


def test_it_is_revoked_from_the_list(owner: Browser, token: str, line: Line) -> None:
    chosen = {"action": "revoke", "_selected_action": [CtiConnection.objects.get().pk]}

    owner.post(reverse("admin:calls_cticonnection_changelist"), chosen)

    assert tell(token, "newCall").status_code == 401
    assert CtiConnection.objects.get().revoked_by is not None


def test_its_page_changes_nothing(owner: Browser, token: str) -> None:
    page = reverse("admin:calls_cticonnection_change", args=[CtiConnection.objects.get().pk])

    assert owner.post(page, {"name": "Autre"}).status_code == 403
    assert Client.objects.count() == 0
