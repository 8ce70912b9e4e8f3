"""The list of appointments that an absence covers, and what an assistant notes of each."""

from datetime import datetime, timedelta

from django.db.models import F, Q

from agenda.models import Absence, Appointment, AppointmentChange, Displaced
from agenda.queries.coverage import covered_by
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
    freed = rows.open().exclude(appointment__in=covered)
    count = freed.update(state=State.DONE, outcome=Outcome.LIFTED, done_at=at, done_by=by)
    again = rows.filter(outcome=Outcome.LIFTED, appointment__in=covered)
    count += again.update(state=State.TO_CALL, outcome=Outcome.OPEN, done_at=None, done_by=None)
    known = set(rows.values_list("appointment", flat=True))
    new = [_displaced(absence, one, at) for one in covered if one.pk not in known]
    Displaced.objects.bulk_create(new)
    if count or new:
        tell_worklist(absence.calendar.client)
    return list(rows.open().select_related("appointment"))


def _to_come(absence: Absence, at: datetime) -> list[Appointment]:
    booked = covered_by(absence, since=at).filter(status=Appointment.Status.BOOKED)
    return list(booked.filter(starts_at__gt=at))


def _displaced(absence: Absence, appointment: Appointment, at: datetime) -> Displaced:
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
    """List an appointment that stands in its old place again under all that covers it there."""
    rows = Displaced.objects.filter(appointment=appointment)
    over = [one for one in _absences_near(appointment) if _covers(one, appointment)]
    left = rows.open().exclude(absence__in=over)
    count = left.update(
        state=State.DONE, outcome=Outcome.MOVED, done_at=change.at, done_by=change.by
    )
    settled = rows.filter(absence__in=over, outcome__in=(Outcome.MOVED, Outcome.CANCELLED))
    count += settled.update(state=State.TO_CALL, outcome=Outcome.OPEN, done_at=None, done_by=None)
    known = set(rows.values_list("absence", flat=True))
    new = [_displaced(one, appointment, change.at) for one in over if one.pk not in known]
    Displaced.objects.bulk_create(new)
    if count or new:
        tell_worklist(appointment.client)


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
