from datetime import date, time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms import modelform_factory
from django.urls import reverse

from agenda.models import Absence, Appointment, Calendar, Motive, OpeningRule, Side
from clients.models import AuditEntry
from core.recurrences import rule_text, weekly
from tests.agenda.factories import MONDAY, WORKDAYS, book, make_calendar, make_motive, paris
from tests.agenda.rows import make_row
from tests.factories import make_client, make_correspondent, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def calendar() -> Calendar:
    return make_calendar()


def rule(calendar: Calendar, **fields: Any) -> OpeningRule:
    fields = {"recurrence": WORKDAYS, "valid_from": MONDAY} | fields
    return OpeningRule(calendar=calendar, start_time=time(9), end_time=time(12), **fields)


def test_a_rule_reads_back_the_days_that_were_written(calendar: Calendar) -> None:
    made = rule(calendar, recurrence=weekly([0, 3], interval=2))
    made.save()

    again = OpeningRule.objects.get(pk=made.pk)

    assert rule_text(again.recurrence) == "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH"


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"recurrence": ""}, "__all__"),
        ({"release": "at"}, "release_time"),
        ({"release": "before"}, "release_hours"),
        ({"slot_minutes": 7}, "slot_minutes"),
        ({"recurrence": "RRULE:FREQ=WEEKLY;COUNT=2;BYDAY=MO"}, "recurrence"),
    ],
)
def test_a_rule_that_says_too_little_or_too_much_is_refused(
    calendar: Calendar, fields: dict[str, Any], where: str
) -> None:
    with pytest.raises(ValidationError) as raised:
        rule(calendar, **fields).full_clean()

    assert where in raised.value.message_dict


def test_a_single_day_needs_no_recurrence(calendar: Calendar) -> None:
    rule(calendar, recurrence="", valid_until=MONDAY).full_clean()


@pytest.mark.parametrize(
    "fields",
    [
        {"valid_until": date(2027, 3, 14)},
        {"release": "at"},
        {"release": "before"},
        {"slot_minutes": 0},
    ],
)
def test_the_database_refuses_rules_that_can_not_be(
    calendar: Calendar, fields: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        rule(calendar, **fields).save()


def test_a_form_stores_the_bare_rule(calendar: Calendar) -> None:
    form = modelform_factory(OpeningRule, exclude=["motives"])(
        {
            "calendar": calendar.pk,
            "kind": "regular",
            "recurrence": WORKDAYS,
            "valid_from": "2027-03-15",
            "start_time": "09:00",
            "end_time": "12:00",
            "slot_minutes": "20",
            "release": "never",
        }
    )

    assert form.errors == {}
    assert rule_text(OpeningRule.objects.get(pk=form.save().pk).recurrence) == WORKDAYS


@pytest.mark.parametrize("fields", [{"minutes": 4}, {"minutes": 725}, {"minutes": 21}])
def test_a_motive_lasts_five_minutes_or_several(fields: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Motive(client=make_client(), name="Consultation", **fields).full_clean()


def test_a_block_always_holds_its_visit(calendar: Calendar) -> None:
    row = make_row(calendar, "2027-03-15 09:00")
    row.block_ends_at = row.starts_at

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_who_comes_is_shown_before_whose_file_it_is(calendar: Calendar) -> None:
    lefevre = make_correspondent(calendar.client, "Lefèvre", civility="mrs")

    assert Appointment(correspondent=lefevre, booked_for="Léo").shown_name == "Léo"
    assert Appointment(correspondent=lefevre).shown_name == lefevre.listed_name
    assert Appointment().shown_name == ""


def test_each_side_has_the_other() -> None:
    assert (Side.DESK.other, Side.PORTAL.other) == (Side.PORTAL, Side.DESK)


def test_an_appointment_ends_on_the_wall_of_its_zone(calendar: Calendar) -> None:
    appointment = book(calendar, make_motive(calendar.client), "2027-03-29 09:00")

    assert appointment.local_end == time(9, 20)


def test_hours_changed_on_the_settings_pages_are_told(calendar: Calendar, client: Any) -> None:
    keeper = make_user("keeper", is_superuser=True)
    client.force_login(keeper)
    url = reverse("admin:agenda_calendar_change", args=[calendar.pk])
    page = client.get(url)
    fields = dict(page.context["adminform"].form.initial.items())
    prefix = "opening_rules"
    data = {name: "" if value is None else value for name, value in fields.items()} | {
        f"{prefix}-TOTAL_FORMS": "0",
        f"{prefix}-INITIAL_FORMS": "0",
        "holidays_opened-TOTAL_FORMS": "0",
        "holidays_opened-INITIAL_FORMS": "0",
    }

    answer = client.post(url, data)

    assert answer.status_code == 302
    assert AuditEntry.objects.filter(action="hours.changed", by=keeper).count() == 1


def test_holidays_opened_on_the_settings_pages_are_told(calendar: Calendar, client: Any) -> None:
    keeper = make_user("keeper", is_superuser=True)
    client.force_login(keeper)
    url = reverse("admin:agenda_calendar_change", args=[calendar.pk])
    fields = dict(client.get(url).context["adminform"].form.initial.items())
    data = {name: "" if value is None else value for name, value in fields.items()} | {
        "holidays_region": "metropole",
        "opening_rules-TOTAL_FORMS": "0",
        "opening_rules-INITIAL_FORMS": "0",
        "holidays_opened-TOTAL_FORMS": "1",
        "holidays_opened-INITIAL_FORMS": "0",
        "holidays_opened-0-day": "2027-05-06",
    }

    answer = client.post(url, data)

    calendar.refresh_from_db()
    assert answer.status_code == 302
    assert (calendar.holidays_region, calendar.revision) == ("metropole", 1)
    assert [one.day for one in calendar.holidays_opened.all()] == [date(2027, 5, 6)]


def test_a_new_calendar_of_the_settings_pages_is_closed_on_public_holidays(client: Any) -> None:
    client.force_login(make_user("keeper", is_superuser=True))

    form = client.get(reverse("admin:agenda_calendar_add")).context["adminform"].form

    assert form.initial["holidays_region"] == "metropole"


def test_the_settings_pages_do_not_tell_the_practices_own_reasons(
    calendar: Calendar, client: Any
) -> None:
    client.force_login(make_user("keeper", is_superuser=True))
    starts_at, ends_at = paris("2027-03-15 09:00"), paris("2027-03-15 12:00")
    span = {"calendar": calendar, "starts_at": starts_at, "ends_at": ends_at}
    own = Absence.objects.create(**span, side=Side.PORTAL, reason="Chimiothérapie")
    Absence.objects.create(**span, side=Side.PORTAL, reason="Congrès", reason_shared=True)

    listed = client.get(reverse("admin:agenda_absence_changelist")).content.decode()
    shown = client.get(reverse("admin:agenda_absence_change", args=[own.pk])).content.decode()

    assert ("Congrès" in listed, "Chimiothérapie" in listed + shown) == (True, False)
