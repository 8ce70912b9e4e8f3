"""The list of appointments that can't stay, and what an assistant notes of each.

An absence covers them, or hours have left them outside.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from agenda.models import Absence, Appointment, AppointmentChange, Calendar, Displaced
from agenda.queries.coverage import covered_by
from agenda.queries.scenes import outside_hours, visits_to_come
from agenda.services.locking import changing
from clients.models import Client, User
from clients.services.audit import record_audit
from core.live import client_group, publish

State, Outcome = Displaced.State, Displaced.Outcome
Kind = AppointmentChange.Kind
# Who took one and does nothing more with it for so long has gone to something else.
TAKEN_FOR = timedelta(minutes=15)

_OUTCOMES = {
    Kind.MOVED: Outcome.MOVED,
    Kind.CANCELLED: Outcome.CANCELLED,
    Kind.CAME: Outcome.KEPT,
    Kind.NO_SHOW: Outcome.KEPT,
}


class AlreadyDone(Exception):
    """Somebody has dealt with this appointment meanwhile; nothing was changed."""


class TakenByColleague(Exception):
    """Somebody else has just taken this one; nothing was changed."""

    def __init__(self, colleague: User) -> None:
        super().__init__(colleague.pk)
        self.colleague = colleague


def list_displaced(*, absence: Absence, by: User | None, at: datetime) -> list[Displaced]:
    """Make the work that an absence gives agree with what it covers now, and return what is open.

    Called in the transaction that makes, changes or lifts the absence, under its calendar's lock.
    An appointment newly covered is listed; one that is no longer covered stays, and is done.
    """
    covered = [] if absence.lifted_at else _to_come(absence, at)
    rows = Displaced.objects.filter(absence=absence)
    count = _close(rows.open().exclude(appointment__in=covered), by, at)
    count += _list(rows, absence, covered, at)
    if count:
        tell_worklist(absence.calendar.client)
    return list(rows.open().select_related("appointment"))


@contextmanager
def listing_left_outside(
    calendar: Calendar, *, by: User | None, at: datetime, to_move: bool = True
) -> Iterator[None]:
    """Make the work that hours give agree with the hours that are written meanwhile.

    Entered under the calendar's lock. Visits that stood inside hours and do so no more are listed,
    unless whoever changes the hours wants them to stay; what is listed and stands inside again is
    done. Visits that stood outside before, as a stated reason allows, make no work.
    """
    before = {one.pk for one in _outside(calendar, at)}
    yield
    outside = _outside(calendar, at)
    rows = Displaced.objects.by_hours().filter(appointment__calendar=calendar)
    count = _close(rows.open().exclude(appointment__in=outside), by, at)
    if to_move:
        count += _list(rows, None, [one for one in outside if one.pk not in before], at)
    if count:
        tell_worklist(calendar.client)


def list_left_outside(
    *, calendar: Calendar, visits: Iterable[Appointment], at: datetime
) -> list[Displaced]:
    """List those of a calendar's visits that stand outside its hours; return what is open of them.

    Called under the calendar's lock.
    """
    outside = outside_hours(calendar, list(visits))
    rows = Displaced.objects.by_hours().filter(appointment__in=outside)
    if _list(rows, None, outside, at):
        tell_worklist(calendar.client)
    return list(rows.open())


def _outside(calendar: Calendar, at: datetime) -> list[Appointment]:
    fresh = Calendar.objects.get(pk=calendar.pk)
    return outside_hours(fresh, visits_to_come(fresh, at))


def _close(rows: QuerySet[Displaced], by: User | None, at: datetime) -> int:
    """Say that the time was given back; return of how many."""
    return rows.update(state=State.DONE, outcome=Outcome.LIFTED, done_at=at, done_by=by)


def _list(
    rows: QuerySet[Displaced],
    absence: Absence | None,
    appointments: Iterable[Appointment],
    at: datetime,
) -> int:
    """Open the work about these appointments among its rows; return about how many."""
    again = rows.filter(outcome=Outcome.LIFTED, appointment__in=appointments)
    count = again.update(state=State.TO_CALL, outcome=Outcome.OPEN, done_at=None, done_by=None)
    known = set(rows.values_list("appointment", flat=True))
    new = [_displaced(absence, one, at) for one in appointments if one.pk not in known]
    Displaced.objects.bulk_create(new)
    return count + len(new)


def _to_come(absence: Absence, at: datetime) -> list[Appointment]:
    booked = covered_by(absence, since=at).filter(status=Appointment.Status.BOOKED)
    return list(booked.filter(starts_at__gt=at))


def _displaced(absence: Absence | None, appointment: Appointment, at: datetime) -> Displaced:
    return Displaced(
        absence=absence,
        appointment=appointment,
        client_id=appointment.client_id,
        was_at=appointment.starts_at,
        created_at=at,
    )


def settle_displaced(change: AppointmentChange, appointment: Appointment) -> None:
    """Close the work about an appointment that was changed; open it again where it was put back.

    Called in the change's own transaction. A move that a stated reason put into an absence was
    meant so, and makes no work.
    """
    if change.kind == Kind.BOOKED:
        return
    if change.undoes_id and appointment.is_active:
        _reopen(change, appointment)
        return
    outcome = _OUTCOMES.get(Kind(change.kind))
    rows = Displaced.objects.open().filter(appointment=appointment)
    if outcome and rows.update(
        state=State.DONE, outcome=outcome, done_at=change.at, done_by=change.by
    ):
        tell_worklist(appointment.client)


def _reopen(change: AppointmentChange, appointment: Appointment) -> None:
    """List an appointment that stands in its old place again under all that displaces it there."""
    rows = Displaced.objects.filter(appointment=appointment)
    over = _over(appointment)
    under = Q(absence__in=[one for one in over if one])
    if None in over:
        under |= Q(absence=None)
    count = (
        rows.open()
        .exclude(under)
        .update(state=State.DONE, outcome=Outcome.MOVED, done_at=change.at, done_by=change.by)
    )
    settled = rows.filter(under, outcome__in=(Outcome.MOVED, Outcome.CANCELLED))
    count += settled.update(state=State.TO_CALL, outcome=Outcome.OPEN, done_at=None, done_by=None)
    known = set(rows.values_list("absence", flat=True))
    new = [
        _displaced(one, appointment, change.at)
        for one in over
        if (one.pk if one else None) not in known
    ]
    Displaced.objects.bulk_create(new)
    if count or new:
        tell_worklist(appointment.client)


def _over(appointment: Appointment) -> list[Absence | None]:
    """Return the absences that cover it, and None where hours leave it outside.

    Whoever stated a reason for its place meant it to be there.
    """
    found: list[Absence | None] = [
        one for one in _absences_near(appointment) if _covers(one, appointment)
    ]
    if not appointment.override_reason and outside_hours(appointment.calendar, [appointment]):
        found.append(None)
    return found


def _absences_near(appointment: Appointment) -> list[Absence]:
    """Return the absences that may cover it: the single ones that do, and all recurring ones."""
    single = Q(recurrence="", starts_at__lt=appointment.ends_at, ends_at__gt=appointment.starts_at)
    rows = Absence.objects.in_force().filter(calendar=appointment.calendar_id)
    return list(rows.filter(single | ~Q(recurrence="")).select_related("calendar__client"))


def _covers(absence: Absence, appointment: Appointment) -> bool:
    return covered_by(absence, since=appointment.starts_at).filter(pk=appointment.pk).exists()


def take_displaced(*, displaced: Displaced, by: User, at: datetime) -> Displaced:
    """Say that `by` rings this person now; TakenByColleague while another does."""
    with changing(displaced.appointment.calendar_id):
        fresh = _open_one(displaced)
        colleague = fresh.taken_by
        recent = fresh.taken_at is not None and fresh.taken_at > at - TAKEN_FOR
        if colleague is not None and colleague != by and recent:
            raise TakenByColleague(colleague)
        return _note(fresh, by, at, "taken", taken_by=by, taken_at=at)


def note_not_reached(*, displaced: Displaced, by: User, at: datetime, note: str = "") -> Displaced:
    """Keep that nobody answered, and leave it to be tried again by anybody."""
    with changing(displaced.appointment.calendar_id):
        fresh = _open_one(displaced)
        fields = {"state": State.WAITING, "tries": F("tries") + 1, "tried_at": at}
        return _note(fresh, by, at, "not_reached", **fields, note=note or fresh.note, taken_by=None)


def note_reached(*, displaced: Displaced, by: User, at: datetime, note: str = "") -> Displaced:
    """Keep that the person knows, and that another moment is still to be found."""
    with changing(displaced.appointment.calendar_id):
        fresh = _open_one(displaced)
        fields = {"state": State.REACHED, "tried_at": at, "taken_by": by, "taken_at": at}
        return _note(fresh, by, at, "reached", **fields, note=note or fresh.note)


def finish_displaced(*, displaced: Displaced, by: User, at: datetime, note: str = "") -> Displaced:
    """Keep that the matter is seen to although the appointment stands as it was."""
    with changing(displaced.appointment.calendar_id):
        fresh = _open_one(displaced)
        done = {"state": State.DONE, "outcome": Outcome.KEPT, "done_at": at, "done_by": by}
        others = Displaced.objects.open().filter(appointment=fresh.appointment_id)
        others.exclude(pk=fresh.pk).update(**done)
        return _note(fresh, by, at, "done", **done, note=note or fresh.note)


def reopen_displaced(*, displaced: Displaced, by: User, at: datetime) -> Displaced:
    """Take « seen to » back."""
    with changing(displaced.appointment.calendar_id):
        rows = Displaced.objects.filter(pk=displaced.pk, outcome=Outcome.KEPT)
        fresh = rows.select_related("client", "appointment").first()
        if fresh is None:
            raise AlreadyDone()
        opened = {"state": State.TO_CALL, "outcome": Outcome.OPEN, "done_at": None, "done_by": None}
        return _note(fresh, by, at, "reopened", **opened)


def _open_one(displaced: Displaced) -> Displaced:
    rows = Displaced.objects.open().select_related("client", "taken_by", "appointment")
    fresh = rows.filter(pk=displaced.pk).first()
    if fresh is None:
        raise AlreadyDone()
    return fresh


def _note(displaced: Displaced, by: User, at: datetime, action: str, **fields: object) -> Displaced:
    for name, value in fields.items():
        setattr(displaced, name, value)
    displaced.save(update_fields=list(fields))
    displaced.refresh_from_db()
    action = f"displaced.{action}"
    record_audit(by=by, action=action, target=displaced, client=displaced.client, at=at)
    tell_worklist(displaced.client)
    return displaced


def tell_worklist(client: Client) -> None:
    """Tell open screens that the list is another one."""
    publish(client_group(client.uuid), "worklist.changed", client=str(client.uuid))
