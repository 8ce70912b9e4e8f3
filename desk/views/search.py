"""The palette."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from desk.queries.search import search as search_desk
from desk.scope import signed_in


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Find clients, callers and appointments, as one types."""
    query = request.GET.get("q", "").strip()
    groups = search_desk(signed_in(request), query, timezone.now())
    is_empty = not any(group.hits for group in groups)
    context = {"groups": groups, "query": query, "is_empty": is_empty}
    return render(request, "desk/search.html", context)
