"""Turns on call are added, changed and taken away, and read on the client's own clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from clients.models import AuditEntry, Client, OnCallPerson, OnCallShift, User
from clients.queries import turns_within
from clients.rules.rosters import ShiftFault, WishedShift
from clients.services.rosters import (
    NewPerson,
    NoSuchNumber,
    PersonOfAnother,
    RosterChanged,
    ShiftRefused,
    StillOnCall,
    TurnGone,
    add_on_call_person,
    add_shift,
    change_on_call_person,
    change_shift,
    last_change,
    remove_on_call_person,
    remove_shift,
)
from core.periods import Period
from tests.clients.rosters import ANNE, MARC, make_on_call, make_shift
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 7, 40, tzinfo=UTC)
WEEK_END = WishedShift(date(2026, 11, 27), time(18), date(2026, 11, 30), time(8))


@pytest.fixture
def renaud() -> Client:
    return make_client(name="Plomberie Renaud")


@pytest.fixture
def boss() -> User:
    return make_user("boss")


def within(client: Client, first: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    turns = turns_within([client], Period(first, until)).get(client.pk, [])
    return [(one.period.start, one.period.end) for one in turns]


def utc(month: int, day: int, hour: int) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_somebody_new_is_put_on_call_in_one_step(renaud: Client, boss: User) -> None:
    who = NewPerson(" Marc Petit ", "06 39 98 10 01")

    shift = add_shift(client=renaud, who=who, wished=WEEK_END, by=boss, at=NOW)

    assert (shift.person.name, str(shift.person.number)) == ("Marc Petit", MARC)
    assert shift.wished == WEEK_END
    written = AuditEntry.objects.order_by("pk").values_list("action", "by", "client")
    assert list(written) == [
        ("roster.person_added", boss.pk, renaud.pk),
        ("roster.shift_added", boss.pk, renaud.pk),
    ]


def test_nobody_new_is_kept_of_a_turn_that_is_refused(renaud: Client, boss: User) -> None:
    backwards = WishedShift(date(2026, 11, 27), time(18), date(2026, 11, 27), time(8))

    with pytest.raises(ShiftRefused) as refused:
        add_shift(client=renaud, who=NewPerson("M", MARC), wished=backwards, by=boss, at=NOW)
    with pytest.raises(NoSuchNumber):
        add_shift(client=renaud, who=NewPerson("M", "12"), wished=WEEK_END, by=boss, at=NOW)

    assert refused.value.faults == [ShiftFault.BACKWARDS]
    assert not OnCallPerson.objects.exists()


def test_a_turn_is_over_by_the_clients_own_clock(renaud: Client, boss: User) -> None:
    renaud.timezone = "Asia/Tokyo"
    renaud.save()
    # 8:40 in Paris is 16:40 in Tokyo.
    today = WishedShift(date(2026, 11, 24), time(9), date(2026, 11, 24), time(16))

    with pytest.raises(ShiftRefused) as refused:
        add_shift(client=renaud, who=NewPerson("M", MARC), wished=today, by=boss, at=NOW)

    assert refused.value.faults == [ShiftFault.OVER]


def test_a_turn_is_given_to_somebody_else_and_taken_away(renaud: Client, boss: User) -> None:
    shift = make_shift(make_on_call(renaud), date(2026, 11, 27), date(2026, 11, 30))
    anne = add_on_call_person(client=renaud, name="Anne", number=ANNE, by=boss, at=NOW)

    change_shift(shift=shift, who=anne, wished=WEEK_END, by=boss, at=NOW)
    assert OnCallShift.objects.get().person == anne

    remove_shift(shift=shift, by=boss, at=NOW)
    remove_shift(shift=shift, by=boss, at=NOW)
    assert not OnCallShift.objects.exists()
    assert AuditEntry.objects.filter(action="roster.shift_removed").count() == 1


def test_what_was_changed_since_it_was_seen_is_not_changed_again(
    renaud: Client, boss: User
) -> None:
    marc = add_on_call_person(client=renaud, name="Marc", number=MARC, by=boss, at=NOW)
    shift = add_shift(client=renaud, who=marc, wished=WEEK_END, by=boss, at=NOW)
    of_turn, of_roster, of_marc = last_change(shift), last_change(renaud), last_change(marc)
    asked: dict[str, Any] = {"who": marc, "wished": WEEK_END, "by": boss, "at": NOW}
    change_shift(shift=shift, seen=of_turn, **asked)
    change_on_call_person(person=marc, name="M", number=MARC, by=boss, at=NOW, seen=of_marc)

    with pytest.raises(RosterChanged):
        change_shift(shift=shift, seen=of_turn, **asked)
    with pytest.raises(RosterChanged):
        add_shift(client=renaud, seen=of_roster, **asked)
    with pytest.raises(RosterChanged):
        change_on_call_person(person=marc, name="X", number=MARC, by=boss, at=NOW, seen=of_marc)

    assert OnCallShift.objects.count() == 1
    assert OnCallPerson.objects.get().name == "M"


def test_a_turn_that_was_taken_away_is_not_brought_back(renaud: Client, boss: User) -> None:
    shift = make_shift(make_on_call(renaud), date(2026, 11, 27), date(2026, 11, 30))
    stale = OnCallShift.objects.get()
    remove_shift(shift=shift, by=boss, at=NOW)

    with pytest.raises(TurnGone):
        change_shift(shift=stale, who=stale.person, wished=WEEK_END, by=boss, at=NOW)

    assert not OnCallShift.objects.exists()


def test_nobody_of_another_client_takes_a_turn(renaud: Client, boss: User) -> None:
    stranger = make_on_call(make_client())

    with pytest.raises(PersonOfAnother):
        add_shift(client=renaud, who=stranger, wished=WEEK_END, by=boss, at=NOW)


def test_another_number_counts_in_all_turns(renaud: Client, boss: User) -> None:
    marc = make_on_call(renaud)
    make_shift(marc, date(2026, 11, 27), date(2026, 11, 30))

    change_on_call_person(person=marc, name="Marc", number="0639981002", by=boss, at=NOW)

    turns = turns_within([renaud], Period(utc(11, 28, 0), utc(11, 29, 0)))[renaud.pk]
    assert [one.number for one in turns] == [ANNE]


def test_who_still_has_turns_is_not_taken_off_the_list(renaud: Client, boss: User) -> None:
    marc = make_on_call(renaud)
    shift = make_shift(marc, date(2026, 11, 27), date(2026, 11, 30))

    with pytest.raises(StillOnCall):
        remove_on_call_person(person=marc, by=boss, at=NOW)
    remove_shift(shift=shift, by=boss, at=NOW)
    remove_on_call_person(person=marc, by=boss, at=NOW)

    assert not OnCallPerson.objects.exists()


def test_a_turn_comes_again_every_so_many_weeks_until_its_last_day(renaud: Client) -> None:
    marc = make_on_call(renaud)
    make_shift(
        marc,
        date(2026, 11, 6),
        date(2026, 11, 9),
        every_weeks=2,
        repeats_until=date(2026, 12, 4),
    )

    # It has begun before the time that is asked about, and is seen whole.
    assert within(renaud, utc(11, 8, 0), utc(12, 31, 0)) == [
        (utc(11, 6, 17), utc(11, 9, 7)),
        (utc(11, 20, 17), utc(11, 23, 7)),
        (utc(12, 4, 17), utc(12, 7, 7)),
    ]


def test_a_turn_keeps_its_hours_on_the_wall_when_the_clocks_change(renaud: Client) -> None:
    make_shift(make_on_call(renaud), date(2026, 10, 16), date(2026, 10, 19), every_weeks=1)

    assert within(renaud, utc(10, 17, 0), utc(10, 31, 0)) == [
        (utc(10, 16, 16), utc(10, 19, 6)),
        (utc(10, 23, 16), utc(10, 26, 7)),
        (utc(10, 30, 17), utc(11, 2, 7)),
    ]
