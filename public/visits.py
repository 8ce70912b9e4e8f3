"""What a person opens from the SMS or e-mail about her appointment, without an account."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import get_language_info
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from agenda.reasons import sentence
from agenda.services import AgendaRefusal
from core.days import written_instant
from core.rate_limit import Limit
from messages_app.models import AppointmentNotice
from messages_app.queries.visits import is_stopped, notice_by_key, visit_of, where_of
from messages_app.services.agreement import stop_texts
from messages_app.services.notice_texts import number_to_ring, spoken_day
from messages_app.services.visits import NotOffered, cancel_visit, confirm_visit
from public.views import discreet

# Far above what the patients behind one operator's address open, far below what guessing takes.
OPENED = Limit("visit", 300, 600)

LANGUAGES = tuple(dict(settings.LANGUAGES))

Page = Callable[[HttpRequest, AppointmentNotice, str], HttpResponse]


def with_key(page: Page) -> Callable[Concatenate[HttpRequest, ...], HttpResponse]:
    """Open the page to who has a key, in the language asked for, and keep its address discreet."""

    @wraps(page)
    def open_page(request: HttpRequest, key: str) -> HttpResponse:
        with translation.override(language_of(request)):
            return discreet(_opened(request, key, page))

    return open_page


def _opened(request: HttpRequest, key: str, page: Page) -> HttpResponse:
    if OPENED.count(request.META.get("REMOTE_ADDR", "")):
        return render(request, "429.html", status=429)
    notice = notice_by_key(key, at=timezone.now())
    if notice is None:
        return render(request, "public/visit_gone.html", status=410)
    with timezone.override(notice.appointment.zone):
        return page(request, notice, key)


def language_of(request: HttpRequest) -> str:
    """The language that the page's own switch asks for, else the browser's."""
    asked = request.GET.get("language", "")
    return asked if asked in LANGUAGES else translation.get_language()


@never_cache
@require_safe
@with_key
def visit(request: HttpRequest, notice: AppointmentNotice, key: str) -> HttpResponse:
    """Show the appointment. Link previews and mail scanners open it too: nothing changes."""
    return shown(request, notice, key)


def answering(change: Callable[..., None]) -> Callable[..., HttpResponse]:
    """Turn a change that the page's holder asks for into a page.

    The address is the key: who doesn't have it can't send the form, and who has it needs no cookie,
    which the browsers inside mail programs often refuse.
    """

    @csrf_exempt
    @never_cache
    @require_POST
    @with_key
    def answer(request: HttpRequest, notice: AppointmentNotice, key: str) -> HttpResponse:
        return _answered(request, notice, key, change)

    return answer


def _answered(
    request: HttpRequest, notice: AppointmentNotice, key: str, change: Callable[..., None]
) -> HttpResponse:
    start = written_instant(request.POST.get("start", ""))
    try:
        change(notice=notice, shown_start=start, at=timezone.now())
    except NotOffered:
        return shown(request, notice, key, has_changed=True, status=409)
    except AgendaRefusal as refusal:
        return shown(
            request, notice, key, why=sentence(refusal, notice.appointment.zone), status=409
        )
    return redirect(f"{request.path.rsplit('/', 1)[0]}{_question(request)}")


def _question(request: HttpRequest) -> str:
    return f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""


def _stop(*, notice: AppointmentNotice, shown_start: datetime | None, at: datetime) -> None:
    stop_texts(notice=notice, at=at)


confirm = answering(confirm_visit)
cancel = answering(cancel_visit)
stop = answering(_stop)


def shown(
    request: HttpRequest, notice: AppointmentNotice, key: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    """Render how the appointment stands now, whatever the text said when it left."""
    now = timezone.now()
    appointment = notice.appointment
    local = appointment.starts_at.astimezone(appointment.zone)
    context = {
        "key": key,
        "appointment": appointment,
        "calendar": appointment.calendar,
        "visit": visit_of(notice, at=now),
        "day": spoken_day(local),
        "start": appointment.starts_at.isoformat(),
        "where": where_of(notice),
        "number": number_to_ring(appointment.calendar, now),
        "is_stopped": is_stopped(notice),
        "languages": [(code, get_language_info(code)["name_local"]) for code in LANGUAGES],
        **more,
    }
    return render(request, "public/visit.html", context, status=status)
