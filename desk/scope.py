"""Every view of the desk starts from what this person may see."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from calls.models import Call
from clients.models import User
from desk.queries.call import calls_on_desk, recognised

CallView = Callable[..., HttpResponse]


def signed_in(request: HttpRequest) -> User:
    """The person who asks; the middleware has let nobody else through."""
    user = request.user
    assert isinstance(user, User)
    return user


def on_call(view: CallView) -> CallView:
    """Give the view a call of this person's desk, on its client's clock; 404 for any other."""

    @wraps(view)
    def scoped(request: HttpRequest, uuid: UUID, **rest: str) -> HttpResponse:
        call: Call = get_object_or_404(calls_on_desk(signed_in(request)), uuid=uuid)
        recognised(call)
        with timezone.override(ZoneInfo(call.client.timezone)):
            return view(request, call, **rest)

    return scoped
