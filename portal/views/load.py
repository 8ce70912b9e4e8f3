"""How full the practice is."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.load import load_context
from portal.pages import page
from portal.scope import client_or_404, may_change, viewer


@require_safe
def load(request: HttpRequest, client: UUID) -> HttpResponse:
    """Show how full some weeks are, to everybody of the practice: it names nobody."""
    found = client_or_404(request, client)
    context = load_context(request, found, timezone.now())
    if context is None:
        return page(request, "portal/no_agenda.html", found, tab="load")
    writes = may_change(viewer(request), found)
    return page(request, "portal/load.html", found, tab="load", may_change=writes, **context)
