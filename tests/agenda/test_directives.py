"""Dated changes of hours: the past stays, what would conflict is known, the last is undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from agenda.models import Appointment, Calendar, OpeningRule
from agenda.queries import open_slots, refusals
from agenda.queries.directives import last_change_of_hours, said_absence, said_hours
from agenda.queries.preview import Preview, preview, week_as_it_is
from agenda.queries.proposals import Proposal
from agenda.rules import Reason, Release, Replaces
from agenda.rules.directives import SaidAbsence, SaidDays, SaidHours
from agenda.services import block_recurring, hold_slot
from agenda.services.directives import (
    DirectivesChanged,
    InThePast,
    add_hours,
    can_undo,
    change_hours,
    change_recurring,
    end_hours,
    ending,
    replacing,
    undo_hours,
)
from clients.models import AuditEntry
from core.periods import Period
from core.recurrences import weekly
from core.wall_clock import day_bounds
from tests.agenda.factories import NOW, book, make_calendar, make_motive, make_rule, paris
from tests.factories import make_assistant

TODAY = date(2027, 3, 15)
NEXT_MONDAY = date(2027, 3, 22)
WORKDAYS = (0, 1, 2, 3, 4)
_DAY = timedelta(days=1)


def make_office() -> tuple[Calendar, OpeningRule]:
    """A calendar open on workdays from 9 to 12, every 20 minutes."""
    calendar = make_calendar(hours=())
    return calendar, make_rule(calendar, time(9), time(12))


def said(
    start: time = time(10), end: time = time(13), first: date = NEXT_MONDAY, **more: object
) -> SaidHours:
    """Hours on workdays from next Monday on."""
    return SaidHours(SaidDays(first, None, WORKDAYS), start, end, **more)  # type: ignore[arg-type]


def starts(calendar: Calendar, first_day: date, days: int, at: datetime) -> list[datetime]:
    motive = calendar.client.motives.all()[0]
    slots = open_slots([calendar], motive, first_day=first_day, days=days, now=at)
    return [slot.starts_at for slot in slots]


@pytest.mark.django_db
def test_a_change_leaves_the_past_and_the_days_before_it_as_they_were() -> None:
    calendar, rule = make_office()
    motive = make_motive(calendar.client)
    before_all = NOW - timedelta(days=30)
    span = (date(2027, 3, 1), 21)
    slots = starts(calendar, *span, before_all)
    moment = paris("2027-03-02 09:40")
    reasons = refusals(calendar, motive, moment, now=before_all)

    change_hours(rule=rule, said=said(), by=None, at=NOW)

    assert starts(calendar, *span, before_all) == slots
    assert refusals(calendar, motive, moment, now=before_all) == reasons == ()
    after = starts(calendar, NEXT_MONDAY, 1, NOW)
    assert (after[0], after[-1]) == (paris("2027-03-22 10:00"), paris("2027-03-22 12:40"))


@pytest.mark.django_db
def test_a_rule_that_has_not_begun_is_replaced_as_a_whole() -> None:
    calendar = make_calendar(hours=())
    rule = make_rule(calendar, time(9), time(12), valid_from=NEXT_MONDAY)

    change_hours(rule=rule, said=said(first=NEXT_MONDAY + 7 * _DAY), by=None, at=NOW)

    assert [one.start_time for one in calendar.opening_rules.all()] == [time(10)]


@pytest.mark.django_db
def test_hours_of_single_dates_replace_a_half_day() -> None:
    calendar, _ = make_office()
    make_motive(calendar.client)
    thursday = date(2027, 3, 25)
    late = SaidHours(SaidDays(thursday, thursday), time(9, 30), time(11), replaces=Replaces.MORNING)

    add_hours(calendar=calendar, said=late, by=None, at=NOW)

    found = starts(calendar, thursday, 1, NOW)
    assert (found[0], found[-1]) == (paris("2027-03-25 09:30"), paris("2027-03-25 10:30"))
    assert starts(calendar, thursday + _DAY, 1, NOW)[0] == paris("2027-03-26 09:00")


@pytest.mark.django_db
def test_ended_hours_give_no_slot_after_their_last_day() -> None:
    calendar, rule = make_office()
    make_motive(calendar.client)

    end_hours(rule=rule, last_day=NEXT_MONDAY, by=None, at=NOW)

    assert len(starts(calendar, NEXT_MONDAY, 14, NOW)) == 9


@pytest.mark.django_db
def test_nothing_begins_before_today() -> None:
    calendar, rule = make_office()
    yesterday = TODAY - _DAY

    with pytest.raises(InThePast):
        add_hours(calendar=calendar, said=said(first=yesterday), by=None, at=NOW)
    with pytest.raises(InThePast):
        change_hours(rule=rule, said=said(first=yesterday), by=None, at=NOW)
    with pytest.raises(InThePast):
        end_hours(rule=rule, last_day=yesterday - _DAY, by=None, at=NOW)
    assert OpeningRule.objects.count() == 1


@pytest.mark.django_db
def test_a_form_that_saw_older_directives_changes_nothing() -> None:
    calendar, rule = make_office()
    seen = calendar.revision
    add_hours(calendar=calendar, said=said(time(14), time(18)), by=None, at=NOW, seen=seen)

    with pytest.raises(DirectivesChanged):
        change_hours(rule=rule, said=said(), by=None, at=NOW, seen=seen)

    rule.refresh_from_db()
    assert rule.valid_until is None


@pytest.mark.django_db
def test_a_rule_that_is_over_by_then_is_not_changed_again() -> None:
    _, rule = make_office()
    change_hours(rule=rule, said=said(), by=None, at=NOW)

    with pytest.raises(DirectivesChanged):
        change_hours(rule=rule, said=said(time(8)), by=None, at=NOW)


@pytest.mark.django_db
def test_who_changed_what_is_kept_with_both_states() -> None:
    calendar, rule = make_office()
    doctor = make_assistant(calendar.client)

    entry = change_hours(rule=rule, said=said(), by=doctor, at=NOW)

    assert (entry.by, entry.action, entry.at) == (doctor, "directive.hours.changed", NOW)
    (old,), (new,) = entry.detail["before"], entry.detail["after"]
    assert (old["start_time"], old["valid_until"]) == ("09:00:00", None)
    assert (new["start_time"], new["valid_from"]) == ("10:00:00", "2027-03-22")
    assert entry.detail["from_day"] == "2027-03-22"


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["add", "change", "change a rule to come", "end"])
def test_the_last_change_is_undone_as_if_it_had_never_been(what: str) -> None:
    calendar, rule = make_office()
    motive = make_motive(calendar.client)
    rule.motives.set([motive])
    if what == "change a rule to come":
        OpeningRule.objects.filter(pk=rule.pk).update(valid_from=NEXT_MONDAY)
        rule.refresh_from_db()
    before = [*calendar.opening_rules.order_by("pk").values_list("uuid", "valid_until")]
    slots = starts(calendar, TODAY, 21, NOW)
    done = {
        "add": lambda: add_hours(calendar=calendar, said=said(time(14)), by=None, at=NOW),
        "end": lambda: end_hours(rule=rule, last_day=NEXT_MONDAY, by=None, at=NOW),
    }.get(what, lambda: change_hours(rule=rule, said=said(), by=None, at=NOW))()
    assert starts(calendar, TODAY, 21, NOW) != slots

    undo_hours(change=done, by=None, at=NOW + timedelta(days=2))

    assert [*calendar.opening_rules.values_list("uuid", "valid_until")] == before
    assert starts(calendar, TODAY, 21, NOW) == slots


@pytest.mark.django_db
def test_only_the_last_change_is_undone_and_only_while_it_touches_no_past_day() -> None:
    calendar, rule = make_office()
    first = change_hours(rule=rule, said=said(), by=None, at=NOW)
    last = add_hours(calendar=calendar, said=said(time(14), time(16)), by=None, at=NOW)

    with pytest.raises(DirectivesChanged):
        undo_hours(change=first, by=None, at=NOW)
    with pytest.raises(DirectivesChanged):
        undo_hours(change=last, by=None, at=NOW + timedelta(days=8))
    assert can_undo(last, last_change_of_hours(calendar), NEXT_MONDAY)
    undo_hours(change=last, by=None, at=NOW)
    with pytest.raises(DirectivesChanged):
        undo_hours(change=last, by=None, at=NOW)


def troubled(found: Preview) -> list[tuple[str, Reason]]:
    return [
        (one.appointment.local_time.isoformat("minutes"), one.reason)
        for one in found.conflicts
        if one.appointment
    ]


@pytest.mark.django_db
def test_a_preview_names_the_visits_that_would_stand_outside_and_writes_nothing() -> None:
    calendar, rule = make_office()
    motive = make_motive(calendar.client)
    for moment in ("2027-03-16 09:00", "2027-03-22 09:00", "2027-03-22 11:00"):
        book(calendar, motive, moment)
    revision, audits = calendar.revision, AuditEntry.objects.count()

    found = preview(calendar, replacing(rule, said(), TODAY), now=NOW)

    assert troubled(found) == [("09:00", Reason.OUTSIDE_OPENING)]
    assert OpeningRule.objects.count() == 1
    calendar.refresh_from_db()
    assert (calendar.revision, AuditEntry.objects.count()) == (revision, audits)


@pytest.mark.django_db
def test_hours_that_become_emergency_hours_trouble_ordinary_visits_only() -> None:
    calendar, _ = make_office()
    ordinary = make_motive(calendar.client)
    urgent = make_motive(calendar.client, name="Urgence", is_urgent=True)
    book(calendar, ordinary, "2027-03-22 11:00")
    book(calendar, urgent, "2027-03-22 11:20")
    kept = said(time(11), time(12), emergency=True, release=Release(at=time(10, 30)))

    found = preview(calendar, Proposal(NEXT_MONDAY, hours=[kept]), now=NOW)

    assert troubled(found) == [("11:00", Reason.EMERGENCY)]


@pytest.mark.django_db
def test_a_visit_that_would_lie_outside_by_half_is_named() -> None:
    calendar, rule = make_office()
    book(calendar, make_motive(calendar.client), "2027-03-22 09:40")

    found = preview(calendar, replacing(rule, said(time(9, 50)), TODAY), now=NOW)

    assert troubled(found) == [("09:40", Reason.OUTSIDE_OPENING)]


@pytest.mark.django_db
def test_a_visit_against_the_rules_before_is_no_news() -> None:
    calendar, rule = make_office()
    motive = make_motive(calendar.client)
    book(calendar, motive, "2027-03-22 20:00", override_reason="late shift")

    assert troubled(preview(calendar, replacing(rule, said(), TODAY), now=NOW)) == []


@pytest.mark.django_db
def test_a_preview_counts_places_and_days_before_and_after() -> None:
    calendar, rule = make_office()
    mornings = replace(said(time(9), time(12)), days=SaidDays(NEXT_MONDAY, None, (0, 5)))

    found = preview(calendar, replacing(rule, mornings, TODAY), now=NOW)

    assert [(week.before, week.after) for week in found.weeks] == [(45, 18)] * 4
    saturdays = [NEXT_MONDAY + _DAY * (5 + 7 * n) for n in range(4)]
    assert found.gained == saturdays
    assert len(found.lost) == 16
    assert [len(day.after) for day in found.week] == [1, 0, 0, 0, 0, 1, 0]
    assert [len(day.before) for day in found.week] == [1, 1, 1, 1, 1, 0, 0]


@pytest.mark.django_db
def test_what_a_preview_shows_is_what_saving_gives() -> None:
    calendar, rule = make_office()
    hours = replace(said(), days=SaidDays(NEXT_MONDAY, None, (1, 3), 2))
    shown = preview(calendar, replacing(rule, hours, TODAY), now=NOW).week

    change_hours(rule=rule, said=hours, by=None, at=NOW)

    saved = week_as_it_is(calendar, NEXT_MONDAY)
    spans = [[(p.start, p.end, p.step) for p in day.after] for day in shown]
    assert [[(p.start, p.end, p.step) for p in day.after] for day in saved] == spans


@pytest.mark.django_db
def test_a_slot_that_somebody_is_booking_is_told() -> None:
    calendar, rule = make_office()
    motive = make_motive(calendar.client)
    lea = make_assistant(calendar.client)
    moment = paris("2027-03-22 09:00")
    hold_slot(calendar=calendar, motive=motive, starts_at=moment, by=lea, at=NOW)

    found = preview(calendar, replacing(rule, said(), TODAY), now=NOW)

    assert [(one.starts_at, one.hold and one.hold.holder) for one in found.holds] == [(moment, lea)]


@pytest.mark.django_db
def test_the_conflicts_are_those_of_a_naive_count() -> None:
    calendar, rule = make_office()
    make_rule(calendar, time(14), time(18))
    motive = make_motive(calendar.client)
    for nth in range(60):
        day = TODAY + _DAY * (nth % 15)
        clock = f"{9 + nth % 3 if nth % 2 else 14 + nth % 4:02}:{20 * (nth % 3):02}"
        if day.weekday() < 5 and not _taken(calendar, day, clock):
            book(calendar, motive, f"{day} {clock}")
    hours = replace(said(time(10), time(11)), days=SaidDays(NEXT_MONDAY, None, (0, 2, 4)))
    away = SaidAbsence(SaidDays(NEXT_MONDAY, None, (3,)), time(14), time(16))
    proposal = replace(replacing(rule, hours, TODAY), absences=[away])

    found = preview(calendar, proposal, now=NOW)

    assert {one.appointment and one.appointment.pk for one in found.conflicts} == {
        one.pk for one in Appointment.objects.all() if _naively_troubled(one)
    }
    assert len(found.conflicts) > 5


def _taken(calendar: Calendar, day: date, clock: str) -> bool:
    return calendar.appointments.filter(starts_at=paris(f"{day} {clock}")).exists()


def _naively_troubled(one: Appointment) -> bool:
    """Minute by minute: from next Monday the morning is 10–11 on Mon, Wed, Fri; Thu 14–16 away."""
    if one.local_day < NEXT_MONDAY:
        return False
    weekday = one.local_day.weekday()
    for minute in range(20):
        at = (datetime.combine(one.local_day, one.local_time) + timedelta(minutes=minute)).time()
        morning = weekday in (0, 2, 4) and time(10) <= at < time(11)
        afternoon = time(14) <= at < time(18) and not (weekday == 3 and at < time(16))
        if not morning and not afternoon:
            return True
    return False


@pytest.mark.django_db
def test_a_recurring_absence_is_changed_from_a_day_on() -> None:
    calendar, _ = make_office()
    make_motive(calendar.client)
    old = block_recurring(
        calendar=calendar, recurrence=weekly([2]), valid_from=date(2027, 1, 4), by=None, at=NOW
    ).absence
    new = SaidAbsence(SaidDays(NEXT_MONDAY, None, (3,)), time(9), time(10))

    made = change_recurring(
        absence=old, said=new, reason="Cours", reason_shared=False, by=None, at=NOW
    ).absence

    old.refresh_from_db()
    assert old.valid_until == NEXT_MONDAY - _DAY
    assert said_absence(made) == new
    assert starts(calendar, date(2027, 3, 17), 1, NOW) == []
    assert len(starts(calendar, date(2027, 3, 24), 1, NOW)) == 9
    assert starts(calendar, date(2027, 3, 25), 1, NOW)[0] == paris("2027-03-25 10:00")


@pytest.mark.django_db
def test_a_rule_is_read_back_as_it_was_said() -> None:
    calendar = make_calendar(hours=())
    motive = make_motive(calendar.client)
    hours = said(emergency=True, release=Release(hours_before=24), motives=frozenset([motive.pk]))

    add_hours(calendar=calendar, said=hours, by=None, at=NOW)

    assert said_hours(OpeningRule.objects.get()) == hours


@pytest.mark.django_db
def test_ending_closes_what_the_rule_opened_in_the_preview() -> None:
    calendar, rule = make_office()

    found = preview(calendar, ending(rule, NEXT_MONDAY), now=NOW)

    assert [len(day.after) for day in found.week] == [1, 0, 0, 0, 0, 0, 0]


@pytest.mark.django_db
def test_holidays_opened_and_closed_show_in_the_preview() -> None:
    calendar = make_calendar(hours=((time(9), time(12)),), holidays_region="metropole")
    easter = date(2027, 3, 29)

    opened = preview(calendar, Proposal(easter, holidays={easter: True}), now=NOW)
    abroad = preview(calendar, Proposal(easter, region=""), now=NOW)

    for found in (opened, abroad):
        assert (found.weeks[0].before, found.weeks[0].after) == (36, 45)
        assert found.gained == [easter]
    assert week_as_it_is(calendar, easter)[0].holiday == "Lundi de Pâques"


@pytest.mark.django_db
def test_a_single_absence_troubles_what_lies_under_it() -> None:
    calendar, _ = make_office()
    book(calendar, make_motive(calendar.client), "2027-03-22 11:00")
    whole_day = day_bounds(NEXT_MONDAY, calendar.zone)
    proposal = Proposal(NEXT_MONDAY, away=[Period(*whole_day)])

    assert troubled(preview(calendar, proposal, now=NOW)) == [("11:00", Reason.ABSENCE)]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_a_rule_at_once_one_is_told() -> None:
    calendar, rule = make_office()
    start, outcomes = Barrier(2), []

    def change(first: date) -> None:
        start.wait()
        try:
            change_hours(rule=rule, said=said(first=first), by=None, at=NOW, seen=calendar.revision)
            outcomes.append("changed")
        except DirectivesChanged:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [Thread(target=change, args=(NEXT_MONDAY + 7 * n * _DAY,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["changed", "told"]
    assert OpeningRule.objects.filter(valid_until=None).count() == 1
