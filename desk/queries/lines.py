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
from clients.models import Assignment, AuditEntry, Client, Line, User
from clients.models.client import supervised_by
from core.holidays import Region, public_holidays
from desk.line_words import Team

_HISTORY = 20


def lines_on_desk(user: User) -> QuerySet[Line]:
    """Give the lines of the clients whom this person answers or supervises."""
    clients = Client.objects.answered_by(user).in_service()
    lines = Line.objects.filter(client__in=clients).select_related("client__bureau")
    return lines.order_by("client__name", "client", "valid_from", "pk")


def may_direct(user: User, line: Line) -> bool:
    """Whether this person writes what the line does: who supervises or owns its bureau."""
    return line.client.bureau_id in supervised_by(user)


def teams_of(clients: Iterable[Client]) -> dict[int, Team]:
    """Give who answers each client, by rank, in one question."""
    rows = Assignment.objects.filter(client__in=list(clients), user__is_active=True)
    by_client: dict[int, list[Assignment]] = defaultdict(list)
    for row in rows.select_related("user").order_by("rank", "user"):
        by_client[row.client_id].append(row)
    return {client: _team(found) for client, found in by_client.items()}


def _team(rows: Sequence[Assignment]) -> Team:
    first = [row.user.called for row in rows if row.rank == rows[0].rank]
    return Team(tuple(first), tuple(row.user.called for row in rows[len(first) :]))


def names_in(plan: Plan) -> dict[int, str]:
    """Give the names of all whom a plan rings, in their own right or as stand-ins."""
    ids = {one for step in plan.steps for one in (step.user_id, step.instead_of) if one}
    return {one.pk: one.called for one in User.objects.filter(pk__in=ids)}


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


def holidays_of_week(version: LineSchedule | None, monday: date) -> dict[date, str]:
    """Give the public holidays of a week, and of the day before it whose hours may go on."""
    region = Region(version.holidays) if version else Region.METROPOLE
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
