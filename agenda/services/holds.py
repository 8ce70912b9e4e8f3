"""Holds a slot for somebody while she talks, and lets it go."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from agenda.facts import HoldChanged
from agenda.models import Calendar, Motive, SlotHold
from agenda.queries.slots import refusals
from agenda.rules import Reason, Refusal
from agenda.services.locking import changing
from agenda.services.refusals import refused
from agenda.services.telling import publish_days
from clients.models import Client, User
from core.facts import emit

# Long enough to note a name and a reason; renewed by holding again.
HOLD_TIME = timedelta(minutes=5)


def hold_slot(
    *,
    calendar: Calendar,
    motive: Motive,
    starts_at: datetime,
    by: User,
    at: datetime,
    lasting: timedelta = HOLD_TIME,
) -> SlotHold:
    """Keep the slot for this person for a while, instead of any other of the same client.

    Raises the AgendaRefusal for whatever refuses the moment; her own hold does not.
    """
    others = SlotHold.objects.filter(holder=by, calendar__client=calendar.client_id)
    with changing(calendar.pk) as calendars:
        calendar = calendars[calendar.pk]
        found = _refusals(calendar, motive, starts_at, by, at)
        if found:
            raise refused(found)
        let_go(SlotHold.objects.filter(calendar=calendar, expires_at__lte=at))
        let_go(others.exclude(calendar=calendar))
        hold = _keep(calendar, motive, starts_at, by, at + lasting)
        _tell(hold)
    return hold


def release_hold(*, hold: SlotHold) -> None:
    """Let one slot go; nothing happens when it was gone already."""
    with changing(hold.calendar_id):
        let_go(SlotHold.objects.filter(pk=hold.pk))


def release_holds(*, by: User, client: Client | None = None) -> int:
    """Let go all that this person holds, of one client or of all, and return how many."""
    mine = SlotHold.objects.filter(holder=by)
    if client is not None:
        mine = mine.filter(calendar__client=client)
    calendars = set(mine.values_list("calendar", flat=True))
    if not calendars:
        return 0
    with changing(*calendars):
        return let_go(mine)


def end_expired_holds(*, at: datetime) -> int:
    """End the holds that have run out, so that screens show their slots as free; return how many.

    They stand in nobody's way from the moment at which they expire, whether this runs or not.
    """
    over = SlotHold.objects.filter(expires_at__lte=at)
    calendars = set(over.values_list("calendar", flat=True))
    if not calendars:
        return 0
    with changing(*calendars):
        return let_go(over.filter(calendar__in=calendars))


def _refusals(
    calendar: Calendar, motive: Motive, starts_at: datetime, by: User, at: datetime
) -> list[Refusal]:
    if not motive.is_for(calendar):
        return [Refusal(Reason.OTHER_MOTIVES)]
    return list(refusals(calendar, motive, starts_at, now=at, viewer=by))


def _keep(
    calendar: Calendar, motive: Motive, starts_at: datetime, by: User, expires_at: datetime
) -> SlotHold:
    block = motive.visit.block(starts_at)
    before = SlotHold.objects.filter(calendar=calendar, holder=by).first()
    if before is not None:
        _tell(before)
    moment = {
        "starts_at": starts_at,
        "ends_at": starts_at + motive.visit.length,
        "block_starts_at": block.start,
        "block_ends_at": block.end,
        "expires_at": expires_at,
    }
    hold, _ = SlotHold.objects.update_or_create(calendar=calendar, holder=by, defaults=moment)
    return hold


def let_go(holds: QuerySet[SlotHold]) -> int:
    """End the holds, tell so, and return how many there were."""
    count = 0
    for hold in holds.select_related("calendar__client"):
        hold.delete()
        _tell(hold)
        count += 1
    return count


def let_go_of(holder: User | None, calendar: Calendar) -> None:
    """End what somebody holds in a calendar."""
    if holder is not None:
        let_go(SlotHold.objects.filter(calendar=calendar, holder=holder))


def _tell(hold: SlotHold) -> None:
    calendar = hold.calendar
    emit(HoldChanged(calendar.client.uuid, calendar.uuid, hold.holder_id))
    publish_days(calendar, [hold.starts_at.astimezone(calendar.zone).date()])
