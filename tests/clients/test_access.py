"""Open screens follow, live, when the settings change who may see a client."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Assignment, Membership, User
from clients.models.bureau import Grant
from clients.queries import person_now
from core.live import user_group
from desk.consumers import DeskConsumer
from tests.desk.calls import ring
from tests.factories import make_assistant, make_client, make_member, make_user


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> list[tuple[str, str]]:
    """The groups that were told something, and what."""
    sent: list[tuple[str, str]] = []

    def note(group: str, event: dict[str, str]) -> None:
        sent.append((group, event["name"]))

    monkeypatch.setattr("core.live._send", note)
    return sent


@pytest.fixture
def settings_pages() -> Browser:
    """The owner at the settings' pages."""
    owner = User.objects.create_superuser("owner@bureau.example", "secret", full_name="Owner")
    browser = Browser()
    browser.force_login(owner)
    return browser


def form_of(browser: Browser, address: str) -> dict[str, Any]:
    """What the page would send back unchanged."""
    answer = browser.get(address)
    context: Any = answer.context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.initial_forms]
    values = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            values[bound.html_name] = "" if value is None else value
    return {name: value for name, value in values.items() if value is not False}


def test_whoever_answers_a_client_no_longer_and_whoever_does_now_are_told(
    told: list[tuple[str, str]], settings_pages: Browser
) -> None:
    client = make_client()
    before, after = make_assistant(client, "before"), make_assistant(make_client(), "after")
    member = make_member(client, "member").user
    address = reverse("admin:clients_client_change", args=[client.pk])
    form = form_of(settings_pages, address)
    [name] = [n for n in form if n.startswith("assignments") and n.endswith("-user")]

    answer = settings_pages.post(address, form | {name: str(after.pk)})

    assert answer.status_code == 302, answer.context["errors"]
    assert list(client.assignments.values_list("user", flat=True)) == [after.pk]
    assert sorted(told) == sorted(
        (user_group(user.uuid), "scope.changed") for user in (before, after, member)
    )


def test_a_person_whose_rights_change_is_told(
    told: list[tuple[str, str]], settings_pages: Browser
) -> None:
    lea = make_assistant(make_client(), "lea")
    address = reverse("admin:clients_user_change", args=[lea.pk])

    answer = settings_pages.post(address, form_of(settings_pages, address))

    assert answer.status_code == 302, answer.context["errors"]
    assert told == [(user_group(lea.uuid), "scope.changed")]


@pytest.mark.django_db
def test_a_desk_open_for_days_listens_to_what_its_person_may_see_now() -> None:
    client = make_client()
    lea = make_assistant(client, "lea")
    desk = DeskConsumer()
    desk.groups_of(lea)
    at_first = desk.clients
    Assignment.objects.filter(user=lea).delete()

    desk.groups_of(lea)

    assert (at_first, desk.clients) == (frozenset({client.pk}), frozenset())


@pytest.mark.django_db
def test_a_person_locked_out_is_nobody_to_her_open_screens() -> None:
    lea = make_assistant(make_client(), "lea")
    User.objects.filter(pk=lea.pk).update(is_active=False)

    assert person_now(lea).is_authenticated is False


@pytest.mark.django_db
@pytest.mark.parametrize("lost", ["her grant", "her account", "herself"])
def test_an_open_desk_renders_nothing_more_of_what_was_taken_from_its_supervisor(lost: str) -> None:
    client = make_client(name="Cabinet Morel")
    boss = make_user("boss")
    grants = [Grant.SUPERVISE]
    membership = Membership.objects.create(bureau=client.bureau, user=boss, grants=grants)
    desk = DeskConsumer()
    desk.open_call = ring(client).uuid
    desk.groups_of(boss)
    at_first = desk.whole(boss)
    if lost == "her grant":
        membership.delete()
    elif lost == "her account":
        User.objects.filter(pk=boss.pk).update(is_active=False)
    else:
        User.objects.filter(pk=boss.pk).delete()

    desk.groups_of(boss)

    assert "Cabinet Morel" in at_first
    assert "Cabinet Morel" not in desk.whole(boss)
