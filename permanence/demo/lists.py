"""What is left to do in the practice's agenda: visits under an absence, and a waiting list."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from agenda.models import Appointment, Calendar, Motive, Side
from agenda.models.appointment import AppointmentQuerySet
from agenda.services import add_to_waiting_list, block_period, cancel_appointment
from agenda.services.worklist import note_not_reached
from clients.models import Correspondent, User

DISPLACED = 3
# For which motive, how many days already, and the wish: weekdays (Monday is 0), part of the day.
WAITING: tuple[tuple[str, int, dict[str, Any]], ...] = (
    (
        "Consultation",
        9,
        {"part": "morning", "note": "en taxi, pas avant 10 h"},
    ),
    ("Consultation", 6, {"weekdays": (0, 2, 4), "part": "late"}),
    ("Suivi de tension", 2, {"is_urgent": True, "note": "tension haute dimanche"}),
    ("Première consultation", 1, {"name": "Mme Solange Kerbrat", "number": "+33639984471"}),
)


def add_lists(
    calendars: Sequence[Calendar],
    patients: Sequence[Correspondent],
    *,
    assistant: User,
    doctor: User,
    now: datetime,
) -> None:
    """Put four people on Dr Martin's list, free a slot for them, and send Dr Benali to a course."""
    martin, benali = calendars
    _put_on_the_list(martin, patients, assistant, now)
    _free_a_slot(martin, doctor, now)
    _block(benali, assistant, doctor, now)


def _put_on_the_list(
    calendar: Calendar, patients: Sequence[Correspondent], by: User, now: datetime
) -> None:
    """The first has an appointment, later than she wished; the others have none; one is unknown."""
    ahead = Appointment.objects.active().filter(client=calendar.client, starts_at__gt=now)
    coming = set(ahead.values_list("correspondent", flat=True))
    booked = [one for one in patients if one.pk in coming]
    others = [one for one in patients if one.pk not in coming]
    who = iter([*booked[-1:], *others, *booked])
    motives = {one.name: one for one in Motive.objects.filter(client=calendar.client)}
    for motive, days, wish in WAITING:
        add_to_waiting_list(
            client=calendar.client,
            calendar=calendar,
            motive=motives[motive],
            correspondent=None if "name" in wish else next(who),
            by=by,
            at=now - timedelta(days=days),
            **wish,
        )


def _free_a_slot(calendar: Calendar, by: User, now: datetime) -> None:
    """The doctor cancels a visit of the next days; the one who waits with most need may have it."""
    soon = _to_come(calendar, now).filter(motive__name="Suivi de tension").first()
    if soon is not None:
        at = now - timedelta(minutes=12)
        cancel_appointment(appointment=soon, by=by, at=at, side=Side.PORTAL)


def _block(calendar: Calendar, assistant: User, doctor: User, now: datetime) -> None:
    """Three visits in a row lie in the time that is blocked; one person was rung in vain."""
    visits = _three_in_a_row(calendar, now)
    if len(visits) < DISPLACED:
        return
    absence = block_period(
        calendar=calendar,
        starts_at=visits[0].starts_at,
        ends_at=visits[-1].ends_at,
        by=doctor,
        at=now - timedelta(minutes=25),
        reason="formation",
    ).absence
    first = absence.displaced.order_by("was_at")[0]
    at = now - timedelta(minutes=8)
    note_not_reached(displaced=first, by=assistant, at=at, note="répondeur, réessayer vers midi")


def _three_in_a_row(calendar: Calendar, now: datetime) -> list[Appointment]:
    """Return the first three visits of an afternoon in the next days that has as many."""
    by_day: dict[date, list[Appointment]] = {}
    for visit in _to_come(calendar, now):
        if visit.local_time.hour >= 14 and visit.starts_at > now + timedelta(days=1):
            by_day.setdefault(visit.local_day, []).append(visit)
    days = (visits[:DISPLACED] for visits in by_day.values() if len(visits) >= DISPLACED)
    return next(days, [])


def _to_come(calendar: Calendar, now: datetime) -> AppointmentQuerySet:
    visits = Appointment.objects.active().filter(calendar=calendar, starts_at__gt=now)
    return visits.select_related("calendar__client", "client").order_by("starts_at")
