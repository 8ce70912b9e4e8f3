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
from desk.answers import fragment_or_page, is_htmx, say, trigger
from desk.asked import asked_of
from desk.context import call_context
from desk.faces import (
    booking_form,
    chosen_motive,
    chosen_person,
    motives_of_client,
    slots_context,
    visits_context,
    week_context,
)
from desk.forms import BookingForm
from desk.queries.appointments import pointed_at
from desk.queries.call import addresses_of
from desk.queries.family import born_of, namesakes, person_named, person_words
from desk.scope import on_call, signed_in
from desk.services import NewPerson, book_from_call, hold_while_typing
from desk.shortcuts import printed_keys
from desk.slots import WantedSlot, wanted_slot
from desk.texts import wants_texts
from desk.wording import long_moment

FORM = "desk/booking.html"
# What goes with the motive and the caller, beside the list of slots.
BESIDE = ("desk/motive_question.html", "desk/motive_advice.html", "desk/visits.html")


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
    chosen = listed["chosen_slot"]
    shown = week_context(request, call, calendars, motive, now, chosen=chosen)
    context = {**listed, **shown, **visits_context(call, now)} | {"live": True}
    answer = render(request, "desk/slots.html", context)
    fragments = ["components/week_grid.html", *BESIDE]
    if request.GET.get("wish_text"):  # else what is being typed there would be lost
        fragments.append("desk/wishes.html")
    context |= {
        "head": {"uuid": call.uuid, "urls": addresses_of(call)},
        "keys": printed_keys(signed_in(request)),
    }
    for fragment in fragments:
        answer.write(render(request, fragment, context).content)
    if listed["pointed"] and listed["pointed"].is_free:
        trigger(answer, "slot:said", slot=chosen)
    return answer


@require_GET
@on_call
def why(request: HttpRequest, call: Call) -> HttpResponse:
    """Say, of a moment pointed at in the week, which rules stand in its way."""
    calendars = list(calendars_of(call.client))
    motive = chosen_motive(motives_of_client(call.client), request.GET.get("motive"))
    moments = asked_of(request, call).moment_in(calendars)
    person = chosen_person(request, call)
    found = pointed_at(moments, motive, timezone.now(), signed_in(request), person=person)
    words = [found.when, *(found.why or [_("free")])] if found else []
    return HttpResponse("\n".join(words), content_type="text/plain; charset=utf-8")


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
        "patient_born": born_of(call, request.POST.get("patient")),
        "motive": chosen_motive(motives_of_client(call.client), request.POST.get("motive")),
    }
    return fragment_or_page(request, call, FORM, context, status=422)


def _book(form: BookingForm, request: HttpRequest, call: Call) -> Appointment | None:
    typed = form.cleaned_data
    slot = wanted_slot(call.client, typed["slot"])
    motive = chosen_motive(motives_of_client(call.client), typed["motive"])
    patient = _patient(form, call)
    if not form.is_valid():  # somebody on file bears this name
        return None
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
    """Give the person chosen, or the new one; a namesake is told apart by her birth date."""
    typed = form.cleaned_data
    if typed["patient"]:
        return person_named(call, typed["patient"])
    same = namesakes(call, typed["patient_query"], typed["first_name"])
    if same and typed["birth_date"] is None:
        names = ", ".join(person_words(one) for one in same)
        words = _("On file: %(names)s. Choose in the list, or give the new patient’s birth date.")
        form.add_error("patient", words % {"names": names})
        form.asks_birth_date = True
    return NewPerson(
        last_name=typed["patient_query"],
        first_name=typed["first_name"],
        civility=typed["civility"],
        birth_date=typed["birth_date"],
        number=typed["number"],
    )


def _booked(request: HttpRequest, call: Call, appointment: Appointment) -> HttpResponse:
    """An empty form, what was booked above it, and the week with it."""
    moment = long_moment(appointment.starts_at, appointment.zone)
    words = _("Booked: %(who)s, %(moment)s.") % {"who": appointment.shown_name, "moment": moment}
    advice = appointment.motive.advice if appointment.motive else ""
    if advice:
        words = _("%(done)s Say: “%(advice)s”") % {"done": words, "advice": advice}
    return face_again(request, call, words)


def face_again(request: HttpRequest, call: Call, words: str, undo: str = "") -> HttpResponse:
    """The booking form afresh, with all that shows the agenda, and what was done in words."""
    context = call_context(request, call, "appointment")
    answer = fragment_or_page(request, call, FORM, context)
    if is_htmx(request):
        for fragment in ("components/week_grid.html", "desk/caller_file.html", "desk/visits.html"):
            answer.write(render(request, fragment, context | {"live": True}).content)
    return say(request, answer, words, undo=undo)
