"""What was changed of the directives: the history, the way back, the visits left to move."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agenda.queries.directives import directive_changes
from agenda.services.directives import DirectivesChanged, hand_over, undo_hours
from portal.directives import history_rows
from portal.hours import change_page
from portal.pages import page
from portal.scope import client_or_404, directive_or_404, may_change, viewer, writer_or_403

PER_PAGE = 25


@require_safe
def history(request: HttpRequest, client: UUID) -> HttpResponse:
    """Show who changed what, and when."""
    found = client_or_404(request, client)
    pages = Paginator(directive_changes(found), PER_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    return page(
        request,
        "portal/hours/history.html",
        found,
        tab="hours",
        section="history",
        page_of_changes=shown,
        rows=history_rows(found, list(shown)),
        may_change=may_change(viewer(request), found),
    )


@require_safe
def directive(request: HttpRequest, change: UUID) -> HttpResponse:
    """Show a change of hours, and the visits that it troubles."""
    found = directive_or_404(request, change)
    assert found.client is not None
    return change_page(request, found.client, found)


@require_POST
def undo(request: HttpRequest, change: UUID) -> HttpResponse:
    """Take the last change of hours back."""
    found = directive_or_404(request, change)
    assert found.client is not None
    by = writer_or_403(request, found.client)
    try:
        undone = undo_hours(change=found, by=by, at=timezone.now())
    except DirectivesChanged:
        why = _("This can no longer be undone: something else was done since.")
        return change_page(request, found.client, found, why=why, status=409)
    answer = redirect("portal:hours", found.client.uuid)
    answer["Location"] += f"?calendar={found.detail['calendar']}&done={undone.uuid}"
    return answer


@require_POST
def hand(request: HttpRequest, change: UUID) -> HttpResponse:
    """Put the visits that stand outside hours on the assistant's list."""
    found = directive_or_404(request, change)
    assert found.client is not None
    by = writer_or_403(request, found.client)
    hand_over(change=found, by=by, at=timezone.now())
    return redirect("portal:directive", found.uuid)
