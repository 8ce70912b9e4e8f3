"""Lines on a desk: whose they are, what holds, who answers, what was and what will be."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from calls.models import CallerRule, Crisis, LineSchedule
from calls.rules.drafts import Draft
from calls.rules.routing import Plan
from calls.services import draft_of
from clients.models import (
    Assignment,
    AuditEntry,
    Client,
    Line,
    OnCallPerson,
    OnCallShift,
    User,
)
from clients.models.client import supervised_by
from core.holidays import Region, public_holidays
from desk.line_words import Names, Team

_HISTORY = 20


def lines_on_desk(user: User) -> QuerySet[Line]:
    """Give the lines of the clients whom this person answers or supervises."""
    clients = Client.objects.answered_by(user).in_service()
    lines = Line.objects.filter(client__in=clients).select_related("client__bureau")
    return lines.order_by("client__name", "client", "valid_from", "pk")


def may_direct(user: User, line: Line) -> bool:
    """Whether this person writes what the line does: who supervises or owns its bureau."""
    return may_direct_client(user, line.client)


def may_direct_client(user: User, client: Client) -> bool:
    """Whether this person writes what is set for a client as a whole, its roster say."""
    return client.bureau_id in supervised_by(user)


def teams_of(clients: Iterable[Client]) -> dict[int, Team]:
    """Give who answers each client, by rank, in two questions."""
    known = list(clients)
    rows = Assignment.objects.filter(client__in=known, user__is_active=True)
    by_client: dict[int, list[Assignment]] = defaultdict(list)
    for row in rows.select_related("user").order_by("rank", "user"):
        by_client[row.client_id].append(row)
    rosters = OnCallShift.objects.filter(client__in=known).order_by("client")
    with_roster = set(rosters.values_list("client", flat=True).distinct())
    return {one.pk: _team(by_client[one.pk], one.pk in with_roster) for one in known}


def _team(rows: Sequence[Assignment], has_roster: bool) -> Team:
    first = [row.user.called for row in rows if row.rank == rows[0].rank]
    others = [row.user.called for row in rows[len(first) :]]
    return Team(tuple(first), tuple(others), has_roster)


def names_in(plans: Iterable[Plan]) -> Names:
    """Give the names of all whom plans speak of: ours, those covered, and those on call."""
    known = list(plans)
    steps = [step for plan in known for step in plan.steps]
    ids = {one for step in steps for one in (step.user_id, step.instead_of) if one}
    ids |= {one.user_id for plan in known for one in plan.refused}
    on_call = {one for step in steps for one in step.on_call}
    people = OnCallPerson.objects.filter(pk__in=on_call).values_list("pk", "name")
    return Names(
        people={one.pk: one.called for one in User.objects.filter(pk__in=ids)},
        on_call=dict(people) if on_call else {},
    )


class Versions:
    """The versions of a line's schedule, each read once."""

    def __init__(self, line: Line) -> None:
        rows = LineSchedule.objects.filter(line=line).prefetch_related("hours__steps")
        self.newest_first = list(rows.order_by("-starts_on"))
        self._drafts: dict[int, Draft] = {}

    def on(self, day: date) -> LineSchedule | None:
        """Give the version that holds on a day."""
        return next((one for one in self.newest_first if one.starts_on <= day), None)

    def draft_on(self, day: date) -> Draft | None:
        """Give what holds on a day as a draft."""
        found = self.on(day)
        if found is None:
            return None
        if found.pk not in self._drafts:
            self._drafts[found.pk] = draft_of(found)
        return self._drafts[found.pk]


def holidays_of_week(holidays: str | None, monday: date) -> dict[date, str]:
    """Give the public holidays of a week, and of the day before it whose hours may go on.

    `holidays` is what a version says of them: those of Alsace and Moselle are more.
    """
    region = Region(holidays) if holidays else Region.METROPOLE
    found = public_holidays(region, monday - timedelta(days=1), monday + timedelta(days=7))
    return {one.day: one.name for one in found}


def crisis_of(line: Line, at: datetime) -> Crisis | None:
    """Give the crisis that lasts on a line."""
    return Crisis.objects.in_force(at).filter(line=line).first()


def caller_rules_of(line: Line) -> QuerySet[CallerRule]:
    """Give the rules that count on a line: its own, and those of all the client's lines."""
    rules = CallerRule.objects.filter(Q(line=line) | Q(line=None), client=line.client_id)
    return rules.order_by("verdict", "number", "pk")


def changes_of(line: Line) -> list[AuditEntry]:
    """Give the last changes of a line's schedules, newest first."""
    kept = AuditEntry.objects.filter(client=line.client_id, action__startswith="line.")
    mine = kept.filter(Q(detail__line=str(line.uuid)) | Q(target_uuid=line.uuid))
    return list(mine.select_related("by").order_by("-at", "-pk")[:_HISTORY])


def zone_of(line: Line) -> ZoneInfo:
    """Give the zone in which a line's hours count."""
    return ZoneInfo(line.zone_name)
