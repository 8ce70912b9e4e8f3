"""What every page of the portal shows around its content."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from clients.models import Assignment, Client
from messages_app.queries.inbox import inbox_counts
from portal.scope import viewer


def page(
    request: HttpRequest, template: str, client: Client, *, status: int = 200, **shown: Any
) -> HttpResponse:
    """Render a page of one client's portal, in that client's time zone."""
    with timezone.override(ZoneInfo(client.timezone)):
        return render(request, template, {**frame(request, client), **shown}, status=status)


def frame(request: HttpRequest, client: Client) -> dict[str, Any]:
    """Give what stands around every page: whose it is, the others, what waits to be read."""
    user = viewer(request)
    return {
        "client": client,
        "clients": list(Client.objects.of_member(user).in_service().order_by("name", "pk")),
        "keeps_agenda": client.agenda_mode == Client.AgendaMode.OURS,
        "counts": inbox_counts(user=user, client=client),
        "assistant": assistant_of(client),
        "now": timezone.now(),
    }


def assistant_of(client: Client) -> str:
    """Give the name of who answers this client first, as clients say it; empty for nobody."""
    held = Assignment.objects.filter(client=client, user__is_active=True).order_by("rank", "pk")
    first = held.select_related("user").first()
    return first.user.called if first else ""
