"""Notes time that becomes free while somebody waits for it."""

from collections.abc import Sequence
from datetime import datetime

from agenda.models import Appointment, AppointmentChange, Calendar, FreedSlot, WaitingListEntry
from agenda.queries.waiting import who_waits
from clients.models import Client, User
from core.live import client_group, publish
from core.periods import Period

CANCELLED = Appointment.Status.CANCELLED


def note_freed(change: AppointmentChange, appointment: Appointment) -> None:
    """Keep the time that a change made free, if it suits somebody; drop what it took.

    Called in the change's own transaction, under the calendar's lock.
    """
    if change.undoes_id and not appointment.is_active:
        _wait_again(appointment)
    waiting = WaitingListEntry.objects.standing().filter(client=appointment.client_id)
    if not waiting.exists():
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
