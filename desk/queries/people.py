"""A caller's file: appointments, calls and messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from calls.models import Call
from clients.models import Correspondent
from desk.queries.appointments import Visit, visits_of
from desk.wording import short_moment
from messages_app.models import Message

SHOWN = 8


@dataclass(frozen=True)
class Contact:
    """A past call or message."""

    at: datetime
    when: str
    what: str
    detail: str


@dataclass(frozen=True)
class CallerFile:
    """What is known of a caller's comings and goings."""

    is_known: bool
    coming: Sequence[Visit] = ()
    past: Sequence[Visit] = ()
    contacts: Sequence[Contact] = ()


def file_of_caller(call: Call, now: datetime) -> CallerFile:
    """Give the file of who is calling; empty until somebody says who it is."""
    if call.correspondent is None:
        return CallerFile(is_known=False)
    return file_of_person(call.correspondent, now, call)


def file_of_person(
    correspondent: Correspondent, now: datetime, call: Call | None = None
) -> CallerFile:
    """Give a person's file, the call that is open left out."""
    visits = visits_of(correspondent, now)
    contacts = [*_calls(correspondent, call), *_messages(correspondent)]
    latest = sorted(contacts, key=lambda contact: contact.at, reverse=True)
    return CallerFile(
        is_known=True, coming=visits.coming, past=visits.past, contacts=latest[:SHOWN]
    )


def _calls(correspondent: Correspondent, open_call: Call | None) -> list[Contact]:
    calls = Call.objects.filter(correspondent=correspondent)
    if open_call is not None:
        calls = calls.exclude(pk=open_call.pk)
    zone = ZoneInfo(correspondent.client.timezone)
    return [
        Contact(
            at=call.started_at,
            when=short_moment(call.started_at, zone),
            what=str(call.get_disposition_display() or call.get_ending_display()).capitalize(),
            detail=call.answered_by.called if call.answered_by else "",
        )
        for call in calls.select_related("answered_by").order_by("-started_at", "-pk")[:SHOWN]
    ]


def _messages(correspondent: Correspondent) -> list[Contact]:
    messages = Message.objects.ready().filter(correspondent=correspondent)
    zone = ZoneInfo(correspondent.client.timezone)
    return [
        Contact(
            at=message.noted_at,
            when=short_moment(message.noted_at, zone),
            what=str(message._meta.verbose_name).capitalize(),
            detail=message.subject or message.body[:60],
        )
        for message in messages.order_by("-noted_at", "-pk")[:SHOWN]
    ]
