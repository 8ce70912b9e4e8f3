from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda import facts
from agenda.models import Absence, Appointment, AppointmentChange, Calendar, Motive, Side, SlotHold
from agenda.queries import open_slots
from agenda.services import (
    AppointmentChanged,
    AppointmentNotActive,
    ChangeSuperseded,
    HeldForEmergencies,
    InAbsence,
    InThePast,
    OffGrid,
    OutsideOpening,
    SlotHeld,
    SlotTaken,
    TooFarAhead,
    TooLong,
    TooSoon,
    WrongMotive,
    block_period,
    cancel_appointment,
    hold_slot,
    mark_came,
    mark_changes_seen,
    mark_no_show,
    move_appointment,
    note_changed_hours,
    release_hold,
    release_holds,
    unblock,
    undo_change,
)
from clients.models import AuditEntry
from core import facts as core_facts
from tests.agenda.factories import (
    MONDAY,
    NOW,
    book,
    make_calendar,
    make_emergency,
    make_motive,
    paris,
)
from tests.factories import make_client, make_correspondent, make_user

pytestmark = pytest.mark.django_db
Status = Appointment.Status


@pytest.fixture
def calendar() -> Calendar:
    calendar = make_calendar(hours=((time(9), time(11)),))
    make_emergency(calendar)
    return calendar


@pytest.fixture
def motive(calendar: Calendar) -> Motive:
    return make_motive(calendar.client, minutes_after=5)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The agenda's facts, as higher apps would hear them."""
    heard: list[Any] = []
    kinds = (
        facts.AppointmentBooked,
        facts.AppointmentMoved,
        facts.AppointmentCancelled,
        facts.AppointmentRestored,
        facts.AppointmentMarked,
        facts.AbsenceChanged,
        facts.HoldChanged,
    )
    monkeypatch.setattr(core_facts, "_wires", dict.fromkeys(kinds, (heard.append,)))
    return heard


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, dict[str, str]]]:
    """The live events asked for."""
    events: list[tuple[str, str, dict[str, str]]] = []

    def note(group: str, name: str, **ids: str) -> None:
        events.append((group, name, ids))

    monkeypatch.setattr("agenda.services.telling.publish", note)
    monkeypatch.setattr("agenda.services.seen.publish", note)
    return events


def test_booking_keeps_the_visit_its_block_and_its_wall_clock(
    calendar: Calendar, motive: Motive
) -> None:
    lea = make_user("lea")
    lefevre = make_correspondent(calendar.client)

    appointment = book(
        calendar, motive, "2027-03-29 09:00", by=lea, correspondent=lefevre, note="Tension"
    )

    appointment.refresh_from_db()
    assert appointment.starts_at == datetime(2027, 3, 29, 7, tzinfo=UTC)
    assert appointment.ends_at - appointment.starts_at == timedelta(minutes=20)
    assert appointment.block_ends_at - appointment.ends_at == timedelta(minutes=5)
    assert (appointment.local_day, appointment.local_time) == (date(2027, 3, 29), time(9))
    assert appointment.timezone == "Europe/Paris"
    assert (appointment.client, appointment.booked_by) == (calendar.client, lea)
    assert (appointment.status, appointment.source) == (Status.BOOKED, Side.DESK)


def test_booking_writes_history_audit_fact_and_live_event(
    calendar: Calendar,
    motive: Motive,
    told: list[Any],
    published: list[tuple[str, str, dict[str, str]]],
) -> None:
    lea = make_user("lea")

    appointment = book(calendar, motive, "2027-03-15 09:00", by=lea)

    (change,) = AppointmentChange.objects.all()
    assert (change.kind, change.side, change.by, change.at) == ("booked", "desk", lea, NOW)
    audit = AuditEntry.objects.get()
    assert (audit.action, audit.target_uuid) == ("appointment.booked", appointment.uuid)
    assert told == [
        facts.AppointmentBooked(
            appointment_id=appointment.pk,
            appointment_uuid=appointment.uuid,
            client_uuid=calendar.client.uuid,
            calendar_uuid=calendar.uuid,
            side="desk",
            by_id=lea.pk,
            at=NOW,
        )
    ]
    ids = {"client": str(calendar.client.uuid), "calendar": str(calendar.uuid)}
    assert published == [
        (f"client.{calendar.client.uuid.hex}", "agenda.changed", ids | {"days": "2027-03-15"})
    ]


@pytest.mark.parametrize(
    ("at", "fields", "expected"),
    [
        ("2027-03-15 09:00", {}, SlotTaken),
        ("2027-03-15 09:20", {}, SlotTaken),  # the buffer after nine o'clock's visit
        ("2027-03-15 09:50", {}, OffGrid),
        ("2027-03-15 13:00", {}, OutsideOpening),
        ("2027-03-15 11:00", {}, HeldForEmergencies),
        ("2027-03-15 07:40", {}, InThePast),
        ("2027-03-16 09:00", {}, InAbsence),
        ("2027-03-17 10:40", {"minutes": 40, "is_urgent": True, "minutes_after": 0}, None),
        ("2027-03-17 11:40", {"minutes": 40, "is_urgent": True}, TooLong),
        ("2027-03-15 10:00", {"notice_minutes": 300}, TooSoon),
        ("2027-03-18 10:00", {"horizon_days": 1}, TooFarAhead),
    ],
)
def test_each_rule_refuses_with_its_own_exception(
    calendar: Calendar,
    motive: Motive,
    at: str,
    fields: dict[str, Any],
    expected: type[Exception] | None,
) -> None:
    book(calendar, motive, "2027-03-15 09:00")
    Absence.objects.create(
        calendar=calendar, starts_at=paris("2027-03-16 00:00"), ends_at=paris("2027-03-17 00:00")
    )
    wanted = make_motive(calendar.client, **fields)

    if expected is None:
        book(calendar, wanted, at)
    else:
        with pytest.raises(expected):
            book(calendar, wanted, at)
    assert Appointment.objects.count() == (2 if expected is None else 1)


def test_a_motive_of_another_calendar_is_refused(calendar: Calendar) -> None:
    other = make_calendar(calendar.client, name="Dr Benali")

    with pytest.raises(WrongMotive):
        book(calendar, make_motive(calendar.client, calendar=other), "2027-03-15 09:00")


def test_somebody_of_another_client_can_not_be_booked(calendar: Calendar, motive: Motive) -> None:
    stranger = make_correspondent(make_client())

    with pytest.raises(ValueError, match="another client"):
        book(calendar, motive, "2027-03-15 09:00", correspondent=stranger)


def test_an_appointment_never_moves_to_another_client(calendar: Calendar, motive: Motive) -> None:
    appointment = book(calendar, motive, "2027-03-15 09:00")

    with pytest.raises(ValueError, match="another client"):
        move_appointment(
            appointment=appointment,
            calendar=make_calendar(),
            starts_at=paris("2027-03-15 10:00"),
            by=None,
            at=NOW,
        )


def test_a_refusal_leaves_nothing_behind(calendar: Calendar, motive: Motive) -> None:
    book(calendar, motive, "2027-03-15 09:00")

    with pytest.raises(SlotTaken):
        book(calendar, motive, "2027-03-15 09:00")

    assert AppointmentChange.objects.count() == 1
    assert AuditEntry.objects.count() == 1


def test_a_deliberate_double_booking_carries_its_reason(calendar: Calendar, motive: Motive) -> None:
    book(calendar, motive, "2027-03-15 09:00")

    double = book(calendar, motive, "2027-03-15 09:00", override_reason="entre deux, dit le Dr")

    assert double.override_reason == "entre deux, dit le Dr"
    assert AuditEntry.objects.latest("pk").detail["override"] is True


def test_a_reason_that_overrides_nothing_is_not_kept(calendar: Calendar, motive: Motive) -> None:
    appointment = book(calendar, motive, "2027-03-15 09:00", override_reason="au cas où")

    assert appointment.override_reason == ""


def test_moving_frees_the_old_place_and_takes_the_new(calendar: Calendar, motive: Motive) -> None:
    appointment = book(calendar, motive, "2027-03-15 09:00")

    moved = move_appointment(
        appointment=appointment, starts_at=paris("2027-03-16 10:00"), by=None, at=NOW
    )

    assert (moved.local_day, moved.local_time) == (date(2027, 3, 16), time(10))
    free = open_slots([calendar], motive, first_day=MONDAY, days=1, now=NOW)
    assert f"{free[0].local_start:%H:%M}" == "09:00"
    with pytest.raises(SlotTaken):
        book(calendar, motive, "2027-03-16 10:00")


def test_moving_by_one_slot_may_overlap_its_own_old_place(calendar: Calendar) -> None:
    long = make_motive(calendar.client, 40)
    appointment = book(calendar, long, "2027-03-15 09:00")

    moved = move_appointment(
        appointment=appointment, starts_at=paris("2027-03-15 09:20"), by=None, at=NOW
    )

    assert moved.local_time == time(9, 20)


def test_moving_to_a_colleague_changes_calendar(calendar: Calendar, motive: Motive) -> None:
    colleague = make_calendar(calendar.client, name="Dr Benali")
    appointment = book(calendar, motive, "2027-03-15 09:00")

    moved = move_appointment(
        appointment=appointment,
        calendar=colleague,
        starts_at=paris("2027-03-15 15:00"),
        by=None,
        at=NOW,
    )

    assert moved.calendar == colleague
    change = AppointmentChange.objects.get(kind="moved")
    assert (change.before["calendar_id"], change.after["calendar_id"]) == (
        calendar.pk,
        colleague.pk,
    )


def test_moving_what_somebody_has_just_moved_is_refused(calendar: Calendar, motive: Motive) -> None:
    appointment = book(calendar, motive, "2027-03-15 09:00")
    move_appointment(appointment=appointment, starts_at=paris("2027-03-15 10:00"), by=None, at=NOW)

    with pytest.raises(AppointmentChanged):
        move_appointment(
            appointment=appointment,
            starts_at=paris("2027-03-15 10:20"),
            expected_start=appointment.starts_at,
            by=None,
            at=NOW,
        )


def test_a_move_tells_where_it_came_from(
    calendar: Calendar,
    motive: Motive,
    told: list[Any],
    published: list[tuple[str, str, dict[str, str]]],
) -> None:
    appointment = book(calendar, motive, "2027-03-15 09:00")

    move_appointment(appointment=appointment, starts_at=paris("2027-03-16 09:00"), by=None, at=NOW)

    assert told[-1].from_starts_at == paris("2027-03-15 09:00")
    assert published[-1][2]["days"] == "2027-03-15,2027-03-16"


def test_cancelling_frees_the_slot_once(
    calendar: Calendar, motive: Motive, told: list[Any]
) -> None:
    appointment = book(calendar, motive, "2027-03-15 09:00")

    cancelled = cancel_appointment(appointment=appointment, by=None, at=NOW, side=Side.PORTAL)

    assert cancelled.status == Status.CANCELLED
    assert isinstance(told[-1], facts.AppointmentCancelled)
    with pytest.raises(AppointmentNotActive):
        cancel_appointment(appointment=appointment, by=None, at=NOW)
    with pytest.raises(AppointmentNotActive):
        move_appointment(
            appointment=appointment, starts_at=paris("2027-03-15 10:00"), by=None, at=NOW
        )
    book(calendar, motive, "2027-03-15 09:00")


@pytest.mark.parametrize(("mark", "status"), [(mark_came, "came"), (mark_no_show, "no_show")])
def test_marking_says_who_came(
    calendar: Calendar, motive: Motive, told: list[Any], mark: Any, status: str
) -> None:
    appointment = book(calendar, motive, "2027-03-15 09:00")

    marked = mark(appointment=appointment, by=None, at=NOW)

    assert marked.status == status
    assert told[-1].status == status
    with pytest.raises(SlotTaken):
        book(calendar, motive, "2027-03-15 09:00")


def last_change(appointment: Appointment) -> AppointmentChange:
    change = appointment.changes.order_by("-pk").first()
    assert change is not None
    return change


def test_undoing_a_move_puts_the_appointment_back(
    calendar: Calendar, motive: Motive, told: list[Any]
) -> None:
    appointment = book(calendar, motive, "2027-03-15 09:00")
    move_appointment(appointment=appointment, starts_at=paris("2027-03-16 10:00"), by=None, at=NOW)

    back = undo_change(change=last_change(appointment), by=None, at=NOW)

    assert (back.local_day, back.local_time) == (MONDAY, time(9))
    assert back.block == appointment.block
    assert isinstance(told[-1], facts.AppointmentMoved)


def test_undoing_a_cancellation_restores_it_where_the_time_is_still_free(
    calendar: Calendar, motive: Motive, told: list[Any]
) -> None:
    appointment = book(calendar, motive, "2027-03-15 09:00")
    cancel_appointment(appointment=appointment, by=None, at=NOW)

    back = undo_change(change=last_change(appointment), by=None, at=NOW)

    assert back.status == Status.BOOKED
    assert isinstance(told[-1], facts.AppointmentRestored)


def test_undoing_a_cancellation_is_refused_once_the_time_is_given_away(
    calendar: Calendar, motive: Motive
) -> None:
    appointment = book(calendar, motive, "2027-03-15 09:00")
    cancel_appointment(appointment=appointment, by=None, at=NOW)
    book(calendar, motive, "2027-03-15 09:00")

    with pytest.raises(SlotTaken):
        undo_change(change=last_change(appointment), by=None, at=NOW)


def test_undoing_a_cancellation_waits_for_whoever_holds_the_slot(
    calendar: Calendar, motive: Motive
) -> None:
    lea = make_user("lea")
    appointment = book(calendar, motive, "2027-03-15 09:00")
    cancel_appointment(appointment=appointment, by=None, at=NOW)
    hold(calendar, motive, "2027-03-15 09:00", lea)

    with pytest.raises(SlotHeld):
        undo_change(change=last_change(appointment), by=make_user(), at=NOW)


def test_undoing_a_booking_cancels_it(calendar: Calendar, motive: Motive) -> None:
    appointment = book(calendar, motive, "2027-03-15 09:00")

    undone = undo_change(change=last_change(appointment), by=None, at=NOW)

    assert undone.status == Status.CANCELLED
    assert last_change(appointment).kind == "cancelled"


def test_undoing_a_mark_makes_it_booked_again(
    calendar: Calendar, motive: Motive, told: list[Any]
) -> None:
    appointment = book(calendar, motive, "2027-03-15 09:00")
    mark_no_show(appointment=appointment, by=None, at=NOW)

    undone = undo_change(change=last_change(appointment), by=None, at=NOW)

    assert undone.status == Status.BOOKED
    assert told[-1] == facts.AppointmentMarked(
        **{key: getattr(told[-1], key) for key in facts.AppointmentBooked.__dataclass_fields__},
        status="booked",
    )


def test_only_the_last_change_can_be_undone_and_only_once(
    calendar: Calendar, motive: Motive
) -> None:
    appointment = book(calendar, motive, "2027-03-15 09:00")
    booked = last_change(appointment)
    move_appointment(appointment=appointment, starts_at=paris("2027-03-15 10:00"), by=None, at=NOW)
    moved = last_change(appointment)

    with pytest.raises(ChangeSuperseded):
        undo_change(change=booked, by=None, at=NOW)
    undo_change(change=moved, by=None, at=NOW)
    for change in (moved, last_change(appointment)):
        with pytest.raises(ChangeSuperseded):
            undo_change(change=change, by=None, at=NOW)


def test_blocking_a_period_lists_what_it_covers_and_leaves_it_standing(
    calendar: Calendar, motive: Motive, told: list[Any]
) -> None:
    inside = book(calendar, motive, "2027-03-15 10:00")
    book(calendar, motive, "2027-03-15 09:00")
    cancelled = book(calendar, motive, "2027-03-16 09:00")
    cancel_appointment(appointment=cancelled, by=None, at=NOW)

    absence, covered = block_period(
        calendar=calendar,
        starts_at=paris("2027-03-15 10:00"),
        ends_at=paris("2027-03-17 00:00"),
        reason="Formation",
        by=None,
        at=NOW,
    )

    assert covered == [inside]
    assert absence.side == Side.PORTAL
    assert told[-1].lifted is False
    free = open_slots([calendar], motive, first_day=MONDAY, days=2, now=NOW)
    assert free == []


def test_blocking_tells_every_day_that_it_touches(
    calendar: Calendar, published: list[tuple[str, str, dict[str, str]]]
) -> None:
    block_period(
        calendar=calendar,
        starts_at=paris("2027-03-15 14:00"),
        ends_at=paris("2027-03-17 00:00"),
        by=None,
        at=NOW,
    )

    assert published[-1][2]["days"] == "2027-03-15,2027-03-16"


def test_blocking_a_month_tells_that_any_day_may_differ(
    calendar: Calendar, published: list[tuple[str, str, dict[str, str]]]
) -> None:
    block_period(
        calendar=calendar, starts_at=NOW, ends_at=NOW + timedelta(days=31), by=None, at=NOW
    )

    assert published[-1][2]["days"] == ""


def test_changed_hours_are_audited_and_told(
    calendar: Calendar, published: list[tuple[str, str, dict[str, str]]]
) -> None:
    lea = make_user("lea")

    note_changed_hours(calendar=calendar, by=lea, at=NOW)

    audit = AuditEntry.objects.get()
    assert (audit.action, audit.by, audit.target_uuid) == ("hours.changed", lea, calendar.uuid)
    assert published[-1][2]["calendar"] == str(calendar.uuid)


def test_unblocking_gives_the_slots_back(
    calendar: Calendar, motive: Motive, told: list[Any]
) -> None:
    absence, _ = block_period(
        calendar=calendar,
        starts_at=paris("2027-03-15 00:00"),
        ends_at=paris("2027-03-16 00:00"),
        by=None,
        at=NOW,
    )

    for _ in range(2):
        unblock(absence=absence, by=None, at=NOW)

    assert [fact.lifted for fact in told] == [False, True]
    assert len(open_slots([calendar], motive, first_day=MONDAY, days=1, now=NOW)) == 5


def test_an_absence_ends_after_it_begins(calendar: Calendar) -> None:
    with pytest.raises(ValueError, match="ends after it begins"):
        block_period(calendar=calendar, starts_at=NOW, ends_at=NOW, by=None, at=NOW)


def hold(
    calendar: Calendar, motive: Motive, start: str, by: Any, *, at: datetime = NOW
) -> SlotHold:
    return hold_slot(calendar=calendar, motive=motive, starts_at=paris(start), by=by, at=at)


def test_a_held_slot_is_for_its_holder_until_it_expires(calendar: Calendar, motive: Motive) -> None:
    lea, claire = make_user("lea"), make_user("claire")
    hold(calendar, motive, "2027-03-15 09:00", lea)

    with pytest.raises(SlotHeld):
        book(calendar, motive, "2027-03-15 09:00", by=claire)
    with pytest.raises(SlotHeld):
        hold(calendar, motive, "2027-03-15 09:00", claire)
    late = NOW + timedelta(minutes=5)
    hold(calendar, motive, "2027-03-15 09:00", claire, at=late)

    assert [row.holder for row in SlotHold.objects.all()] == [claire]


def test_booking_ends_the_holders_hold_and_tells_its_day(
    calendar: Calendar, motive: Motive, published: list[tuple[str, str, dict[str, str]]]
) -> None:
    lea = make_user("lea")
    hold(calendar, motive, "2027-03-15 09:00", lea)

    book(calendar, motive, "2027-03-16 09:00", by=lea)

    assert not SlotHold.objects.exists()
    assert [ids["days"] for _, _, ids in published] == ["2027-03-15", "2027-03-15", "2027-03-16"]


def test_holding_another_slot_lets_the_first_go(calendar: Calendar, motive: Motive) -> None:
    lea = make_user("lea")
    colleague = make_calendar(calendar.client, name="Dr Benali")
    elsewhere = make_calendar()
    hold(elsewhere, make_motive(elsewhere.client), "2027-03-15 09:00", lea)
    hold(calendar, motive, "2027-03-15 09:00", lea)

    hold(calendar, motive, "2027-03-15 10:00", lea)
    hold(colleague, motive, "2027-03-15 15:00", lea)

    assert {row.calendar for row in SlotHold.objects.all()} == {elsewhere, colleague}


def test_holds_are_let_go_one_by_one_or_all_together(
    calendar: Calendar, motive: Motive, told: list[Any]
) -> None:
    lea = make_user("lea")
    elsewhere = make_calendar()
    first = hold(calendar, motive, "2027-03-15 09:00", lea)
    hold(elsewhere, make_motive(elsewhere.client), "2027-03-15 09:00", lea)

    release_hold(hold=first)
    assert release_holds(by=lea, client=calendar.client) == 0
    assert release_holds(by=lea) == 1

    assert not SlotHold.objects.exists()
    assert [type(fact) for fact in told] == [facts.HoldChanged] * 4


def test_letting_go_of_nothing_keeps_no_writer_waiting(
    django_assert_num_queries: Any,
) -> None:
    lea = make_user("lea")
    with django_assert_num_queries(1):
        assert release_holds(by=lea) == 0


def test_a_hold_obeys_the_rules_of_booking(calendar: Calendar, motive: Motive) -> None:
    lea = make_user("lea")

    with pytest.raises(HeldForEmergencies):
        hold(calendar, motive, "2027-03-15 11:00", lea)
    with pytest.raises(WrongMotive):
        hold(calendar, make_motive(make_client()), "2027-03-15 09:00", lea)


def test_each_side_marks_what_the_other_changed_as_seen(
    calendar: Calendar, motive: Motive, published: list[tuple[str, str, dict[str, str]]]
) -> None:
    doctor = make_user("martin")
    book(calendar, motive, "2027-03-15 09:00")
    book(calendar, motive, "2027-03-15 10:00", side=Side.PORTAL)

    count = mark_changes_seen(client=calendar.client, side=Side.PORTAL, by=doctor, at=NOW)

    assert count == 1
    seen = {change.side: change.seen_by for change in AppointmentChange.objects.all()}
    assert seen == {"desk": doctor, "portal": None}
    assert published[-1][1] == "agenda.seen"
    assert mark_changes_seen(client=calendar.client, side=Side.PORTAL, by=doctor, at=NOW) == 0


def test_absences_are_marked_seen_with_the_rest(calendar: Calendar) -> None:
    lea = make_user("lea")
    absence, _ = block_period(
        calendar=calendar,
        starts_at=paris("2027-03-15 00:00"),
        ends_at=paris("2027-03-16 00:00"),
        by=None,
        at=NOW,
    )

    assert mark_changes_seen(client=calendar.client, side=Side.DESK, by=lea, at=NOW) == 1

    absence.refresh_from_db()
    assert (absence.seen_by, absence.seen_at) == (lea, NOW)


def test_what_came_after_the_readers_screen_stays_unseen(
    calendar: Calendar, motive: Motive
) -> None:
    book(calendar, motive, "2027-03-15 09:00")

    count = mark_changes_seen(
        client=calendar.client,
        side=Side.PORTAL,
        by=make_user(),
        at=NOW,
        until=NOW - timedelta(seconds=1),
    )

    assert count == 0


def test_booking_takes_the_same_number_of_queries_in_a_full_calendar(
    calendar: Calendar, motive: Motive
) -> None:
    def queries(at: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            book(calendar, motive, at)
        return len(captured)

    assert queries("2027-03-15 09:00") == queries("2027-03-15 10:00")
