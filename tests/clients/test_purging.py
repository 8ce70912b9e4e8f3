"""The audit, the notes of hand-overs and rosters are forgotten when their periods are over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clients.models import AuditEntry, Cover, OnCallPerson, OnCallShift
from clients.services.audit import record_access, record_audit
from clients.services.covers import come_back, decline_cover
from clients.services.purging import purge_audit, purge_covers, purge_rosters
from core import purging
from core.privacy import YEAR
from tests.clients.covers import agree, ask, make_colleague
from tests.clients.rosters import ANNE, make_on_call, make_shift
from tests.factories import make_assistant, make_client, make_correspondent
from tests.people import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_looks_are_deleted_after_a_year_and_acts_after_three(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(purging, "BATCH", 1)
    client = make_client()
    person = make_correspondent(client)
    for ago in (YEAR - DAY, YEAR + DAY, 3 * YEAR - DAY, 3 * YEAR + DAY):
        record_access(by=None, targets=[person], client=client, at=NOW - ago)
        record_audit(by=None, action="done", target=person, client=client, at=NOW - ago)

    assert purge_audit(at=NOW) == 4

    kept = AuditEntry.objects.values_list("action", "at")
    assert set(kept) == {
        ("correspondent.opened", NOW - YEAR + DAY),
        ("done", NOW - YEAR + DAY),
        ("done", NOW - YEAR - DAY),
        ("done", NOW - 3 * YEAR + DAY),
    }
    assert purge_audit(at=NOW) == 0


def test_the_note_of_a_hand_over_is_blanked_a_year_after_its_end_or_refusal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(purging, "BATCH", 1)
    practice = make_client()
    lea, claire = make_assistant(practice, "lea"), make_colleague(practice.bureau, "claire")
    for ago in (YEAR + 3 * DAY, YEAR - DAY):
        ended = agree(lea, claire, at=NOW - ago - DAY, note=f"ended {ago.days}")
        come_back(cover=ended, by=lea, at=NOW - ago)
        refused = ask(lea, claire, at=NOW - ago, note=f"refused {ago.days}")
        decline_cover(cover=refused, by=claire, at=NOW - ago)
    agree(lea, claire, at=NOW - 2 * YEAR, note="lasts")

    assert purge_covers(at=NOW) == 2

    notes = Cover.objects.order_by("pk").values_list("note", flat=True)
    assert list(notes) == ["", "", "ended 364", "refused 364", "lasts"]
    assert purge_covers(at=NOW) == 0


def test_who_was_on_call_is_forgotten_five_years_after_her_last_turn() -> None:
    client = make_client()
    marc, anne = make_on_call(client), make_on_call(client, "Anne", ANNE)
    OnCallPerson.objects.update(created_at=NOW - 9 * YEAR)
    last = (NOW - 5 * YEAR).date()
    make_shift(marc, last - 3 * DAY, last - DAY)
    make_shift(marc, last - 90 * DAY, last - 89 * DAY, every_weeks=1, repeats_until=last - 85 * DAY)
    kept = make_shift(anne, last - 3 * DAY, last + DAY)
    goes_on = make_shift(anne, last - 90 * DAY, last - 89 * DAY, every_weeks=1)

    assert purge_rosters(at=NOW) == 3

    assert set(OnCallShift.objects.all()) == {kept, goes_on}
    assert list(OnCallPerson.objects.all()) == [anne]
