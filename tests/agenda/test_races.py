"""Eight processes, the same moment: never two, and the pair that shows what would happen."""

import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.db import connection

from agenda import overlap_guard
from agenda.models import Appointment, Calendar
from core.recurrences import weekly
from tests.agenda.factories import MONDAY, NOW, make_calendar, make_motive, make_rule
from tests.agenda.racers import RACERS, Attempt, Race, Racers
from tests.agenda.workload import PARIS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
ROUNDS = 25
FEW_ROUNDS = 5


def database_url() -> str:
    """Return the address of the test's database, for another process."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"


@pytest.fixture(scope="module")
def racers(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Racers]:
    racers = Racers(database_url())
    yield racers
    racers.stop()


@pytest.fixture
def calendar() -> Calendar:
    calendar = make_calendar(hours=())
    make_rule(calendar, time(8), time(20), recurrence=weekly(range(7)))
    return calendar


@pytest.fixture
def unguarded() -> Iterator[None]:
    """The database without its last word."""
    overlap_guard.remove(connection)
    yield
    Appointment.objects.all().delete()
    overlap_guard.install(connection)


def moments(count: int) -> list[datetime]:
    """Return moments an hour apart, eight to a day."""
    return [
        datetime.combine(MONDAY + timedelta(days=1 + n // 8), time(9 + n % 8), PARIS)
        for n in range(count)
    ]


def same_slot(calendar: Calendar, rounds: int, *, naive: bool = False) -> Race:
    motive = make_motive(calendar.client)
    tried = [[Attempt(at, motive.pk)] * RACERS for at in moments(rounds)]
    return Race(calendar.pk, NOW, tried, naive)


def overlaps(calendar: Calendar) -> int:
    rows = Appointment.objects.filter(calendar=calendar).order_by("block_starts_at")
    return sum(1 for one, other in pairwise(rows) if other.block.overlaps(one.block))


def outcomes(racers: Racers, race: Race) -> Counter[str]:
    return Counter(outcome for racer in racers.run(race) for outcome in racer)


def test_the_same_slot_is_never_given_twice(racers: Racers, calendar: Calendar) -> None:
    found = outcomes(racers, same_slot(calendar, ROUNDS))

    assert found == {"booked": ROUNDS, "SlotTaken": ROUNDS * (RACERS - 1)}
    assert Appointment.objects.count() == ROUNDS


@pytest.mark.usefixtures("unguarded")
def test_the_lock_alone_is_enough(racers: Racers, calendar: Calendar) -> None:
    found = outcomes(racers, same_slot(calendar, ROUNDS))

    assert found == {"booked": ROUNDS, "SlotTaken": ROUNDS * (RACERS - 1)}
    assert overlaps(calendar) == 0


def test_the_guard_alone_is_enough(racers: Racers, calendar: Calendar) -> None:
    found = outcomes(racers, same_slot(calendar, FEW_ROUNDS, naive=True))

    assert found["booked"] + found["SlotTaken"] == FEW_ROUNDS * RACERS
    assert found["booked"] == Appointment.objects.count() <= FEW_ROUNDS
    assert overlaps(calendar) == 0


@pytest.mark.usefixtures("unguarded")
def test_without_lock_and_guard_the_same_slot_is_given_eight_times(
    racers: Racers, calendar: Calendar
) -> None:
    found = outcomes(racers, same_slot(calendar, FEW_ROUNDS, naive=True))

    assert found == {"booked": FEW_ROUNDS * RACERS}
    assert overlaps(calendar) == FEW_ROUNDS * (RACERS - 1)


@pytest.mark.parametrize("guarded", [True, False])
def test_visits_of_other_lengths_and_buffers_never_overlap(
    racers: Racers, calendar: Calendar, request: pytest.FixtureRequest, guarded: bool
) -> None:
    if not guarded:
        request.getfixturevalue("unguarded")
    draw = random.Random(7)
    motives = [
        make_motive(calendar.client, minutes, minutes_before=before, minutes_after=after)
        for minutes, before, after in ((20, 0, 0), (40, 0, 0), (20, 5, 10), (60, 10, 0))
    ]
    tried = [
        [
            Attempt(at + timedelta(minutes=20) * draw.randrange(3), draw.choice(motives).pk)
            for _ in range(RACERS)
        ]
        for at in moments(ROUNDS)
    ]

    found = outcomes(racers, Race(calendar.pk, NOW, tried))

    assert set(found) == {"booked", "SlotTaken"}
    assert found["booked"] == Appointment.objects.count() >= ROUNDS
    assert overlaps(calendar) == 0


MOST = 3


def same_day(calendar: Calendar, rounds: int, **fields: bool) -> Race:
    """Each racer tries a free hour of her own; the motive is taken three times a day at most."""
    motive = make_motive(calendar.client, most_per_day=MOST)
    days = [MONDAY + timedelta(days=1 + n) for n in range(rounds)]
    tried = [
        [Attempt(datetime.combine(day, time(9 + n), PARIS), motive.pk) for n in range(RACERS)]
        for day in days
    ]
    return Race(calendar.pk, NOW, tried, **fields)


def visits_by_day() -> Counter[date]:
    return Counter(Appointment.objects.values_list("local_day", flat=True))


def test_no_day_gets_more_of_a_motive_than_it_takes(racers: Racers, calendar: Calendar) -> None:
    found = outcomes(racers, same_day(calendar, ROUNDS))

    assert found == {"booked": ROUNDS * MOST, "DayIsFull": ROUNDS * (RACERS - MOST)}
    assert set(visits_by_day().values()) == {MOST}


def test_without_the_lock_every_day_gets_more_of_a_motive_than_it_takes(
    racers: Racers, calendar: Calendar
) -> None:
    found = outcomes(racers, same_day(calendar, FEW_ROUNDS, unlocked=True))

    assert found == {"booked": FEW_ROUNDS * RACERS}
    assert set(visits_by_day().values()) == {RACERS}
