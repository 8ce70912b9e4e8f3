"""The owner of an empty product comes by the terminal's link, and nobody is first by chance."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.http import Http404
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.models import Bureau, Membership, User
from permanence.owner import create_first_owner, owner_token
from tests.factories import make_user

pytestmark = pytest.mark.django_db
FORM = {
    "full_name": "Camille Roche",
    "bureau_name": "Permanence des Tilleuls",
    "email": "camille@tests.example",
    "password": "un-mot-de-passe-long",
}


def link(token: str) -> str:
    return reverse("first_owner", args=[token])


def test_the_link_makes_the_owner_who_may_do_everything_and_signs_her_in() -> None:
    browser = Browser()

    answer = browser.post(link(owner_token()), FORM)

    assert answer.status_code == 302
    owner = User.objects.get()
    assert owner.check_password(FORM["password"])
    assert owner.is_superuser
    membership = Membership.objects.get(user=owner)
    assert sorted(membership.grants) == ["answer", "own", "supervise"]
    assert membership.bureau.name == "Permanence des Tilleuls"
    assert browser.session["_auth_user_id"] == str(owner.pk)


def test_the_link_opens_once() -> None:
    token = owner_token()
    Browser().post(link(token), FORM)

    second = Browser().post(link(token), FORM | {"email": "stranger@tests.example"})

    assert second.status_code == 404
    assert User.objects.count() == 1
    assert Bureau.objects.count() == 1


def test_a_stranger_cannot_guess_a_link() -> None:
    assert Browser().get(link("owner")).status_code == 404


def test_the_link_is_useless_once_anybody_has_an_account() -> None:
    make_user()

    assert Browser().get(link(owner_token())).status_code == 404


def test_the_link_is_valid_for_two_days() -> None:
    with time_machine.travel(timezone.now() - timedelta(days=2, minutes=1), tick=False):
        token = owner_token()

    assert Browser().get(link(token)).status_code == 404


def test_a_weak_password_is_refused_beside_its_field_and_nothing_is_saved() -> None:
    answer = Browser().post(link(owner_token()), FORM | {"password": "1234"})

    assert answer.status_code == 200
    assert "password" in answer.context["form"].errors
    assert User.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_who_hold_the_link_one_becomes_the_owner() -> None:
    token, start = owner_token(), threading.Barrier(4)

    def come(number: int) -> bool:
        try:
            connection.ensure_connection()
            start.wait(timeout=20)
            create_first_owner(
                token=token,
                full_name="Camille Roche",
                bureau_name="Permanence des Tilleuls",
                email=f"camille{number}@tests.example",
                password=FORM["password"],
            )
        except Http404:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        came = list(pool.map(come, range(4)))

    assert sorted(came) == [False, False, False, True]
    assert User.objects.count() == Bureau.objects.count() == 1
