"""Nobody sees another's data."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from clients.models import Assignment, Client, ClientMember, Correspondent, Membership
from clients.models.bureau import Grant
from tests.factories import (
    make_assistant,
    make_bureau,
    make_client,
    make_correspondent,
    make_member,
    make_user,
)

pytestmark = pytest.mark.django_db


def seen(user: object) -> set[str]:
    return set(Client.objects.visible_to(user).values_list("name", flat=True))  # type: ignore[arg-type]


def test_an_assistant_sees_the_clients_that_she_answers_and_no_others() -> None:
    bureau = make_bureau()
    lea = make_assistant(make_client(bureau, name="Martin"))
    make_client(bureau, name="Durand")

    assert seen(lea) == {"Martin"}


def test_a_deputy_sees_what_she_stands_in_for() -> None:
    client = make_client(name="Martin")
    claire = make_assistant(client, rank=2)

    assert seen(claire) == {"Martin"}


def test_once_the_assignment_ends_the_client_is_gone() -> None:
    lea = make_assistant(make_client())
    Assignment.objects.all().delete()

    assert seen(lea) == set()


def test_a_member_sees_her_own_practice_only_and_nothing_once_inactive() -> None:
    bureau = make_bureau()
    member = make_member(make_client(bureau, name="Martin"))
    make_client(bureau, name="Durand")
    before = seen(member.user)

    ClientMember.objects.update(is_active=False)

    assert (before, seen(member.user)) == ({"Martin"}, set())


@pytest.mark.parametrize("grant", [Grant.SUPERVISE, Grant.OWN])
def test_who_supervises_or_owns_sees_all_of_her_bureau_and_nothing_of_another(grant: str) -> None:
    bureau = make_bureau()
    make_client(bureau, name="Martin")
    make_client(bureau, name="Durand")
    make_client(make_bureau("Autre"), name="Lin")
    boss = make_user()
    Membership.objects.create(bureau=bureau, user=boss, grants=[grant])

    assert seen(boss) == {"Martin", "Durand"}


def test_answering_calls_alone_opens_no_client() -> None:
    bureau = make_bureau()
    make_client(bureau)
    newcomer = make_user()
    Membership.objects.create(bureau=bureau, user=newcomer, grants=[Grant.ANSWER])

    assert seen(newcomer) == set()


def test_a_stranger_sees_nothing() -> None:
    make_client()

    assert seen(AnonymousUser()) == set()


def test_what_hangs_below_a_client_is_seen_with_it() -> None:
    bureau = make_bureau()
    ours, theirs = make_client(bureau), make_client(bureau)
    lea = make_assistant(ours)
    known = make_correspondent(ours, "Lefèvre")
    make_correspondent(theirs, "Morel")

    assert list(Correspondent.objects.visible_to(lea)) == [known]


def test_the_desk_is_for_who_answers_and_the_portal_for_who_belongs() -> None:
    client = make_client(name="Martin")
    lea, member = make_assistant(client), make_member(client)

    assert list(Client.objects.answered_by(lea)) == [client]
    assert list(Client.objects.answered_by(member.user)) == []
    assert list(Client.objects.of_member(member.user)) == [client]
    assert list(Client.objects.of_member(lea)) == []
