"""A hand-over opens clients to who covers, and closes them at its minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from clients.models import Assignment, Client, Correspondent, Cover, User
from clients.services.covers import come_back
from tests.clients.covers import agree, ask, make_colleague
from tests.factories import make_assistant, make_client, make_correspondent

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
TWO = NOON + timedelta(hours=2)
SECOND = timedelta(seconds=1)


class Clock:
    """What the clock shows."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOON
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def practice() -> Client:
    return make_client(name="Martin")


@pytest.fixture
def firm(practice: Client) -> Client:
    return make_client(practice.bureau, name="Durand")


@pytest.fixture
def lea(practice: Client, firm: Client) -> User:
    lea = make_assistant(practice, "lea")
    Assignment.objects.create(client=firm, user=lea)
    return lea


@pytest.fixture
def claire(practice: Client) -> User:
    return make_colleague(practice.bureau, "claire")


def seen(user: User) -> list[set[str]]:
    both = Client.objects.visible_to(user), Client.objects.answered_by(user)
    return [set(clients.values_list("name", flat=True)) for clients in both]


def test_who_covers_sees_and_answers_the_clients_while_it_lasts_and_no_longer(
    clock: Clock, lea: User, claire: User
) -> None:
    agree(lea, claire, at=NOON - SECOND, starts_at=NOON, ends_at=TWO)
    shown = []
    for clock.now in (NOON - SECOND, NOON, TWO - SECOND, TWO):
        shown.append(seen(claire))

    both = [{"Martin", "Durand"}] * 2
    assert shown == [[set(), set()], both, both, [set(), set()]]


def test_who_hands_over_goes_on_seeing_her_clients(clock: Clock, lea: User, claire: User) -> None:
    agree(lea, claire, at=NOON)

    assert seen(lea) == [{"Martin", "Durand"}] * 2


def test_some_clients_only_are_opened(clock: Clock, lea: User, claire: User, firm: Client) -> None:
    agree(lea, claire, at=NOON, clients=[firm])

    assert seen(claire) == [{"Durand"}] * 2


def test_a_hand_over_that_was_asked_opens_nothing(clock: Clock, lea: User, claire: User) -> None:
    ask(lea, claire, at=NOON)

    assert seen(claire) == [set(), set()]


def test_once_she_is_back_nothing_is_open(clock: Clock, lea: User, claire: User) -> None:
    come_back(cover=agree(lea, claire, at=NOON), by=lea, at=NOON + SECOND)

    assert seen(claire) == [set(), set()]


def test_what_is_taken_from_her_is_taken_from_who_covers_her(
    clock: Clock, lea: User, claire: User, practice: Client, firm: Client
) -> None:
    agree(lea, claire, at=NOON, clients=[firm, practice])
    Assignment.objects.filter(user=lea, client=firm).delete()

    assert seen(claire) == [{"Martin"}] * 2


def test_who_is_locked_out_hands_nothing_over(clock: Clock, lea: User, claire: User) -> None:
    agree(lea, claire, at=NOON)
    User.objects.filter(pk=lea.pk).update(is_active=False)

    assert seen(claire) == [set(), set()]


def test_her_clients_in_another_bureau_stay_closed(clock: Clock, lea: User, claire: User) -> None:
    Assignment.objects.create(client=make_client(name="Ailleurs"), user=lea)
    agree(lea, claire, at=NOON)

    assert seen(claire) == [{"Martin", "Durand"}] * 2


def test_what_hangs_below_a_covered_client_is_seen_with_it(
    clock: Clock, lea: User, claire: User, practice: Client
) -> None:
    known = make_correspondent(practice)
    agree(lea, claire, at=NOON)

    assert list(Correspondent.objects.visible_to(claire)) == [known]


def test_the_question_stays_one_however_many_are_covered(
    clock: Clock, lea: User, claire: User, django_assert_num_queries: object
) -> None:
    agree(lea, claire, at=NOON)
    list(Client.objects.answered_by(claire))

    with django_assert_num_queries(1):  # type: ignore[operator]
        names = [one.name for one in Client.objects.answered_by(claire)]

    assert (names, Cover.objects.count()) == (["Durand", "Martin"], 1)
