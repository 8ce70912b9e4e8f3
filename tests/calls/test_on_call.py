"""A step « on call » rings whoever the roster names at that instant."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse

from calls.models import Call
from calls.queries import direction_of, directions_of, foresee, on_call_wanted
from calls.queries.aims import aim_named, aims_of
from calls.rules.routing import Action, Directive, OnCall, with_roster
from clients.models import Line
from core.periods import Period
from tests.calls.lines import WORKING, direct
from tests.calls.operator import post_signed, ring, voice_form
from tests.clients.rosters import ANNE, MARC, make_on_call, make_shift
from tests.factories import make_assistant, make_client, make_line
from tests.people import NOW

pytestmark = pytest.mark.django_db

FALLBACK = "+33639981009"
MONDAY, TUESDAY, WEDNESDAY = (date(2026, 11, day) for day in (23, 24, 25))
NOON = {"starts": time(0), "ends": time(12)}
ASKED = Directive(Action.ON_CALL, 30, (FALLBACK,))


@pytest.fixture
def line() -> Line:
    return make_line(make_client(), "+33199004035")


def numbers(answer: object) -> list[str | None]:
    root = ET.fromstring(answer.content)  # type: ignore[attr-defined]
    return [one.text for one in root.iterfind("Dial/*")]


def test_the_roster_rings_before_the_numbers_of_the_step() -> None:
    assert with_roster([ASKED], [OnCall(7, MARC)]) == (
        Directive(Action.ON_CALL, 30, (MARC,), on_call=(7,)),
        ASKED,
    )


def test_several_on_call_ring_together() -> None:
    found = with_roster([Directive(Action.ON_CALL)], [OnCall(7, MARC), OnCall(8, ANNE)])

    assert found == (Directive(Action.ON_CALL, 0, (MARC, ANNE), on_call=(7, 8)),)


def test_nobody_is_rung_twice_by_roster_and_step() -> None:
    found = with_roster([ASKED], [OnCall(7, FALLBACK)])

    assert found == (Directive(Action.ON_CALL, 30, (FALLBACK,), on_call=(7,)),)


def test_without_anybody_on_call_the_steps_numbers_ring() -> None:
    forward = Directive(Action.FORWARD, 0, (MARC,))

    assert with_roster([ASKED, forward], []) == (ASKED, forward)
    assert with_roster([forward], [OnCall(8, ANNE)]) == (forward,)


def test_a_call_rings_whoever_is_on_call_then_the_fallback(line: Line) -> None:
    direct(line, {"action": "on_call", "numbers": [FALLBACK]}, {"action": "announce", "text": "X"})
    marc = make_on_call(line.client)
    # Week after week, without a gap: the operator's door reads the clock.
    make_shift(marc, date(2024, 1, 1), date(2024, 1, 8), ends=time(18), every_weeks=1)

    first = ring(str(line.number))
    call = Call.objects.get()
    path = reverse("twilio:dialled", args=[call.uuid])
    form = voice_form(str(line.number)) | {"DialCallStatus": "no-answer"}
    second = post_signed(f"{path}?step=0", form | {"CallStatus": "in-progress"})

    assert (numbers(first), numbers(second)) == ([MARC], [FALLBACK])
    assert [step["on_call"] for step in call.routing["steps"]] == [[marc.pk], [], []]
    assert call.routing["nobody_on_call"] is False


def test_a_call_keeps_that_nobody_was_on_call(line: Line) -> None:
    direct(line, {"action": "on_call", "numbers": []}, {"action": "announce", "text": "X"})
    make_shift(make_on_call(line.client), date(2024, 1, 1), date(2024, 1, 8))

    answer = ring(str(line.number))

    assert numbers(answer) == []
    assert Call.objects.get().routing["nobody_on_call"] is True


def test_the_preview_rings_whoever_is_on_call_then(line: Line) -> None:
    direct(line, {"action": "on_call", "numbers": []})
    marc, anne = make_on_call(line.client), make_on_call(line.client, "Anne", ANNE)
    make_shift(marc, TUESDAY, WEDNESDAY, every_weeks=1)
    make_shift(anne, date(2026, 12, 1), date(2026, 12, 2))

    def rung(day: int, hour: int) -> list[tuple[str, ...]]:
        at = datetime(2026, 12, day, hour, tzinfo=UTC)
        return [step.numbers for step in foresee(line, at).plan.steps]

    assert [rung(1, 20), rung(8, 20), rung(9, 20)] == [[(ANNE,)], [(MARC,)], []]


def test_a_caller_may_be_handed_to_whoever_is_on_call_now(line: Line) -> None:
    lea = make_assistant(line.client, "lea")
    marc = make_on_call(line.client)
    make_shift(marc, MONDAY, TUESDAY, ends=time(12))

    now = aims_of(line.client, lea, NOW)
    later = aims_of(line.client, lea, NOW + timedelta(days=1))

    assert [(one.name, one.number, one.must_accept) for one in now] == [("Marc Petit", MARC, True)]
    assert aim_named(line.client, lea, NOW, now[0].key) == now[0]
    assert later == []


def test_many_lines_are_asked_about_as_one(line: Line) -> None:
    direct(line, {"action": "on_call", "numbers": [FALLBACK]})
    make_shift(make_on_call(line.client), MONDAY, TUESDAY, ends=time(12))

    assert directions_of([line], NOW)[line.pk] == direction_of(line, NOW)
    assert direction_of(line, NOW).directives[0].numbers == (MARC,)


def test_on_call_is_wanted_when_a_line_would_ring_it_and_is_the_clients(line: Line) -> None:
    direct(line, {"action": "holder"}, kind="weekly", hours=dict(WORKING))
    direct(line, {"action": "on_call", "numbers": []}, hours={"name": "Nuit"})
    line.valid_until = NOW + timedelta(hours=16)
    line.save()

    found = on_call_wanted(line.client, Period(NOW - timedelta(hours=2), NOW + timedelta(days=3)))

    # Until 8:00 in Paris, and from 18:00 on until the line is over.
    assert found == [
        Period(NOW - timedelta(hours=2), datetime(2026, 11, 24, 7, tzinfo=UTC)),
        Period(datetime(2026, 11, 24, 17, tzinfo=UTC), line.valid_until),
    ]
