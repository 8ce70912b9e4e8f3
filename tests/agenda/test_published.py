"""What a calendar gives out to other programs, and the text in which it does."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from agenda.models import Absence, Appointment, Calendar, CalendarFeed, Motive
from agenda.queries.published import feed_by_token, published_calendar
from agenda.rules.published import Published, PublishedEvent, icalendar_text
from agenda.services import (
    block_period,
    cancel_appointment,
    make_feed,
    move_appointment,
    note_fetch,
    revoke_feed,
    unblock,
)
from clients.models import AuditEntry, User
from core.recurrences import weekly
from tests.agenda.factories import NOW, book, make_calendar, make_motive, paris
from tests.factories import make_correspondent, make_user

PARIS, NEW_YORK = ZoneInfo("Europe/Paris"), ZoneInfo("America/New_York")


def event(**fields: object) -> PublishedEvent:
    given = {
        "uid": "one",
        "starts_at": paris("2027-03-15 09:00"),
        "ends_at": paris("2027-03-15 09:20"),
        "summary": "Consultation",
        "changed_at": NOW,
    } | fields
    return PublishedEvent(**given)  # type: ignore[arg-type]


def text_of(*events: PublishedEvent, zone: ZoneInfo = PARIS, private: bool = False) -> bytes:
    return icalendar_text(Published("Dr Martin", zone, events, private))


def events_in(text: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))  # type: ignore[arg-type]


def start_of(shown: icalendar.Event) -> datetime:
    written: Any = shown["DTSTART"]
    start: datetime = written.dt
    return start


def test_the_text_is_what_rfc_5545_asks_and_clients_look_for() -> None:
    text = text_of(event(sequence=2))

    calendar = icalendar.Calendar.from_ical(text)
    (shown,) = events_in(text)
    assert {
        name: str(calendar[name]) for name in ("VERSION", "METHOD", "NAME", "X-WR-CALNAME")
    } == {
        "VERSION": "2.0",
        "METHOD": "PUBLISH",
        "NAME": "Dr Martin",
        "X-WR-CALNAME": "Dr Martin",
    }
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT15M\r\n" in text
    assert b"X-PUBLISHED-TTL:PT15M\r\n" in text
    assert b"DTSTART;TZID=Europe/Paris:20270315T090000\r\n" in text
    assert b"DTSTAMP:20270315T070000Z\r\n" in text
    assert (shown["UID"], shown["SEQUENCE"], shown["STATUS"], shown["TRANSP"]) == (
        "one",
        2,
        "CONFIRMED",
        "OPAQUE",
    )
    assert calendar.errors == []


def test_the_same_facts_give_the_same_text() -> None:
    assert text_of(event()) == text_of(event())


def test_every_line_fits_in_75_octets_and_long_accents_come_back_whole() -> None:
    summary = "Première consultation ; « bilan », très, très longue : œdème\\ à l’été — " * 3

    text = text_of(event(summary=summary))

    assert max(len(line) for line in text.split(b"\r\n")) <= 75
    assert b"\n" not in text.replace(b"\r\n", b"")
    assert [str(shown["SUMMARY"]) for shown in events_in(text)] == [summary]
    assert [line.decode() for line in text.split(b"\r\n")]


def test_a_cancelled_event_says_so_and_takes_no_time() -> None:
    (shown,) = events_in(text_of(event(cancelled=True)))

    assert (shown["STATUS"], shown["TRANSP"]) == ("CANCELLED", "TRANSPARENT")


def test_whole_days_are_dates_and_what_is_away_is_busy() -> None:
    away = event(
        starts_at=paris("2027-03-22 00:00"),
        ends_at=paris("2027-03-24 00:00"),
        all_day=True,
        away=True,
    )

    text = text_of(away)

    (shown,) = events_in(text)
    assert (shown.start, shown.end) == (date(2027, 3, 22), date(2027, 3, 24))
    assert (shown["TRANSP"], shown["X-MICROSOFT-CDO-BUSYSTATUS"]) == ("OPAQUE", "OOF")


def test_events_with_names_are_private() -> None:
    assert [shown["CLASS"] for shown in events_in(text_of(event(), private=True))] == ["PRIVATE"]
    assert "CLASS" not in events_in(text_of(event()))[0]


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        (PARIS, date(2027, 3, 27), date(2027, 3, 28)),
        (PARIS, date(2027, 10, 30), date(2027, 10, 31)),
        (NEW_YORK, date(2027, 3, 13), date(2027, 3, 14)),
        (NEW_YORK, date(2027, 11, 6), date(2027, 11, 7)),
        (ZoneInfo("Asia/Kolkata"), date(2027, 3, 27), date(2027, 3, 28)),
    ],
)
def test_nine_o_clock_stays_nine_over_a_change_of_clock_by_the_calendars_own_zone(
    zone: ZoneInfo, before: date, after: date
) -> None:
    """Read as a program does that knows no zone but the VTIMEZONE of the file."""
    mornings = [datetime.combine(day, time(9), zone).astimezone(UTC) for day in (before, after)]
    text = text_of(
        *(
            event(uid=str(nth), starts_at=at, ends_at=at + timedelta(minutes=20))
            for nth, at in enumerate(mornings)
        ),
        zone=zone,
    )
    unheard_of = f"Elsewhere/{zone.key}-{after}"
    foreign = text.replace(zone.key.encode(), unheard_of.encode())

    shown = [start_of(one) for one in events_in(foreign)]

    assert [start.astimezone(UTC) for start in shown] == mornings
    assert [start.hour for start in shown] == [9, 9]


def test_the_digest_changes_with_what_is_given_out_and_with_nothing_else() -> None:
    first = Published("Dr Martin", PARIS, (event(),))

    assert first.digest == Published("Dr Martin", PARIS, (event(),)).digest
    assert first.digest != Published("Dr Martin", PARIS, (event(sequence=1),)).digest
    assert first.digest != Published("Dr Martin", PARIS, (event(),), private=True).digest


@pytest.fixture
def calendar(db: None) -> Calendar:
    return make_calendar()


@pytest.fixture
def motive(calendar: Calendar) -> Motive:
    return make_motive(calendar.client)


@pytest.fixture
def doctor(db: None) -> User:
    return make_user("doctor")


def feed_of(calendar: Calendar, *, with_names: bool = False) -> CalendarFeed:
    return make_feed(calendar=calendar, with_names=with_names, by=None, at=NOW)[0]


def shown_in(feed: CalendarFeed, now: datetime = NOW) -> list[PublishedEvent]:
    return list(published_calendar(feed, now=now).events)


def test_an_appointment_says_its_motive_and_nobodys_name_unless_asked(
    calendar: Calendar, motive: Motive
) -> None:
    person = make_correspondent(calendar.client, "Walczak", civility="mrs")
    book(calendar, motive, "2027-03-15 09:00", correspondent=person, note="migraine")
    book(calendar, motive, "2027-03-15 10:00", booked_for="Enfant Giraud")

    without = shown_in(feed_of(calendar))
    with_names = shown_in(feed_of(calendar, with_names=True))

    assert [one.summary for one in without] == ["Consultation", "Consultation"]
    assert [one.summary for one in with_names] == [
        "Mme Walczak · Consultation",
        "Enfant Giraud · Consultation",
    ]
    assert "migraine" not in repr(with_names)


def test_a_moved_appointment_keeps_its_uid_and_counts_its_change(
    calendar: Calendar, motive: Motive
) -> None:
    booked = book(calendar, motive, "2027-03-15 09:00")
    later = NOW + timedelta(hours=1)
    move_appointment(appointment=booked, starts_at=paris("2027-03-16 10:00"), by=None, at=later)

    (shown,) = shown_in(feed_of(calendar))

    assert (shown.uid, shown.starts_at) == (str(booked.uuid), paris("2027-03-16 10:00"))
    assert (shown.sequence, shown.changed_at) == (1, later)


def test_a_cancelled_appointment_is_given_out_as_such_for_thirty_days(
    calendar: Calendar, motive: Motive
) -> None:
    booked = book(calendar, motive, "2027-03-15 09:00")
    cancel_appointment(appointment=booked, by=None, at=NOW)
    feed = feed_of(calendar)

    assert [one.cancelled for one in shown_in(feed, NOW + timedelta(days=30))] == [True]
    assert shown_in(feed, NOW + timedelta(days=31)) == []


def test_absences_are_given_out_without_their_reason_unless_names_are(calendar: Calendar) -> None:
    days = paris("2027-03-22 00:00"), paris("2027-03-24 00:00")
    hours = paris("2027-03-25 09:00"), paris("2027-03-25 11:00")
    for start, end in (days, hours):
        block_period(
            calendar=calendar, starts_at=start, ends_at=end, by=None, at=NOW, reason="Hôpital"
        )
    lifted = block_period(
        calendar=calendar, starts_at=hours[1], ends_at=paris("2027-03-25 12:00"), by=None, at=NOW
    )
    unblock(absence=lifted.absence, by=None, at=NOW)

    shown = shown_in(feed_of(calendar))

    assert [(one.summary, one.all_day, one.away) for one in shown] == [
        ("Absence", True, True),
        ("Absence", False, True),
    ]
    assert {one.summary for one in shown_in(feed_of(calendar, with_names=True))} == {"Hôpital"}


def test_each_time_of_a_recurring_absence_and_each_holiday_is_an_event(calendar: Calendar) -> None:
    calendar.holidays_region = Calendar.Holidays.METROPOLE
    calendar.save()
    weekly_off = Absence.objects.create(
        calendar=calendar,
        starts_at=paris("2027-03-24 14:00"),
        ends_at=paris("2027-03-24 18:00"),
        recurrence=weekly([2]),
        valid_from=date(2027, 3, 24),
        valid_until=date(2027, 3, 31),
        start_time=time(14),
        end_time=time(18),
        reason="Enfants",
        created_at=NOW,
    )

    before_may = paris("2027-05-01 00:00")
    shown = [one for one in shown_in(feed_of(calendar)) if NOW < one.starts_at < before_may]

    assert [(one.uid, one.summary, one.starts_at, one.all_day) for one in shown] == [
        (f"{weekly_off.uuid}-20270324", "Absence", paris("2027-03-24 14:00"), False),
        (f"{calendar.uuid}-20270329", "Lundi de Pâques", paris("2027-03-29 00:00"), True),
        (f"{weekly_off.uuid}-20270331", "Absence", paris("2027-03-31 14:00"), False),
    ]


def test_three_months_back_and_a_year_ahead_are_given_out(
    calendar: Calendar, motive: Motive
) -> None:
    for at in ("2026-12-12 09:00", "2026-12-13 09:00", "2028-03-14 09:00", "2028-03-16 09:00"):
        start = paris(at)
        Appointment.objects.create(
            calendar=calendar,
            client=calendar.client,
            motive=motive,
            starts_at=start,
            ends_at=start + timedelta(minutes=20),
            block_starts_at=start,
            block_ends_at=start + timedelta(minutes=20),
            local_day=start.date(),
            local_time=time(9),
            timezone="Europe/Paris",
        )

    shown = shown_in(feed_of(calendar))

    assert [one.starts_at for one in shown] == [
        paris("2026-12-13 09:00"),
        paris("2028-03-14 09:00"),
    ]


def test_another_calendars_appointments_are_not_given_out(
    calendar: Calendar, motive: Motive
) -> None:
    other = make_calendar(calendar.client, name="Dr Benali")
    book(other, motive, "2027-03-15 09:00")

    assert shown_in(feed_of(calendar)) == []


def test_the_token_opens_its_feed_and_is_kept_nowhere(calendar: Calendar) -> None:
    feed, token = make_feed(calendar=calendar, with_names=False, by=None, at=NOW)

    assert feed_by_token(token) == feed
    assert feed_by_token(token[:-1]) is None
    assert len(token) == 43
    kept = CalendarFeed.objects.filter(pk=feed.pk).values().get()
    assert token not in repr(kept)


def test_a_new_address_ends_the_one_before(calendar: Calendar, doctor: User) -> None:
    old, old_token = make_feed(calendar=calendar, with_names=False, by=doctor, at=NOW)
    new, new_token = make_feed(calendar=calendar, with_names=True, by=doctor, at=NOW)

    old.refresh_from_db()
    assert (feed_by_token(old_token), feed_by_token(new_token)) == (None, new)
    assert (old.revoked_at, old.revoked_by) == (NOW, doctor)


def test_a_revoked_address_opens_nothing_and_each_step_is_audited(
    calendar: Calendar, doctor: User
) -> None:
    feed, token = make_feed(calendar=calendar, with_names=True, by=doctor, at=NOW)
    revoke_feed(feed=feed, by=doctor, at=NOW)
    revoke_feed(feed=feed, by=None, at=NOW)

    audit = AuditEntry.objects.filter(target_uuid=feed.uuid).order_by("pk")
    assert feed_by_token(token) is None
    assert [(entry.action, entry.by, entry.detail["with_names"]) for entry in audit] == [
        ("feed.made", doctor, True),
        ("feed.revoked", doctor, True),
    ]


def test_an_archived_calendar_gives_nothing_out(calendar: Calendar) -> None:
    _feed, token = make_feed(calendar=calendar, with_names=False, by=None, at=NOW)
    Calendar.objects.filter(pk=calendar.pk).update(archived_at=NOW)

    assert feed_by_token(token) is None


def test_a_fetch_is_noted_and_the_content_dates_from_its_first_fetch(calendar: Calendar) -> None:
    feed, token = make_feed(calendar=calendar, with_names=False, by=None, at=NOW)
    minutes = [NOW + timedelta(minutes=nth * 15) for nth in range(3)]

    since = [
        note_fetch(feed=feed, content_digest=digest, at=at)
        for digest, at in zip(("a", "a", "b"), minutes, strict=True)
    ]

    again = feed_by_token(token)
    assert again is not None
    assert since == [minutes[0], minutes[0], minutes[2]]
    assert again.last_fetched_at == minutes[2]
