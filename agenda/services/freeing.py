"""Notes time that becomes free while somebody waits for it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from agenda.models import Appointment, AppointmentChange, Calendar, FreedSlot, WaitingListEntry
from agenda.queries.scenes import scene_between
from agenda.queries.waiting import who_waits
from agenda.rules.conflicts import Closing, gained
from clients.models import Client, User
from core.live import client_group, publish
from core.periods import Period, subtract, union

CANCELLED = Appointment.Status.CANCELLED
# How far ahead time that opens is looked at; how many stretches of it, and how many are kept.
GAINED_WITHIN = timedelta(days=182)
LOOKED_AT, KEPT = 40, 12
_DAY = timedelta(days=1)


def note_freed(change: AppointmentChange, appointment: Appointment) -> None:
    """Keep the time that a change made free, if it suits somebody; drop what it took.

    Called in the change's own transaction, under the calendar's lock.
    """
    if change.undoes_id and not appointment.is_active:
        _wait_again(appointment)
    if not _somebody_waits(appointment.client_id):
        return
    if appointment.is_active:
        review_period(appointment.calendar, appointment.block, at=change.at)
    left = _left(change)
    if left is not None and left.ends_at > change.at:
        _keep(left, change.at)


def _wait_again(appointment: Appointment) -> None:
    """Put back on the list whoever was booked from it by what has just been undone."""
    states = WaitingListEntry.State
    booked = WaitingListEntry.objects.filter(appointment=appointment, state=states.BOOKED)
    booked.update(state=states.WAITING, appointment=None, ended_at=None)


def _left(change: AppointmentChange) -> FreedSlot | None:
    """Return the place that an appointment had before the change and has no more."""
    before, after = change.before, change.after
    had_it = before and before["status"] != CANCELLED
    place = ("calendar_id", "starts_at", "ends_at")
    stays = had_it and after["status"] != CANCELLED and all(before[n] == after[n] for n in place)
    if not had_it or stays:
        return None
    return FreedSlot(
        client_id=change.client_id,
        calendar=Calendar.objects.select_related("client").get(pk=before["calendar_id"]),
        starts_at=datetime.fromisoformat(before["starts_at"]),
        ends_at=datetime.fromisoformat(before["ends_at"]),
        change=change,
        created_at=change.at,
    )


def _keep(left: FreedSlot, at: datetime) -> None:
    [candidates] = who_waits([left], now=at)
    if candidates:
        left.save()
        tell_waiting(left.calendar.client)


def _somebody_waits(client_id: int) -> bool:
    return WaitingListEntry.objects.standing().filter(client=client_id).exists()


@contextmanager
def noting_gained(
    calendar: Calendar, *, at: datetime, within: Period | None = None
) -> Iterator[None]:
    """Keep the time that what is done meanwhile opens, stretch by stretch, where it suits somebody.

    Entered under the calendar's lock, before hours or absences are written. Only the time `within`
    is looked at, half a year at most, and none where nobody waits.
    """
    limits = Period(at, at + GAINED_WITHIN)
    span = within.clipped(limits) if within else limits
    if span is None or not _somebody_waits(calendar.client_id):
        yield
        return
    before = _closing(calendar, span)
    yield
    found = gained(before, _closing(calendar, span))
    _keep_gained(calendar, [one for p in found if (one := p.clipped(span))], at)


def _closing(calendar: Calendar, span: Period) -> Closing:
    fresh = Calendar.objects.select_related("client").get(pk=calendar.pk)
    first, last = (one.astimezone(fresh.zone).date() for one in (span.start, span.end))
    return scene_between(fresh, first, last + _DAY).closing


def _keep_gained(calendar: Calendar, periods: Sequence[Period], at: datetime) -> None:
    known = FreedSlot.objects.open(at).filter(calendar=calendar)
    named = union(known.values_list("starts_at", "ends_at"))
    stretches = [
        FreedSlot(
            client_id=calendar.client_id,
            calendar=calendar,
            starts_at=period.start,
            ends_at=period.end,
            created_at=at,
        )
        for period in subtract(periods, named)[:LOOKED_AT]
    ]
    suited = zip(stretches, who_waits(stretches, now=at), strict=True)
    kept = [one for one, who in suited if who][:KEPT]
    FreedSlot.objects.bulk_create(kept)
    if kept:
        tell_waiting(calendar.client)


def review_period(calendar: Calendar, period: Period, *, at: datetime) -> None:
    """Drop the freed slots in a period that was given away or closed, where nothing is left."""
    freed = FreedSlot.objects.open(at).filter(
        calendar=calendar, starts_at__lt=period.end, ends_at__gt=period.start
    )
    review(list(freed.select_related("calendar__client")), by=None, at=at)


def review_client(client: Client, *, by: User | None, at: datetime) -> None:
    """Drop the client's freed slots that suit nobody any more."""
    freed = FreedSlot.objects.open(at).filter(client=client, offers__answer="").distinct()
    being_offered = set(freed.values_list("pk", flat=True))
    others = FreedSlot.objects.open(at).filter(client=client).exclude(pk__in=being_offered)
    review(list(others.select_related("calendar__client")), by=by, at=at)


def review(freed: Sequence[FreedSlot], *, by: User | None, at: datetime) -> None:
    """Close those of the slots that suit nobody, and tell open screens."""
    suited = who_waits(freed, now=at, viewer=by)
    hopeless = [one for one, who in zip(freed, suited, strict=True) if not who]
    if hopeless:
        ids = [one.pk for one in hopeless]
        FreedSlot.objects.filter(pk__in=ids).update(closed_at=at, closed_by=by)
        tell_waiting(hopeless[0].calendar.client)


def tell_waiting(client: Client) -> None:
    """Tell open screens that who waits, or for what, has changed."""
    publish(client_group(client.uuid), "waiting.changed", client=str(client.uuid))
