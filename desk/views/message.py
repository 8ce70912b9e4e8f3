"""The message face."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from calls.models import Call
from desk.answers import fragment_or_page, is_htmx, say
from desk.context import call_context, timeline_context
from desk.drafts import draft_fields
from desk.forms import MessageForm
from desk.queries.messages import preview_of
from desk.scope import on_call, signed_in
from messages_app.rules.fields import MessageFields, from_draft
from messages_app.services.exceptions import ImpossibleNumber, MessageRefused, NoRecipient
from messages_app.services.note import note_message

FORM = "desk/message_form.html"


@require_POST
@on_call
def message(request: HttpRequest, call: Call) -> HttpResponse:
    """Note a message; it is relayed as the client's filter says."""
    form = MessageForm(request.POST)
    if form.is_valid() and _note(form, request, call):
        return _noted(request, call)
    context = call_context(request, call, "message") | {"message_form": form}
    return fragment_or_page(request, call, FORM, context, status=422)


def _note(form: MessageForm, request: HttpRequest, call: Call) -> bool:
    """Save it; a refusal goes beside its field and nothing typed is lost."""
    try:
        note_message(
            client=call.client,
            fields=MessageFields(**form.cleaned_data),
            by=signed_in(request),
            at=timezone.now(),
            call=call,
            correspondent=call.correspondent,
        )
    except ImpossibleNumber:
        form.add_error("callback_number", _("This can’t be a telephone number."))
    except NoRecipient:
        form.add_error(
            None,
            _("Nobody of this client’s can be reached by SMS or e-mail. The draft is kept."),
        )
    except MessageRefused:
        form.add_error(None, _("The message could not be saved. The draft is kept: try again."))
    return not form.errors


def _noted(request: HttpRequest, call: Call) -> HttpResponse:
    """An empty form again, and the message's way beside it."""
    context = call_context(request, call, "message")
    answer = fragment_or_page(request, call, FORM, context)
    if is_htmx(request):
        live = context | timeline_context(call) | {"live": True}
        answer.write(render(request, "desk/message.html#timeline", live).content)
    return say(request, answer, _("Message saved: its way to the client is followed here."))


@require_POST
@on_call
def preview(request: HttpRequest, call: Call) -> HttpResponse:
    """Say what the filter will do with what is typed so far."""
    fields = from_draft(draft_fields("message", request.POST))
    shown = preview_of(call, fields, timezone.now())
    return render(request, "desk/preview.html", {"preview": shown})
