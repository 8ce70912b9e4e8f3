"""An appointment's own dialog: moving it, cancelling it, taking either back."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agenda.models import Appointment, AppointmentChange, Calendar
from agenda.queries import calendars_of
from agenda.reasons import sentence
from agenda.services import AgendaRefusal, cancel_appointment, move_appointment, undo_change
from calls.models import Call
from calls.queries import in_reach_of
from core.wall_clock import instant_of
from desk.answers import is_htmx, say, trigger
from desk.forms import MoveForm
from desk.queries.appointments import visit
from desk.queries.call import calls_on_desk
from desk.queries.series import series_of
from desk.scope import signed_in
from desk.services import cancel_from_call
from desk.wording import long_moment
from messages_app.notice_words import notice_rows
from messages_app.services.notice_again import may_send_again

DIALOG = "desk/appointment_dialog.html"


@require_GET
def appointment(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show an appointment, and what can be done with it."""
    found = appointment_on_desk(request, uuid)
    return render(request, DIALOG, dialog_context(found))


@require_POST
def move(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Move an appointment, from the form or from the week."""
    found = appointment_on_desk(request, uuid)
    form = _move_form(found, request)
    moved = _move(form, found, request) if form.is_valid() else None
    if request.accepts("text/html"):
        return _answer(request, found, form, moved)
    return _answer_week(form, moved)


def _move(form: MoveForm, found: Appointment, request: HttpRequest) -> Appointment | None:
    calendar = get_object_or_404(calendars_of(found.client), uuid=form.cleaned_data["calendar"])
    try:
        return move_appointment(
            appointment=found,
            calendar=calendar,
            starts_at=_instant(form, calendar),
            by=signed_in(request),
            at=timezone.now(),
        )
    except AgendaRefusal as refused:
        form.add_error("time", sentence(refused, calendar.zone))
        return None


def _instant(form: MoveForm, calendar: Calendar) -> datetime:
    """The moment chosen is read on the calendar's own wall."""
    return instant_of(form.cleaned_data["date"], form.cleaned_data["time"], calendar.zone)


def _answer_week(form: MoveForm, moved: Appointment | None) -> HttpResponse:
    """The week asks for words only; it draws itself again."""
    if moved is None:
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return JsonResponse({"text": _("Not moved. %(why)s") % {"why": words}}, status=409)
    undo = reverse("desk:undo", args=[moved.uuid])
    return JsonResponse({"text": _moved_words(moved), "undo": undo})


def _answer(
    request: HttpRequest, found: Appointment, form: MoveForm, moved: Appointment | None
) -> HttpResponse:
    if moved is None:
        return render(request, DIALOG, dialog_context(found, form), status=422)
    return _done(request, moved, _moved_words(moved), undoable=True)


def _moved_words(moved: Appointment) -> str:
    moment = long_moment(moved.starts_at, moved.zone)
    return _("Moved: %(who)s, %(moment)s.") % {"who": moved.shown_name, "moment": moment}


@require_POST
def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Cancel an appointment; it can be taken back."""
    found = appointment_on_desk(request, uuid)
    try:
        cancelled = _cancelled(request, found)
    except AgendaRefusal as refused:
        answer = render(request, DIALOG, dialog_context(found), status=409)
        return say(request, answer, sentence(refused, found.zone), error=True)
    words = _("Cancelled: %(who)s.") % {"who": cancelled.shown_name}
    return _done(request, cancelled, words, undoable=True)


def _cancelled(request: HttpRequest, found: Appointment) -> Appointment:
    """Cancel it, for the caller where a call of hers is named."""
    by, at = signed_in(request), timezone.now()
    call = _call_named(request, found)
    if call is None:
        return cancel_appointment(appointment=found, by=by, at=at)
    return cancel_from_call(call=call, appointment=found, by=by, at=at)


def _call_named(request: HttpRequest, found: Appointment) -> Call | None:
    try:
        uuid = UUID(request.POST.get("call", ""))
    except ValueError:
        return None
    return calls_on_desk(signed_in(request)).filter(uuid=uuid, client=found.client).first()


@require_POST
def undo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take an appointment's last change back."""
    found = appointment_on_desk(request, uuid)
    change = found.changes.order_by("-pk").first()
    assert change is not None
    try:
        restored = undo_change(change=change, by=signed_in(request), at=timezone.now())
    except AgendaRefusal as refused:
        return say(
            request,
            HttpResponse(headers={"HX-Reswap": "none"}),
            sentence(refused, found.zone),
            error=True,
        )
    moment = long_moment(restored.starts_at, restored.zone)
    words = _("Taken back: %(who)s, %(moment)s.")
    return _done(request, restored, words % {"who": restored.shown_name, "moment": moment})


def appointment_on_desk(request: HttpRequest, uuid: UUID) -> Appointment:
    """An appointment of a client on this person's desk; 404 for any other."""
    rows = Appointment.objects.filter(in_reach_of(signed_in(request)))
    linked = rows.select_related(
        "client", "calendar__client", "motive", "correspondent", "caller", "series"
    )
    return get_object_or_404(linked, uuid=uuid)


def _move_form(found: Appointment, request: HttpRequest | None = None) -> MoveForm:
    local = found.starts_at.astimezone(found.calendar.zone)
    return MoveForm(
        request.POST if request else None,
        calendars=[(str(one.uuid), one.name) for one in calendars_of(found.client)],
        initial={
            "calendar": str(found.calendar.uuid),
            "date": local.date(),
            "time": local.time(),
        },
    )


def dialog_context(found: Appointment, form: MoveForm | None = None) -> dict[str, object]:
    """What the dialog shows, its form as it was sent or afresh."""
    changes = AppointmentChange.objects.filter(appointment=found).select_related("by")
    return {
        "appointment": found,
        "visit": visit(found),
        "moment": long_moment(found.starts_at, found.zone),
        "form": form or _move_form(found),
        "changes": changes.order_by("at", "pk"),
        "series": series_of(found, timezone.now()),
        "notices": notice_rows(found, timezone.now()),
        "may_confirm": may_send_again(found, at=timezone.now()),
    }


def _done(
    request: HttpRequest, changed: Appointment, words: str, *, undoable: bool = False
) -> HttpResponse:
    """The dialog closes, the week is drawn again, and the change can be taken back."""
    if not is_htmx(request):
        return redirect("desk:home")
    answer = trigger(HttpResponse(), "agenda:changed")
    answer.headers["HX-Reswap"] = "none"
    undo = reverse("desk:undo", args=[changed.uuid]) if undoable else ""
    return say(request, answer, words, undo=undo)
