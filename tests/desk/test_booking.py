"""The appointment face: the week, the slots, booking, and an appointment's dialog."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client as Browser
from django.urls import reverse

from agenda.models import Appointment, SlotHold
from calls.models import Call
from clients.models import Correspondent, User
from desk.faces import without_closed_end
from desk.slots import slot_name, wanted_slot
from desk.tiles import lane
from messages_app.models import CallFile
from tests.agenda.factories import make_calendar, paris
from tests.desk.calls import at
from tests.factories import make_correspondent
from tests.people import NOW, YESTERDAY, Firm, Practice, visit

Ask = Callable[..., Any]
FREE = "2026-11-24 14:00"


def slot(practice: Practice, moment: str = FREE) -> str:
    return slot_name(str(practice.calendar.uuid), paris(moment))


def typed(practice: Practice, **fields: str) -> dict[str, str]:
    return {
        "slot": slot(practice),
        "motive": str(practice.consultation.uuid),
        "patient_query": "Costa",
        "note": "renouvellement",
    } | fields


def booked(call: Call) -> list[tuple[str, str, str]]:
    """What the call led to: who, when on the wall, the note."""
    made = Appointment.objects.filter(call_files__call=call).order_by("starts_at")
    return [(one.shown_name, f"{one.local_time:%H:%M}", one.note) for one in made]


def test_the_week_is_the_agendas_own_and_has_no_style_attribute(hx: Ask, call: Call) -> None:
    page = hx("get", at("week", call)).content.decode()

    assert page.count('class="tile') == 12
    assert "Mme Roux" in page
    assert "style=" not in page


def test_what_is_listed_as_free_is_free_in_the_week(hx: Ask, call: Call) -> None:
    page = hx("get", at("slots", call)).content.decode()
    listed, _, week = page.partition('id="week"')

    names = [part.split('"')[0] for part in listed.split('value="')[1:]]
    assert len(names) == 4
    assert [name for name in names if f'data-slot="{name}"' not in week] == []


def test_a_moment_kept_for_emergencies_is_not_offered_for_a_consultation(
    hx: Ask, call: Call, practice: Practice
) -> None:
    page = hx("get", at("week", call)).content.decode()

    assert slot(practice, "2026-11-24 11:20") not in page
    assert 'class="emergency ' in page


def test_an_urgent_motive_opens_the_emergency_hours(
    hx: Ask, call: Call, practice: Practice
) -> None:
    urgent = practice.client.motives.get(is_urgent=True)

    page = hx("get", f"{at('slots', call)}?motive={urgent.uuid}").content.decode()

    assert slot(practice, "2026-11-24 11:20") in page


def test_a_person_known_is_booked_and_the_call_keeps_it(
    hx: Ask, call: Call, practice: Practice
) -> None:
    aubry = make_correspondent(practice.client, "Aubry", civility="mrs")

    answer = hx("post", at("book", call), typed(practice, patient=str(aubry.uuid)))

    assert answer.status_code == 200
    assert booked(call) == [(aubry.listed_name, "14:00", "renouvellement")]
    assert "slot" not in CallFile.objects.get(call=call).drafts


def test_a_new_patient_gets_a_file_with_the_booking(
    hx: Ask, call: Call, practice: Practice
) -> None:
    more = {"first_name": "Lucia", "civility": "mrs", "number": "06 39 98 44 10"}

    hx("post", at("book", call), typed(practice, **more))

    made = Correspondent.objects.get(last_name="Costa")
    assert (made.first_name, made.kind) == ("Lucia", "patient")
    assert Appointment.objects.get(correspondent=made).calendar == practice.calendar


def test_a_taken_slot_says_why_beside_the_list_and_nothing_typed_is_lost(
    hx: Ask, call: Call, practice: Practice
) -> None:
    visit(practice, FREE, "Blanc")

    answer = hx("post", at("book", call), typed(practice, first_name="Lucia"))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Costa" in page
    assert "renouvellement" in page
    assert 'value="Lucia"' in page
    assert list(answer.context["booking"].errors) == ["slot"]
    assert booked(call) == []


def test_a_refused_booking_leaves_no_file_of_the_new_patient(
    hx: Ask, call: Call, practice: Practice
) -> None:
    visit(practice, FREE, "Blanc")

    hx("post", at("book", call), typed(practice))

    assert not Correspondent.objects.filter(last_name="Costa").exists()


def test_a_double_booking_is_offered_only_after_a_refusal_and_keeps_its_reason(
    hx: Ask, call: Call, practice: Practice
) -> None:
    visit(practice, FREE, "Blanc")
    before = hx("get", at("call", call)).content.decode()
    refused = hx("post", at("book", call), typed(practice)).content.decode()

    hx("post", at("book", call), typed(practice, override_reason="le docteur est d’accord"))

    assert ('name="override_reason"' in before, 'name="override_reason"' in refused) == (
        False,
        True,
    )
    made = Appointment.objects.get(call_files__call=call)
    assert made.override_reason == "le docteur est d’accord"


@pytest.mark.parametrize("missing", ["slot", "patient_query"])
def test_what_is_missing_is_said_beside_its_field(
    hx: Ask, call: Call, practice: Practice, missing: str
) -> None:
    answer = hx("post", at("book", call), typed(practice, **{missing: ""}))

    beside = "patient" if missing == "patient_query" else missing
    assert list(answer.context["booking"].errors) == [beside]


def test_a_slot_of_another_clients_calendar_is_no_slot(
    practice: Practice, firm: Firm, hx: Ask, call: Call
) -> None:
    theirs = slot_name(str(make_calendar(firm.client).uuid), paris(FREE))

    hx("post", at("book", call), typed(practice, slot=theirs))

    assert wanted_slot(practice.client, theirs) is None
    assert booked(call) == []


@pytest.mark.parametrize("name", ["", "x", "x@y", "00000000-0000-0000-0000-000000000001@x"])
def test_a_slot_that_cannot_be_read_is_no_slot(practice: Practice, name: str) -> None:
    assert wanted_slot(practice.client, name) is None


def test_a_patient_of_another_client_cannot_be_booked(
    hx: Ask, call: Call, practice: Practice, firm: Firm
) -> None:
    hx("post", at("book", call), typed(practice, patient=str(firm.court.uuid)))

    assert booked(call) == []


def test_a_slot_chosen_in_the_list_is_kept_from_others_while_she_types(
    hx: Ask, call: Call, practice: Practice, lea: User
) -> None:
    hx("post", f"{at('call', call)}drafts/appointment/", typed(practice))

    held = SlotHold.objects.get(holder=lea)
    assert held.starts_at == paris(FREE)


def test_a_slot_just_taken_by_another_is_said_while_she_types(
    hx: Ask, call: Call, practice: Practice
) -> None:
    visit(practice, FREE, "Blanc")

    answer = hx("post", f"{at('call', call)}drafts/appointment/", typed(practice))

    assert "field-error" in answer.content.decode()


def test_an_appointment_is_moved_from_the_form(hx: Ask, practice: Practice) -> None:
    one = visit(practice, FREE, "Blanc")
    fields = {"calendar": str(practice.calendar.uuid), "date": "2026-11-25", "time": "14:40"}

    answer = hx("post", reverse("desk:move", args=[one.uuid]), fields)

    one.refresh_from_db()
    assert one.starts_at == paris("2026-11-25 14:40")
    assert '"agenda:changed"' in answer.headers["HX-Trigger-After-Settle"]


def test_a_refused_move_says_why_in_the_form_and_keeps_the_time_typed(
    hx: Ask, practice: Practice
) -> None:
    one = visit(practice, FREE, "Blanc")
    fields = {"calendar": str(practice.calendar.uuid), "date": "2026-11-24", "time": "12:20"}

    answer = hx("post", reverse("desk:move", args=[one.uuid]), fields)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="12:20"' in page
    assert 'id="move-time_error"' in page


@pytest.mark.parametrize(("time", "status"), [("15:00", 200), ("12:20", 409)])
def test_a_move_in_the_week_is_answered_in_words(
    desk: Browser, practice: Practice, time: str, status: int
) -> None:
    one = visit(practice, FREE, "Blanc")
    fields = {"calendar": str(practice.calendar.uuid), "date": "2026-11-24", "time": time}
    headers = {"HX-Request": "true", "Accept": "application/json"}

    answer = desk.post(reverse("desk:move", args=[one.uuid]), fields, headers=headers)

    assert answer.status_code == status
    assert answer.json()["text"] != ""


def test_a_cancelled_appointment_can_be_taken_back(hx: Ask, practice: Practice) -> None:
    one = visit(practice, FREE, "Blanc")

    hx("post", reverse("desk:cancel", args=[one.uuid]))
    one.refresh_from_db()
    cancelled = one.is_active
    hx("post", reverse("desk:undo", args=[one.uuid]))
    one.refresh_from_db()

    assert (cancelled, one.is_active) == (False, True)


def test_the_dialog_shows_who_changed_what(hx: Ask, practice: Practice) -> None:
    one = visit(practice, FREE, "Blanc")

    page = hx("get", reverse("desk:appointment", args=[one.uuid])).content.decode()

    assert "Léa" in page
    assert "14:00" in page


def test_tiles_side_by_side_have_lanes_of_the_style_sheet(practice: Practice) -> None:
    from agenda.queries import week_grid

    grid = week_grid([practice.calendar], NOW.date(), now=NOW, days=1)
    items = [item for column in grid.days[0].columns for item in column.items]

    assert {lane(item) for item in items} == {""}


def test_the_end_of_a_week_on_which_nobody_works_is_left_out(practice: Practice) -> None:
    from datetime import date

    from agenda.queries import week_grid

    grid = week_grid([practice.calendar], date(2026, 11, 23), now=NOW)

    assert len(grid.days) == 7
    assert len(without_closed_end(grid).days) == 5


def test_a_client_without_an_agenda_of_ours_is_told_what_to_do(
    desk: Browser, call: Call, practice: Practice
) -> None:
    practice.client.agenda_mode = "external"
    practice.client.agenda_url = "https://agenda.example/martin"
    practice.client.save()

    page = desk.get(at("call", call)).content.decode()

    assert 'href="https://agenda.example/martin"' in page
    assert 'id="booking"' not in page


def test_the_weeks_addresses_keep_the_practitioner_and_the_motive(
    hx: Ask, call: Call, practice: Practice
) -> None:
    make_calendar(practice.client, name="Dr Benali")

    page = hx("get", f"{at('week', call)}?calendar=all&day=2026-12-02").content.decode()

    assert page.count('class="week-names"') >= 5
    assert "day=2026-12-07" in unquote(page)
    assert "calendar=all" in page


def test_yesterday_is_not_offered(hx: Ask, call: Call, practice: Practice) -> None:
    page = hx("get", f"{at('week', call)}?day={YESTERDAY:%Y-%m-%d}").content.decode()

    assert slot(practice, f"{YESTERDAY:%Y-%m-%d} 09:00") not in page


@pytest.mark.parametrize("day", ["", "nonsense", "2026-02-31"])
def test_a_day_that_cannot_be_read_is_today(hx: Ask, call: Call, day: str) -> None:
    page = hx("get", f"{at('week', call)}?day={day}").content.decode()

    assert 'data-from="2026-11-23"' in page


@pytest.mark.parametrize(
    ("now", "asked", "first"),
    [
        ("2026-11-27 15:30", "", "2026-11-23"),
        ("2026-11-27 15:50", "", "2026-11-30"),
        ("2026-11-28 10:00", "", "2026-11-30"),
        ("2026-11-28 10:00", "2026-11-28", "2026-11-23"),
    ],
)
def test_a_week_that_is_over_gives_way_to_the_next(
    hx: Ask,
    call: Call,
    practice: Practice,
    monkeypatch: pytest.MonkeyPatch,
    now: str,
    asked: str,
    first: str,
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: paris(now))

    page = hx("get", f"{at('week', call)}?day={asked}").content.decode()

    assert page.count(f'data-from="{first}"') == 1


def test_a_week_in_which_somebody_is_awaited_is_not_over(
    hx: Ask, call: Call, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit(practice, "2026-11-27 15:40")
    monkeypatch.setattr("django.utils.timezone.now", lambda: paris("2026-11-27 15:50"))

    page = hx("get", at("week", call)).content.decode()

    assert page.count('data-from="2026-11-23"') == 1
