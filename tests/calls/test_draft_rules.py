"""What is wrong with a version of a line's schedule before it may hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from calls.rules.drafts import Draft, DraftHours, DraftStep, Fault, What, faults_of
from calls.rules.hours import When
from calls.rules.routing import Action

NUMBER = "+33199004001"
RING = DraftStep(Action.ASSISTANTS)
DAY = DraftHours("Journée", When.WEEKLY, (RING,))


def wrong(draft: Draft) -> list[Fault]:
    return faults_of(draft, lambda number: number.startswith("+"))


def of_steps(*steps: DraftStep) -> list[tuple[int, What]]:
    draft = Draft(hours=(replace(DAY, steps=steps),))
    return [(fault.step, fault.what) for fault in wrong(draft)]


def of_hours(**fields: object) -> list[What]:
    return [fault.what for fault in wrong(Draft(hours=(replace(DAY, **fields),)))]  # type: ignore[arg-type]


def test_a_sound_draft_has_no_fault() -> None:
    steps = (
        DraftStep(Action.TEAM, 15, (NUMBER,)),
        DraftStep(Action.HOLDER, 20),
        DraftStep(Action.DEPUTIES, 20),
        DraftStep(Action.QUEUE, 180),
        DraftStep(Action.VOICEMAIL, text="Laissez un message."),
    )

    assert of_steps(*steps) == []


def test_a_version_needs_hours() -> None:
    assert wrong(Draft(hours=())) == [Fault(What.NO_HOURS)]


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"name": "  "}, What.NO_NAME),
        ({"steps": ()}, What.NO_STEPS),
        ({"weekdays": frozenset()}, What.NO_WEEKDAYS),
        ({"when": When.DATES}, What.NO_DATES),
        ({"when": When.DATES, "first": date(2026, 12, 24)}, What.NO_DATES),
        ({"first": date(2026, 12, 24), "last": date(2026, 12, 23)}, What.DATES_BACKWARDS),
    ],
)
def test_hours_say_what_they_lack(fields: dict[str, object], what: What) -> None:
    assert of_hours(**fields) == [what]


def test_the_rest_of_the_time_is_said_once() -> None:
    rest = replace(DAY, when=When.OTHERWISE)

    assert wrong(Draft(hours=(rest, DAY, rest))) == [Fault(What.REST_TWICE, 2)]


@pytest.mark.parametrize("action", [Action.TEAM, Action.ON_CALL, Action.FORWARD])
def test_what_rings_numbers_needs_possible_ones(action: Action) -> None:
    assert of_steps(DraftStep(action)) == [(0, What.NO_NUMBERS)]
    assert of_steps(DraftStep(action, numbers=("12",))) == [(0, What.IMPOSSIBLE_NUMBER)]
    assert of_steps(DraftStep(action, numbers=(NUMBER,) * 11)) == [(0, What.TOO_MANY_NUMBERS)]


@pytest.mark.parametrize("action", [Action.VOICEMAIL, Action.ANNOUNCE])
def test_nothing_comes_after_the_end(action: Action) -> None:
    last = DraftStep(action, text="Au revoir.")

    assert of_steps(last, RING) == [(1, What.AFTER_THE_END)]


@pytest.mark.parametrize("action", [Action.VOICEMAIL, Action.ANNOUNCE])
def test_the_end_is_said(action: Action) -> None:
    assert of_steps(RING, DraftStep(action, text=" ")) == [(1, What.NO_SENTENCE)]


def test_the_lines_own_voicemail_sentence_is_one_too() -> None:
    day = replace(DAY, steps=(DraftStep(Action.VOICEMAIL),))

    assert wrong(Draft(hours=(day,), voicemail_text="Laissez un message.")) == []


@pytest.mark.parametrize(
    ("actions", "found"),
    [
        (["deputies", "holder"], [(1, What.DEPUTIES_BEFORE_HOLDER)]),
        (["assistants", "deputies"], [(1, What.RUNG_TWICE)]),
        (["holder", "holder"], [(1, What.RUNG_TWICE)]),
        (["holder", "deputies", "assistants"], [(2, What.RUNG_TWICE)]),
        (["holder", "assistants"], []),
        (["queue", "holder", "queue"], [(2, What.WAITS_TWICE)]),
    ],
)
def test_people_are_rung_in_order_and_once(
    actions: list[str], found: list[tuple[int, What]]
) -> None:
    assert of_steps(*(DraftStep(Action(one)) for one in actions)) == found


def test_nobody_rings_for_more_than_two_minutes_but_waiting_may_be_long() -> None:
    assert of_steps(DraftStep(Action.HOLDER, 121)) == [(0, What.TOO_LONG)]
    assert of_steps(DraftStep(Action.QUEUE, 900)) == []


def test_a_recording_needs_an_address_and_recording_calls_a_notice() -> None:
    draft = Draft(hours=(DAY,), waiting_sound="own", records_calls=True, recording_notice=" ")

    assert [fault.what for fault in wrong(draft)] == [What.NO_RECORDING_ADDRESS, What.NO_NOTICE]
