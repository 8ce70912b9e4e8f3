"""Lines: what each does at each hour, its crisis, and callers with a rule of their own."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from calls.models import CallerRule, LineSchedule
from calls.services import (
    CrisisAlready,
    NoCrisis,
    NotANumber,
    RuleExists,
    VersionHasBegun,
    add_caller_rule,
    end_crisis,
    remove_caller_rule,
    start_crisis,
    withdraw_schedule,
)
from clients.models import Client, Line
from clients.services.lines import LineChangedMeanwhile, LineRefused, change_line
from desk.answers import say
from desk.context import desk_context
from desk.line_forms import CallerRuleForm
from desk.line_settings import LineForm
from desk.lines import line_context, list_of_lines, team_of, version_context
from desk.queries.lines import lines_on_desk, may_direct
from desk.scope import signed_in


@require_GET
def lines(request: HttpRequest) -> HttpResponse:
    """List the lines of this desk by client, with what holds on each right now."""
    user, now = signed_in(request), timezone.now()
    context = {"page": "lines", "clients": list_of_lines(user, now), "now": now}
    context["live_url"] = request.path
    return render(request, "desk/lines.html", desk_context(user, now) | context)


@require_GET
def line(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show a line's week, what it says, and what would become of a call at a moment."""
    return _page(request, line_or_404(request, uuid))


@require_GET
def version(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show a version of a line's schedule, as it was or will be."""
    user, now = signed_in(request), timezone.now()
    found = get_object_or_404(LineSchedule.objects.select_related("line__client"), uuid=uuid)
    shown = line_or_404(request, found.line.uuid)
    context = {"page": "lines", "line": shown, "may_direct": may_direct(user, shown)}
    context |= version_context(found, team_of(shown))
    return render(request, "desk/line_version.html", desk_context(user, now) | context)


@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give up a version that has not begun."""
    found = get_object_or_404(LineSchedule.objects.select_related("line__client"), uuid=uuid)
    shown = directed_or_403(request, found.line.uuid)
    try:
        withdraw_schedule(schedule=found, by=signed_in(request), at=timezone.now())
    except VersionHasBegun:
        return _said(request, shown, _("This version has begun: write another one."), error=True)
    return _said(request, shown, _("Given up: what held before holds on."))


@require_POST
def settings(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give a line other words, another purpose, zone or time."""
    found = directed_or_403(request, uuid)
    form = LineForm(request.POST, line=found)
    if form.is_valid() and _changed(request, found, form):
        return _said(request, found, _("Saved: it counts from the next call on."))
    return _page(request, found, settings_form=form)


def _changed(request: HttpRequest, found: Line, form: LineForm) -> bool:
    """Write what a valid form says, or say beside its fields why it can't be."""
    by, now = signed_in(request), timezone.now()
    try:
        change_line(line=found, wished=form.wished(), by=by, at=now, seen=form.held)
    except LineRefused as refused:
        form.show(refused.faults)
    except LineChangedMeanwhile:
        found.refresh_from_db()
        form.refuse_meanwhile()
    return form.is_valid()


@require_POST
def crisis(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Start or end a crisis, in one click, by anybody who answers the client."""
    found, by, now = line_or_404(request, uuid), signed_in(request), timezone.now()
    try:
        if request.POST.get("do") == "end":
            end_crisis(line=found, by=by, at=now)
            return _said(request, found, _("The crisis is over: the client’s own team rings."))
        start_crisis(line=found, by=by, at=now)
    except CrisisAlready:
        return _said(request, found, _("The crisis had been started already."))
    except NoCrisis:
        return _said(request, found, _("The crisis had been ended already."))
    return _said(request, found, _("Crisis: from now on the calls come to us at once."))


@require_POST
def add_rule(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Block a caller, or have him put through whatever the hour."""
    found = directed_or_403(request, uuid)
    form = CallerRuleForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    given = form.cleaned_data
    try:
        add_caller_rule(
            client=found.client,
            line=None if given["everywhere"] else found,
            number=given["number"],
            verdict=given["verdict"],
            note=given["note"],
            by=signed_in(request),
            at=timezone.now(),
        )
    except NotANumber:
        form.add_error("number", _("This can’t be a telephone number."))
    except RuleExists:
        form.add_error("number", _("There is a rule for this number already: remove it first."))
    if form.errors:
        return _page(request, found, form)
    return _said(request, found, _("Noted."))


@require_POST
def remove_rule(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Treat a caller like any other again."""
    by = signed_in(request)
    mine = CallerRule.objects.filter(client__in=Client.objects.answered_by(by).in_service())
    rule = get_object_or_404(mine.select_related("line"), uuid=uuid)
    lines = list(lines_on_desk(by).filter(client=rule.client_id))
    # Back to the line from whose page it was taken away.
    from_page = (one for one in lines if str(one.uuid) == request.POST.get("line"))
    found = directed_or_403(request, next(from_page, rule.line or lines[0]).uuid)
    remove_caller_rule(rule=rule, by=by, at=timezone.now())
    return _said(request, found, _("The rule is removed."))


def line_or_404(request: HttpRequest, uuid: UUID) -> Line:
    """A line of a client on this person's desk; 404 for any other."""
    return get_object_or_404(lines_on_desk(signed_in(request)), uuid=uuid)


def directed_or_403(request: HttpRequest, uuid: UUID) -> Line:
    """A line that this person may direct; 404 where she may not even see it."""
    found = line_or_404(request, uuid)
    if not may_direct(signed_in(request), found):
        raise PermissionDenied
    return found


def _page(
    request: HttpRequest,
    found: Line,
    form: CallerRuleForm | None = None,
    settings_form: LineForm | None = None,
) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    context = line_context(user, found, request.GET.dict(), now)
    context |= {"page": "lines", "now": now} | ({"caller_form": form} if form else {})
    context["settings_form"] = settings_form or LineForm(line=found)
    status = 422 if form or settings_form else 200
    return render(request, "desk/line.html", desk_context(user, now) | context, status=status)


def _said(request: HttpRequest, found: Line, words: str, *, error: bool = False) -> HttpResponse:
    return say(request, redirect("desk:line", found.uuid), words, error=error)
