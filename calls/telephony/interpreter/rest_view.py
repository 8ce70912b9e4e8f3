"""The REST API's door: HTTP basic authentication, forms in, JSON out."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import AsyncIterator

from django.core.handlers.asgi import ASGIRequest
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    QueryDict,
    StreamingHttpResponse,
)
from django.views.decorators.csrf import csrf_exempt

from calls.telephony.interpreter import running
from calls.telephony.interpreter.sms import ConnectionDropped
from calls.telephony.interpreter.sounds import tone

RECORDED_SOUND = re.compile(r"Accounts/AC\w+/Recordings/(RE\w+?)(?:\.wav|\.mp3)?")


@csrf_exempt
def rest(request: HttpRequest, resource: str) -> HttpResponseBase:
    """Answer as Twilio's API does; `resource` is what follows /2010-04-01/."""
    exchange = running.exchange()
    form = request.GET if request.method in ("GET", "DELETE") else request.POST
    sound = RECORDED_SOUND.fullmatch(resource)
    if sound and request.method == "GET":
        resource = resource.removesuffix(".wav").removesuffix(".mp3")
    try:
        status, body = exchange.rest(
            request.method or "GET", f"/2010-04-01/{resource}", _values(form), _credentials(request)
        )
    except ConnectionDropped:
        return _cut_off(request)
    if status == 204:
        return HttpResponse(status=204)
    if sound and status == 200:
        seconds = exchange.recordings[sound[1]].seconds
        return HttpResponse(tone(seconds), content_type="audio/wav")
    return JsonResponse(body, status=status)


def _values(form: QueryDict) -> dict[str, str | list[str]]:
    return {name: one[0] if len(one) == 1 else list(map(str, one)) for name, one in form.lists()}


def _credentials(request: HttpRequest) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return (user, password) if scheme.lower() == "basic" else ("", "")


def _cut_off(request: HttpRequest) -> HttpResponseBase:
    """Begin to answer and never end: over ASGI nothing earlier closes a connection.

    The client reads a status and headers, then the end of the stream instead of the body, which
    `requests` raises as ChunkedEncodingError (a RequestException). Outside ASGI, for instance in
    Django's test client, ConnectionDropped itself comes through.
    """
    if not isinstance(request, ASGIRequest):
        raise ConnectionDropped("the connection is dropped")
    response = StreamingHttpResponse(_abandoned(), status=201, content_type="application/json")
    response["Content-Length"] = "512"
    return response


async def _abandoned() -> AsyncIterator[bytes]:
    for chunk in (b"{",):
        yield chunk
    # Django takes a cancelled response for a client that has gone, and lets the server close.
    raise asyncio.CancelledError
