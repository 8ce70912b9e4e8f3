"""The database's last word, whatever the services do."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from agenda import overlap_guard
from agenda.models import Appointment, Calendar
from agenda.services import SlotTaken
from agenda.services.refusals import refusal_in
from tests.agenda.factories import make_calendar, paris
from tests.agenda.rows import make_row

pytestmark = pytest.mark.django_db
Status = Appointment.Status


@pytest.fixture
def calendar() -> Calendar:
    return make_calendar()


def refused(appointment: Appointment) -> bool:
    try:
        with transaction.atomic():
            appointment.save()
    except DatabaseError as error:
        return isinstance(refusal_in(error), SlotTaken)
    return False


@pytest.mark.parametrize(
    ("at", "minutes", "expected"),
    [
        ("2027-03-15 09:00", 20, True),
        ("2027-03-15 08:50", 20, True),
        ("2027-03-15 09:10", 5, True),
        ("2027-03-15 08:00", 120, True),
        ("2027-03-15 08:40", 20, False),
        ("2027-03-15 09:20", 20, False),
        ("2027-03-16 09:00", 20, False),
    ],
)
def test_an_overlapping_insert_is_refused_and_a_touching_one_is_not(
    calendar: Calendar, at: str, minutes: int, expected: bool
) -> None:
    make_row(calendar, "2027-03-15 09:00").save()

    assert refused(make_row(calendar, at, minutes)) is expected


def test_a_long_block_is_met_from_the_day_before(calendar: Calendar) -> None:
    make_row(calendar, "2027-03-15 10:00", 24 * 60).save()

    assert refused(make_row(calendar, "2027-03-16 09:55"))
    assert not refused(make_row(calendar, "2027-03-16 10:00"))


def test_buffers_count_not_only_visits(calendar: Calendar) -> None:
    make_row(calendar, "2027-03-15 09:00", block_ends_at=paris("2027-03-15 09:30")).save()

    assert refused(make_row(calendar, "2027-03-15 09:20"))


def test_moments_with_fractions_of_a_second_are_compared_rightly(calendar: Calendar) -> None:
    row = make_row(calendar, "2027-03-15 09:00")
    row.ends_at += timedelta(microseconds=1)
    row.block_ends_at = row.ends_at
    row.save()

    assert refused(make_row(calendar, "2027-03-15 09:20"))


def test_another_calendar_is_another_matter(calendar: Calendar) -> None:
    make_row(calendar, "2027-03-15 09:00").save()

    assert not refused(make_row(make_calendar(), "2027-03-15 09:00"))


@pytest.mark.parametrize(
    ("field", "apart", "back"),
    [("status", "cancelled", "booked"), ("override_reason", "entre deux", "")],
)
def test_cancelled_and_deliberate_ones_do_not_count(
    calendar: Calendar, field: str, apart: str, back: str
) -> None:
    make_row(calendar, "2027-03-15 09:00").save()
    row = make_row(calendar, "2027-03-15 09:00")

    setattr(row, field, apart)
    assert not refused(row)
    setattr(row, field, back)
    assert refused(row)


@pytest.mark.parametrize("status", [Status.CAME, Status.NO_SHOW])
def test_those_who_came_or_did_not_still_count(calendar: Calendar, status: str) -> None:
    make_row(calendar, "2027-03-15 09:00", status=status).save()

    assert refused(make_row(calendar, "2027-03-15 09:00"))


def test_moving_onto_another_is_refused_and_within_oneself_is_not(calendar: Calendar) -> None:
    make_row(calendar, "2027-03-15 09:00").save()
    later = make_row(calendar, "2027-03-15 09:20")
    later.save()

    later.block_ends_at += timedelta(minutes=10)
    assert not refused(later)
    later.block_starts_at -= timedelta(minutes=10)
    assert refused(later)


def test_changing_calendar_is_watched(calendar: Calendar) -> None:
    make_row(calendar, "2027-03-15 09:00").save()
    elsewhere = make_row(make_calendar(calendar.client), "2027-03-15 09:00")
    elsewhere.save()

    elsewhere.calendar = calendar

    assert refused(elsewhere)


def test_bulk_inserts_are_watched(calendar: Calendar) -> None:
    rows = [make_row(calendar, "2027-03-15 09:00"), make_row(calendar, "2027-03-15 09:10")]

    with pytest.raises(DatabaseError), transaction.atomic():
        Appointment.objects.bulk_create(rows)

    assert not Appointment.objects.exists()


def test_bulk_updates_are_watched(calendar: Calendar) -> None:
    make_row(calendar, "2027-03-15 09:00").save()
    make_row(calendar, "2027-03-15 09:00", status=Status.CANCELLED).save()

    with pytest.raises(DatabaseError), transaction.atomic():
        Appointment.objects.update(status=Status.BOOKED)


def test_a_block_longer_than_a_day_is_refused(calendar: Calendar) -> None:
    row = make_row(calendar, "2027-03-15 09:00", 24 * 60 + 5)

    with pytest.raises(DatabaseError), transaction.atomic():
        row.save()


@pytest.fixture
def guard_restored() -> Iterator[None]:
    yield
    if connection.vendor == "sqlite":
        overlap_guard.install_triggers(connection)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("guard_restored")
def test_the_guard_survives_an_altered_table_and_a_migrate() -> None:
    calendar = make_calendar()
    make_row(calendar, "2027-03-15 09:00").save()
    note = models.CharField(max_length=501, blank=True)
    note.set_attributes_from_name("note")

    with connection.schema_editor() as editor:
        editor.alter_field(Appointment, Appointment._meta.get_field("note"), note)
    if connection.vendor == "sqlite":  # why the guard is put back after each migrate
        assert _trigger_count() == 0
    call_command("migrate", "agenda", verbosity=0)

    assert refused(make_row(calendar, "2027-03-15 09:00"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("guard_restored")
def test_without_the_guard_the_database_lets_overlaps_through() -> None:
    calendar = make_calendar()
    make_row(calendar, "2027-03-15 09:00").save()

    overlap_guard.remove(connection)
    try:
        assert not refused(make_row(calendar, "2027-03-15 09:00"))
    finally:
        Appointment.objects.all().delete()
        overlap_guard.install(connection)

    make_row(calendar, "2027-03-15 09:00").save()
    assert refused(make_row(calendar, "2027-03-15 09:00"))


def _trigger_count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")
        return int(cursor.fetchone()[0])
