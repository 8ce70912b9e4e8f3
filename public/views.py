"""What a message's recipient opens from an SMS or an e-mail, without an account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from messages_app.queries.links import relay_by_token


@never_cache
def message(request: HttpRequest, token: str) -> HttpResponse:
    """Show the message that the token opens, and take its acknowledgement."""
    relay = relay_by_token(token)
    if relay is None:
        return render(request, "public/gone.html", status=410)
    return render(request, "public/message.html", {"relay": relay, "message": relay.message})
