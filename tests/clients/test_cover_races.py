"""Two answers to one hand-over at once: one counts; and what would be without the lock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from django.db import connection

from clients.models import AuditEntry, Cover, User
from clients.services import covers
from clients.services.covers import CoverMoved, accept_cover, withdraw_cover
from tests.clients.covers import ask, make_colleague
from tests.factories import make_assistant, make_client

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
ROUNDS = 6
Turn = Callable[[], object]


def at_once(*turns: Turn) -> Counter[str]:
    """Take both turns at the same moment, and count how each ended."""
    barrier, ended = Barrier(len(turns)), []

    def run(turn: Turn) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(30)
            turn()
            ended.append("done")
        except CoverMoved:
            ended.append("moved")
        finally:
            connection.close()

    threads = [Thread(target=run, args=(turn,)) for turn in turns]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return Counter(ended)


@pytest.fixture
def pair() -> tuple[User, User]:
    """Who hands over, and who is asked."""
    practice = make_client()
    return make_assistant(practice, "lea"), make_colleague(practice.bureau, "claire")


def accepting(cover: Cover, *, accept: Callable[..., object] = accept_cover) -> Turn:
    return lambda: accept(cover=cover, by=cover.deputy, at=NOON)


def withdrawing(cover: Cover, *, withdraw: Callable[..., object] = withdraw_cover) -> Turn:
    return lambda: withdraw(cover=cover, by=cover.principal, at=NOON)


def kept() -> list[str]:
    """What the audit says was done with hand-overs, the asking left out."""
    acts = AuditEntry.objects.filter(action__startswith="cover.").exclude(action="cover.proposed")
    return sorted(acts.values_list("action", flat=True))


def forget() -> None:
    Cover.objects.all().delete()
    AuditEntry.objects.all().delete()


def test_a_hand_over_that_is_accepted_twice_at_once_begins_once(pair: tuple[User, User]) -> None:
    for _round in range(ROUNDS):
        cover = ask(*pair, at=NOON)

        ended = at_once(accepting(cover), accepting(cover))

        assert ended == {"done": 1, "moved": 1}
        assert kept() == ["cover.accepted", "cover.began"]
        forget()


def test_of_accepting_and_taking_back_at_once_one_counts_and_the_other_is_told(
    pair: tuple[User, User],
) -> None:
    for _round in range(ROUNDS):
        cover = ask(*pair, at=NOON)

        ended = at_once(accepting(cover), withdrawing(cover))

        cover.refresh_from_db()
        was_accepted = ["cover.accepted", "cover.began"]
        told = {"accepted": was_accepted, "withdrawn": ["cover.withdrawn"]}
        assert ended == {"done": 1, "moved": 1}
        assert kept() == told[cover.state]
        forget()


# --- what would be without the lock ---------------------------------------------------------------


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked before one writes, as without transaction and lock they may."""
    looked = Barrier(2)

    def look(cover: Cover, state: str | None, at: datetime) -> Cover:
        found = Cover.objects.select_related("principal", "deputy").get(pk=cover.pk)
        if found.state not in (state or found.state, Cover.State.PROPOSED):
            raise CoverMoved
        looked.wait(30)
        return found

    monkeypatch.setattr(covers, "_locked", look)


def bare(service: Callable[..., object]) -> Callable[..., object]:
    """The service without its transaction."""
    inner: Callable[..., object] = service.__wrapped__  # type: ignore[attr-defined]
    return inner


@pytest.mark.usefixtures("unlocked")
def test_without_the_lock_it_is_accepted_twice(pair: tuple[User, User]) -> None:
    cover, accept = ask(*pair, at=NOON), bare(accept_cover)

    ended = at_once(accepting(cover, accept=accept), accepting(cover, accept=accept))

    assert ended == {"done": 2}
    assert kept() == ["cover.accepted", "cover.accepted", "cover.began", "cover.began"]


@pytest.mark.usefixtures("unlocked")
def test_without_the_lock_both_are_told_that_theirs_counts(pair: tuple[User, User]) -> None:
    cover = ask(*pair, at=NOON)
    accept, withdraw = bare(accept_cover), bare(withdraw_cover)

    ended = at_once(accepting(cover, accept=accept), withdrawing(cover, withdraw=withdraw))

    assert ended == {"done": 2}
    assert {"cover.accepted", "cover.withdrawn"} <= set(kept())
