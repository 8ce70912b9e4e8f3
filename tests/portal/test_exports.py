"""Paper, files and secret addresses: what is in them, who may take them, and the trace of it."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import date

import pypdf
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from agenda.models import Appointment, CalendarFeed
from agenda.queries import exports
from agenda.queries.day_sheets import LineKind, day_sheets
from agenda.services import block_period
from clients.models import AuditEntry, ClientMember, User
from portal.printing import printed_days
from portal.rules.spreadsheet import BYTE_ORDER_MARK, harmless, line
from portal.spreadsheet import file_parts
from tests.agenda.factories import make_calendar, paris
from tests.agenda.rows import make_row
from tests.factories import make_correspondent, make_member
from tests.people import NOW, Practice

TUESDAY = date(2026, 11, 24)
SUNDAY = date(2026, 11, 29)
LONG_NAME = "Lefèvre-Beauregard de la Tour"


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def secretary(practice: Practice) -> User:
    return make_member(practice.client, "secretary", role=ClientMember.Role.SECRETARY).user


@pytest.fixture
def reader(practice: Practice) -> User:
    return make_member(practice.client, "reader", role=ClientMember.Role.READER).user


def span(practice: Practice, first: date = TUESDAY, last: date = TUESDAY) -> dict[str, str]:
    days = {"from_date": first.isoformat(), "to_date": last.isoformat()}
    return {"calendar": str(practice.calendar.uuid), **days}


def get(user: User, practice: Practice, path: str, **fields: str) -> HttpResponse:
    answer = browser(user).get(f"/portal/{practice.client.uuid}/exports/{path}", fields)
    assert isinstance(answer, HttpResponse) or answer.streaming
    return answer  # type: ignore[return-value]


def pages_of(content: bytes) -> list[str]:
    """The words of each page, as a PDF reader takes them out."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def printed(practice: Practice, first: date = TUESDAY, days: int = 1) -> list[str]:
    with translation.override("fr"):
        sheets = day_sheets(practice.calendar, first, days=days, now=NOW)
        return pages_of(printed_days(practice.calendar, sheets, now=NOW))


# --- Days on paper ----------------------------------------------------------------------------


def test_the_paper_says_who_comes_when_and_what_is_free(practice: Practice) -> None:
    person = make_correspondent(
        practice.client,
        "Walczak",
        first_name="Zoé",
        civility="mrs",
        number="+33639981277",
        birth_date=date(1961, 3, 14),
    )
    row = make_row(
        practice.calendar, "2026-11-24 14:20", note="fièvre à l’œil", correspondent=person
    )
    row.motive = practice.consultation
    row.save()

    (page,) = printed(practice)

    assert "Mardi 24 novembre 2026" in page
    assert "Dr Martin · Cabinet du Dr Martin" in page
    assert "14:20 Mme Zoé Walczak 14/03/1961 06 39 98 12 77 Consultation fièvre à l’œil" in page
    assert "14:00 Libre jusqu’à 14:20 · 1 place" in page
    assert "11:20 Libre, tenu pour les urgences jusqu’à 12:00 · 2 places" in page
    assert "page 1 sur 1" in page


def test_long_names_wrap_and_are_whole(practice: Practice) -> None:
    (page,) = printed(practice)

    assert LONG_NAME in page


def test_sixty_visits_go_over_pages_that_each_say_whose_day_it_is(practice: Practice) -> None:
    calendar = make_calendar(practice.client, name="Dr Benali", practitioner="Dr Inès Benali")
    for nth in range(60):
        hour, minute = divmod(8 * 60 + nth * 10, 60)
        make_row(
            calendar, f"2026-11-24 {hour:02}:{minute:02}", 10, booked_for=f"Mme {nth:02}"
        ).save()
    sheets = day_sheets(calendar, TUESDAY, days=1, now=NOW)

    with translation.override("fr"):
        pages = pages_of(printed_days(calendar, sheets, now=NOW))

    text = " ".join(pages)
    assert [nth for nth in range(60) if f"Mme {nth:02}" not in text] == []
    assert len(pages) > 1
    for nth, page in enumerate(pages, start=1):
        assert "Mardi 24 novembre 2026" in page
        assert "Dr Inès Benali" in page
        assert "Heure Qui Naissance" in page
        assert f"page {nth} sur {len(pages)}" in page


def test_a_day_without_hours_says_so_on_one_page(practice: Practice) -> None:
    (page,) = printed(practice, SUNDAY)

    assert "Dimanche 29 novembre 2026" in page
    assert "Pas d’heures d’ouverture ni de rendez-vous." in page


def test_each_day_begins_on_a_page_of_its_own_and_days_off_take_none(practice: Practice) -> None:
    pages = printed(practice, TUESDAY, 7)

    days = [page.split(" 2026")[0] for page in pages]
    assert days == [
        "Mardi 24 novembre",
        "Mercredi 25 novembre",
        "Jeudi 26 novembre",
        "Vendredi 27 novembre",
        "Lundi 30 novembre",
    ]


def test_absences_stand_on_each_of_their_days_with_their_reason(practice: Practice) -> None:
    block_period(
        calendar=practice.calendar,
        starts_at=paris("2026-11-26 15:00"),
        ends_at=paris("2026-11-28 12:00"),
        by=practice.doctor,
        at=NOW,
        reason="Congrès à Lyon",
    )

    thursday, friday, saturday = printed(practice, date(2026, 11, 26), 3)

    assert "15:00 Congrès à Lyon · jusqu’au soir" in thursday
    assert "Congrès à Lyon · toute la journée" in friday
    assert "Congrès à Lyon · jusqu’à 12:00" in saturday


def test_a_cancelled_visit_is_not_printed_and_a_missed_one_says_so(practice: Practice) -> None:
    one, two = practice.calendar.appointments.order_by("starts_at")[:2]
    Appointment.objects.filter(pk=one.pk).update(status="cancelled", booked_for="Mme Annulée")
    Appointment.objects.filter(pk=two.pk).update(status="no_show")

    (page,) = printed(practice)

    assert "Mme Annulée" not in page
    assert "lapin" in page


def test_the_lists_cost_the_same_statements_for_many_days_and_visits(practice: Practice) -> None:
    with CaptureQueriesContext(connection) as few:
        day_sheets(practice.calendar, TUESDAY, days=1, now=NOW)
    with CaptureQueriesContext(connection) as many:
        sheets = day_sheets(practice.calendar, TUESDAY, days=28, now=NOW)

    assert len(many) == len(few) == 6
    assert sum(sheet.visits for sheet in sheets) == practice.calendar.appointments.count()


def test_lines_of_a_day_are_in_order_and_free_places_run_together(practice: Practice) -> None:
    (sheet,) = day_sheets(practice.calendar, date(2026, 11, 30), days=1, now=NOW)

    assert [(one.kind, one.places) for one in sheet.lines] == [
        (LineKind.FREE, 6),
        (LineKind.EMERGENCY, 3),
        (LineKind.FREE, 6),
    ]


def test_the_paper_is_answered_as_a_pdf_and_its_taking_is_kept(practice: Practice) -> None:
    answer = get(practice.doctor, practice, "days.pdf", **span(practice))

    (entry,) = AuditEntry.objects.filter(action="agenda.printed")
    assert (answer["Content-Type"], answer["Cache-Control"]) == (
        "application/pdf",
        "private, no-store",
    )
    assert "Mme Roux" in pages_of(answer.content)[0]
    assert (entry.by, entry.target_uuid, entry.detail) == (
        practice.doctor,
        practice.calendar.uuid,
        {"from": "2026-11-24", "to": "2026-11-24", "calendar": str(practice.calendar.uuid)},
    )


def test_the_agenda_leads_to_the_paper_of_the_day_that_it_shows(practice: Practice) -> None:
    day = browser(practice.doctor).get(f"/portal/{practice.client.uuid}/agenda/?day=2026-11-25")
    path = day.text.split("exports/days.pdf?")[1].split('"')[0].replace("&amp;", "&")

    answer = browser(practice.doctor).get(f"/portal/{practice.client.uuid}/exports/days.pdf?{path}")

    assert "Mercredi 25 novembre 2026" in pages_of(answer.content)[0]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"to_date": "2026-11-23"}, "La fin précède le début."),
        ({"to_date": "2026-12-25"}, "Au plus 31 jours."),
        ({"calendar": ""}, "Choisissez un seul agenda à imprimer."),
        ({"from_date": "0001-01-01"}, "1900"),
        ({"from_date": "bientôt"}, "date valide"),
    ],
)
def test_a_span_that_cannot_be_printed_is_refused_in_words(
    practice: Practice, fields: dict[str, str], said: str
) -> None:
    answer = get(practice.doctor, practice, "days.pdf", **span(practice) | fields)

    assert answer.status_code == 422
    assert said in answer.text
    assert not AuditEntry.objects.filter(action="agenda.printed").exists()


# --- Files --------------------------------------------------------------------------------------


def rows_of(practice: Practice, language: str = "fr") -> list[list[str]]:
    separator = ";" if language == "fr" else ","
    with translation.override(language):
        text = "".join(file_parts([practice.calendar], TUESDAY, SUNDAY))
    assert text.startswith(BYTE_ORDER_MARK)
    assert "\n" not in text.replace("\r\n", "")
    return list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=separator))


def test_the_file_has_a_line_for_each_appointment_cancelled_ones_too(practice: Practice) -> None:
    first = practice.calendar.appointments.order_by("starts_at")[0]
    Appointment.objects.filter(pk=first.pk).update(status="cancelled", note='a;b "c"')

    rows = rows_of(practice)

    assert rows[0][:6] == ["Date", "Début", "Fin", "Agenda", "Qui", "Naissance"]
    assert len(rows) == practice.calendar.appointments.count() + 1
    assert rows[1][:5] == ["2026-11-24", "09:00", "09:20", "Dr Martin", "Mme Roux"]
    assert (rows[1][6], rows[1][7], rows[1][9]) == ("06 39 98 12 34", "Consultation", 'a;b "c"')


def test_english_has_commas(practice: Practice) -> None:
    assert rows_of(practice, "en")[0][:3] == ["Date", "Begins", "Ends"]


@pytest.mark.parametrize(
    "text", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", " =1", "＝1", "\u00a0=1"]
)
def test_what_a_spreadsheet_would_run_becomes_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@given(st.lists(st.text(), min_size=2, max_size=6), st.sampled_from(";,"))
def test_any_cells_come_back_and_none_is_a_formula(cells: list[str], separator: str) -> None:
    kept = [cell.replace("\0", "") for cell in cells]
    text = line(kept, separator)

    (read,) = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))

    assert read == [harmless(cell) for cell in kept]
    assert not any(cell.lstrip(" \u00a0\n").startswith(("=", "+", "-", "@")) for cell in read)


def test_many_appointments_are_read_page_after_page(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "PAGE", 3)

    pages = list(exports.exported_appointments([practice.calendar], TUESDAY, SUNDAY))

    ids = [row.pk for page in pages for row in page]
    expected = practice.calendar.appointments.order_by("starts_at", "pk")
    assert ids == list(expected.values_list("pk", flat=True))
    assert [len(page) for page in pages[:-1]] == [3] * (len(pages) - 1)


def test_the_file_is_answered_in_parts_and_its_taking_is_kept(
    practice: Practice, secretary: User
) -> None:
    fields = span(practice, TUESDAY, SUNDAY) | {"calendar": ""}
    answer = get(secretary, practice, "appointments.csv", **fields)

    (entry,) = AuditEntry.objects.filter(action="agenda.exported")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "rendez-vous-20261124-20261129.csv" in answer["Content-Disposition"]
    assert text.count("\r\n") == practice.calendar.appointments.count() + 1
    assert (entry.by, entry.target_uuid, entry.detail["calendar"]) == (
        secretary,
        practice.client.uuid,
        "all",
    )


@pytest.mark.django_db(transaction=True)
def test_the_server_writes_the_file_as_it_reads_it(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under ASGI a file made by a plain iterator would be read whole before its first byte."""
    monkeypatch.setattr(exports, "PAGE", 3)

    async def parts() -> list[bytes]:
        client = AsyncClient()
        await client.aforce_login(practice.doctor)
        path = f"/portal/{practice.client.uuid}/exports/appointments.csv"
        answer = await client.get(path, span(practice, TUESDAY, SUNDAY))
        return [part async for part in answer]  # type: ignore[attr-defined]

    found = asyncio.run(parts())

    count = practice.calendar.appointments.count()
    assert len(found) == 1 + -(-count // 3)
    assert b"".join(found).count(b"\r\n") == count + 1


# --- Secret addresses ---------------------------------------------------------------------------


def make_address(user: User, practice: Practice, names: str = "no") -> HttpResponse:
    path = f"/portal/calendars/{practice.calendar.uuid}/address/"
    answer = browser(user).post(path, {"names": names}, follow=True)
    assert isinstance(answer, HttpResponse)
    return answer


def address_in(page: str) -> str:
    return page.split('id="address" value="')[1].split('"')[0]


def test_the_principal_makes_an_address_that_is_shown_this_once(practice: Practice) -> None:
    page = make_address(practice.doctor, practice)
    later = get(practice.doctor, practice, "")

    address = address_in(page.text)
    assert address.startswith("http://localhost:8000/ical/")
    assert page["Cache-Control"] == "private, no-store"
    assert Client().get(address.removeprefix("http://localhost:8000")).status_code == 200
    assert "/ical/" not in later.text
    assert "sans les noms" in later.text
    for program in ("iPhone", "Android", "Outlook", "Thunderbird"):
        assert program in page.text


def test_the_page_says_when_the_address_was_last_read(practice: Practice) -> None:
    address = address_in(make_address(practice.doctor, practice, "yes").text)
    before = get(practice.doctor, practice, "").text
    Client().get(address.removeprefix("http://localhost:8000"))

    after = get(practice.doctor, practice, "").text

    assert "jamais encore" in before
    assert "jamais encore" not in after
    assert "avec les noms" in after


def test_renewing_ends_the_address_before(practice: Practice) -> None:
    old = address_in(make_address(practice.doctor, practice).text)
    new = address_in(make_address(practice.doctor, practice).text)

    codes = [Client().get(a.removeprefix("http://localhost:8000")).status_code for a in (old, new)]
    assert codes == [404, 200]


def test_a_secretary_may_end_an_address_but_not_make_one(
    practice: Practice, secretary: User
) -> None:
    address = address_in(make_address(practice.doctor, practice).text)
    feed = CalendarFeed.objects.get()

    refused = make_address(secretary, practice)
    ended = browser(secretary).post(f"/portal/addresses/{feed.uuid}/revoke/")

    assert (refused.status_code, ended.status_code) == (403, 302)
    assert Client().get(address.removeprefix("http://localhost:8000")).status_code == 404
    assert AuditEntry.objects.filter(action="feed.revoked", by=secretary).count() == 1


def test_a_reader_takes_nothing_out_of_the_house(practice: Practice, reader: User) -> None:
    make_address(practice.doctor, practice)
    feed = CalendarFeed.objects.get()

    codes = [
        get(reader, practice, "").status_code,
        get(reader, practice, "days.pdf", **span(practice)).status_code,
        get(reader, practice, "appointments.csv", **span(practice)).status_code,
        make_address(reader, practice).status_code,
        browser(reader).post(f"/portal/addresses/{feed.uuid}/revoke/").status_code,
    ]

    assert codes == [403] * 5
    assert CalendarFeed.objects.in_force().count() == 1


def test_anothers_address_does_not_exist(practice: Practice) -> None:
    make_address(practice.doctor, practice)
    stranger = make_member(make_calendar(name="Autre").client, "stranger").user

    answer = browser(stranger).post(f"/portal/addresses/{CalendarFeed.objects.get().uuid}/revoke/")

    assert answer.status_code == 404
    assert CalendarFeed.objects.in_force().count() == 1


def test_the_page_loaded_again_shows_and_makes_nothing_more(practice: Practice) -> None:
    user = browser(practice.doctor)
    path = f"/portal/{practice.client.uuid}/exports/"
    user.post(f"/portal/calendars/{practice.calendar.uuid}/address/", {"names": "no"})
    feed = CalendarFeed.objects.get()

    live, head = user.get(path, headers={"X-Live": "true"}), user.head(path)
    shown, again = user.get(path), user.get(path)

    assert [head.status_code, "/ical/" in live.text] == [200, False]
    assert ["/ical/" in shown.text, "/ical/" in again.text] == [True, False]
    assert "/ical/" not in repr(dict(user.session))
    assert CalendarFeed.objects.get() == feed
