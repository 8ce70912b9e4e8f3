"""A confirmation, sent once more from the appointment's dialog."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agenda.reasons import sentence
from agenda.services import AgendaRefusal
from desk.answers import is_htmx, say
from desk.scope import signed_in
from desk.views.appointments import DIALOG, appointment_on_desk, dialog_context
from messages_app.models import Delivery
from messages_app.models.notice import REASONS
from messages_app.services.notice_again import (
    NotSentAgain,
    SentOften,
    StillWaiting,
    Unreachable,
    send_again,
)


@require_POST
def confirm(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send the confirmation again, and say in the dialog what became of it."""
    found = appointment_on_desk(request, uuid)
    try:
        written = send_again(appointment=found, by=signed_in(request), at=timezone.now())
        words, is_refused = _sent(written), False
    except NotSentAgain as refused:
        words, is_refused = _why(refused), True
    except AgendaRefusal as refused:
        words, is_refused = sentence(refused, found.zone), True
    if not is_htmx(request):
        return say(request, redirect("desk:home"), words, error=is_refused)
    context = dialog_context(found) | {"again": words, "again_refused": is_refused}
    return render(request, DIALOG, context, status=409 if is_refused else 200)


def _sent(written: list[Delivery]) -> str:
    to = ", ".join(one.masked_address for one in written)
    if all(one.due_at <= timezone.now() for one in written):
        return _("On its way to %(to)s.") % {"to": to}
    return _("It leaves when the practice’s hours open, to %(to)s.") % {"to": to}


def _why(refused: NotSentAgain) -> str:
    if isinstance(refused, Unreachable):
        return _("Not sent: %(why)s.") % {"why": dict(REASONS)[refused.why.value]}
    if isinstance(refused, StillWaiting):
        return _("Not sent again: the last one has only just left, or is about to.")
    if isinstance(refused, SentOften):
        return _("Not sent again: it was sent several times. Ask for the number or address.")
    return _("Not sent: there is nothing to confirm any more.")
