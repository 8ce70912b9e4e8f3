"""The appointment face: the week, the free slots, and booking."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agenda.models import Appointment
from agenda.queries import calendars_of
from agenda.reasons import sentence
from agenda.services import AgendaRefusal
from calls.models import Call
from clients.models import Correspondent
from desk.answers import fragment_or_page, is_htmx, say
from desk.context import call_context
from desk.faces import booking_form, chosen_motive, motives_of_client, slots_context, week_context
from desk.forms import BookingForm
from desk.scope import on_call, signed_in
from desk.services import NewPerson, book_from_call, hold_while_typing
from desk.slots import WantedSlot, wanted_slot
from desk.texts import wants_texts
from desk.wording import long_moment

FORM = "desk/booking.html"


@require_GET
@on_call
def week(request: HttpRequest, call: Call) -> HttpResponse:
    """Show a week of the client's calendars."""
    if not is_htmx(request):
        return render(request, "desk/call.html", call_context(request, call, "appointment"))
    calendars = list(calendars_of(call.client))
    motive = chosen_motive(motives_of_client(call.client), request.GET.get("motive"))
    chosen = request.GET.get("slot", "")
    context = week_context(request, call, calendars, motive, timezone.now(), chosen=chosen)
    return render(request, "components/week_grid.html", context)


@require_GET
@on_call
def slots(request: HttpRequest, call: Call) -> HttpResponse:
    """Show the first free slots of a motive, and the week that goes with it."""
    calendars = list(calendars_of(call.client))
    motive = chosen_motive(motives_of_client(call.client), request.GET.get("motive"))
    now, chosen = timezone.now(), request.GET.get("slot", "")
    listed = slots_context(request, call, calendars, motive, now, chosen=chosen)
    answer = render(request, "desk/slots.html", listed | {"live": True})
    shown = week_context(request, call, calendars, motive, now, chosen=chosen) | {"live": True}
    answer.write(render(request, "components/week_grid.html", shown).content)
    return answer


@require_POST
@on_call
def book(request: HttpRequest, call: Call) -> HttpResponse:
    """Book; a refused slot says why beside the list, and nothing typed is lost."""
    form = booking_form(call, motives_of_client(call.client), data=request.POST)
    booked = _book(form, request, call) if form.is_valid() else None
    if booked is not None:
        return _booked(request, call, booked)
    context = call_context(request, call, "appointment") | {
        "booking": form,
        "chosen_slot": request.POST.get("slot", ""),
    }
    return fragment_or_page(request, call, FORM, context, status=422)


def _book(form: BookingForm, request: HttpRequest, call: Call) -> Appointment | None:
    typed = form.cleaned_data
    slot = wanted_slot(call.client, typed["slot"])
    motive = chosen_motive(motives_of_client(call.client), typed["motive"])
    patient = _patient(form, call)
    if slot is None or motive is None or patient is None:
        form.add_error("slot", _("This slot is no longer offered: choose another."))
        return None
    try:
        return book_from_call(
            call=call,
            calendar=slot.calendar,
            motive=motive,
            starts_at=slot.starts_at,
            patient=patient,
            note=typed["note"],
            by=signed_in(request),
            at=timezone.now(),
            override_reason=typed["override_reason"],
            wants_texts=wants_texts(request.POST),
        )
    except AgendaRefusal as refused:
        _refuse(form, refused, slot)
        return None


def hold_wanted_slot(request: HttpRequest, call: Call) -> str:
    """Hold the slot that is chosen in the form; give what refuses it, in words."""
    slot = wanted_slot(call.client, request.POST.get("slot", ""))
    motive = chosen_motive(motives_of_client(call.client), request.POST.get("motive"))
    if slot is None or motive is None:
        return ""
    by, at = signed_in(request), timezone.now()
    try:
        hold_while_typing(
            calendar=slot.calendar, motive=motive, starts_at=slot.starts_at, by=by, at=at
        )
    except AgendaRefusal as refused:
        return sentence(refused, slot.calendar.zone)
    return ""


def _refuse(form: BookingForm, refused: AgendaRefusal, slot: WantedSlot) -> None:
    """Say why beside the slots, and offer to book against the rules with a stated reason."""
    form.add_error("slot", sentence(refused, slot.calendar.zone))
    form.offers_override = True


def _patient(form: BookingForm, call: Call) -> Correspondent | NewPerson | None:
    typed = form.cleaned_data
    if typed["patient"]:
        known = Correspondent.objects.filter(client=call.client, erased_at=None)
        return known.filter(uuid=typed["patient"]).first()
    return NewPerson(
        last_name=typed["patient_query"],
        first_name=typed["first_name"],
        civility=typed["civility"],
        birth_date=typed["birth_date"],
        number=typed["number"],
    )


def _booked(request: HttpRequest, call: Call, appointment: Appointment) -> HttpResponse:
    """An empty form, what was booked above it, and the week with it."""
    context = call_context(request, call, "appointment")
    answer = fragment_or_page(request, call, FORM, context)
    if is_htmx(request):
        for fragment in ("components/week_grid.html", "desk/caller_file.html"):
            answer.write(render(request, fragment, context | {"live": True}).content)
    moment = long_moment(appointment.starts_at, appointment.zone)
    words = _("Booked: %(who)s, %(moment)s.") % {"who": appointment.shown_name, "moment": moment}
    return say(request, answer, words)
