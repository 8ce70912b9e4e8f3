"""What the assistant is told, as the client reads it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from clients.models import DirectoryEntry, PracticalInfo, StockPhrase
from clients.queries import instructions_in_force, triage_guide_at
from portal.pages import page
from portal.scope import client_or_404, is_principal, viewer


@require_safe
def instructions(request: HttpRequest, client: UUID) -> HttpResponse:
    """Show what is in force now."""
    found, now = client_or_404(request, client), timezone.now()
    return page(
        request,
        "portal/instructions.html",
        found,
        tab="instructions",
        lines=found.lines.in_force(now).order_by("valid_from", "pk"),
        instructions=instructions_in_force(found, now),
        infos=PracticalInfo.objects.filter(client=found).order_by("position", "pk"),
        directory=DirectoryEntry.objects.filter(client=found).order_by("position", "pk"),
        phrases=StockPhrase.objects.filter(client=found).order_by("position", "pk"),
        guide=triage_guide_at(found, now),
        is_principal=is_principal(viewer(request), found),
    )
