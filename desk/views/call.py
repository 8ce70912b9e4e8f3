"""What is done with a call itself: its caller, its end, its drafts."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from calls.models import Call
from calls.services import NotTheAnswerer, choose_correspondent, request_hang_up
from calls.telephony.twilio.api import OperatorUnavailable
from clients.models import Correspondent
from clients.queries import search_correspondents
from clients.services.audit import record_access
from core.phones import spoken
from desk.answers import fragment_or_page, is_htmx, say, trigger
from desk.context import call_context, head_context
from desk.drafts import FACES, draft_fields
from desk.forms import CallerForm
from desk.queries.call import calls_on_desk, person
from desk.queries.people import file_of_caller
from desk.scope import on_call, signed_in
from desk.services import NewPerson, end_work, open_new_caller
from desk.views.booking import hold_wanted_slot
from messages_app.services.files import save_draft

CALLHEAD = "desk/call.html#callhead"


@require_POST
@on_call
def hang_up(request: HttpRequest, call: Call) -> HttpResponse:
    """Ask the operator to end the call; its events then end it on every screen."""
    user, now = signed_in(request), timezone.now()
    refused = ""
    try:
        request_hang_up(call=call, by=user, at=now)
    except NotTheAnswerer:
        refused = _("Only the person who is talking can hang up.")
    except OperatorUnavailable:
        refused = _("The operator did not answer: hang up on the telephone itself.")
    answer = _head(request, call)
    return say(request, answer, refused, error=True) if refused else answer


@require_POST
@on_call
def disposition(request: HttpRequest, call: Call) -> HttpResponse:
    """Say what came of the call."""
    user, now = signed_in(request), timezone.now()
    chosen = request.POST.get("disposition", "")
    if chosen not in Call.Disposition:
        raise Http404
    is_closed = end_work(call=call, disposition=chosen, by=user, at=now)
    call.disposition = chosen
    answer = _head(request, call)
    if is_closed:
        return answer
    return say(request, answer, _("Noted. What was typed and not saved waits under “To finish”."))


@require_POST
@on_call
def caller(request: HttpRequest, call: Call) -> HttpResponse:
    """Say who is calling, among the people whom the client knows."""
    people = Correspondent.objects.filter(client=call.client, erased_at=None)
    found = get_object_or_404(people, uuid=_uuid(request.POST.get("correspondent", "")))
    user, now = signed_in(request), timezone.now()
    chosen = choose_correspondent(call=call, correspondent=found, by=user, at=now)
    return _caller_chosen(request, chosen)


@require_POST
@on_call
def new_caller(request: HttpRequest, call: Call) -> HttpResponse:
    """Make the file of somebody who calls for the first time."""
    form = CallerForm(request.POST)
    if form.is_valid():
        new, by = NewPerson(**form.cleaned_data), signed_in(request)
        open_new_caller(call=call, new=new, by=by, at=timezone.now())
        return _caller_chosen(request, call)
    context = call_context(request, call, "") | {"caller_form": form}
    return fragment_or_page(request, call, "desk/new_caller.html", context, status=422)


def _caller_chosen(request: HttpRequest, call: Call) -> HttpResponse:
    """The head and the file of the caller; what is being typed beside them stays as it is."""
    user, now = signed_in(request), timezone.now()
    call = calls_on_desk(user).get(pk=call.pk)
    answer = _head(request, call)
    if is_htmx(request):
        file = {"caller_file": file_of_caller(call, now), "live": True}
        answer.write(render(request, "desk/caller_file.html", file).content)
        answer.headers["HX-Reswap"] = "none"
        known, number = call.correspondent, str(call.caller_number)
        assert known is not None
        chosen = {"uuid": str(known.uuid), "name": known.display_name}
        trigger(answer, "caller:chosen", number=spoken(number) if number else "", **chosen)
        record_access(by=user, targets=[known], client=call.client, at=now)
    return answer


def _head(request: HttpRequest, call: Call) -> HttpResponse:
    """The head by its id, wherever it stands by then: a live event may have replaced it."""
    context = head_context(signed_in(request), call, timezone.now()) | {"live": True}
    return fragment_or_page(request, call, CALLHEAD, context)


def _uuid(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError as error:
        raise Http404 from error


@require_GET
@on_call
def people(request: HttpRequest, call: Call) -> HttpResponse:
    """Find people whom the client knows, as one types."""
    query = _query(request)
    found = search_correspondents([call.client], query, limit=8) if query else []
    context = {"people": [person(one) for one in found], "query": query}
    return render(request, "desk/people.html", context)


@require_POST
@on_call
def drafts(request: HttpRequest, call: Call, face: str) -> HttpResponse:
    """Keep what a face holds, at each pause of typing."""
    if face not in FACES:
        raise Http404
    now = timezone.now()
    fields = draft_fields(face, request.POST)
    save_draft(call=call, face=face, fields=fields, by=signed_in(request), at=now)
    refused = hold_wanted_slot(request, call) if face == "appointment" else ""
    kept = _("Draft kept at %(time)s") % {"time": f"{timezone.localtime(now):%-H:%M}"}
    return render(request, "desk/draft.html", {"kept": kept, "refused": refused})


def _query(request: HttpRequest) -> str:
    """The words typed, whatever the field that asks is called."""
    typed = (name for name in request.GET if name.endswith("_query"))
    return request.GET.get(next(typed, ""), "").strip()
