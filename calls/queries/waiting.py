"""Who waits in the queue, as the rules need to know it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Avg, DurationField, ExpressionWrapper, F, QuerySet

from calls.models import Call, LineSchedule
from calls.queries.routing import candidates_for
from calls.rules.queue import Waiting
from calls.rules.routing import Candidate
from clients.models import Client

# Without any talk known yet.
USUAL_TALK = timedelta(minutes=2)
_LATELY = timedelta(days=14)


class Known:
    """Whom and what callers who wait at one instant have in common, asked for once."""

    def __init__(self) -> None:
        self._people: dict[int, tuple[Candidate, ...]] = {}
        self._schedules: dict[tuple[int, date], LineSchedule | None] = {}

    def people_of(self, client: Client, at: datetime) -> tuple[Candidate, ...]:
        """Return those who answer a client."""
        if client.pk not in self._people:
            self._people[client.pk] = tuple(candidates_for(client, at))
        return self._people[client.pk]

    def schedule_of(self, call: Call) -> LineSchedule | None:
        """Return what his line did when a caller came."""
        day = call.started_at.astimezone(ZoneInfo(call.line.zone_name)).date()
        key = (call.line_id, day)
        if key not in self._schedules:
            self._schedules[key] = LineSchedule.objects.in_force(call.line, call.started_at)
        return self._schedules[key]


def waiting_calls() -> QuerySet[Call]:
    """Return the calls whose caller stands in the queue, the longest wait first."""
    waiting = Call.objects.open().filter(queued_at__isnull=False, left_queue_at=None)
    return waiting.order_by("queued_at", "pk")


def queue_at(at: datetime, calls: Iterable[Call] | None = None) -> list[Waiting]:
    """Return everybody who waits and is not being offered to somebody already."""
    chosen = waiting_calls().filter(offered_to=None) if calls is None else calls
    known = Known()
    return [waiting_of(call, at, known) for call in _with_clients(chosen)]


def _with_clients(calls: Iterable[Call]) -> Iterable[Call]:
    if isinstance(calls, QuerySet):
        return calls.select_related("client", "line__client")
    return calls


def waiting_of(call: Call, at: datetime, known: "Known | None" = None) -> Waiting:
    """Return one who waits, with those who may take him; `known` spares asking again."""
    assert call.queued_at is not None
    known = Known() if known is None else known
    schedule = known.schedule_of(call)
    declined = call.routing.get("declined", [])
    return Waiting(
        call_id=call.pk,
        since=call.queued_at,
        priority=schedule.priority if schedule else 0,
        candidates=known.people_of(call.client, at),
        deputies_after=schedule.deputies_after if schedule else None,
        declined=tuple((one["user"], datetime.fromisoformat(one["at"])) for one in declined),
    )


def mean_talk(client: Client, at: datetime) -> timedelta:
    """Return how long talks for a client took lately."""
    took = ExpressionWrapper(F("ended_at") - F("answered_at"), output_field=DurationField())
    talks = Call.objects.filter(
        client=client, started_at__gte=at - _LATELY, answered_at__isnull=False, ended_at__lte=at
    )
    mean: timedelta | None = talks.aggregate(mean=Avg(took))["mean"]
    return mean or USUAL_TALK
