"""Who may play: everybody in the demonstration; elsewhere, where real people are trained, only
those who work in a bureau, because the outbox shows every message as it was received."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from clients.models import Membership

Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase]


def for_players(view: View[Arguments]) -> View[Arguments]:
    """Hide a page of the interpreter from those who may not play."""

    @wraps(view)
    def guarded(
        request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponseBase:
        if not settings.DEMO and not Membership.objects.filter(user=request.user.pk).exists():
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
