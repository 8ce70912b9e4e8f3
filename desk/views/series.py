"""Several appointments at once: proposed, adjusted, booked all or none, cancelled together."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from agenda.models import AppointmentSeries
from agenda.queries import calendars_of
from agenda.queries.series import propose_series, visits_of_series
from agenda.reasons import sentence
from agenda.rules.series import Sitting
from agenda.services.series import Place, SittingRefused, cancel_series
from calls.models import Call
from calls.queries import in_reach_of
from clients.models import Correspondent
from core.days import written_day
from desk.answers import is_htmx, say, trigger
from desk.context import head_context
from desk.faces import chosen_motive, motives_of_client
from desk.queries.family import born_of, person_named
from desk.queries.series import rows_of
from desk.scope import on_call, signed_in
from desk.series_form import SeriesForm
from desk.services import NewPerson, book_series_from_call
from desk.slots import wanted_slot
from desk.texts import texts_line, wants_texts
from desk.wording import long_moment

DIALOG, ROWS = "desk/series.html", "desk/series_rows.html"


@require_http_methods(["GET", "HEAD", "POST"])
@on_call
def series(request: HttpRequest, call: Call) -> HttpResponse:
    """Ask how many and how often, propose, and book what was adjusted."""
    if request.method == "POST":
        return _book(request, call)
    if "count" in request.GET:
        form = _form(call, request.GET)
        return render(request, ROWS, _proposal(request, call, form))
    form = _form(call, None, _initial(request, call))
    return render(request, DIALOG, _dialog(request, call, form))


def _form(call: Call, data: Any, initial: dict[str, Any] | None = None) -> SeriesForm:
    motives = [(str(one.uuid), one.name) for one in motives_of_client(call.client)]
    calendars = [(str(one.uuid), one.name) for one in calendars_of(call.client)]
    return SeriesForm(data, motives=motives, calendars=calendars, initial=initial or {})


def _initial(request: HttpRequest, call: Call) -> dict[str, Any]:
    """What the booking form already says: the slot chosen there is the first of the series."""
    slot = wanted_slot(call.client, request.GET.get("slot", ""))
    given: dict[str, Any] = {"motive": request.GET.get("motive"), "note": request.GET.get("note")}
    if slot is not None:
        local = slot.starts_at.astimezone(slot.calendar.zone)
        given |= {"calendar": slot.calendar.uuid, "first_day": local.date(), "at": local.time()}
    else:
        wall = timezone.localtime(timezone.now(), ZoneInfo(call.client.timezone))
        shown = request.GET.get("calendar", "")
        given |= {"calendar": shown, "first_day": wall.date(), "at": "09:00"}
    return given


def _dialog(request: HttpRequest, call: Call, form: SeriesForm) -> dict[str, Any]:
    sent = request.POST or request.GET
    return {
        **head_context(signed_in(request), call, timezone.now()),
        "form": form,
        "texts": texts_line(call, sent),
        "patient": sent.get("patient", ""),
        "patient_query": sent.get("patient_query", ""),
        "patient_born": born_of(call, sent.get("patient")),
    }


def _proposal(
    request: HttpRequest,
    call: Call,
    form: SeriesForm,
    refused: dict[int, str] | None = None,
) -> dict[str, Any]:
    if not form.is_valid():
        return {"form": form, "rows": []}
    sent = request.POST or request.GET
    calendar = calendars_of(call.client).get(uuid=form.cleaned_data["calendar"])
    kept = sent.getlist("place") if refused else []
    rows = rows_of(_sittings(request, call, form), calendar, refused or {}, kept)
    return {"form": form, "rows": rows, "conflicts": sum(not row.is_as_wished for row in rows)}


def _sittings(request: HttpRequest, call: Call, form: SeriesForm) -> list[Sitting]:
    calendar = calendars_of(call.client).get(uuid=form.cleaned_data["calendar"])
    motive = chosen_motive(motives_of_client(call.client), form.cleaned_data["motive"])
    assert motive is not None
    return propose_series(
        calendar,
        motive,
        form.rhythm,
        now=timezone.now(),
        tolerance=form.leeway,
        viewer=signed_in(request),
        person=person_named(call, (request.POST or request.GET).get("patient")),
    )


def _book(request: HttpRequest, call: Call) -> HttpResponse:
    form = _form(call, request.POST)
    patient = _patient(request, call)
    wanted = [wanted_slot(call.client, name) for name in request.POST.getlist("place") if name]
    places = [Place(one.calendar, one.starts_at) for one in wanted if one is not None]
    if patient is None or not places or not form.is_valid():
        words = _("Whose appointments are they? Type a name.") if patient is None else ""
        if not places:
            words = words or _("Choose one appointment at least.")
        return _again(request, call, form, words)
    motive = chosen_motive(motives_of_client(call.client), form.cleaned_data["motive"])
    assert motive is not None
    try:
        made = book_series_from_call(
            call=call,
            motive=motive,
            places=places,
            patient=patient,
            note=form.cleaned_data["note"],
            by=signed_in(request),
            at=timezone.now(),
            wants_texts=wants_texts(request.POST),
        )
    except SittingRefused as refused:
        return _refused(request, call, form, refused)
    return _booked(request, call, made)


def _patient(request: HttpRequest, call: Call) -> Correspondent | NewPerson | None:
    if request.POST.get("patient"):
        return person_named(call, request.POST["patient"])
    name = request.POST.get("patient_query", "").strip()[:120]
    return NewPerson(last_name=name, number=str(call.caller_number)) if name else None


def _refused(
    request: HttpRequest, call: Call, form: SeriesForm, refused: SittingRefused
) -> HttpResponse:
    """Say which of them refuses and why; the others stay as they were chosen."""
    zone = refused.place.calendar.zone
    why = sentence(refused.refused, zone)
    moment = long_moment(refused.place.starts_at, zone)
    words = _("None was booked. %(moment)s: %(why)s") % {"moment": moment, "why": why}
    given = [nth for nth, name in enumerate(request.POST.getlist("place")) if name]
    return _again(request, call, form, words, {given[refused.nth]: why})


def _again(
    request: HttpRequest,
    call: Call,
    form: SeriesForm,
    words: str,
    refused: dict[int, str] | None = None,
) -> HttpResponse:
    context = _dialog(request, call, form) | _proposal(request, call, form, refused)
    return render(request, DIALOG, context | {"error": words, "is_answer": True}, status=422)


def _booked(request: HttpRequest, call: Call, made: AppointmentSeries) -> HttpResponse:
    visits = list(visits_of_series(made))
    first = long_moment(visits[0].starts_at, visits[0].zone)
    words = ngettext(
        "Booked: %(who)s, %(count)d appointment, on %(moment)s.",
        "Booked: %(who)s, %(count)d appointments, the first on %(moment)s.",
        len(visits),
    ) % {"who": visits[0].shown_name, "count": len(visits), "moment": first}
    return _done(request, words)


@require_POST
def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Cancel what is left of a series, from a day on where one is given."""
    user = signed_in(request)
    hers = AppointmentSeries.objects.filter(in_reach_of(user))
    found = get_object_or_404(hers.select_related("client"), uuid=uuid)
    from_day = written_day(request.POST.get("from", ""))
    cancelled = cancel_series(series=found, by=user, at=timezone.now(), from_day=from_day)
    words = ngettext(
        "%(count)d appointment cancelled.", "%(count)d appointments cancelled.", len(cancelled)
    )
    return _done(request, words % {"count": len(cancelled)})


def _done(request: HttpRequest, words: str) -> HttpResponse:
    """The dialog closes, and the week and the caller's visits are asked again."""
    if not is_htmx(request):
        return say(request, redirect("desk:home"), words)
    answer = trigger(HttpResponse(), "agenda:changed")
    answer.headers["HX-Reswap"] = "none"
    return say(request, answer, words)
