"""Rules for every request."""

import re
from collections.abc import Callable, Iterator
from hashlib import sha256

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.cache import cache
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.utils import translation

# The whole of it: "127.0.0.1:80@other.example" names another host.
LOOPBACK = re.compile(r"127\.0\.0\.1(?P<port>(?::\d{1,5})?)")


class LoginEverywhere(LoginRequiredMiddleware):
    """Ask everybody to sign in, except on the views named in `settings.LOGIN_EXEMPT`."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[object, ...],
        view_kwargs: dict[str, object],
    ) -> HttpResponseBase | None:
        """Let signed-in people and exempt views through."""
        if request.user.is_authenticated or is_exempt(request):
            return None
        return self.handle_no_permission(request, view_func)


def is_exempt(request: HttpRequest) -> bool:
    """Tell whether the view of this request opens without an account."""
    match = request.resolver_match
    if match is None:
        return False
    names = {match.view_name, f"{match.namespace}:"}
    return not names.isdisjoint(settings.LOGIN_EXEMPT)


class OwnLanguage:
    """Speak the language that the person chose, whatever the browser prefers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        return self.get_response(request)


class SessionsNowAndThen(UserSessionsMiddleware):
    """Keep when and from where a session was last used, once a minute and whenever that changes.

    allauth's own writes a row at each request: each page would wait for the disk, and on SQLite for
    its turn to write.
    """

    SECONDS = 60

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and cache.add(_used_from(request), True, self.SECONDS):
            return super().__call__(request)
        return self.get_response(request)


def _used_from(request: HttpRequest) -> str:
    """Name a session with the browser and the address from which it is used."""
    browser = request.headers.get("User-Agent", "")
    used = [str(request.session.session_key), str(request.META.get("REMOTE_ADDR")), browser]
    return "session." + sha256("\n".join(used).encode()).hexdigest()


class ReadableText:
    """Refuse text with a NUL: no keyboard writes one and PostgreSQL keeps none, nor looks it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any("\0" in text for text in _texts_of(request)):
            raise BadRequest("This request holds a NUL character.")
        return self.get_response(request)


def _texts_of(request: HttpRequest) -> Iterator[str]:
    for form in (request.GET, request.POST):
        for name, values in form.lists():
            yield name
            yield from map(str, values)
    yield from request.COOKIES.values()


class LoopbackName:
    """Send a browser at 127.0.0.1 to localhost: passkeys need a name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        here = LOOPBACK.fullmatch(request.META.get("HTTP_HOST", ""))
        if here and request.method in ("GET", "HEAD"):
            name = f"localhost{here['port']}"
            return HttpResponsePermanentRedirect(
                f"{request.scheme}://{name}{request.get_full_path()}"
            )
        return self.get_response(request)
