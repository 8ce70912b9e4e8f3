"""What a line does with a caller at each hour, through the operator's doors."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from calls.models import Call, CallerRule, Crisis
from calls.queries import direction_of
from clients.models import Client, Line, User
from tests.calls.lines import WORKING, direct
from tests.calls.operator import post_signed, ring, voice_form
from tests.factories import make_assistant, make_client, make_line

pytestmark = pytest.mark.django_db

TEAM = "+33199004001"
ON_CALL = "+33639981001"
CALLER = "+33639983456"
MONDAY_10 = datetime(2026, 11, 23, 9, tzinfo=UTC)
MONDAY_19 = datetime(2026, 11, 23, 18, tzinfo=UTC)


@pytest.fixture
def client_called() -> Client:
    return make_client()


@pytest.fixture
def line(client_called: Client) -> Line:
    return make_line(client_called, "+33199004010", greeting_en="Good evening.")


@pytest.fixture
def lea(client_called: Client) -> User:
    return make_assistant(client_called, "lea", rank=1)


def verbs(answer: object) -> list[str]:
    return [one.tag for one in ET.fromstring(answer.content)]  # type: ignore[attr-defined]


def rung(answer: object) -> list[str | None]:
    root = ET.fromstring(answer.content)  # type: ignore[attr-defined]
    return [one.text for one in root.iterfind("Dial/*")]


def said(answer: object) -> list[str | None]:
    root = ET.fromstring(answer.content)  # type: ignore[attr-defined]
    return [one.text for one in root.iterfind("Say")]


def nobody_came(call: Call, step: int) -> object:
    path = reverse("twilio:dialled", args=[call.uuid])
    form = voice_form("+33199004010") | {"DialCallStatus": "no-answer", "CallStatus": "in-progress"}
    return post_signed(f"{path}?step={step}", form)


def third(call: Call, number: str, status: str, name: str = "third", **form: str) -> object:
    path = reverse(f"twilio:{name}", args=[call.uuid])
    told = {"CallSid": "CA7", "CallStatus": status, "SequenceNumber": "2"} | form
    return post_signed(f"{path}?number=%2B{number[1:]}", told)


def actions(line: Line, at: datetime, caller: str = "") -> list[str]:
    return [one.action.value for one in direction_of(line, at, caller).directives]


def test_a_line_without_a_schedule_rings_whoever_answers(line: Line, lea: User) -> None:
    assert actions(line, MONDAY_10) == ["assistants"]


def test_the_hours_in_force_decide_and_the_call_keeps_which(line: Line, lea: User) -> None:
    direct(line, {"action": "holder"}, kind="weekly", hours=dict(WORKING))
    direct(line, {"action": "announce", "text": "Fermé."}, hours={"language": "en"})

    assert actions(line, MONDAY_10) == ["holder"]
    assert actions(line, MONDAY_19) == ["announce"]
    assert direction_of(line, MONDAY_19).language == "en"


def test_hours_count_in_the_zone_of_the_line(line: Line, lea: User) -> None:
    direct(line, {"action": "holder"}, kind="weekly", hours=dict(WORKING))
    direct(line, {"action": "announce"})
    line.timezone = "America/New_York"

    assert [actions(line, at) for at in (MONDAY_10, MONDAY_19)] == [["announce"], ["holder"]]


def test_a_newer_schedule_holds_from_its_day_on(line: Line, lea: User) -> None:
    direct(line, {"action": "holder"})
    direct(line, {"action": "voicemail"}, starts_on=date(2026, 11, 24))
    midnight = datetime(2026, 11, 23, 23, tzinfo=UTC)

    assert [actions(line, at) for at in (MONDAY_19, midnight)] == [["holder"], ["voicemail"]]


def test_a_public_holiday_has_hours_of_its_own(line: Line, lea: User) -> None:
    direct(line, {"action": "holder"}, kind="weekly", hours=dict(WORKING))
    direct(line, {"action": "on_call", "numbers": [ON_CALL]}, kind="holidays")

    armistice = datetime(2026, 11, 11, 9, tzinfo=UTC)

    assert [actions(line, at) for at in (armistice, MONDAY_10)] == [["on_call"], ["holder"]]


def test_in_a_crisis_the_clients_team_is_left_out_until_it_is_over(line: Line, lea: User) -> None:
    direct(line, {"action": "team", "numbers": [TEAM]}, {"action": "assistants"})
    assert actions(line, MONDAY_10) == ["team", "assistants"]

    Crisis.objects.create(line=line, starts_at=MONDAY_10, ends_at=MONDAY_19)

    assert actions(line, MONDAY_10) == ["assistants"]
    assert actions(line, MONDAY_19) == ["team", "assistants"]


def test_a_blocked_caller_hears_a_sentence_and_rings_nobody(line: Line, lea: User) -> None:
    CallerRule.objects.create(client=line.client, number=CALLER, verdict="blocked")

    answer = ring("+33199004010", CALLER)

    assert verbs(answer) == ["Reject"]
    call = Call.objects.get()
    assert (call.routing["because"], call.routing["steps"]) == ("blocked", [])


def test_the_lines_own_rule_about_a_caller_goes_before_the_clients(line: Line, lea: User) -> None:
    CallerRule.objects.create(client=line.client, number=CALLER, verdict="blocked")
    CallerRule.objects.create(client=line.client, line=line, number=CALLER, verdict="always")
    direct(line, {"action": "announce"})

    assert actions(line, MONDAY_10, CALLER) == ["assistants", "announce"]
    assert actions(line, MONDAY_10, "+33639983457") == ["announce"]


def test_the_clients_team_is_rung_first_and_we_after_it(line: Line, lea: User) -> None:
    direct(line, {"action": "team", "numbers": [TEAM], "seconds": 15}, {"action": "assistants"})

    first = ring("+33199004010")
    then = nobody_came(Call.objects.get(), 0)

    assert (rung(first), rung(then)) == ([TEAM], [lea.endpoints.get().address])


def test_a_call_that_the_team_takes_is_answered_by_nobody_of_ours(line: Line, lea: User) -> None:
    direct(line, {"action": "team", "numbers": [TEAM]}, {"action": "assistants"})
    ring("+33199004010")
    call = Call.objects.get()

    third(call, TEAM, "in-progress")

    call.refresh_from_db()
    assert (call.state, call.answered_by) == ("in_progress", None)
    assert [(one.role, one.number) for one in call.legs.all()][1:] == [("third", TEAM)]


def test_who_is_on_call_must_press_1_before_both_talk(line: Line, lea: User) -> None:
    direct(line, {"action": "on_call", "numbers": [ON_CALL]}, {"action": "announce"})
    answer = ring("+33199004010")
    call = Call.objects.get()
    assert "third/whisper" in ET.fromstring(answer.content)[0][0].attrib["url"]

    third(call, ON_CALL, "in-progress")
    call.refresh_from_db()
    assert call.state == "ringing"

    third(call, ON_CALL, "in-progress", "third_accept", Digits="1")
    call.refresh_from_db()
    assert (call.state, call.answered_by) == ("in_progress", None)


@pytest.mark.parametrize(
    ("in_english", "heard", "voice"),
    [
        ("Please call back.", "Please call back.", "en-GB"),
        ("", "Merci de rappeler plus tard.", "fr-FR"),
    ],
)
def test_when_nobody_answers_the_line_speaks_the_language_that_it_knows(
    line: Line, in_english: str, heard: str, voice: str
) -> None:
    Line.objects.update(unanswered_text_en=in_english)
    direct(line, {"action": "holder"}, hours={"language": "en"})

    root = ET.fromstring(ring("+33199004010").content)

    assert [(one.text, one.get("language")) for one in root.iterfind("Say")] == [(heard, voice)]


def test_a_sentence_is_said_in_the_language_of_the_hours(line: Line, lea: User) -> None:
    sentence = {"action": "announce", "text": "Fermé.", "text_en": "Closed."}
    direct(line, sentence, hours={"language": "en"})

    answer = ring("+33199004010")

    assert said(answer) == ["Closed."]
    assert Call.objects.get().shown["greeting"] == "Good evening."


def test_who_went_on_a_break_meanwhile_is_passed_over_and_it_is_kept_why(
    line: Line, client_called: Client, lea: User
) -> None:
    claire = make_assistant(client_called, "claire", rank=2)
    direct(line, {"action": "holder"}, {"action": "deputies"}, {"action": "announce"})
    ring("+33199004010")
    call = Call.objects.get()
    claire.presence.state = "paused"
    claire.presence.save()

    answer = nobody_came(call, 0)

    call.refresh_from_db()
    assert verbs(answer) == ["Say", "Hangup"]
    assert [(one["index"], one["because"]) for one in call.routing["skipped"]] == [(1, "paused")]
    assert [one["index"] for one in call.routing["tried"]] == [0, 2]


def test_a_telephone_at_which_somebody_else_sits_meanwhile_is_not_rung_for_her(
    line: Line, client_called: Client, lea: User
) -> None:
    claire = make_assistant(client_called, "claire", rank=2)
    direct(line, {"action": "holder"}, {"action": "deputies"}, {"action": "announce"})
    ring("+33199004010")
    call = Call.objects.get()
    claire.endpoints.update(occupant=lea)

    answer = nobody_came(call, 0)

    call.refresh_from_db()
    assert verbs(answer) == ["Say", "Hangup"]
    assert [one["because"] for one in call.routing["skipped"]] == ["no_telephone"]


def test_a_stand_in_at_her_desk_is_rung_instead_of_her(line: Line, lea: User) -> None:
    ines = make_assistant(line.client, "ines", rank=2, telephone="")
    telephone = lea.endpoints.get()
    telephone.occupant = ines
    telephone.save()

    ring("+33199004010")

    call = Call.objects.get()
    assert [one["user_id"] for one in call.routing["steps"]] == [ines.pk]
    assert call.routing["refused"] == [{"user_id": lea.pk, "because": "no_telephone", "since": ""}]
