"""A person's clients are read once while one page is made, and anew for the next."""

from __future__ import annotations

from typing import Any

import pytest

from clients.models import Assignment, Client, User
from clients.models.remembering import remembering_clients
from tests.factories import make_assistant, make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def lea() -> User:
    return make_assistant(make_client(name="Cabinet Morel"), "lea")


def answered(user: User) -> list[str]:
    return list(Client.objects.answered_by(user).order_by("name").values_list("name", flat=True))


def test_within_a_page_they_are_read_once_for_each_person(lea: User) -> None:
    claire = make_assistant(make_client(name="Cabinet Roux"), "claire")
    with remembering_clients():
        assert (answered(lea), answered(claire)) == (["Cabinet Morel"], ["Cabinet Roux"])
        Assignment.objects.create(client=make_client(name="Étude Vidal"), user=lea)
        assert (answered(lea), answered(claire)) == (["Cabinet Morel"], ["Cabinet Roux"])


def test_the_next_page_reads_them_anew(lea: User) -> None:
    for _page in range(2):
        with remembering_clients(), remembering_clients():
            known = answered(lea)
        Assignment.objects.get_or_create(client=make_client(name="Étude Vidal"), user=lea)
    assert known == ["Cabinet Morel", "Étude Vidal"]
    assert answered(lea) == ["Cabinet Morel", "Étude Vidal", "Étude Vidal"]


def test_a_page_that_fails_leaves_nothing_remembered(lea: User) -> None:
    @remembering_clients()
    def page() -> None:
        raise LookupError(answered(lea))

    with pytest.raises(LookupError, match="Cabinet Morel"):
        page()
    Assignment.objects.create(client=make_client(name="Étude Vidal"), user=lea)
    assert answered(lea) == ["Cabinet Morel", "Étude Vidal"]


def test_further_questions_cost_one_each(lea: User, django_assert_num_queries: Any) -> None:
    with remembering_clients():
        answered(lea)
        with django_assert_num_queries(1):
            answered(lea)
