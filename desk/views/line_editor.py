"""The editor of what a line does: a version from a chosen day on."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from calls.models import LineSchedule
from calls.rules.drafts import Draft
from calls.services import (
    InThePast,
    ScheduleRefused,
    SchedulesChanged,
    faults_in,
    publish_schedule,
    revision_of,
    today_of,
)
from clients.models import Line
from core.days import written_day
from desk.answers import say
from desk.context import desk_context
from desk.line_editor import Editor, begun, changed, typed
from desk.lines import editor_context, first_draft
from desk.queries.lines import Versions
from desk.scope import signed_in
from desk.views.lines import directed_or_403
from desk.wording import long_day


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask what a line does from a day on, and have it do so."""
    line = directed_or_403(request, uuid)
    if request.method != "POST":
        return _page(request, line, _begun(request, line), None)
    grown = changed(request.POST)
    if grown is not None:
        return _page(request, line, grown, None)
    editor = typed(request.POST)
    if request.POST.get("do") == "save":
        return _saved(request, line, editor)
    return _page(request, line, editor, _read(editor, line))


def _read(editor: Editor, line: Line) -> Draft | None:
    """Return what the forms say, with what is wrong beside the fields; None while something is."""
    if not editor.is_valid():
        return None
    draft = editor.draft()
    faults = faults_in(draft, line)
    editor.show(faults)
    return None if faults else draft


def _begun(request: HttpRequest, line: Line) -> Editor:
    today = today_of(line, timezone.now())
    day = max(written_day(request.GET.get("day", "")) or today + timedelta(days=1), today)
    held = Versions(line).draft_on(day) or first_draft(line)
    return begun(held, {"starts_on": day, "seen": revision_of(line)})


def _saved(request: HttpRequest, line: Line, editor: Editor) -> HttpResponse:
    if not editor.is_valid():
        return _page(request, line, editor, None, 422)
    day: date = editor.settings.cleaned_data["starts_on"]
    try:
        version = publish_schedule(
            line=line,
            draft=editor.draft(),
            starts_on=day,
            by=signed_in(request),
            at=timezone.now(),
            seen=editor.settings.cleaned_data["seen"],
        )
    except ScheduleRefused as refused:
        editor.show(refused.faults)
        return _page(request, line, editor, None, 422)
    except InThePast:
        past = _("The past stays as it was: choose today or later.")
        editor.settings.add_error("starts_on", past)
        return _page(request, line, editor, None, 422)
    except SchedulesChanged:
        meanwhile = _("Somebody else has just written a version. Look at it, then begin again.")
        editor.settings.add_error(None, meanwhile)
        return _page(request, line, editor, None, 409)
    return _said(request, version)


def _said(request: HttpRequest, version: LineSchedule) -> HttpResponse:
    words = _("Saved: the line does so from %(day)s on.") % {"day": long_day(version.starts_on)}
    return say(request, redirect("desk:line", version.line.uuid), words)


def _page(
    request: HttpRequest, line: Line, editor: Editor, draft: Draft | None, status: int = 200
) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    editor.fold(request.POST.get("do", ""))
    context: dict[str, Any] = desk_context(user, now) | editor_context(line, editor, draft, now)
    return render(request, "desk/line_edit.html", context, status=status)
