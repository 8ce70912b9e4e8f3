"""Puts people on the waiting list and takes them off."""

from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from agenda.models import Appointment, Calendar, Motive, WaitingListEntry
from agenda.services.freeing import review_client, tell_waiting
from clients.models import Client, Correspondent, User
from clients.services.audit import record_audit

State = WaitingListEntry.State


class NoLongerWaiting(Exception):
    """The person has an appointment, was taken off the list, or asked too late."""


@transaction.atomic
def add_to_waiting_list(
    *,
    client: Client,
    motive: Motive,
    by: User | None,
    at: datetime,
    correspondent: Correspondent | None = None,
    name: str = "",
    number: str = "",
    calendar: Calendar | None = None,
    weekdays: Iterable[int] = (),
    part: str = "",
    after: time | None = None,
    before: time | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    note: str = "",
    is_urgent: bool = False,
) -> WaitingListEntry:
    """Have somebody wait for a slot: a person on file, or a name with a number.

    `weekdays` are those on which she can come, Monday 0; none means any. Without a calendar any
    of the client's will do that takes the motive.
    """
    if {client.pk} != {one.client_id for one in (motive, calendar, correspondent) if one}:
        raise ValueError("what is waited for is another client's")
    if calendar is not None and not motive.is_for(calendar):
        raise ValueError("the calendar does not take this kind of appointment")
    entry = WaitingListEntry.objects.create(
        client=client,
        motive=motive,
        correspondent=correspondent,
        name="" if correspondent else name.strip(),
        number=number,
        calendar=calendar,
        weekdays=sum(1 << day for day in set(weekdays)),
        part=part,
        after=after,
        before=before,
        first_day=first_day,
        last_day=last_day,
        note=note.strip(),
        is_urgent=is_urgent,
        created_by=by,
        created_at=at,
    )
    _tell("added", entry, by, at)
    return entry


@transaction.atomic
def leave_waiting_list(
    *,
    entry: WaitingListEntry,
    by: User | None,
    at: datetime,
    appointment: Appointment | None = None,
) -> None:
    """Take somebody off the list: withdrawn or, with the appointment that she has now, booked.

    NoLongerWaiting where she has left it already.
    """
    state = State.BOOKED if appointment else State.WITHDRAWN
    leaving = WaitingListEntry.objects.standing().filter(pk=entry.pk)
    if not leaving.update(state=state, ended_at=at, appointment=appointment):
        raise NoLongerWaiting()
    _tell(str(state), entry, by, at)
    review_client(entry.client, by=by, at=at)


@transaction.atomic
def go_on_waiting(*, entry: WaitingListEntry, by: User | None, at: datetime) -> None:
    """Keep that somebody who has an appointment wants a sooner one: asked only once."""
    standing = WaitingListEntry.objects.standing().filter(pk=entry.pk)
    if not standing.update(kept_at=at):
        raise NoLongerWaiting()
    _tell("kept", entry, by, at)


def expire_waiting(*, at: datetime) -> int:
    """End the entries whose last day has gone by on the client's wall; return how many."""
    last = WaitingListEntry.objects.standing().filter(last_day__lte=at.date())
    over = [one for one in last.select_related("client") if _is_over(one, at)]
    return sum(_expire(one, at) for one in over)


def _is_over(entry: WaitingListEntry, at: datetime) -> bool:
    today = at.astimezone(ZoneInfo(entry.client.timezone)).date()
    return entry.last_day is not None and entry.last_day < today


@transaction.atomic
def _expire(entry: WaitingListEntry, at: datetime) -> int:
    ended = WaitingListEntry.objects.standing().filter(pk=entry.pk)
    count = ended.update(state=State.EXPIRED, ended_at=at)
    if count:
        _tell("expired", entry, None, at)
        review_client(entry.client, by=None, at=at)
    return count


def _tell(action: str, entry: WaitingListEntry, by: User | None, at: datetime) -> None:
    action = f"waiting.{action}"
    record_audit(by=by, action=action, target=entry, client=entry.client, at=at)
    tell_waiting(entry.client)
