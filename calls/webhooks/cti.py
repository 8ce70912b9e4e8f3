"""The door of other people's exchanges: a secret address for each, as Zammad documents it."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from calls.models import Call, CallerRule, WebhookRefusal
from calls.queries.cti import connection_by_token
from calls.services import UnknownLine, record_refusal
from calls.services.cti import note_use, take_event
from calls.telephony.cti import CtiEvent, Unreadable, read_event
from core.rate_limit import Limit

# An exchange on its worst morning: twenty calls a second, three events each.
EVENTS = Limit("cti.events", most=3600, seconds=60)
# Who tries addresses that open nothing.
MISSES = Limit("cti.misses", most=20, seconds=600)
# The refusals' list must not hold a secret.
DOOR = "/api/v1/cti/…/"


@csrf_exempt
@require_POST
def cti(request: HttpRequest, token: str) -> HttpResponse:
    """One event of one exchange."""
    now = timezone.now()
    connection = connection_by_token(token)
    if connection is None:
        return _no_such_token(request)
    if EVENTS.count(str(connection.pk)):
        return _refused("Too many requests!", 429)
    note_use(connection=connection, at=now)
    try:
        event = read_event(request, now)
    except Unreadable as error:
        return _refused(str(error), 422)
    try:
        call = take_event(connection=connection, event=event, at=now)
    except UnknownLine:
        _keep_refusal(request, WebhookRefusal.Reason.UNKNOWN_LINE, event)
        return JsonResponse({})
    return JsonResponse(_reply(call, event))


def _reply(call: Call | None, event: CtiEvent) -> dict[str, str]:
    """What the exchange is asked to do; it routes by itself, so nearly always nothing."""
    if call is None or event.name != "newCall":
        return {}
    if call.routing.get("because") == CallerRule.Verdict.BLOCKED:
        return {"action": "reject", "reason": "busy"}
    if call.direction == Call.Direction.OUT and event.to:
        return {
            "action": "dial",
            "caller_id": str(call.line.number).removeprefix("+"),
            "number": event.to,
        }
    return {}


def _no_such_token(request: HttpRequest) -> HttpResponse:
    address = request.META.get("REMOTE_ADDR", "")
    if MISSES.count(address):
        return _refused("Too many requests!", 429)
    _keep_refusal(request, WebhookRefusal.Reason.TOKEN)
    return _refused("Invalid token!", 401)


def _keep_refusal(request: HttpRequest, reason: str, event: CtiEvent | None = None) -> None:
    record_refusal(
        reason=reason,
        path=DOOR,
        at=timezone.now(),
        called=event.to if event else "",
        caller=event.from_ if event else "",
        address=request.META.get("REMOTE_ADDR"),
    )


def _refused(error: str, status: int) -> HttpResponse:
    answer = JsonResponse({"error": error}, status=status)
    # Django would log the address of what it refuses, and the address is a secret.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer
