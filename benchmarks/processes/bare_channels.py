"""The least that Django and Channels need to bring a call to a screen, served by uvicorn.

A view that verifies the operator's signature, inserts one row and does one group_send; a consumer
that sends each event on as four hundred bytes of HTML. No middleware, no sessions, no templates.
"""

import os
from typing import Any

import django
from asgiref.sync import async_to_sync
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.db import connection, models
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.urls import path
from twilio.request_validator import RequestValidator

from permanence.configuration import interpreter_token

settings.configure(
    SECRET_KEY=os.environ["SECRET_KEY"],
    ALLOWED_HOSTS=["localhost"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["BARE_DATABASE"],
            # The product's own options.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    },
    CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}},
)
django.setup()

VALIDATOR = RequestValidator(interpreter_token(os.environ["SECRET_KEY"]))
HTML = '<div id="pop" hx-swap-oob="true">{}</div>'.format("<p>{caller}</p>" + "x" * 340)


class Call(models.Model):
    """One row."""

    sid = models.CharField(max_length=64, unique=True)
    caller = models.CharField(max_length=20)

    class Meta:
        app_label = "bare"

    def __str__(self) -> str:
        return self.sid


def voice(request: HttpRequest) -> HttpResponse:
    """A line rings."""
    url = os.environ["PUBLIC_BASE_URL"] + request.get_full_path()
    if not VALIDATOR.validate(url, request.POST, request.headers.get("X-Twilio-Signature", "")):
        return HttpResponseForbidden()
    caller = request.POST["From"]
    Call._default_manager.create(sid=request.POST["CallSid"], caller=caller)
    layer: Any = get_channel_layer()
    async_to_sync(layer.group_send)("desks", {"type": "pop", "caller": caller})
    return HttpResponse("<Response/>", content_type="text/xml")


class Desk(AsyncWebsocketConsumer):
    """A screen."""

    groups = ["desks"]

    async def pop(self, event: dict[str, str]) -> None:
        """Send the call on."""
        await self.send(text_data=HTML.format(caller=event["caller"]))


urlpatterns = [path("telephony/twilio/voice/", voice)]

with connection.schema_editor() as editor:
    editor.create_model(Call)

application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": URLRouter([path("ws/desk/", Desk.as_asgi())]),
    }
)
