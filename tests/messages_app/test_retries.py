"""When a text is tried again, and when a human is asked."""

from datetime import timedelta

import pytest

from messages_app.rules.retries import (
    FollowUp,
    Step,
    Verdict,
    judge_absence,
    judge_silence,
    wait_before_retry,
)
from messages_app.transports.twilio_codes import Kind, follow_up, meaning_of


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(0, 15), (1, 15), (2, 30), (3, 60), (4, 120), (7, 900), (8, 900), (500, 900)],
)
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(attempts: int, seconds: int) -> None:
    assert wait_before_retry(attempts) == timedelta(seconds=seconds)


def test_a_gateway_that_asks_for_longer_is_obeyed() -> None:
    waits = [wait_before_retry(1, timedelta(seconds=wait)) for wait in (5, 1200)]

    assert waits == [timedelta(seconds=15), timedelta(seconds=1200)]


@pytest.mark.parametrize(
    ("absences", "was_sent_again", "verdict"),
    [
        (1, False, Verdict.ASK_AGAIN),
        (2, False, Verdict.SEND_AGAIN),
        (1, True, Verdict.ASK_AGAIN),
        (2, True, Verdict.ASK_HUMAN),
    ],
)
def test_a_text_never_seen_is_sent_again_once(
    absences: int, was_sent_again: bool, verdict: Verdict
) -> None:
    assert judge_absence(absences=absences, was_sent_again=was_sent_again) == verdict


@pytest.mark.parametrize(
    ("asks", "can_be_asked", "verdict"),
    [
        (1, True, Verdict.ASK_AGAIN),
        (4, True, Verdict.ASK_AGAIN),
        (5, True, Verdict.ASK_HUMAN),
        (1, False, Verdict.ASK_HUMAN),
    ],
)
def test_a_gateway_that_stays_silent_passes_the_doubt_to_a_human(
    asks: int, can_be_asked: bool, verdict: Verdict
) -> None:
    assert judge_silence(asks=asks, can_be_asked=can_be_asked) == verdict


@pytest.mark.parametrize(
    ("status", "code", "kind", "alarms"),
    [
        (400, 21211, Kind.NEVER, False),
        (400, 21614, Kind.NEVER, False),
        (400, 21635, Kind.NEVER, False),
        (400, 21610, Kind.NEVER, False),
        (400, 21408, Kind.NEVER, True),
        (400, 21612, Kind.NEVER, True),
        (400, 21606, Kind.NEVER, True),
        (401, 20003, Kind.CHANNEL_DOWN, True),
        (401, 0, Kind.CHANNEL_DOWN, True),
        (429, 20429, Kind.LATER, False),
        (429, 0, Kind.LATER, False),
        (400, 21611, Kind.LATER, False),
        (500, 20500, Kind.UNKNOWN, False),
        (503, 0, Kind.UNKNOWN, False),
        (400, 99999, Kind.NEVER, False),
    ],
)
def test_each_refusal_proves_what_twilio_documents(
    status: int, code: int, kind: Kind, alarms: bool
) -> None:
    meaning = meaning_of(status, code)

    assert (meaning.kind, meaning.alarms) == (kind, alarms)


@pytest.mark.parametrize(
    ("code", "step"),
    [
        ("30003", FollowUp(Step.SEND_AGAIN, timedelta(minutes=5))),
        ("30001", FollowUp(Step.SEND_AGAIN, timedelta(minutes=1))),
        ("30008", FollowUp(Step.SEND_AGAIN)),
        ("30500", FollowUp(Step.SEND_AGAIN)),
        ("30005", FollowUp(Step.NEXT_CHANNEL)),
        ("30006", FollowUp(Step.NEXT_CHANNEL)),
        ("30007", FollowUp(Step.NEXT_CHANNEL)),
        ("30036", FollowUp(Step.NEXT_CHANNEL)),
        ("", FollowUp(Step.NEXT_CHANNEL)),
    ],
)
def test_each_failure_on_the_way_has_its_next_step(code: str, step: FollowUp) -> None:
    assert follow_up(code) == step
