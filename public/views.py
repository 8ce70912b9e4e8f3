"""What a message's recipient opens from an SMS or an e-mail, without an account."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from clients.services.audit import record_access
from messages_app.models import Relay
from messages_app.queries.links import relay_by_token
from messages_app.services.acknowledge import acknowledge_by_token


# The address is the key: who doesn't have it can't send the form, and who has it needs no cookie,
# which the browsers inside mail programs often refuse.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def message(request: HttpRequest, token: str) -> HttpResponse:
    """Show the message that the token opens; only the button acknowledges it.

    Mail scanners open every link: reading changes nothing.
    """
    if request.method == "POST" and acknowledge_by_token(token=token, at=timezone.now()):
        return discreet(redirect("public:message", token))
    relay = relay_by_token(token)
    if relay is None:
        return discreet(render(request, "public/gone.html", status=410))
    return discreet(shown(request, relay))


def shown(request: HttpRequest, relay: Relay) -> HttpResponse:
    """Render the message in its client's time zone."""
    message, reader = relay.message, relay.recipient.user
    with timezone.override(ZoneInfo(message.client.timezone)):
        answer = render(request, "public/message.html", {"relay": relay, "message": message})
    record_access(
        by=reader,
        targets=[message],
        client=message.client,
        at=timezone.now(),
        how="opened_by_link",
    )
    return answer


def discreet(answer: HttpResponse) -> HttpResponse:
    """Keep the address out of search engines and of other sites' logs."""
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer
