"""Opening hours: the week in force, and the forms that change it from a day on."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agenda.models import Calendar, OpeningRule
from agenda.queries import motives_of
from agenda.queries.directives import said_hours
from agenda.queries.proposals import Proposal
from agenda.services.directives import (
    DirectivesChanged,
    add_hours,
    change_hours,
    end_hours,
    ending,
    replacing,
)
from clients.models import AuditEntry
from portal.directive_forms import EndForm, HoursForm, hours_initial
from portal.directive_wording import rule_words
from portal.hours import form_page, hours_page, next_monday, proposed_words, today_in
from portal.scope import calendar_or_404, client_or_404, opening_rule_or_404, writer_or_403

FORM = "portal/hours/form.html"


@require_safe
def hours(request: HttpRequest, client: UUID) -> HttpResponse:
    """Show the hours in force and to come."""
    return hours_page(request, client_or_404(request, client))


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, calendar: UUID) -> HttpResponse:
    """Ask for further hours, and open them."""
    found = calendar_or_404(request, calendar)
    by = writer_or_403(request, found.client)
    form = hours_form(request, found, None)
    return answered(
        request,
        found,
        form,
        None,
        lambda: Proposal(form.said().days.first, hours=[form.said()]),
        lambda: add_hours(
            calendar=found,
            said=form.said(),
            by=by,
            at=timezone.now(),
            seen=form.cleaned_data["seen"],
            to_move=not form.cleaned_data["stay"],
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, rule: UUID) -> HttpResponse:
    """Ask for the hours that take the place of a rule, and from when on."""
    found = opening_rule_or_404(request, rule)
    by = writer_or_403(request, found.calendar.client)
    if said_hours(found) is None:
        return redirect("portal:hours_end", found.uuid)
    form = hours_form(request, found.calendar, found)
    return answered(
        request,
        found.calendar,
        form,
        found,
        lambda: replacing(found, form.said(), today_in(found.calendar)),
        lambda: change_hours(
            rule=found,
            said=form.said(),
            by=by,
            at=timezone.now(),
            seen=form.cleaned_data["seen"],
            to_move=not form.cleaned_data["stay"],
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, rule: UUID) -> HttpResponse:
    """Ask for the last day of a rule, and end it then."""
    found = opening_rule_or_404(request, rule)
    by = writer_or_403(request, found.calendar.client)
    today = today_in(found.calendar)
    initial = {"last": next_monday(today) - timedelta(days=1), "seen": found.calendar.revision}
    form = EndForm(request.POST if request.method == "POST" else None, today=today, initial=initial)
    return answered(
        request,
        found.calendar,
        form,
        found,
        lambda: ending(found, form.cleaned_data["last"]),
        lambda: end_hours(
            rule=found,
            last_day=form.cleaned_data["last"],
            by=by,
            at=timezone.now(),
            seen=form.cleaned_data["seen"],
            to_move=not form.cleaned_data["stay"],
        ),
        template="portal/hours/end.html",
    )


def hours_form(request: HttpRequest, calendar: Calendar, rule: OpeningRule | None) -> HoursForm:
    """Read the form, or begin it with what the rule says now."""
    motives, today = motives_of(calendar), today_in(calendar)
    said, monday = said_hours(rule) if rule else None, next_monday(today)
    begun = hours_initial(said, monday, motives) if said else {"first": monday}
    given = request.POST if request.method == "POST" else None
    initial = begun | {"seen": calendar.revision}
    return HoursForm(given, motives=motives, today=today, initial=initial)


def answered(
    request: HttpRequest,
    calendar: Calendar,
    form: HoursForm | EndForm,
    rule: OpeningRule | None,
    propose: Callable[[], Proposal],
    save: Callable[[], AuditEntry],
    *,
    template: str = FORM,
) -> HttpResponse:
    """Show the form and what it would do, or save it where that is asked and nothing is missing."""
    is_sound, status = form.is_valid(), 200
    if request.method == "POST" and "preview" not in request.POST:
        if is_sound:
            try:
                return after(save())
            except DirectivesChanged:
                form.add_error(None, _("Somebody else has just changed the hours. Look again."))
                status = 409
        else:
            status = 422
    words = proposed_words(form, calendar) if is_sound and isinstance(form, HoursForm) else ""
    return form_page(
        request,
        template,
        calendar,
        form,
        propose() if is_sound else None,
        words=words,
        status=status,
        rule=rule,
        rule_words=rule_words(rule, today_in(calendar)) if rule else "",
        section="hours",
    )


def after(change: AuditEntry) -> HttpResponse:
    """Go on to the visits that the change troubles, or back to the hours."""
    if change.detail["troubled"]:
        return redirect("portal:directive", change.uuid)
    calendar = change.detail["calendar"]
    assert change.client is not None
    answer = redirect("portal:hours", change.client.uuid)
    answer["Location"] += f"?calendar={calendar}&done={change.uuid}"
    return answer
