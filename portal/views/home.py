"""The door of the portal."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from clients.models import Client
from portal.scope import first_client


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Open the agenda where we keep it, else the messages."""
    client = first_client(request)
    if client is None:
        return render(request, "portal/no_client.html")
    is_ours = client.agenda_mode == Client.AgendaMode.OURS
    return redirect("portal:agenda" if is_ours else "portal:messages", client.uuid)
