"""A hand-over gives waiting callers to somebody else."""

from calls.services.queueing import wake_queue
from clients.facts import CoverBegan, CoverEnded


def follow_cover(fact: CoverBegan | CoverEnded) -> None:
    """Have the queue looked at: who may take its callers has changed."""
    wake_queue()
