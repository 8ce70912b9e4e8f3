"""The waiting list on the desk: who is put on it, what is offered to whom, who leaves it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from agenda.models import Appointment, FreedSlot, SlotHold, SlotOffer, WaitingListEntry
from agenda.rules.directives import SaidDays, SaidHours
from agenda.services import add_to_waiting_list, cancel_appointment, offer_slot
from agenda.services.directives import add_hours
from calls.models import Call
from clients.models import User
from desk import live
from desk.queries.waiting import freed_slots, who_waits_on_desk
from tests.agenda.factories import make_calendar, paris
from tests.desk.calls import at
from tests.factories import make_assistant, make_correspondent
from tests.people import NOW, YESTERDAY, Practice, make_practice, visit

Ask = Callable[..., Any]
PAGE = "/desk/waiting/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


def wait(practice: Practice, name: str = "Aubry", **fields: Any) -> WaitingListEntry:
    """Mme Aubry would come sooner."""
    person = make_correspondent(practice.client, name, civility="mrs", number="+33639984410")
    given: dict[str, Any] = {"motive": practice.consultation, "by": practice.lea, "at": YESTERDAY}
    return add_to_waiting_list(client=practice.client, correspondent=person, **(given | fields))


def cancel(practice: Practice, moment: str = "2026-11-25 14:20") -> Appointment:
    """The practitioner cancels a visit."""
    hers = Appointment.objects.active().filter(client=practice.client)
    found = hers.get(starts_at=paris(moment))
    return cancel_appointment(appointment=found, by=practice.doctor, at=NOW)


@pytest.fixture
def entry(practice: Practice) -> WaitingListEntry:
    return wait(practice, number="+33639984477")


@pytest.fixture
def freed(practice: Practice, entry: WaitingListEntry) -> FreedSlot:
    """Wednesday 14:20 has become free."""
    cancel(practice)
    return FreedSlot.objects.get()


def offered(hx: Ask, freed: FreedSlot) -> str:
    return str(hx("post", reverse("desk:offer", args=[freed.uuid])).content.decode())


# --- Putting somebody on the list -----------------------------------------------------------------


def fields(practice: Practice, **changed: Any) -> dict[str, Any]:
    return {
        "person_query": "M. Ferrand",
        "number": "06 39 98 44 55",
        "motive": str(practice.consultation.uuid),
        "calendar": "",
        "part": "morning",
        "weekdays": ["0", "2"],
        "first_day": "2026-11-25",
        "last_day": "2026-12-04",
        "note": "habite à côté",
        "is_urgent": "on",
    } | changed


@pytest.fixture
def also_benali(practice: Practice) -> None:
    """With a second practitioner, nobody in particular may be wished."""
    make_calendar(practice.client, name="Dr Benali")


@pytest.mark.usefixtures("also_benali")
def test_what_was_asked_of_a_caller_is_kept(hx: Ask, practice: Practice, call: Call) -> None:
    answer = hx("post", at("wait", call), fields(practice))

    entry = WaitingListEntry.objects.get()
    assert "waiting:done" in answer.headers["HX-Trigger-After-Settle"]
    assert (entry.name, str(entry.number), entry.note) == (
        "M. Ferrand",
        "+33639984455",
        "habite à côté",
    )
    assert (entry.days, entry.part, entry.is_urgent) == (frozenset({0, 2}), "morning", True)
    assert (str(entry.first_day), str(entry.last_day)) == ("2026-11-25", "2026-12-04")
    assert (entry.calendar, entry.created_by) == (None, practice.lea)


def test_the_form_begins_with_what_the_booking_holds(
    hx: Ask, practice: Practice, call: Call
) -> None:
    known = make_correspondent(practice.client, "Ferrand")
    begun = {"patient": str(known.uuid), "patient_query": "Ferrand", "note": "toux"}

    page = hx("get", at("wait", call), begun).content.decode()

    assert f'value="{known.uuid}"' in page
    assert 'value="Ferrand"' in page
    assert 'value="toux"' in page
    assert 'value="06 39 98 44 10"' in page


def when(entry: WaitingListEntry) -> dict[str, Any]:
    """What is kept of the moment, as far as anything is."""
    days = {"weekdays": sorted(entry.days), "part": entry.part}
    hours = {"after": entry.after, "before": entry.before}
    span = {"first_day": entry.first_day, "last_day": entry.last_day}
    return {name: value for name, value in (days | hours | span).items() if value}


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("avant 10 h", {"part": "early"}),
        ("le matin", {"part": "morning"}),
        ("jeudi après-midi", {"part": "afternoon", "weekdays": [3]}),
        ("mercredi après 17 h", {"part": "late", "weekdays": [2]}),
        ("avant 9 h 30", {"before": time(9, 30)}),
        ("après 15 h", {"after": time(15)}),
        ("entre 9 h et 11 h", {"after": time(9), "before": time(11)}),
        ("pas avant le 3 décembre", {"first_day": date(2026, 12, 3)}),
    ],
)
def test_a_wish_is_kept_as_the_caller_says_it(
    hx: Ask, practice: Practice, call: Call, words: str, kept: dict[str, Any]
) -> None:
    nothing = {"weekdays": [], "first_day": "", "last_day": ""}
    given = {"said": words, "calendar": str(practice.calendar.uuid), "part": ""}

    hx("post", at("wait", call), fields(practice, **nothing, **given))

    assert when(WaitingListEntry.objects.get()) == kept


def test_hours_that_were_said_have_the_say_over_those_chosen(
    hx: Ask, practice: Practice, call: Call
) -> None:
    given = {"said": "après 15 h", "part": "morning", "calendar": str(practice.calendar.uuid)}

    hx("post", at("wait", call), fields(practice, **given))

    entry = WaitingListEntry.objects.get()
    assert (entry.part, entry.after, entry.days) == ("", time(15), frozenset({0, 2}))


def test_hours_that_no_part_of_the_day_has_are_chosen_and_written(
    hx: Ask, lea: User, practice: Practice, call: Call
) -> None:
    calendar = str(practice.calendar.uuid)
    hours = {"part": "", "after": "09:00", "before": "11:30", "calendar": calendar}

    hx("post", at("wait", call), fields(practice, weekdays=[], first_day="", last_day="", **hours))

    entry = WaitingListEntry.objects.get()
    assert when(entry) == {"after": time(9), "before": time(11, 30)}
    [of_client] = who_waits_on_desk(lea, NOW)
    assert of_client.entries[0].wishes.replace("\u00a0", " ") == "9 h à 11 h 30"


def test_the_form_begins_with_what_the_caller_wished_of_her_visit(hx: Ask, call: Call) -> None:
    wished = {"wish_sent": "1", "wish_hours": "-10:00", "wish_day": ["1"]}
    hx("get", at("slots", call), wished)

    form = hx("get", at("wait", call)).context["form"]

    assert (form["part"].value(), form["weekdays"].value()) == ("early", [1])


def test_a_known_person_is_kept_by_her_file(hx: Ask, practice: Practice) -> None:
    known = make_correspondent(practice.client, "Ferrand")
    url = reverse("desk:client_wait", args=[practice.client.uuid])

    hx("post", url, fields(practice, person=str(known.uuid), calendar=str(practice.calendar.uuid)))

    entry = WaitingListEntry.objects.get()
    assert (entry.correspondent, entry.name, entry.calendar) == (known, "", practice.calendar)


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"person_query": " "}, "person"),
        ({"number": "12"}, "number"),
        ({"last_day": "2026-11-24"}, "last_day"),
        ({"motive": "x"}, "motive"),
        ({"weekdays": ["9"]}, "weekdays"),
        ({"said": "quand il pleut"}, "said"),
        ({"said": "demain 14 h 10"}, "said"),
        ({"part": "", "after": "12:00", "before": "12:00"}, "before"),
        ({"part": "morning", "after": "12:00"}, "before"),
    ],
)
@pytest.mark.usefixtures("also_benali")
def test_what_cannot_be_is_refused_beside_its_field(
    hx: Ask, practice: Practice, call: Call, changed: dict[str, Any], wrong: str
) -> None:
    answer = hx("post", at("wait", call), fields(practice, **changed))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [wrong]
    assert WaitingListEntry.objects.count() == 0


def test_the_client_page_offers_it_where_the_agenda_is_ours(
    desk: Browser, practice: Practice
) -> None:
    page = desk.get(f"/desk/clients/{practice.client.uuid}/").content.decode()

    assert reverse("desk:client_wait", args=[practice.client.uuid]) in page


def test_people_are_found_from_the_clients_page(hx: Ask, practice: Practice) -> None:
    make_correspondent(practice.client, "Ferrand")
    url = reverse("desk:client_people", args=[practice.client.uuid])

    page = hx("get", url, {"person_query": "ferr"}).content.decode()

    assert "Ferrand" in page


# --- A freed slot ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("freed")
def test_a_cancellation_shows_at_once_who_waits_with_its_key(desk: Browser, lea: User) -> None:
    page = desk.get("/desk/day/").content.decode()
    board = live.rest(lea, [{"name": "waiting.changed"}])

    for shown in (page, board):
        assert 'data-key="offer"' in shown
        assert "Mme Aubry" in shown
        assert "mer. 25 nov. 14:20" in shown


def test_an_opened_stretch_shows_who_waits_and_until_when_it_lasts(
    hx: Ask, lea: User, practice: Practice
) -> None:
    wait(practice)
    wait(practice, "Colin")
    hours = SaidHours(SaidDays(date(2026, 11, 24), date(2026, 11, 24)), time(18), time(19))
    add_hours(calendar=practice.calendar, said=hours, by=practice.doctor, at=NOW)

    [shown] = freed_slots(lea, NOW)
    stretch = FreedSlot.objects.get()
    page = offered(hx, stretch)

    assert (shown.when, shown.who, shown.others) == ("mar. 24 nov. 18:00–19:00", "Mme Aubry", 1)
    assert "mardi 24 novembre à 18" in page
    offer = SlotOffer.objects.get()
    hx("post", reverse("desk:offer_accept", args=[offer.uuid]))
    [then] = freed_slots(lea, NOW)
    assert (then.who, then.others) == ("Mme Colin", 0)


def test_what_suits_nobody_is_not_shown(lea: User, practice: Practice) -> None:
    wait(practice, part="morning")

    cancel(practice)

    assert freed_slots(lea, NOW) == []


def test_another_assistants_freed_slot_is_neither_shown_nor_offered(hx: Ask, lea: User) -> None:
    other = make_practice("autre")
    visit(other, "2026-11-25 14:20")
    wait(other)
    cancel(other)
    theirs = FreedSlot.objects.get()

    assert freed_slots(lea, NOW) == []
    assert hx("post", reverse("desk:offer", args=[theirs.uuid])).status_code == 404


def test_the_key_opens_the_offer_and_holds_the_slot(
    hx: Ask, lea: User, entry: WaitingListEntry, freed: FreedSlot
) -> None:
    page = offered(hx, freed)

    hold = SlotHold.objects.get()
    entry.refresh_from_db()
    assert (hold.holder, hold.starts_at) == (lea, paris("2026-11-25 14:20"))
    assert entry.state == "offered"
    assert "mercredi 25 novembre à 14\u00a0h\u00a020" in page
    assert 'href="tel:+33639984477"' in page
    assert 'href="tel:+33639984410"' in page


def test_accepting_books_it_for_her_and_takes_her_off_the_list(
    hx: Ask, lea: User, entry: WaitingListEntry, freed: FreedSlot
) -> None:
    offered(hx, freed)

    answer = hx("post", reverse("desk:offer_accept", args=[SlotOffer.objects.get().uuid]))

    booked = Appointment.objects.active().get(starts_at=paris("2026-11-25 14:20"))
    entry.refresh_from_db()
    assert booked.correspondent == entry.correspondent
    assert (entry.state, entry.appointment) == ("booked", booked)
    assert "agenda:changed" in answer.headers["HX-Trigger-After-Settle"]
    assert freed_slots(lea, NOW) == []
    assert SlotHold.objects.count() == 0


def test_undoing_the_booking_puts_her_back_and_frees_the_slot_again(
    hx: Ask, lea: User, entry: WaitingListEntry, freed: FreedSlot
) -> None:
    offered(hx, freed)
    hx("post", reverse("desk:offer_accept", args=[SlotOffer.objects.get().uuid]))
    booked = Appointment.objects.active().get(starts_at=paris("2026-11-25 14:20"))

    hx("post", reverse("desk:undo", args=[booked.uuid]))

    entry.refresh_from_db()
    assert (entry.state, entry.appointment) == ("waiting", None)
    assert [one.who for one in freed_slots(lea, NOW)] == ["Mme Aubry"]


@pytest.mark.parametrize("answer", ["declined", "unreached"])
def test_refusing_goes_on_to_the_next(
    hx: Ask, practice: Practice, freed: FreedSlot, answer: str
) -> None:
    wait(practice, "Ferrand", at=NOW)
    offered(hx, freed)
    first = SlotOffer.objects.get()

    page = hx(
        "post", reverse("desk:offer_decline", args=[first.uuid]), {"answer": answer}
    ).content.decode()

    first.refresh_from_db()
    assert first.answer == answer
    assert SlotOffer.objects.get(answer="").entry.shown_name == "Mme Ferrand"
    assert "Mme Ferrand" in page


def test_when_all_have_declined_nobody_is_left_and_the_slot_is_free_again(
    hx: Ask, lea: User, freed: FreedSlot
) -> None:
    offered(hx, freed)

    url = reverse("desk:offer_decline", args=[SlotOffer.objects.get().uuid])
    page = hx("post", url, {"answer": "declined"}).content.decode()

    assert "data-leave" not in page
    assert freed_slots(lea, NOW) == []
    assert SlotHold.objects.count() == 0


def test_who_was_rung_in_vain_may_be_tried_again(hx: Ask, lea: User, freed: FreedSlot) -> None:
    offered(hx, freed)
    url = reverse("desk:offer_decline", args=[SlotOffer.objects.get().uuid])
    page = hx("post", url, {"answer": "unreached"}).content.decode()

    assert "data-leave" not in page
    assert [one.who for one in freed_slots(lea, NOW)] == ["Mme Aubry"]
    assert "data-leave" in offered(hx, freed)


def test_closing_the_dialog_lets_the_slot_and_the_person_go(
    hx: Ask, lea: User, entry: WaitingListEntry, freed: FreedSlot
) -> None:
    offered(hx, freed)

    answer = hx("post", reverse("desk:offer_leave", args=[SlotOffer.objects.get().uuid]))

    entry.refresh_from_db()
    assert answer.status_code == 204
    assert entry.state == "waiting"
    assert SlotHold.objects.count() == 0
    assert [one.who for one in freed_slots(lea, NOW)] == ["Mme Aubry"]


def test_a_colleague_who_is_offering_it_is_named_and_nobody_else_may(
    hx: Ask, lea: User, practice: Practice, entry: WaitingListEntry, freed: FreedSlot
) -> None:
    claire = make_assistant(practice.client, "claire", rank=2)
    offer_slot(freed=freed, entry=entry, starts_at=freed.starts_at, by=claire, at=NOW)

    [shown] = freed_slots(lea, NOW)
    page = offered(hx, freed)

    assert (shown.who, shown.colleague) == ("Mme Aubry", "Claire")
    assert "data-leave" not in page
    assert SlotOffer.objects.filter(answer="").count() == 1


def test_a_slot_given_away_meanwhile_is_not_booked_twice(
    hx: Ask, practice: Practice, entry: WaitingListEntry, freed: FreedSlot
) -> None:
    offered(hx, freed)
    offer = SlotOffer.objects.get()
    SlotHold.objects.all().delete()
    visit(practice, "2026-11-25 14:20", "Moreau")

    page = hx("post", reverse("desk:offer_accept", args=[offer.uuid])).content.decode()

    entry.refresh_from_db()
    assert "dialog-title" in page
    assert entry.state == "offered"
    assert Appointment.objects.active().filter(starts_at=freed.starts_at).count() == 1


def test_left_free_it_is_shown_no_more(hx: Ask, lea: User, freed: FreedSlot) -> None:
    hx("post", reverse("desk:freed_aside", args=[freed.uuid]))

    assert freed_slots(lea, NOW) == []


# --- Leaving the list -----------------------------------------------------------------------------


def booked_otherwise(practice: Practice, entry: WaitingListEntry) -> Appointment:
    found = visit(practice, "2026-11-26 10:00")
    Appointment.objects.filter(pk=found.pk).update(
        correspondent=entry.correspondent, created_at=NOW
    )
    return found


def test_who_books_otherwise_is_asked_about_and_not_taken_off(
    lea: User, practice: Practice, entry: WaitingListEntry
) -> None:
    booked_otherwise(practice, entry)

    [listed] = who_waits_on_desk(lea, NOW)

    entry.refresh_from_db()
    assert "jeudi 26 novembre" in listed.entries[0].appointment
    assert entry.state == "waiting"


def test_after_booking_in_a_call_the_question_is_asked_there(
    hx: Ask, practice: Practice, call: Call, entry: WaitingListEntry
) -> None:
    found = booked_otherwise(practice, entry)
    before = hx("get", at("still_waiting", call)).content.decode()
    found.call_files.create(call=call, client=call.client, opened_by=practice.lea, opened_at=NOW)

    page = hx("get", at("still_waiting", call)).content.decode()

    assert before.strip() == ""
    assert reverse("desk:waiting_leave", args=[entry.uuid]) in page


def test_taking_her_off_keeps_the_appointment_that_she_has(
    hx: Ask, practice: Practice, entry: WaitingListEntry
) -> None:
    found = booked_otherwise(practice, entry)

    hx("post", reverse("desk:waiting_leave", args=[entry.uuid]))

    entry.refresh_from_db()
    assert (entry.state, entry.appointment) == ("booked", found)


def test_who_goes_on_waiting_is_not_asked_about_again(
    hx: Ask, lea: User, practice: Practice, entry: WaitingListEntry
) -> None:
    booked_otherwise(practice, entry)

    hx("post", reverse("desk:waiting_keep", args=[entry.uuid]))

    assert who_waits_on_desk(lea, NOW)[0].entries[0].appointment == ""


def test_who_withdraws_is_listed_no_more_and_twice_is_said(
    hx: Ask, lea: User, entry: WaitingListEntry
) -> None:
    url = reverse("desk:waiting_leave", args=[entry.uuid])
    hx("post", url)

    again = hx("post", url)

    entry.refresh_from_db()
    assert (entry.state, who_waits_on_desk(lea, NOW)) == ("withdrawn", [])
    assert '"level": "error"' in again.headers["HX-Trigger-After-Settle"]


def test_withdrawing_the_last_whom_it_suits_takes_the_freed_slot_away(
    hx: Ask, lea: User, entry: WaitingListEntry, freed: FreedSlot
) -> None:
    hx("post", reverse("desk:waiting_leave", args=[entry.uuid]))

    freed.refresh_from_db()
    assert freed.closed_at == NOW
    assert freed_slots(lea, NOW) == []


# --- The page -------------------------------------------------------------------------------------


def test_the_list_is_in_the_order_of_asking_with_the_wishes_in_words(
    lea: User, practice: Practice
) -> None:
    wait(practice, "Ancien")
    wait(practice, "Récent", at=NOW)
    wait(practice, "Pressé", at=NOW, is_urgent=True, weekdays=[0, 2], part="late")

    [listed] = who_waits_on_desk(lea, NOW)

    assert [one.who for one in listed.entries] == ["Mme Pressé", "Mme Ancien", "Mme Récent"]
    assert listed.entries[0].wishes.endswith("lun., mer.")


@pytest.mark.usefixtures("freed")
def test_the_list_alone_equals_that_of_a_fresh_page(desk: Browser, hx: Ask) -> None:
    part = TOKEN.sub("", hx("get", PAGE).content.decode()).strip()
    page = TOKEN.sub("", desk.get(PAGE).content.decode())

    assert part.startswith('<section id="waiting-list"')
    assert part in page


def test_the_page_and_the_board_ask_as_often_for_three_as_for_one(
    lea: User, practice: Practice, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    days = iter(("25", "26", "27"))

    def add() -> None:
        day = next(days)
        entry = wait(practice, f"Aubry {day}", weekdays=[int(day) - 23])
        booked_otherwise_at(practice, entry, f"2026-11-{day} 15:20")
        cancel(practice, f"2026-11-{day} 14:20")

    def show() -> None:
        who_waits_on_desk(lea, NOW)
        freed_slots(lea, NOW)

    who_waits_on_desk(lea, NOW)  # what she supervises is remembered on her object

    assert_same_queries_at_1_and_3(add=add, show=show)
    assert len(freed_slots(lea, NOW)) == 3


def booked_otherwise_at(practice: Practice, entry: WaitingListEntry, moment: str) -> None:
    found = visit(practice, moment)
    Appointment.objects.filter(pk=found.pk).update(
        correspondent=entry.correspondent, created_at=NOW
    )
