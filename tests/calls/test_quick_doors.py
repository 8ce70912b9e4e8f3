"""What the operator's doors ask of the database: little, and under the one writer's turn less."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from calls.models import Call
from tests.calls.operator import leg_form, post_signed, ring, voice_form
from tests.factories import make_assistant, make_client, make_line

# Only without pytest's own transaction around it does the service's begin and end.
pytestmark = pytest.mark.django_db(transaction=True)

TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


@pytest.fixture
def telephone() -> str:
    client = make_client()
    make_line(client, "+33199004010")
    return str(make_assistant(client, "lea").endpoints.get().uuid)


def asked(captured: CaptureQueriesContext) -> list[str]:
    """The verbs of the questions, without what opens and closes transactions."""
    verbs = [one["sql"].split(maxsplit=1)[0] for one in captured.captured_queries]
    return [verb for verb in verbs if verb not in TRANSACTION]


def told(telephone: str, status: str, sequence: int) -> list[str]:
    path = reverse("twilio:leg", args=[Call.objects.get().uuid, telephone])
    with CaptureQueriesContext(connection) as captured:
        assert post_signed(path, leg_form("CA2", status, sequence)).status_code == 200
    return asked(captured)


def test_a_call_that_rings_is_decided_before_anything_is_written(telephone: str) -> None:
    with CaptureQueriesContext(connection) as captured:
        ring("+33199004010")
    # Line, caller's rule, schedule, people, telephones, instructions; the step's telephones last.
    assert asked(captured) == ["SELECT"] * 6 + ["INSERT"] * 3 + ["SELECT"]


def test_a_telephones_first_news_asks_for_the_call_the_event_the_path_and_the_telephone(
    telephone: str,
) -> None:
    ring("+33199004010")
    found = told(telephone, "ringing", 0)
    assert found == ["SELECT", "SELECT", "INSERT", "SELECT", "SELECT", "INSERT"]


def test_a_telephones_later_news_find_all_with_its_path(telephone: str) -> None:
    ring("+33199004010")
    told(telephone, "ringing", 0)
    found = told(telephone, "completed", 1)
    assert found == ["SELECT", "SELECT", "INSERT", "SELECT", "UPDATE"]


def test_the_end_of_a_talk_asks_nothing_twice(telephone: str) -> None:
    ring("+33199004010")
    told(telephone, "in-progress", 1)
    form = voice_form("+33199004010") | {"CallStatus": "completed", "SequenceNumber": "0"}
    with CaptureQueriesContext(connection) as captured:
        post_signed(reverse("twilio:status"), form)
    found = [one["sql"] for one in captured.captured_queries]
    # Call, event, path; the bureau's time to write up; whose desk it is; its file.
    assert asked(captured).count("SELECT") == 6, found


@pytest.mark.once
def test_a_call_is_found_by_its_path_without_reading_through_all_paths(telephone: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # It would read so small a table whole.
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Call.objects.on_path("twilio", "CA1").only("pk").explain()

    by_the_index = ("(provider=? AND provider_id=?)", "Index Scan using one_leg_per_path")
    assert any(words in plan for words in by_the_index), plan
