"""What is kept of visits is forgotten when its period is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agenda.models import Absence, Appointment, Displaced, WaitingListEntry
from agenda.services.purging import FORGOTTEN, purge_appointments, purge_wishes
from core import purging
from core.privacy import YEAR
from tests.agenda.factories import make_calendar, make_motive
from tests.agenda.rows import make_row
from tests.factories import make_client, make_correspondent

END = datetime(2026, 11, 23, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def visits(count: int, **fields: Any) -> list[Appointment]:
    """Visits at the same hour: all but the first were booked against the rules."""
    calendar = make_calendar(make_client())
    rows = []
    for nth in range(count):
        row = make_row(calendar, "2026-11-24 09:00")
        row.override_reason = "deux urgences" if nth else ""
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()
        rows.append(row)
    return rows


@pytest.mark.parametrize(
    ("field", "kept"), [("note", 2 * YEAR), ("booked_for", 5 * YEAR), ("override_reason", 2 * YEAR)]
)
def test_each_field_stays_for_its_period_from_the_visits_end(
    field: str, kept: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "BATCH", 1)
    visit = visits(2, note="Fièvre", booked_for="Enfant Giraud")[1]
    before = getattr(visit, field)

    purge_appointments(at=visit.ends_at + kept - DAY)
    visit.refresh_from_db()
    within = getattr(visit, field)
    purge_appointments(at=visit.ends_at + kept + DAY)
    visit.refresh_from_db()

    assert within == before
    assert getattr(visit, field) == (FORGOTTEN if field == "override_reason" else "")


def test_a_forgotten_double_booking_stays_allowed_and_linked_to_its_person() -> None:
    first, second = visits(2, note="Fièvre")
    person = make_correspondent(first.client)
    Appointment.objects.filter(pk=second.pk).update(correspondent=person)

    purge_appointments(at=second.ends_at + 9 * YEAR)

    kept = Appointment.objects.values_list("pk", "starts_at", "correspondent")
    assert set(kept) == {
        (first.pk, first.starts_at, None),
        (second.pk, first.starts_at, person.pk),
    }


def test_what_is_forgotten_once_is_not_written_again() -> None:
    visit = visits(2, note="Fièvre", booked_for="Enfant Giraud")[0]
    late = visit.ends_at + 9 * YEAR

    assert (purge_appointments(at=late) > 0, purge_appointments(at=late)) == (True, 0)


def test_who_waited_is_forgotten_a_year_after_the_wait() -> None:
    client = make_client()
    wait = WaitingListEntry.objects.create(
        client=client,
        motive=make_motive(client),
        name="Mme Roux",
        number="+33639984410",
        note="le mardi",
        first_day=END.date(),
        state="ended",
        ended_at=END,
    )

    assert purge_wishes(at=END + YEAR - DAY) == 0
    assert purge_wishes(at=END + YEAR + DAY) == 1
    assert purge_wishes(at=END + YEAR + DAY) == 0

    wait.refresh_from_db()
    left = (wait.name, str(wait.number), wait.note, wait.first_day)
    assert left == (FORGOTTEN, "", "", None)


@pytest.mark.parametrize(
    ("over", "until"),
    [
        ({"ends_at": END}, END),
        ({"ends_at": END, "recurrence": "RRULE:FREQ=DAILY", "valid_until": END.date()}, END),
        ({"ends_at": END + YEAR, "lifted_at": END}, END),
    ],
)
def test_why_somebody_was_away_is_forgotten_a_year_after(
    over: dict[str, Any], until: datetime
) -> None:
    calendar = make_calendar(make_client())
    first_day = (END - DAY).date()
    away = Absence.objects.create(
        calendar=calendar, starts_at=END - DAY, reason="Opération", valid_from=first_day, **over
    )

    assert purge_wishes(at=until + YEAR - DAY) == 0
    assert purge_wishes(at=until + YEAR + 2 * DAY) == 1

    away.refresh_from_db()
    assert away.reason == ""


def test_what_came_of_ringing_is_forgotten_a_year_after() -> None:
    visit = visits(1)[0]
    calendar = visit.calendar
    away = Absence.objects.create(calendar=calendar, starts_at=END - DAY, ends_at=END + 9 * YEAR)
    displaced = Displaced.objects.create(
        absence=away,
        appointment=visit,
        client=visit.client,
        was_at=END,
        state="done",
        note="rappellera",
        done_at=END,
    )

    assert purge_wishes(at=END + YEAR - DAY) == 0
    assert purge_wishes(at=END + YEAR + DAY) == 1

    displaced.refresh_from_db()
    assert displaced.note == ""
