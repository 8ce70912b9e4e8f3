"""A day's calls and messages, as a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from calls.models import Call
from clients.models import Client, User
from core.days import written_day
from core.wall_clock import day_bounds
from desk.queries.board import names_of, names_on_numbers, rounded_hue
from desk.wording import caller_words
from messages_app.models import Message

SHOWN = 300


@dataclass(frozen=True)
class DayItem:
    """A call or a message of the day."""

    url: str
    at: datetime
    client: str
    hue: int
    who: str
    result: str
    is_urgent: bool


@dataclass(frozen=True)
class Day:
    """What happened on one day."""

    shown: date
    previous: date
    next: date
    is_today: bool
    calls: Sequence[DayItem]
    messages: Sequence[DayItem]


def shown_day(written: str, now: datetime) -> date:
    """Give the day that an address names, else today."""
    return written_day(written) or timezone.localdate(now)


def day_of(user: User, chosen: date) -> Day:
    """Give a day of this person's desk."""
    zone = ZoneInfo(timezone.get_current_timezone_name())
    start, end = day_bounds(chosen, zone)
    return Day(
        shown=chosen,
        previous=chosen - timedelta(days=1),
        next=chosen + timedelta(days=1),
        is_today=chosen == timezone.localdate(),
        calls=_calls(user, start, end),
        messages=_messages(user, start, end),
    )


def _calls(user: User, start: datetime, end: datetime) -> list[DayItem]:
    on_day = Call.objects.on_desk_of(user).filter(started_at__gte=start, started_at__lt=end)
    calls = list(on_day.select_related("client", "correspondent").order_by("-started_at")[:SHOWN])
    names = names_on_numbers(calls)
    return [_call(call, names_of(call, names)) for call in calls]


def _call(call: Call, names: list[str]) -> DayItem:
    is_lost = call.ending not in ("", Call.Ending.ANSWERED)
    result = call.get_disposition_display() or call.get_ending_display() or call.get_state_display()
    return DayItem(
        url=reverse("desk:call", args=[call.uuid]),
        at=call.started_at,
        client=call.client.short_name,
        hue=rounded_hue(call.client),
        who=caller_words(call.correspondent, str(call.caller_number), names),
        result=str(result),
        is_urgent=is_lost and not call.disposition,
    )


def _messages(user: User, start: datetime, end: datetime) -> list[DayItem]:
    clients = Client.objects.answered_by(user)
    on_day = Message.objects.ready().filter(
        client__in=clients, noted_at__gte=start, noted_at__lt=end
    )
    linked = on_day.select_related("client", "call").order_by("-noted_at", "-pk")
    return [_message(message) for message in linked[:SHOWN]]


def _message(message: Message) -> DayItem:
    url = reverse("desk:client", args=[message.client.uuid])
    if message.call is not None:
        url = f"{reverse('desk:call', args=[message.call.uuid])}?face=message"
    return DayItem(
        url=url,
        at=message.noted_at,
        client=message.client.short_name,
        hue=rounded_hue(message.client),
        who=message.from_whom,
        result=str(message.get_outcome_display()),
        is_urgent=message.is_urgent,
    )
