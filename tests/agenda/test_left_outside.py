"""Hours that leave booked visits outside are work for the assistant, as absences are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.urls import reverse

from agenda.models import Absence, Appointment, Calendar, Displaced, Motive, OpeningRule
from agenda.queries.preview import left_outside
from agenda.rules import Region
from agenda.rules.directives import SaidDays, SaidHours
from agenda.services import (
    block_period,
    cancel_appointment,
    close_holiday,
    move_appointment,
    open_holiday,
    set_holidays_region,
    unblock,
    undo_change,
)
from agenda.services.directives import add_hours, change_hours, end_hours, hand_over, undo_hours
from clients.models import AuditEntry
from core.recurrences import rule_text
from tests.agenda.factories import NOW, book, make_calendar, make_motive, make_rule, paris
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NEXT_MONDAY = date(2027, 3, 22)
EASTER_MONDAY = date(2027, 3, 29)
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def rule() -> OpeningRule:
    """Hours on workdays from 9 to 12."""
    return make_rule(make_calendar(hours=()), time(9), time(12))


@pytest.fixture
def calendar(rule: OpeningRule) -> Calendar:
    return rule.calendar


@pytest.fixture
def motive(calendar: Calendar) -> Motive:
    return make_motive(calendar.client)


def said(start: time = time(10), end: time = time(13), **more: Any) -> SaidHours:
    """Hours on workdays from next Monday on."""
    return SaidHours(SaidDays(NEXT_MONDAY, None, (0, 1, 2, 3, 4)), start, end, **more)


@pytest.fixture
def early(calendar: Calendar, motive: Motive) -> Appointment:
    """A visit that later hours leave outside."""
    return book(calendar, motive, "2027-03-22 09:00")


def work() -> list[tuple[Appointment, Absence | None, str]]:
    """What is to be done, by its cause."""
    rows = Displaced.objects.open().select_related("appointment", "absence").order_by("pk")
    return [(one.appointment, one.absence, one.state) for one in rows]


def outcomes() -> list[str]:
    return list(Displaced.objects.order_by("pk").values_list("outcome", flat=True))


def test_a_change_of_hours_lists_the_visits_that_it_leaves_outside(
    calendar: Calendar, motive: Motive, rule: OpeningRule, early: Appointment
) -> None:
    book(calendar, motive, "2027-03-19 09:00")  # before the change
    book(calendar, motive, "2027-03-22 11:00")  # still inside
    book(calendar, motive, "2027-03-23 20:00", override_reason="late shift")  # outside before

    change_hours(rule=rule, said=said(), by=None, at=NOW)

    assert work() == [(early, None, "to_call")]
    assert not Absence.objects.exists()


def test_ending_hours_lists_all_that_was_booked_in_them(
    rule: OpeningRule, early: Appointment
) -> None:
    end_hours(rule=rule, last_day=NEXT_MONDAY - timedelta(days=1), by=None, at=NOW)

    assert work() == [(early, None, "to_call")]


def test_hours_kept_for_emergencies_make_no_work(
    calendar: Calendar, motive: Motive, early: Appointment
) -> None:
    kept = said(time(9), time(10), emergency=True)

    change = add_hours(calendar=calendar, said=kept, by=None, at=NOW)

    assert work() == []
    assert hand_over(change=change, by=None, at=NOW) == []
    assert change.detail["troubled"] == [str(early.uuid)]


def test_visits_that_are_to_stay_are_listed_once_that_is_asked(
    calendar: Calendar, rule: OpeningRule, early: Appointment
) -> None:
    change = change_hours(rule=rule, said=said(), by=None, at=NOW, to_move=False)
    assert (work(), left_outside(calendar, change, now=NOW)) == ([], [early])

    hand_over(change=change, by=None, at=LATER)

    assert work() == [(early, None, "to_call")]
    assert left_outside(calendar, change, now=LATER) == []
    assert hand_over(change=change, by=None, at=LATER) == []
    assert AuditEntry.objects.filter(action="directive.handed_over").count() == 2


def test_undoing_the_hours_takes_the_work_off_and_doing_them_again_opens_it(
    rule: OpeningRule, early: Appointment
) -> None:
    change = change_hours(rule=rule, said=said(), by=None, at=NOW)

    undo_hours(change=change, by=None, at=LATER)
    assert (work(), outcomes()) == ([], ["lifted"])

    rule.refresh_from_db()
    change_hours(rule=rule, said=said(), by=None, at=LATER)
    assert work() == [(early, None, "to_call")]
    assert outcomes() == [""]


def test_what_was_moved_meanwhile_stays_done_when_the_hours_are_undone(
    rule: OpeningRule, early: Appointment
) -> None:
    change = change_hours(rule=rule, said=said(), by=None, at=NOW)
    move_appointment(appointment=early, starts_at=paris("2027-03-22 10:20"), by=None, at=LATER)

    undo_hours(change=change, by=None, at=LATER)

    assert outcomes() == ["moved"]


def test_hours_added_over_the_visits_end_the_work_too(
    calendar: Calendar, rule: OpeningRule, early: Appointment
) -> None:
    change_hours(rule=rule, said=said(), by=None, at=NOW)

    add_hours(calendar=calendar, said=said(time(8), time(10)), by=None, at=LATER)

    assert (work(), outcomes()) == ([], ["lifted"])


def test_undoing_added_hours_lists_who_was_booked_in_them(
    calendar: Calendar, motive: Motive
) -> None:
    change = add_hours(calendar=calendar, said=said(time(14), time(16)), by=None, at=NOW)
    visit = book(calendar, motive, "2027-03-22 14:00")

    undo_hours(change=change, by=None, at=LATER)

    assert work() == [(visit, None, "to_call")]


@pytest.mark.parametrize("how", ["move", "cancel"])
def test_undoing_the_move_or_the_cancelling_opens_the_work_again(
    how: str, rule: OpeningRule, early: Appointment
) -> None:
    change_hours(rule=rule, said=said(), by=None, at=NOW)
    if how == "move":
        move_appointment(appointment=early, starts_at=paris("2027-03-22 10:20"), by=None, at=LATER)
    else:
        cancel_appointment(appointment=early, by=None, at=LATER)
    assert work() == []

    undo_change(change=early.changes.latest("pk"), by=None, at=LATER)

    assert work() == [(early, None, "to_call")]


def test_a_move_undone_into_hours_that_are_gone_is_listed(
    rule: OpeningRule, early: Appointment
) -> None:
    move_appointment(appointment=early, starts_at=paris("2027-03-22 10:20"), by=None, at=NOW)
    change_hours(rule=rule, said=said(), by=None, at=NOW)

    undo_change(change=early.changes.latest("pk"), by=None, at=LATER)

    assert work() == [(early, None, "to_call")]


def test_who_stated_a_reason_for_her_place_outside_is_not_listed_by_an_undoing(
    calendar: Calendar, motive: Motive
) -> None:
    visit = book(calendar, motive, "2027-03-22 20:00", override_reason="late shift")
    cancel_appointment(appointment=visit, by=None, at=NOW)

    undo_change(change=visit.changes.latest("pk"), by=None, at=LATER)

    assert work() == []


def test_an_absence_lifted_leaves_the_work_that_the_hours_gave(
    calendar: Calendar, rule: OpeningRule, early: Appointment
) -> None:
    span: dict[str, Any] = {
        "starts_at": paris("2027-03-22 08:00"),
        "ends_at": paris("2027-03-22 10:00"),
    }
    absence = block_period(calendar=calendar, **span, by=None, at=NOW).absence
    change_hours(rule=rule, said=said(), by=None, at=NOW)
    assert work() == [(early, absence, "to_call"), (early, None, "to_call")]

    unblock(absence=absence, by=None, at=LATER)

    assert work() == [(early, None, "to_call")]


def test_closing_on_holidays_lists_who_is_booked_and_opening_takes_her_off(
    calendar: Calendar, motive: Motive
) -> None:
    visit = book(calendar, motive, "2027-03-29 09:00")

    set_holidays_region(calendar=calendar, region=Region.METROPOLE, by=None, at=NOW)
    assert work() == [(visit, None, "to_call")]

    open_holiday(calendar=calendar, day=EASTER_MONDAY, by=None, at=LATER)
    assert work() == []

    close_holiday(calendar=calendar, day=EASTER_MONDAY, by=None, at=LATER)
    assert work() == [(visit, None, "to_call")]


# --- Changed in the settings' pages ---------------------------------------------------------------


@pytest.fixture
def post(client: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Save a settings page, at NOW."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    client.force_login(make_user("keeper", is_superuser=True))

    def save(page: str, *key: int, **sent: Any) -> None:
        answer = client.post(reverse(f"admin:agenda_{page}", args=key), sent)
        assert answer.status_code == 302, answer.context["errors"]

    return save


def away(calendar: Calendar, start: str, end: str, lifted: str = "") -> dict[str, Any]:
    """The fields of an absence on Monday."""
    span = {"starts_at_0": NEXT_MONDAY, "ends_at_0": NEXT_MONDAY, "starts_at_1": start}
    given_back = {"lifted_at_0": NEXT_MONDAY if lifted else "", "lifted_at_1": lifted}
    return {"calendar": calendar.pk, "ends_at_1": end} | span | given_back


def hours(calendar: Calendar, **rule: Any) -> dict[str, Any]:
    """The fields of a calendar with its rule; of which some are others."""
    own = {name: getattr(calendar, name) for name in ("name", "timezone", "holidays_region")}
    own |= {"client": calendar.client_id, "position": calendar.position}
    forms = {"holidays_opened-TOTAL_FORMS": 0, "holidays_opened-INITIAL_FORMS": 0}
    forms |= {"opening_rules-TOTAL_FORMS": 1, "opening_rules-INITIAL_FORMS": 1}
    one = calendar.opening_rules.get()
    names = ("kind", "valid_from", "start_time", "end_time", "slot_minutes", "release", "replaces")
    fields = {name: getattr(one, name) for name in names} | {"id": one.pk, "calendar": calendar.pk}
    fields |= {"recurrence": rule_text(one.recurrence)} | rule
    return own | forms | {f"opening_rules-0-{name}": value for name, value in fields.items()}


Post = Callable[..., None]


def test_hours_changed_in_the_settings_list_who_stands_outside(
    calendar: Calendar, early: Appointment, post: Post
) -> None:
    post("calendar_change", calendar.pk, **hours(calendar, start_time="10:00"))
    assert work() == [(early, None, "to_call")]

    post("calendar_change", calendar.pk, **hours(calendar, start_time="08:00"))
    assert work() == []


def test_holidays_closed_in_the_settings_list_who_is_booked_on_them(
    calendar: Calendar, motive: Motive, post: Post
) -> None:
    visit = book(calendar, motive, "2027-03-29 09:00")

    post("calendar_change", calendar.pk, **hours(calendar) | {"holidays_region": "metropole"})

    assert work() == [(visit, None, "to_call")]


def test_an_absence_laid_shortened_lengthened_and_lifted_in_the_settings_lists_so(
    calendar: Calendar, motive: Motive, early: Appointment, post: Post
) -> None:
    late = book(calendar, motive, "2027-03-22 11:00")

    post("absence_add", **away(calendar, "08:00", "10:00"))
    absence = Absence.objects.get()
    assert work() == [(early, absence, "to_call")]

    post("absence_change", absence.pk, **away(calendar, "10:00", "12:00"))
    assert work() == [(late, absence, "to_call")]

    post("absence_change", absence.pk, **away(calendar, "08:00", "12:00"))
    assert {visit for visit, _absence, _state in work()} == {early, late}

    post("absence_change", absence.pk, **away(calendar, "08:00", "12:00", lifted="07:00"))
    assert work() == []


def test_an_absence_given_to_another_practitioner_is_work_about_hers(
    calendar: Calendar, motive: Motive, early: Appointment, post: Post
) -> None:
    other = make_calendar(calendar.client, name="Dr Petit")
    hers = book(other, motive, "2027-03-22 09:00")
    post("absence_add", **away(calendar, "08:00", "10:00"))
    absence = Absence.objects.get()

    post("absence_change", absence.pk, **away(other, "08:00", "10:00"))

    assert work() == [(hers, absence, "to_call")]


@pytest.mark.parametrize("page", ["absence_delete", "absence_changelist"])
def test_an_absence_deleted_in_the_settings_takes_its_work_along(
    page: str, calendar: Calendar, early: Appointment, post: Post
) -> None:
    post("absence_add", **away(calendar, "08:00", "10:00"))
    key = Absence.objects.get().pk
    chosen = {"action": "delete_selected", "_selected_action": key}
    keys = () if page == "absence_changelist" else (key,)

    post(page, *keys, post="yes", **chosen)

    assert (Absence.objects.exists(), Displaced.objects.exists()) == (False, False)
    actions = AuditEntry.objects.filter(action__startswith="absence.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == ["absence.blocked", "absence.lifted"]
    assert early.displacements.count() == 0
