"""Who waits for a slot, and whom a freed one suits."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet

from agenda.models import Appointment, FreedSlot, SlotOffer, WaitingListEntry
from agenda.models.waiting import WaitingListQuerySet
from agenda.queries.acquaintance import visit_for
from agenda.queries.diaries import load_diaries
from agenda.rules import Patients, Visit
from agenda.rules.waiting import Wish, fits
from agenda.rules.wishes import PartOfDay
from clients.models import Client, Correspondent, User

_DAY = timedelta(days=1)
Refused = dict[int, set[tuple[int, datetime]]]


class Candidate(NamedTuple):
    """Somebody who waits, and the slot that she may be offered."""

    entry: WaitingListEntry
    starts_at: datetime
    ends_at: datetime


def waiting_list(clients: Iterable[Client] | QuerySet[Client]) -> WaitingListQuerySet:
    """Return who still waits, in the order in which they are asked."""
    rows = WaitingListEntry.objects.standing().filter(client__in=clients)
    linked = rows.select_related("client", "calendar", "motive", "correspondent", "created_by")
    return linked.order_by("-is_urgent", "created_at", "pk")


def who_waits(
    freed: Sequence[FreedSlot], *, now: datetime, viewer: User | None = None
) -> list[list[Candidate]]:
    """Return, for each freed slot, those whom it suits, in the order in which they are asked.

    What the viewer holds does not stand in the way; what others hold does. Those to whom
    something is being offered by anybody are left out. As many queries however many slots.
    """
    if not freed:
        return []
    entries = list(waiting_list({one.calendar.client for one in freed}).free_to_ask(now))
    refused = _refused(entries)
    calendars = {one.calendar_id: one.calendar for one in freed}
    diaries = load_diaries(
        calendars.values(),
        first=min(one.starts_at for one in freed) - _DAY,
        until=max(one.ends_at for one in freed),
        now=now,
        viewer=viewer,
        motives=[entry.motive for entry in entries],
    )
    by_id = {entry.pk: entry for entry in entries}
    found = []
    for one in freed:
        of_client = (entry for entry in entries if entry.client_id == one.client_id)
        wishes = [wish_of(entry, refused[entry.pk], now=now) for entry in of_client]
        suited = fits(
            wishes, one.period, calendar=one.calendar_id, diary=diaries[one.calendar_id], now=now
        )
        found.append([Candidate(by_id[fit.wish], fit.starts_at, fit.ends_at) for fit in suited])
    return found


def wish_of(
    entry: WaitingListEntry, refused: Iterable[tuple[int, datetime]] = (), *, now: datetime
) -> Wish:
    """Return an entry as the rule reads it.

    Takes a query only where the motive is not for everybody.
    """
    calendar = entry.calendar_id or entry.motive.calendar_id
    return Wish(
        id=entry.pk,
        visit=_visit_of(entry, now),
        since=entry.created_at,
        calendars=frozenset({calendar}) if calendar else frozenset(),
        weekdays=entry.days,
        part=PartOfDay(entry.part),
        after=entry.after,
        before=entry.before,
        first_day=entry.first_day,
        last_day=entry.last_day,
        urgent=entry.is_urgent,
        refused=frozenset(refused),
    )


def _visit_of(entry: WaitingListEntry, now: datetime) -> Visit:
    """Return what the motive asks of a slot for who waits; who has no file is new."""
    visit = entry.motive.visit
    if entry.correspondent is not None:
        return visit_for(entry.motive, entry.correspondent, at=now)
    return visit if visit.patients is Patients.ANY else replace(visit, known=False)


def _refused(entries: Iterable[WaitingListEntry]) -> Refused:
    found: Refused = defaultdict(set)
    declined = SlotOffer.objects.filter(
        entry__in=[entry.pk for entry in entries], answer=SlotOffer.Answer.DECLINED
    )
    for entry, calendar, start in declined.values_list("entry", "calendar", "starts_at"):
        found[entry].add((calendar, start))
    return found


def freed_by_cancelling(appointment: Appointment, now: datetime) -> FreedSlot | None:
    """Return the slot that an appointment freed last, while nobody has it yet."""
    freed = FreedSlot.objects.open(now).filter(change__appointment=appointment)
    return freed.select_related("calendar__client").order_by("-pk").first()


def entries_of(correspondents: Iterable[Correspondent]) -> WaitingListQuerySet:
    """Return the entries of these people that still stand and that nobody has asked about yet."""
    rows = WaitingListEntry.objects.standing().filter(correspondent__in=correspondents)
    linked = rows.filter(kept_at=None).select_related("correspondent", "motive", "calendar")
    return linked.order_by("created_at", "pk")
