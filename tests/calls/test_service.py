"""The calls that figures of service are made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from calls.models import Call
from calls.queries.service import contacts_between
from calls.service_words import hour_words, seconds_words, shown_service
from tests.factories import make_client
from tests.people import make_call

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def waits() -> list[tuple[int, float, bool]]:
    found = contacts_between(Call.objects.all(), NOW - DAY, NOW, PARIS)
    return [(one.hour, one.waited, one.was_answered) for one in found]


def test_an_answer_counts_from_the_ring_and_a_loss_to_the_end_by_the_clock_of_the_place() -> None:
    client = make_client()
    make_call(client, at=NOW - timedelta(hours=2), waited=7)
    make_call(client, at=NOW - timedelta(hours=1), waited=None, talked=33)

    assert waits() == [(9, 7.0, True), (10, 33.0, False)]


def test_what_still_rings_what_we_dialled_and_whom_nobody_wants_are_no_service() -> None:
    client = make_client()
    for _ in range(4):
        make_call(client, at=NOW - timedelta(hours=1), waited=None, talked=1)
    rings, ours, unwanted, counted = Call.objects.order_by("pk")
    Call.objects.filter(pk=rings.pk).update(state="ringing", ended_at=None, ending="")
    Call.objects.filter(pk=ours.pk).update(direction="out")
    blocked = {"ending": "abandoned", "routing": {"because": "blocked"}}
    Call.objects.filter(pk=unwanted.pk).update(**blocked)

    assert waits() == [(10, 1.0, False)]
    assert counted.pk


def test_a_time_begins_with_its_first_moment_and_ends_before_its_last() -> None:
    client = make_client()
    for at in (NOW - DAY - timedelta(seconds=1), NOW - DAY, NOW):
        make_call(client, at=at)

    assert len(waits()) == 1


def test_one_question_is_asked_whatever_the_number_of_calls() -> None:
    client = make_client()
    for nth in range(5):
        make_call(client, at=NOW - timedelta(minutes=nth + 1))

    with CaptureQueriesContext(connection) as asked:
        shown_service(contacts_between(Call.objects.all(), NOW - DAY, NOW, PARIS))

    assert len(asked) == 1


def test_waits_and_hours_are_said_short() -> None:
    with translation.override("en"):
        said = [seconds_words(one) for one in (None, 0, 59, 65)]
        assert [one.replace("\N{NO-BREAK SPACE}", " ") for one in said] == [
            "–",
            "0 s",
            "59 s",
            "1 min 05 s",
        ]
        assert hour_words(9) == "9:00–10:00"
