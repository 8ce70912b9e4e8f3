"""The desk on Tuesday 24 November 2026, 8:40 in Paris; Léa answers a practice and a law firm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from calls.models import Call
from clients.models import Assignment, TriageGuide, TriageSign, User
from tests.desk.calls import ring
from tests.factories import make_line
from tests.people import NOW, Firm, Practice, instruct, make_firm, make_practice

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def practice(db: None) -> Practice:
    """A practice with a crowded agenda, a line, instructions and a guide."""
    made = make_practice(crowded=True)
    make_line(made.client, greeting="Cabinet du Docteur Martin, bonjour !")
    instruct(made.client)
    guide = TriageGuide.objects.create(
        client=made.client,
        opening="Restez en ligne.",
        doubt="Au moindre doute : 15.",
        valid_from=NOW,
    )
    TriageSign.objects.create(guide=guide, text="Mal dans la poitrine", action="call_15")
    TriageSign.objects.create(guide=guide, text="Fièvre", action="emergency_slot", position=1)
    return made


@pytest.fixture
def firm(db: None) -> Firm:
    """A law firm with a line, answered by somebody else."""
    made = make_firm()
    make_line(made.client, greeting="Cabinet de Maître Durand, bonjour.")
    return made


@pytest.fixture
def lea(practice: Practice) -> User:
    """The assistant of the practice."""
    return practice.lea


@pytest.fixture
def both(practice: Practice, firm: Firm) -> User:
    """The assistant of the practice, who answers the firm as well."""
    Assignment.objects.create(client=firm.client, user=practice.lea)
    return practice.lea


@pytest.fixture
def call(practice: Practice) -> Call:
    """A call of the practice's that Léa has just answered, from a number nobody knows."""
    return ring(practice.client, by=practice.lea)


@pytest.fixture
def desk(lea: User) -> Browser:
    """Léa's browser."""
    browser = Browser()
    browser.force_login(lea)
    return browser


@pytest.fixture
def hx(desk: Browser) -> Callable[..., Any]:
    """Léa's page asks as htmx does."""

    def ask(method: str, path: str, fields: dict[str, Any] | None = None) -> Any:
        return getattr(desk, method)(path, fields or {}, headers=HTMX)

    return ask
