"""The audit is forgotten when its periods are over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clients.models import AuditEntry
from clients.services.audit import record_access, record_audit
from clients.services.purging import purge_audit
from core import purging
from core.privacy import YEAR
from tests.factories import make_client, make_correspondent
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
