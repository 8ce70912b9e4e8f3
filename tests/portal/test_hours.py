"""« My hours »: who may change what, what is shown before it is saved, and what is kept."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from agenda.models import Absence, Calendar, Displaced, HolidayOpened, Motive, OpeningRule
from agenda.services import block_recurring
from clients.models import AuditEntry, ClientMember
from core.recurrences import weekly
from tests.factories import make_client, make_member
from tests.people import NOW, Practice, visit

NEXT_MONDAY = "2026-11-30"


@pytest.fixture
def portal(practice: Practice) -> Browser:
    """The doctor's browser."""
    return browser_of(practice.doctor)


def browser_of(user: Any) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def fields(practice: Practice, **more: Any) -> dict[str, Any]:
    """What the form says: Mondays and Thursdays, 8 to 10, from next Monday on."""
    practice.calendar.refresh_from_db()
    return {
        "repeats": "weekly",
        "weekdays": ["0", "3"],
        "every": "1",
        "first": NEXT_MONDAY,
        "last": "",
        "kind": "regular",
        "start": "08:00",
        "end": "10:00",
        "slot_minutes": "20",
        "release": "never",
        "release_time": "",
        "release_hours": "",
        "replaces": "",
        "seen": str(practice.calendar.revision),
    } | more


def morning(practice: Practice) -> OpeningRule:
    return OpeningRule.objects.get(calendar=practice.calendar, start_time=time(9))


def url(name: str, *args: Any) -> str:
    return reverse(f"portal:{name}", args=args)


def test_the_hours_in_force_are_said_in_sentences(portal: Browser, practice: Practice) -> None:
    html = portal.get(url("hours", practice.client.uuid)).content.decode()

    assert "Du lundi au vendredi, 9 h–11 h, un patient toutes les 20 minutes" in (
        html.replace("\N{NO-BREAK SPACE}", " ")
    )
    assert "ouvertes à tous à 10 h 30 le jour même" in html.replace("\N{NO-BREAK SPACE}", " ")


def test_hours_are_added_from_a_day_on(portal: Browser, practice: Practice) -> None:
    answer = portal.post(url("hours_add", practice.calendar.uuid), fields(practice))

    assert answer.status_code == 302
    made = OpeningRule.objects.get(start_time=time(8))
    assert (made.valid_from, str(made.valid_until)) == (date(2026, 11, 30), "None")
    shown = portal.get(answer["Location"]).content.decode()
    assert "Horaires ajoutés" in shown
    assert "à partir du 30 novembre 2026" in shown


def test_a_change_that_troubles_visits_leads_to_them(portal: Browser, practice: Practice) -> None:
    troubled = visit(practice, "2026-12-01 09:20", "Delacroix")
    rule = morning(practice)

    answer = portal.post(url("hours_change", rule.uuid), fields(practice, weekdays=list("01234")))
    page = portal.get(answer["Location"]).content.decode()

    assert "Delacroix" not in page  # 9:20 is still open: 8 to 10
    assert troubled.calendar.opening_rules.filter(valid_until="2026-11-29").count() == 1
    late = fields(practice, weekdays=list("01234"), start="10:00", end="11:00")
    made = OpeningRule.objects.get(start_time=time(8))
    answer = portal.post(url("hours_change", made.uuid), late)
    page = portal.get(answer["Location"]).content.decode()
    assert "Delacroix" in page
    assert url("move", troubled.uuid) in page


def test_what_a_change_leaves_outside_is_on_the_assistants_list_at_once(
    portal: Browser, practice: Practice
) -> None:
    displaced = visit(practice, "2026-12-01 09:20", "Delacroix")
    late = fields(practice, weekdays=list("01234"), start="10:00", end="11:00")

    answer = portal.post(url("hours_change", morning(practice).uuid), late)

    assert [one.appointment for one in Displaced.objects.open()] == [displaced]
    page = portal.get(answer["Location"]).content.decode()
    assert "confié à votre assistante" in page
    assert url("hand_over", AuditEntry.objects.latest("pk").uuid) not in page


def test_visits_that_are_to_stay_are_handed_to_the_assistant_later(
    portal: Browser, practice: Practice
) -> None:
    visit(practice, "2026-12-01 09:20", "Delacroix")
    late = fields(practice, weekdays=list("01234"), start="10:00", end="11:00")
    shown = portal.post(url("hours_change", morning(practice).uuid), late | {"preview": "1"})
    assert 'name="stay"' in shown.content.decode()
    portal.post(url("hours_change", morning(practice).uuid), late | {"stay": "on"})
    change = AuditEntry.objects.get(action="directive.hours.changed")
    assert Displaced.objects.count() == 0

    answer = portal.post(url("hand_over", change.uuid))

    assert Displaced.objects.open().count() == 1
    page = portal.get(answer["Location"]).content.decode()
    assert url("hand_over", change.uuid) not in page


def test_a_change_that_leaves_nobody_outside_asks_nothing(
    portal: Browser, practice: Practice
) -> None:
    shown = portal.post(url("hours_add", practice.calendar.uuid), fields(practice, preview="1"))

    assert 'name="stay"' not in shown.content.decode()


def test_the_last_change_is_taken_back(portal: Browser, practice: Practice) -> None:
    portal.post(url("hours_add", practice.calendar.uuid), fields(practice))
    change = AuditEntry.objects.get(action="directive.hours.added")

    answer = portal.post(url("directive_undo", change.uuid))

    assert answer.status_code == 302
    assert not OpeningRule.objects.filter(start_time=time(8)).exists()
    again = portal.post(url("directive_undo", change.uuid))
    assert again.status_code == 409
    assert "quelque chose" in again.content.decode() or "depuis" in again.content.decode()


def test_a_preview_saves_nothing_and_names_the_visits(portal: Browser, practice: Practice) -> None:
    visit(practice, "2026-12-01 09:20", "Delacroix")
    rule = morning(practice)
    asked = fields(practice, weekdays=list("01234"), start="10:00", end="11:00", preview="1")

    page = portal.post(url("hours_change", rule.uuid), asked).content.decode()

    assert "Delacroix" in page
    assert "hors des heures d’ouverture" in page
    assert "bar-regular is-new" in page
    assert "is-gone" in page
    rule.refresh_from_db()
    assert rule.valid_until is None
    assert 'value="10:00"' in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"weekdays": []}, "Choisissez au moins un jour"),
        ({"first": "2026-11-20"}, "Le passé reste tel quel"),
        ({"last": "2026-11-01"}, "La fin précède le début"),
        ({"first": "2026-12-01", "last": "2026-12-02"}, "Aucun de ces jours"),
        ({"end": "08:10"}, "la place d’un seul patient"),
        ({"kind": "emergency", "release": "at"}, "à quelle heure"),
        ({"kind": "emergency", "release": "before"}, "combien d’heures"),
        ({"slot_minutes": "7"}, "multiple"),
    ],
)
def test_what_is_missing_is_said_beside_the_field_and_nothing_typed_is_lost(
    portal: Browser, practice: Practice, wrong: dict[str, Any], said: str
) -> None:
    given = fields(practice, start="08:05") | wrong

    answer = portal.post(url("hours_add", practice.calendar.uuid), given)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert said in html
    assert "field-error" in html
    assert 'value="08:05"' in html
    assert not OpeningRule.objects.filter(start_time=time(8, 5)).exists()


def test_a_form_that_saw_older_hours_is_told(portal: Browser, practice: Practice) -> None:
    older = fields(practice)
    portal.post(url("hours_add", practice.calendar.uuid), fields(practice, start="07:00"))

    answer = portal.post(url("hours_add", practice.calendar.uuid), older)

    assert answer.status_code == 409
    assert not OpeningRule.objects.filter(start_time=time(8)).exists()


def test_a_rule_that_the_form_cannot_say_is_shown_and_can_only_end(
    portal: Browser, practice: Practice
) -> None:
    monthly = OpeningRule.objects.create(
        calendar=practice.calendar,
        recurrence="RRULE:FREQ=MONTHLY;BYDAY=+1SA",
        valid_from=date(2026, 1, 1),
        start_time=time(9),
        end_time=time(12),
    )

    page = portal.get(url("hours", practice.client.uuid)).content.decode()
    change = portal.get(url("hours_change", monthly.uuid))

    assert "09:00–12:00" in page
    assert url("hours_change", monthly.uuid) not in page
    assert change["Location"] == url("hours_end", monthly.uuid)
    assert portal.get(change["Location"]).status_code == 200


def test_hours_end_after_their_last_day(portal: Browser, practice: Practice) -> None:
    rule = morning(practice)

    portal.post(url("hours_end", rule.uuid), {"last": "2026-12-18", "seen": ""})

    rule.refresh_from_db()
    assert rule.valid_until == date(2026, 12, 18)


def test_emergency_hours_with_motives_on_single_dates_are_kept_as_said(
    portal: Browser, practice: Practice
) -> None:
    motive = practice.consultation
    said = fields(
        practice,
        repeats="dates",
        kind="emergency",
        release="before",
        release_hours="3",
        replaces="morning",
        motives=[str(motive.uuid)],
    )

    portal.post(url("hours_add", practice.calendar.uuid), said)

    made = OpeningRule.objects.get(start_time=time(8))
    assert (made.valid_from, made.valid_until) == (date(2026, 11, 30), date(2026, 11, 30))
    assert (made.kind, made.release, made.release_hours) == ("emergency", "before", 3)
    assert (made.replaces, list(made.motives.all())) == ("morning", [motive])


@pytest.fixture
def reader(practice: Practice) -> Browser:
    """Somebody of the practice who only reads."""
    role = ClientMember.Role.READER
    return browser_of(make_member(practice.client, "reader", role=role).user)


def test_a_reader_sees_the_directives_and_changes_none(
    reader: Browser, portal: Browser, practice: Practice
) -> None:
    client, calendar = practice.client.uuid, practice.calendar
    rule = morning(practice)
    portal.post(url("hours_add", calendar.uuid), fields(practice))
    change = AuditEntry.objects.get(action="directive.hours.added")

    seen = [
        reader.get(url(name, client)) for name in ("hours", "motives", "absences", "directives")
    ]
    seen.append(reader.get(url("directive", change.uuid)))
    refused = [
        reader.get(url("hours_add", calendar.uuid)),
        reader.post(url("hours_add", calendar.uuid), fields(practice)),
        reader.get(url("hours_change", rule.uuid)),
        reader.get(url("hours_end", rule.uuid)),
        reader.get(url("motive_add", client)),
        reader.post(url("motive_archive", practice.consultation.uuid)),
        reader.post(url("motive_order", practice.consultation.uuid)),
        reader.get(url("absence_add", calendar.uuid)),
        reader.post(url("holidays", calendar.uuid), {"region": ""}),
        reader.post(url("directive_undo", change.uuid)),
        reader.post(url("hand_over", change.uuid)),
    ]

    assert [answer.status_code for answer in seen] == [200] * 5
    assert [answer.status_code for answer in refused] == [403] * 11
    shown = "".join(answer.content.decode() for answer in seen)
    assert url("hours_change", rule.uuid) not in shown
    assert url("directive_undo", change.uuid) not in shown


def test_a_secretary_changes_hours(practice: Practice) -> None:
    role = ClientMember.Role.SECRETARY
    secretary = browser_of(make_member(practice.client, "secretary", role=role).user)

    assert (
        secretary.post(url("hours_add", practice.calendar.uuid), fields(practice)).status_code
        == 302
    )


def test_another_clients_directives_do_not_exist(portal: Browser, practice: Practice) -> None:
    other = browser_of(make_member(make_client(name="Me Voisin"), "voisin").user)
    portal.post(url("hours_add", practice.calendar.uuid), fields(practice))
    change = AuditEntry.objects.get(action="directive.hours.added")
    addresses = [
        url("hours", practice.client.uuid),
        url("hours_change", morning(practice).uuid),
        url("motive_change", practice.consultation.uuid),
        url("directive", change.uuid),
        url("absence_add", practice.calendar.uuid),
    ]

    assert [other.get(address).status_code for address in addresses] == [404] * 5


def motive_fields(**more: Any) -> dict[str, Any]:
    return {"name": "Vaccin", "minutes": "10", "minutes_before": "0", "minutes_after": "5"} | (
        {"patients": "any", "notice_hours": "2", "most_per_day": "4"} | more
    )


def test_motives_are_added_changed_ordered_and_put_away(
    portal: Browser, practice: Practice
) -> None:
    client = practice.client

    portal.post(url("motive_add", client.uuid), motive_fields())
    made = Motive.objects.get(name="Vaccin")
    portal.post(url("motive_change", made.uuid), motive_fields(question="À jeun ?", minutes="15"))
    portal.post(url("motive_order", made.uuid), {"way": "up"})

    made.refresh_from_db()
    assert (made.minutes, made.minutes_after, made.notice_minutes) == (15, 5, 120)
    assert (made.question, made.most_per_day) == ("À jeun ?", 4)
    assert [one.name for one in Motive.objects.filter(client=client).order_by("position")] == [
        "Consultation",
        "Vaccin",
        "Urgence",
    ]
    portal.post(url("motive_archive", made.uuid))
    made.refresh_from_db()
    assert made.archived_at == NOW
    portal.post(url("motive_archive", made.uuid))
    made.refresh_from_db()
    assert made.archived_at is None


def test_a_motive_that_cannot_be_is_refused_with_what_was_typed(
    portal: Browser, practice: Practice
) -> None:
    answer = portal.post(url("motive_add", practice.client.uuid), motive_fields(minutes="7"))

    assert answer.status_code == 422
    assert 'value="Vaccin"' in answer.content.decode()


def absence_fields(**more: Any) -> dict[str, Any]:
    days = {"repeats": "weekly", "weekdays": ["2"], "every": "2", "first": "2026-12-02"}
    return days | {"last": "", "start": "14:00", "end": "16:00", "reason": "Cours"} | more


def test_an_absence_comes_again_and_leads_to_the_visits_in_it(
    portal: Browser, practice: Practice
) -> None:
    visit(practice, "2026-12-02 14:20", "Delacroix")

    answer = portal.post(url("absence_add", practice.calendar.uuid), absence_fields())

    made = Absence.objects.recurring().get()
    assert (made.valid_from, made.start_time, made.reason_shared) == (
        date(2026, 12, 2),
        time(14),
        False,
    )
    assert answer["Location"] == url("absence", made.uuid)
    assert Displaced.objects.open().count() == 1
    assert "Delacroix" in portal.get(answer["Location"]).content.decode()


def test_an_absence_of_whole_days_comes_once(portal: Browser, practice: Practice) -> None:
    once = absence_fields(repeats="dates", start="", end="", last="2026-12-04")

    portal.post(url("absence_add", practice.calendar.uuid), once)

    made = Absence.objects.single().get()
    zone = practice.calendar.zone
    assert made.starts_at.astimezone(zone).isoformat() == "2026-12-02T00:00:00+01:00"
    assert made.ends_at.astimezone(zone).isoformat() == "2026-12-05T00:00:00+01:00"
    page = portal.get(url("absences", practice.client.uuid)).content.decode()
    assert "toute la journée" in page


@pytest.fixture
def away(practice: Practice) -> Absence:
    """Every other Wednesday afternoon, since long ago."""
    return block_recurring(
        calendar=practice.calendar,
        recurrence=weekly([2]),
        valid_from=date(2026, 9, 2),
        start_time=time(14),
        end_time=time(16),
        by=practice.doctor,
        at=NOW,
    ).absence


def test_a_recurring_absence_is_changed_from_a_day_on(portal: Browser, away: Absence) -> None:
    thursdays = absence_fields(weekdays=["3"], first="2026-12-03", every="1")

    portal.post(url("absence_change", away.uuid), thursdays)

    away.refresh_from_db()
    assert away.valid_until == date(2026, 12, 2)
    assert Absence.objects.recurring().exclude(pk=away.pk).get().valid_from == date(2026, 12, 3)


def test_one_day_of_an_absence_is_given_back_and_blocked_again(
    portal: Browser, away: Absence
) -> None:
    day = {"day": "2026-12-02"}

    portal.post(url("absence_day", away.uuid), day)
    given = list(away.days_given_back.values_list("day", flat=True))
    portal.post(url("absence_day", away.uuid), day | {"away": "1"})

    assert given == [date(2026, 12, 2)]
    assert not away.days_given_back.exists()
    assert portal.post(url("absence_day", away.uuid), {"day": "2026-12-03"}).status_code == 400


def test_a_recurring_absence_ends_today(portal: Browser, away: Absence) -> None:
    portal.post(url("absence_end", away.uuid))

    away.refresh_from_db()
    assert away.valid_until == date(2026, 11, 23)


def test_holidays_are_closed_and_opened_one_by_one(portal: Browser, practice: Practice) -> None:
    calendar = practice.calendar
    at = url("holidays", calendar.uuid)

    portal.post(at, {"region": "alsace_moselle"})
    page = portal.get(url("absences", practice.client.uuid)).content.decode()
    portal.post(at, {"day": "2026-12-25", "open": "1"})

    assert "Vendredi saint" in page
    assert Calendar.objects.get().holidays_region == "alsace_moselle"
    assert HolidayOpened.objects.get().day == date(2026, 12, 25)
    portal.post(at, {"day": "2026-12-25", "open": "0"})
    assert not HolidayOpened.objects.exists()
    refused = [{"day": "2026-12-24", "open": "1"}, {"region": "moon"}, {"day": "never"}]
    assert [portal.post(at, given).status_code for given in refused] == [400] * 3


def test_the_history_says_who_changed_what(
    portal: Browser, practice: Practice, away: Absence
) -> None:
    portal.post(url("hours_add", practice.calendar.uuid), fields(practice))
    portal.post(url("motive_change", practice.consultation.uuid), motive_fields(name="Suivi"))
    portal.post(url("holidays", practice.calendar.uuid), {"region": "metropole"})
    portal.post(url("holidays", practice.calendar.uuid), {"day": "2026-12-25", "open": "1"})

    page = portal.get(url("directives", practice.client.uuid)).content.decode()

    assert "Horaires ajoutés" in page
    assert "Tous les mercredis, 14" in page
    assert "Consultation, puis Suivi" in page
    assert "Noël" in page
    assert practice.doctor.called in page


def test_the_history_asks_as_often_for_three_changes_as_for_one(
    portal: Browser, practice: Practice, assert_same_queries_at_1_and_3: Any
) -> None:
    address = url("directives", practice.client.uuid)
    portal.get(address)

    assert_same_queries_at_1_and_3(
        add=lambda: portal.post(url("hours_add", practice.calendar.uuid), fields(practice)),
        show=lambda: portal.get(address),
    )


def test_a_client_without_an_agenda_is_told_so(practice: Practice) -> None:
    client = make_client(name="Me Durand")
    lawyer = browser_of(make_member(client, "lawyer").user)

    for name in ("hours", "absences"):
        assert lawyer.get(url(name, client.uuid)).status_code == 200
