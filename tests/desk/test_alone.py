"""Before she leaves, the desk says what callers will hear whom nobody answers then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils.translation import override

from calls.models import Presence
from clients.models import Assignment, Client, User
from desk.queries.alone import left_alone
from tests.calls.lines import direct
from tests.clients.covers import agree, make_colleague
from tests.factories import make_assistant, make_client, make_line
from tests.people import NOW, Practice


def heard(user: User) -> list[tuple[str, str]]:
    with override("en"):
        return [(one.client, one.heard) for one in left_alone(user, NOW)]


def test_who_works_alone_reads_what_her_callers_will_hear(practice: Practice) -> None:
    line = practice.client.lines.get()
    name = practice.client.short_name

    assert heard(practice.lea) == [(name, f"the sentence “{line.unanswered_text}”, then the end")]


def test_the_lines_hours_say_what_it_will_be(practice: Practice) -> None:
    steps = {"action": "assistants"}, {"action": "queue", "seconds": 180}, {"action": "voicemail"}
    direct(practice.client.lines.get(), *steps)

    [(_client, words)] = heard(practice.lea)

    assert words == "a wait 3\N{NO-BREAK SPACE}min, then voicemail"


@pytest.mark.parametrize(
    ("presence", "alone"), [(Presence.State.AVAILABLE, 0), (Presence.State.PAUSED, 1)]
)
def test_a_deputy_counts_while_she_is_at_her_desk(
    practice: Practice, presence: str, alone: int
) -> None:
    make_assistant(practice.client, "ines", rank=2, presence=presence)

    assert len(left_alone(practice.lea, NOW)) == alone


def test_who_covers_her_counts(practice: Practice) -> None:
    claire = make_assistant(practice.client, "claire", rank=2)
    claire.assignments.all().delete()
    before = len(left_alone(practice.lea, NOW))

    agree(practice.lea, claire, at=NOW, ends_at=NOW + timedelta(hours=1))

    assert (before, len(left_alone(practice.lea, NOW))) == (1, 0)


def test_who_covers_a_client_may_leave_it_alone_too(practice: Practice) -> None:
    claire = make_colleague(practice.client.bureau, "claire")
    Presence.objects.filter(user=practice.lea).update(state=Presence.State.AWAY)
    agree(practice.lea, claire, at=NOW)
    Presence.objects.create(user=claire, state=Presence.State.AVAILABLE)
    claire.endpoints.create(kind="sip", address="sip:claire@telephones.example")

    assert [name for name, _words in heard(claire)] == [practice.client.short_name]


def test_hours_in_which_she_is_not_rung_are_nobodys_to_leave(practice: Practice) -> None:
    direct(practice.client.lines.get(), {"action": "announce", "text": "Nous sommes fermés."})

    assert left_alone(practice.lea, NOW) == []


def test_the_choices_say_it_before_she_confirms(desk: Browser, practice: Practice) -> None:
    practice.client.lines.update(unanswered_text="Merci de rappeler à 14 h.")

    shown = desk.get(reverse("desk:presence_choices")).content.decode()

    assert "Merci de rappeler à 14 h." in shown
    assert reverse("desk:hand_over") in shown


def another_client_of_hers(practice: Practice) -> None:
    line = make_line(make_client(practice.client.bureau), f"+33199005{Client.objects.count():03d}")
    Assignment.objects.create(client=line.client, user=practice.lea)
    # Each with hours of its own, and somebody who is away.
    direct(line, {"action": "assistants"}, {"action": "voicemail"})
    make_assistant(line.client, rank=2, presence=Presence.State.AWAY)


def test_it_asks_as_often_for_many_clients_as_for_one(
    practice: Practice, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    claire = make_colleague(practice.client.bureau, "claire")
    agree(make_assistant(practice.client, "ines", rank=2), claire, at=NOW)
    # What she supervises is asked once and remembered.
    left_alone(practice.lea, NOW)

    assert_same_queries_at_1_and_3(
        add=lambda: another_client_of_hers(practice), show=lambda: left_alone(practice.lea, NOW)
    )

    assert len(left_alone(practice.lea, NOW)) == 3


def test_of_forty_clients_six_are_named_and_the_others_are_one_step_away(
    desk: Browser, practice: Practice
) -> None:
    for _nth in range(39):
        another_client_of_hers(practice)

    shown = desk.get(reverse("desk:presence_choices")).content.decode()

    first, _mark, rest = shown.partition("<details><summary>et 34 autres clients</summary>")
    assert (first.count("Les appelants de"), rest.count("Les appelants de")) == (6, 34)
