"""Whom to ring back: who reached nobody, who was promised it, and how often it was tried."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agenda.reasons import clock
from calls.models import Call, CallLeg
from clients.models import Client
from desk.wording import long_moment

# A voicemail stands among what is to be finished.
LOST = (Call.Ending.MISSED, Call.Ending.ABANDONED, Call.Ending.FAILED)
DAY = timedelta(hours=24)
# A promise that nobody has kept for so long is asked for no more.
PROMISED = timedelta(days=30)

Tries = Mapping[int, Sequence["Try"]]


@dataclass(frozen=True)
class Try:
    """Somebody was rung and did not answer: when, by whom, and whether the line was engaged."""

    at: datetime
    by: str
    is_engaged: bool


def callbacks(clients: QuerySet[Client] | Sequence[int], now: datetime, most: int) -> list[Call]:
    """Give who is to be rung back: promises first, the oldest before all, then the lost calls."""
    promised = list(_promised(clients, now)[:most])
    known = {call.pk for call in promised}
    lost = [call for call in lost_calls(clients, now)[:most] if call.pk not in known]
    return [*promised, *lost][:most]


def lost_calls(clients: QuerySet[Client] | Sequence[int], now: datetime) -> QuerySet[Call]:
    """Give the callers of the last day who reached nobody and have not been reached since."""
    lost = _not_reached_since(clients).filter(
        Q(ending__in=LOST) | Q(left_alone_at__isnull=False),
        direction=Call.Direction.IN,
        disposition="",
        started_at__gt=now - DAY,
    )
    return lost.order_by("-started_at", "-pk")


def _promised(clients: QuerySet[Client] | Sequence[int], now: datetime) -> QuerySet[Call]:
    kept_open = _not_reached_since(clients).filter(callback_promised_at__gt=now - PROMISED)
    return kept_open.order_by("callback_promised_at", "pk")


def is_promised(call: Call) -> bool:
    """Tell whether a caller still waits for the call that he was promised."""
    if call.callback_promised_at is None:
        return False
    later = Call.objects.filter(
        client=call.client,
        caller_number=call.caller_number,
        started_at__gt=call.started_at,
        answered_at__isnull=False,
    )
    return not later.exists()


def _not_reached_since(clients: QuerySet[Client] | Sequence[int]) -> QuerySet[Call]:
    reached = Call.objects.filter(
        client=OuterRef("client"),
        caller_number=OuterRef("caller_number"),
        started_at__gt=OuterRef("started_at"),
        answered_at__isnull=False,
    )
    calls = Call.objects.filter(~Exists(reached), client__in=clients, state=Call.State.ENDED)
    linked = calls.select_related("client", "line", "correspondent", "answered_by")
    return linked.exclude(caller_number="")


def tries_of(calls: Iterable[Call]) -> Tries:
    """Give, by call id, how often its caller was rung back since and did not answer. One question.

    Her own telephone that she did not pick up is no try: nobody else was rung.
    """
    wanted = list(calls)
    made: dict[tuple[int, str], list[Try]] = defaultdict(list)
    for one in _in_vain(wanted):
        made[_whose(one)].append(_try(one))
    return {
        call.pk: [one for one in made[_whose(call)] if one.at >= call.started_at] for call in wanted
    }


def _in_vain(wanted: Sequence[Call]) -> Iterable[Call]:
    numbers = {str(call.caller_number) for call in wanted if call.caller_number}
    if not numbers:
        return ()
    legs = CallLeg.objects.filter(call=OuterRef("pk"), role=CallLeg.Role.CALLER)
    made = Call.objects.filter(
        Exists(legs),
        direction=Call.Direction.OUT,
        ending=Call.Ending.UNREACHED,
        client__in={call.client_id for call in wanted},
        caller_number__in=numbers,
        started_at__gte=min(call.started_at for call in wanted),
    )
    marked = made.annotate(is_engaged=Exists(legs.filter(end_cause="busy")))
    return marked.select_related("answered_by").order_by("started_at", "pk")


def _whose(call: Call) -> tuple[int, str]:
    return call.client_id, str(call.caller_number)


def _try(call: Call) -> Try:
    is_engaged: bool = call.is_engaged  # type: ignore[attr-defined]
    return Try(call.started_at, call.answered_by.called if call.answered_by else "", is_engaged)


def tried_words(tries: Sequence[Try], now: datetime) -> str:
    """« tenté à 10 h 12 par Léa, sans réponse »; of several, how many, and the last."""
    if not tries:
        return ""
    last = tries[-1]
    told = {
        "count": len(tries),
        "moment": _moment(last.at, now),
        "name": last.by,
        "how": _("engaged") if last.is_engaged else _("no answer"),
    }
    if len(tries) == 1:
        return _("tried %(moment)s by %(name)s, %(how)s") % told
    return _("tried %(count)s times, last %(moment)s by %(name)s, %(how)s") % told


def _moment(at: datetime, now: datetime) -> str:
    zone = ZoneInfo(timezone.get_current_timezone_name())
    if at.astimezone(zone).date() == now.astimezone(zone).date():
        return _("at %(time)s") % {"time": clock(at, zone)}
    return _("on %(moment)s") % {"moment": long_moment(at, zone)}
