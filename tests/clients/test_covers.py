"""Handing clients over, and taking them back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from clients.facts import CoverBegan, CoverEnded
from clients.models import Assignment, AuditEntry, Client, Cover, User
from clients.services import covers
from clients.services.covers import (
    CoverClashes,
    CoverMoved,
    CoverRefused,
    NotHers,
    accept_cover,
    come_back,
    decline_cover,
    note_turns,
    withdraw_cover,
)
from tests.clients.covers import agree, ask, make_colleague
from tests.factories import make_assistant, make_client, make_user

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
TWO = NOON + timedelta(hours=2)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def practice() -> Client:
    return make_client(name="Martin")


@pytest.fixture
def lea(practice: Client) -> User:
    return make_assistant(practice, "lea")


@pytest.fixture
def claire(practice: Client) -> User:
    return make_colleague(practice.bureau, "claire")


@pytest.fixture
def facts(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    told: list[object] = []
    monkeypatch.setattr(covers, "emit", told.append)
    return told


@pytest.fixture
def following(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whose open screens were told to look again what they may see."""
    told: list[str] = []
    monkeypatch.setattr(
        covers, "note_changed_access", lambda users: told.extend(one.full_name for one in users)
    )
    return told


def audited() -> list[str]:
    entries = AuditEntry.objects.filter(target_label="clients.Cover")
    return list(entries.order_by("pk").values_list("action", flat=True))


def test_what_is_asked_changes_nothing_before_it_is_accepted(
    lea: User, claire: User, facts: list[object]
) -> None:
    cover = ask(lea, claire, at=NOON, ends_at=TWO)

    assert (cover.state, list(Cover.objects.holding(NOON)), facts) == ("proposed", [], [])
    assert audited() == ["cover.proposed"]


def test_what_is_accepted_for_now_begins_at_once(
    lea: User, claire: User, facts: list[object], following: list[str]
) -> None:
    cover = agree(lea, claire, at=NOON, ends_at=TWO)

    assert (cover.accepted_at, cover.began_at, cover.holds(NOON)) == (NOON, NOON, True)
    assert facts == [CoverBegan(cover_id=cover.pk, at=NOON)]
    assert following == ["Lea", "Claire"]
    assert audited() == ["cover.proposed", "cover.accepted", "cover.began"]


def test_what_is_accepted_late_holds_from_then_on_only(lea: User, claire: User) -> None:
    cover = ask(lea, claire, at=NOON, ends_at=TWO)

    accepted = accept_cover(cover=cover, by=claire, at=NOON + MINUTE)

    assert accepted.starts_at == NOON + MINUTE


def test_a_hand_over_holds_from_its_minute_to_its_minute(lea: User, claire: User) -> None:
    cover = agree(lea, claire, at=NOON - MINUTE, starts_at=NOON, ends_at=TWO)
    second = timedelta(seconds=1)

    holds = [
        Cover.objects.holding(at).filter(pk=cover.pk).exists()
        for at in (NOON - second, NOON, TWO - second, TWO)
    ]

    assert holds == [False, True, True, False]
    assert [cover.holds(at) for at in (NOON - second, NOON, TWO - second, TWO)] == holds


def test_its_beginning_and_its_end_are_noticed_once_each(
    lea: User, claire: User, facts: list[object], following: list[str]
) -> None:
    cover = agree(lea, claire, at=NOON - MINUTE, starts_at=NOON, ends_at=TWO)

    noticed = [note_turns(at=at) for at in (NOON - MINUTE, NOON, NOON + MINUTE, TWO, TWO + MINUTE)]

    cover.refresh_from_db()
    assert noticed == [0, 1, 0, 1, 0]
    assert facts == [CoverBegan(cover.pk, NOON), CoverEnded(cover.pk, TWO)]
    assert following == ["Lea", "Claire"] * 2
    assert (cover.state, cover.began_at, cover.ended_at) == ("ended", NOON, TWO)


def test_after_an_hour_without_a_process_an_end_is_noticed_at_its_own_minute(
    lea: User, claire: User, facts: list[object]
) -> None:
    cover = agree(lea, claire, at=NOON - MINUTE, starts_at=NOON, ends_at=TWO)

    note_turns(at=TWO + timedelta(hours=1))

    cover.refresh_from_db()
    assert (cover.ended_at, cover.began_at) == (TWO, NOON)
    assert [type(fact) for fact in facts] == [CoverEnded]


def test_who_comes_back_early_has_her_clients_from_that_instant(
    lea: User, claire: User, facts: list[object]
) -> None:
    cover = agree(lea, claire, at=NOON)

    come_back(cover=cover, by=lea, at=NOON + MINUTE)

    assert list(Cover.objects.holding(NOON + MINUTE)) == []
    assert facts[-1] == CoverEnded(cover.pk, NOON + MINUTE)
    assert audited()[-1] == "cover.ended"


def test_what_nobody_answered_lapses_with_its_period(lea: User, claire: User) -> None:
    cover = ask(lea, claire, at=NOON, ends_at=TWO)

    note_turns(at=TWO)

    cover.refresh_from_db()
    assert cover.state == "withdrawn"
    with pytest.raises(CoverMoved):
        accept_cover(cover=cover, by=claire, at=TWO)


def test_a_colleague_may_decline_and_somebody_else_be_asked(lea: User, claire: User) -> None:
    declined = decline_cover(cover=ask(lea, claire, at=NOON), by=claire, at=NOON)
    ines = make_colleague(declined.bureau, "ines")

    assert ask(lea, ines, at=NOON).state == "proposed"
    with pytest.raises(CoverMoved):
        accept_cover(cover=declined, by=claire, at=NOON)


def test_what_has_not_begun_can_be_withdrawn_and_what_has_can_not(lea: User, claire: User) -> None:
    begun = agree(lea, claire, at=NOON, ends_at=TWO)
    agreed = agree(lea, claire, at=NOON, starts_at=TWO, ends_at=TWO + MINUTE)

    assert withdraw_cover(cover=agreed, by=lea, at=NOON).state == "withdrawn"
    with pytest.raises(CoverMoved):
        withdraw_cover(cover=begun, by=lea, at=NOON)


def test_each_does_what_is_hers_only(lea: User, claire: User) -> None:
    cover = ask(lea, claire, at=NOON)
    for act, by in ((accept_cover, lea), (decline_cover, lea), (withdraw_cover, claire)):
        with pytest.raises(NotHers):
            act(cover=cover, by=by, at=NOON)
    accept_cover(cover=cover, by=claire, at=NOON)

    with pytest.raises(NotHers):
        come_back(cover=cover, by=claire, at=NOON)


def test_two_hand_overs_of_one_time_are_refused_and_it_is_told_which_stands(
    lea: User, claire: User, practice: Client
) -> None:
    first = agree(lea, claire, at=NOON, ends_at=TWO)
    ines = make_colleague(practice.bureau, "ines")

    with pytest.raises(CoverClashes) as refused:
        ask(lea, ines, at=NOON, clients=[practice], ends_at=TWO)

    assert (refused.value.code, refused.value.other) == ("overlaps", first)


def test_who_leaves_until_she_is_back_is_covered_until_what_is_agreed_for_later(
    lea: User, claire: User, practice: Client
) -> None:
    ines = make_colleague(practice.bureau, "ines")
    agree(lea, ines, at=NOON, starts_at=TWO, ends_at=TWO + MINUTE)

    assert agree(lea, claire, at=NOON).ends_at == TWO


def test_nobody_hands_on_what_she_answers_for_somebody_else(lea: User, practice: Client) -> None:
    claire = make_assistant(practice, "claire", rank=2)
    ines = make_colleague(practice.bureau, "ines")
    agree(lea, claire, at=NOON)

    with pytest.raises(CoverClashes) as refused:
        ask(claire, ines, at=NOON)

    assert refused.value.code == "principal_covers"


def test_what_would_clash_by_now_is_not_accepted(lea: User, practice: Client) -> None:
    claire = make_assistant(practice, "claire", rank=2)
    ines = make_colleague(practice.bureau, "ines")
    # Both were asked before either was agreed: the second would hand on a chain.
    asked = ask(claire, ines, at=NOON, starts_at=TWO, ends_at=TWO + MINUTE)
    later = agree(lea, claire, at=NOON, ends_at=TWO)
    Cover.objects.filter(pk=later.pk).update(ends_at=None)

    with pytest.raises(CoverClashes):
        accept_cover(cover=asked, by=ines, at=NOON)


@pytest.mark.parametrize("ends_at", [NOON, NOON - MINUTE])
def test_a_time_that_is_over_is_refused(lea: User, claire: User, ends_at: datetime) -> None:
    with pytest.raises(CoverRefused, match="period"):
        ask(lea, claire, at=NOON, starts_at=NOON - TWO.resolution, ends_at=ends_at)


def test_somebody_of_another_bureau_can_not_take_over(lea: User) -> None:
    elsewhere = make_assistant(make_client())

    with pytest.raises(CoverRefused, match="not_a_deputy"):
        ask(lea, elsewhere, at=NOON)


def test_somebody_elses_client_can_not_be_handed_over(
    lea: User, claire: User, practice: Client
) -> None:
    other = make_client(practice.bureau)

    with pytest.raises(CoverRefused, match="no_clients"):
        ask(lea, claire, at=NOON, clients=[other])
    with pytest.raises(CoverRefused, match="no_clients"):
        ask(lea, claire, at=NOON, clients=[])


def test_who_answers_nobody_has_nothing_to_hand_over(practice: Client, lea: User) -> None:
    Assignment.objects.all().delete()
    idle, claire = make_colleague(practice.bureau), make_colleague(practice.bureau)

    with pytest.raises(CoverRefused, match="no_clients"):
        covers.propose_cover(
            principal=idle,
            deputy=claire,
            bureau=practice.bureau,
            clients=None,
            starts_at=NOON,
            ends_at=None,
            by=idle,
            at=NOON,
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "accepted"},
        {"state": "ended"},
        {"ended_at": NOON},
        {"ends_at": NOON},
        {"starts_at": TWO},
    ],
)
def test_the_database_keeps_a_hand_over_sound(
    lea: User, claire: User, wrong: dict[str, object]
) -> None:
    cover = ask(lea, claire, at=NOON, ends_at=TWO)

    with pytest.raises(IntegrityError), transaction.atomic():
        Cover.objects.filter(pk=cover.pk).update(**wrong)


def test_nobody_covers_herself(lea: User, claire: User) -> None:
    cover = ask(lea, claire, at=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        Cover.objects.filter(pk=cover.pk).update(deputy=lea)


def test_who_may_not_sign_in_takes_nothing_over(lea: User, claire: User) -> None:
    make_user("left")
    User.objects.filter(pk=claire.pk).update(is_active=False)

    with pytest.raises(CoverRefused, match="not_a_deputy"):
        ask(lea, claire, at=NOON)
