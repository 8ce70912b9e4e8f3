"""The page of service: over which days, whose calls, and the figures of each client."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from calls.models import Call
from calls.queries.service import contacts_between
from calls.rules.service import Contact, grouped, service_of
from calls.service_words import Row, shown_service
from clients.models import Client, User
from core.wall_clock import day_bounds


@dataclass(frozen=True)
class Span:
    """So many days, today included."""

    key: str
    label: Any
    days: int


SPANS = (
    Span("today", _("Today"), 1),
    Span("week", _("7 days"), 7),
    Span("month", _("30 days"), 30),
)


def quality_context(user: User, chosen: str, now: datetime) -> dict[str, Any]:
    """Give what the page shows a person: the clients that she answers, and what she did herself."""
    span = next((one for one in SPANS if one.key == chosen), SPANS[1])
    contacts = _contacts(user, span, now)
    return {
        "spans": [
            {"href": f"?span={one.key}", "label": one.label, "current": one == span}
            for one in SPANS
        ],
        "csv": f"{reverse('desk:quality_file')}?span={span.key}",
        "service": shown_service(contacts),
        "by_client": by_client(user, contacts),
        "hers": service_of(one for one in contacts if one.answered_by == user.pk),
    }


def by_client(user: User, contacts: Sequence[Contact]) -> list[Row]:
    """Give a row for each client that had calls, in the order of their names."""
    found = grouped(contacts, lambda one: one.client_id)
    names = Client.objects.answered_by(user).filter(pk__in=found).order_by("name", "pk")
    return [Row(name, found[pk]) for pk, name in names.values_list("pk", "name")]


def rows_of(user: User, chosen: str, now: datetime) -> list[Row]:
    """Give the rows of the file: each client's."""
    span = next((one for one in SPANS if one.key == chosen), SPANS[1])
    return by_client(user, _contacts(user, span, now))


def _contacts(user: User, span: Span, now: datetime) -> list[Contact]:
    zone = ZoneInfo(str(timezone.get_current_timezone()))
    today = now.astimezone(zone).date()
    start = day_bounds(today - timedelta(days=span.days - 1), zone)[0]
    return contacts_between(Call.objects.on_desk_of(user), start, now, zone)
