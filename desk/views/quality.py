"""How callers were served, on the clients that she answers."""

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from desk.context import desk_context
from desk.quality import quality_context, rows_of
from desk.scope import signed_in


@require_safe
def quality(request: HttpRequest) -> HttpResponse:
    """Show the figures of some days."""
    user, now = signed_in(request), timezone.now()
    shown = quality_context(user, request.GET.get("span", ""), now)
    whole = desk_context(user, now) | {"page": "quality"} | shown
    return render(request, "desk/quality.html", whole)


@require_safe
def quality_file(request: HttpRequest) -> HttpResponse:
    """Give each client's figures as a file for spreadsheets."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="service.csv"'
    # Spreadsheets take a file for UTF-8 by this mark.
    answer.write("\ufeff")
    table = csv.writer(answer, delimiter=";")
    table.writerow(
        [
            _("Client"),
            _("Calls"),
            _("Calls answered"),
            _("Answer rate (%)"),
            _("Within 20 s (%)"),
            _("Median (s)"),
            _("Nine of ten (s)"),
            _("Lost"),
            _("Lost after (s)"),
        ]
    )
    for row in rows_of(signed_in(request), request.GET.get("span", ""), timezone.now()):
        one = row.service
        figures = [one.calls, one.answered, one.rate, one.quick, one.median, one.p90]
        # A name that begins like a formula is text all the same.
        name = f"'{row.label}" if row.label[:1] in "=+-@" else row.label
        table.writerow([name, *figures, one.lost, one.lost_median])
    return answer
