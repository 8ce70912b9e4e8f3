"""What leaves the house: paper, files and secret addresses; who may take it, and its trace."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from agenda.models import Calendar, CalendarFeed
from agenda.queries import calendars_of
from clients.models import Client, User
from clients.services.audit import record_audit
from portal.forms_exports import ExportForm
from portal.pages import page
from portal.scope import client_or_404, is_principal, viewer, writer_or_403

_JUST_MADE = "portal.address_just_made"


def exporter_or_403(request: HttpRequest, client: UUID) -> tuple[Client, User]:
    """Give a client of this person's, who must be allowed to write in its agenda."""
    found = client_or_404(request, client)
    return found, writer_or_403(request, found)


def feed_or_404(request: HttpRequest, feed: UUID) -> CalendarFeed:
    """Give an address in force of a calendar of a client that this person belongs to."""
    clients = Client.objects.of_member(viewer(request))
    mine = CalendarFeed.objects.in_force().filter(calendar__client__in=clients)
    found = mine.select_related("calendar__client").filter(uuid=feed).first()
    if found is None:
        raise Http404
    return found


def exports_page(
    request: HttpRequest,
    client: Client,
    form: ExportForm | None = None,
    *,
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    """Show what can be printed and exported, and each calendar's address."""
    calendars = list(calendars_of(client))
    if not calendars:
        return page(request, "portal/no_agenda.html", client, tab="load", status=status)
    today = timezone.now().astimezone(calendars[0].zone).date()
    initial = {"from_date": today, "to_date": today, "calendar": calendars[0].uuid}
    form = form or ExportForm(initial=initial, calendars=calendars_of(client))
    context = {
        "tab": "load",
        "form": form,
        "addresses": [(calendar, _feed_of(calendar)) for calendar in calendars],
        "is_principal": is_principal(viewer(request), client),
        "may_change": True,
    }
    answer = page(request, "portal/exports.html", client, status=status, **context | shown)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _feed_of(calendar: Calendar) -> CalendarFeed | None:
    return CalendarFeed.objects.in_force().filter(calendar=calendar).first()


def show_once(request: HttpRequest, feed: CalendarFeed, token: str) -> None:
    """Keep the token until the next page has shown it.

    A page that answers the form itself would make another address whenever it is loaded again, and
    live pages load themselves again.
    """
    request.session[_JUST_MADE] = {"feed": str(feed.uuid), "token": token}


def address_just_made(request: HttpRequest, client: Client) -> dict[str, Any]:
    """Give the address that was just made, to the first page that asks, and forget its token."""
    if request.headers.get("X-Live") or request.method != "GET":
        return {}
    kept = request.session.pop(_JUST_MADE, None)
    mine = CalendarFeed.objects.in_force().filter(calendar__client=client)
    feed = mine.select_related("calendar").filter(uuid=kept["feed"]).first() if kept else None
    return {"made": feed, "address": feed_address(kept["token"])} if feed else {}


def feed_address(token: str) -> str:
    """Give the whole address that a token makes."""
    return f"{settings.PUBLIC_BASE_URL}{reverse('ical:calendar', args=[token])}"


@transaction.atomic
def record_export(*, kind: str, client: Client, form: ExportForm, by: User, at: datetime) -> None:
    """Keep who took which days of whose agenda out of the house."""
    given = form.cleaned_data
    calendar = given["calendar"]
    record_audit(
        by=by,
        action=f"agenda.{kind}",
        target=calendar or client,
        client=client,
        at=at,
        detail={
            "from": given["from_date"].isoformat(),
            "to": given["to_date"].isoformat(),
            "calendar": str(calendar.uuid) if calendar else "all",
        },
    )
