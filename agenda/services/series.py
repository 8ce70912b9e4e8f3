"""Books a series of visits, all or none, and cancels what is left of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from agenda.models import Appointment, AppointmentSeries, Calendar, Motive, Side
from agenda.services.booking import book_appointment, cancel_appointment
from agenda.services.locking import changing
from agenda.services.refusals import AgendaRefusal
from clients.models import Correspondent, User
from clients.services.audit import record_audit


@dataclass(frozen=True)
class Place:
    """A moment of a calendar, for one visit of a series."""

    calendar: Calendar
    starts_at: datetime


class SittingRefused(Exception):
    """One visit of a series can't be booked, and so none was.

    `nth` counts from 0 among the places given; `refused` says what stands in the way.
    """

    def __init__(self, nth: int, place: Place, refused: AgendaRefusal) -> None:
        super().__init__(nth, place, refused)
        self.nth, self.place, self.refused = nth, place, refused


def book_series(
    *,
    motive: Motive,
    places: Sequence[Place],
    by: User | None,
    at: datetime,
    correspondent: Correspondent | None = None,
    caller: Correspondent | None = None,
    booked_for: str = "",
    note: str = "",
    side: Side = Side.DESK,
) -> AppointmentSeries:
    """Give every place to the same person, or none: SittingRefused says which one refuses, and why.

    Raises ValueError where no place is given.
    """
    if not places:
        raise ValueError("a series has one visit at least")
    with changing(*(place.calendar.pk for place in places)) as calendars:
        series = AppointmentSeries.objects.create(
            client=places[0].calendar.client,
            motive=motive,
            correspondent=correspondent,
            booked_by=by,
            created_at=at,
        )
        for nth, place in enumerate(places):
            appointment = _booked(
                nth,
                Place(calendars[place.calendar.pk], place.starts_at),
                motive=motive,
                by=by,
                at=at,
                correspondent=correspondent,
                caller=caller,
                booked_for=booked_for,
                note=note,
                side=side,
            )
            Appointment.objects.filter(pk=appointment.pk).update(series=series)
        detail = {"visits": len(places)}
        _audit("booked", series, by, at, detail)
    return series


def _booked(nth: int, place: Place, **asked: object) -> Appointment:
    try:
        return book_appointment(
            calendar=place.calendar,
            starts_at=place.starts_at,
            **asked,  # type: ignore[arg-type]
        )
    except AgendaRefusal as refused:
        raise SittingRefused(nth, place, refused) from refused


def cancel_series(
    *,
    series: AppointmentSeries,
    by: User | None,
    at: datetime,
    from_day: date | None = None,
    side: Side = Side.DESK,
) -> list[Appointment]:
    """Cancel the visits of a series still to come, from a day on where one is given.

    The day is that of each visit's own wall. Returns what was cancelled, in order.
    """
    rows = Appointment.objects.filter(series=series)
    with changing(*rows.values_list("calendar", flat=True)):
        coming = rows.active().filter(starts_at__gt=at).order_by("starts_at", "pk")
        if from_day is not None:
            coming = coming.filter(local_day__gte=from_day)
        cancelled = [
            cancel_appointment(appointment=one, by=by, at=at, side=side)
            for one in coming.select_related("calendar")
        ]
        _audit("cancelled", series, by, at, {"visits": len(cancelled)})
    return cancelled


def _audit(
    action: str, series: AppointmentSeries, by: User | None, at: datetime, detail: dict[str, int]
) -> None:
    record_audit(
        by=by, action=f"series.{action}", target=series, client=series.client, at=at, detail=detail
    )
