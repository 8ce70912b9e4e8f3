"""The kinds of appointment: adding, changing, putting away and ordering them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agenda.models import Motive
from agenda.queries.directives import motives_shown
from agenda.services.motives import (
    add_motive,
    archive_motive,
    change_motive,
    order_motives,
    restore_motive,
)
from portal.motives import MotiveForm, motive_form_page, motives_page
from portal.scope import client_or_404, motive_or_404, writer_or_403


@require_safe
def motives(request: HttpRequest, client: UUID) -> HttpResponse:
    """Show the kinds of appointment."""
    return motives_page(request, client_or_404(request, client))


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, client: UUID) -> HttpResponse:
    """Ask for a further kind of appointment, and take it."""
    found = client_or_404(request, client)
    by = writer_or_403(request, found)
    form = MotiveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        add_motive(client=found, said=form.said(), by=by, at=timezone.now())
        return redirect("portal:motives", found.uuid)
    return motive_form_page(request, found, form, None, status_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, motive: UUID) -> HttpResponse:
    """Ask what is said of a kind of appointment from now on, and keep it."""
    found = motive_or_404(request, motive)
    by = writer_or_403(request, found.client)
    form = MotiveForm(request.POST if request.method == "POST" else None, instance=found)
    if form.is_valid():
        change_motive(motive=found, said=form.said(), by=by, at=timezone.now())
        return redirect("portal:motives", found.client.uuid)
    return motive_form_page(request, found.client, form, found, status_of(request))


def status_of(request: HttpRequest) -> int:
    """Say that a form that was sent was not accepted."""
    return 422 if request.method == "POST" else 200


@require_POST
def archive(request: HttpRequest, motive: UUID) -> HttpResponse:
    """Put a kind of appointment away, or take it again."""
    found = motive_or_404(request, motive)
    by = writer_or_403(request, found.client)
    service = restore_motive if found.archived_at else archive_motive
    service(motive=found, by=by, at=timezone.now())
    return redirect("portal:motives", found.client.uuid)


@require_POST
def order(request: HttpRequest, motive: UUID) -> HttpResponse:
    """Move a kind of appointment one place up or down."""
    found = motive_or_404(request, motive)
    by = writer_or_403(request, found.client)
    shown = list(motives_shown(found.client).filter(archived_at=None))
    ordered = moved(shown, found, up=request.POST.get("way") == "up")
    order_motives(client=found.client, motives=ordered, by=by, at=timezone.now())
    return redirect("portal:motives", found.client.uuid)


def moved(shown: list[Motive], motive: Motive, *, up: bool) -> list[Motive]:
    """Give the list with one of it a place further up or down."""
    if motive not in shown:
        return shown
    place = shown.index(motive)
    target = min(max(place + (-1 if up else 1), 0), len(shown) - 1)
    rest = shown[:place] + shown[place + 1 :]
    return [*rest[:target], motive, *rest[target:]]
