"""What a visitor reads when something is wrong: what happened, what was kept, what to do."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.utils import translation
from django.views.defaults import bad_request, page_not_found, permission_denied, server_error


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (lambda r: bad_request(r, ValueError()), 400, "Rien n’a été modifié"),
        (lambda r: permission_denied(r, ValueError()), 403, "Votre compte n’a pas ce droit"),
        (lambda r: page_not_found(r, ValueError()), 404, "appartient à quelqu’un d’autre"),
        (server_error, 500, "Ce que vous aviez enregistré est conservé"),
    ],
)
def test_an_error_says_what_happened_and_what_to_do(
    rf: RequestFactory, answer: type[HttpResponse], status: int, words: str
) -> None:
    request: HttpRequest = rf.get("/")
    with translation.override("fr"):
        page = answer(request)

    assert page.status_code == status
    assert words in page.text
    assert 'href="/"' in page.text


def test_too_many_tries_have_a_page_too() -> None:
    with translation.override("fr"):
        page = get_template("429.html").render()

    assert "Attendez quelques minutes" in page


def test_a_form_without_its_token_says_that_nothing_was_saved(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/")

    assert answer.status_code == 403
    assert "Rien n’a été enregistré" in answer.text
