"""The emergency face."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from calls.models import Call
from clients.models import TriageGuide
from clients.queries import triage_guide_at
from desk.answers import fragment_or_page, say, trigger
from desk.context import call_context
from desk.faces import sign_choices
from desk.forms import EmergencyForm
from desk.queries.triage import triage_of
from desk.scope import on_call, signed_in
from messages_app.models import TriageRecord
from messages_app.services.triage import record_triage

FORM = "desk/emergency.html"
Outcome = TriageRecord.Outcome
NEXT_FACE = {Outcome.EMERGENCY_SLOT: "appointment", Outcome.URGENT_MESSAGE: "message"}


@require_POST
@on_call
def emergency(request: HttpRequest, call: Call) -> HttpResponse:
    """Record how an emergency was judged, and go on where its outcome leads."""
    guide = triage_guide_at(call.client, timezone.now())
    form = EmergencyForm(request.POST, signs=sign_choices(guide))
    if form.is_valid():
        _record(form, request, call, guide)
        return _recorded(request, call, form.cleaned_data["outcome"])
    context = call_context(request, call, "emergency") | {
        "emergency_form": form,
        "triage": triage_of(call, guide, request.POST.getlist("signs")),
    }
    return fragment_or_page(request, call, FORM, context, status=422)


def _record(
    form: EmergencyForm, request: HttpRequest, call: Call, guide: TriageGuide | None
) -> None:
    typed = form.cleaned_data
    record_triage(
        call=call,
        guide=guide,
        ticked=typed["signs"],
        number=typed["number"],
        address=typed["address"],
        outcome=typed["outcome"],
        by=signed_in(request),
        at=timezone.now(),
    )


def _recorded(request: HttpRequest, call: Call, outcome: str) -> HttpResponse:
    answer = fragment_or_page(request, call, FORM, call_context(request, call, "emergency"))
    face = NEXT_FACE.get(Outcome(outcome))
    if face:
        trigger(answer, "desk:face", face=face, urgent=True)
    return say(request, answer, _("Recorded, with the wording that was read and the signs."))
