"""The portal on Tuesday 24 November 2026, 8:40 in Paris."""

from __future__ import annotations

import pytest

from tests.people import NOW, Firm, Practice, make_firm, make_practice


@pytest.fixture(autouse=True)
def _tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def practice(db: None) -> Practice:
    """A practice with a crowded agenda."""
    return make_practice(crowded=True)


@pytest.fixture
def firm(db: None) -> Firm:
    """A law firm without messages yet."""
    return make_firm()
