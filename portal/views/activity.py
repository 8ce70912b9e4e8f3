"""The client's calls in figures."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.pages import page
from portal.queries.activity import CHART_HEIGHT, service_this_month
from portal.queries.activity import activity as activity_of
from portal.scope import client_or_404


@require_safe
def activity(request: HttpRequest, client: UUID) -> HttpResponse:
    """Show today and this month."""
    found = client_or_404(request, client)
    shown = activity_of(found, timezone.now())
    template, height = "portal/activity.html", CHART_HEIGHT
    service = service_this_month(found, timezone.now())
    return page(
        request, template, found, tab="activity", activity=shown, height=height, service=service
    )
