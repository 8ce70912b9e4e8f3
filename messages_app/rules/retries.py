"""How long to wait before the next try, and when a doubt goes to a human."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)

# Longer than the slowest send (time-outs of 10 s) with room for a busy machine.
LEASE = timedelta(seconds=45)
# A gateway needs a moment before what it took shows in its list.
ASK_AFTER = timedelta(seconds=60)
# Its list must lack the text this many times, ASK_AFTER apart, before it counts as never sent.
ABSENCES_NEEDED = 2
# Without any answer for so many asks, a human decides.
ASKS_BEFORE_HUMAN = 5

# After a pause the sweep wakes what waited, and its first try says whether the pause goes on.
PAUSE_GRACE = timedelta(seconds=20)

SMS_LIFE = timedelta(hours=10)
EMAIL_LIFE = timedelta(days=3)


def wait_before_retry(attempts: int, retry_after: timedelta | None = None) -> timedelta:
    """15 s, 30 s, 1 min … up to 15 min; a gateway that names a longer delay is obeyed."""
    doubled = FIRST_WAIT * 2 ** max(min(attempts, 10) - 1, 0)
    return max(min(doubled, LONGEST_WAIT), retry_after or timedelta(0))


class Step(StrEnum):
    """What follows a send that the gateway could not bring home."""

    NEXT_CHANNEL = "next_channel"
    SEND_AGAIN = "send_again"


@dataclass(frozen=True)
class FollowUp:
    step: Step
    after: timedelta = timedelta(0)


class Verdict(StrEnum):
    """What an unanswered question about an uncertain send leads to."""

    ASK_AGAIN = "ask_again"
    SEND_AGAIN = "send_again"
    ASK_HUMAN = "ask_human"


def judge_absence(*, absences: int, was_sent_again: bool) -> Verdict:
    """The gateway has answered `absences` times that it never saw the text.

    One automatic second send, never two: a second doubt about the same text is a human's.
    """
    if absences < ABSENCES_NEEDED:
        return Verdict.ASK_AGAIN
    return Verdict.ASK_HUMAN if was_sent_again else Verdict.SEND_AGAIN


def judge_silence(*, asks: int, can_be_asked: bool) -> Verdict:
    """No answer could be had; a channel that nobody can be asked about goes to a human at once."""
    if can_be_asked and asks < ASKS_BEFORE_HUMAN:
        return Verdict.ASK_AGAIN
    return Verdict.ASK_HUMAN
