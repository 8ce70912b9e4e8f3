"""Twilio's word about our messages."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from calls.telephony.twilio.signature import is_signed_by_twilio
from messages_app.services.receipts import UnknownDelivery, hear
from messages_app.transports.addresses import is_our_address


@csrf_exempt
@require_POST
def status(request: HttpRequest, delivery: UUID, signature: str) -> HttpResponse:
    """One status callback: signed by Twilio, to an address that we made."""
    if not (is_our_address(delivery, signature) and is_signed_by_twilio(request)):
        return HttpResponse(status=403)
    try:
        hear(
            delivery=delivery,
            provider_id=request.POST.get("MessageSid", "")[:64],
            word=request.POST.get("MessageStatus", ""),
            code=request.POST.get("ErrorCode", "")[:40],
            at=timezone.now(),
        )
    except UnknownDelivery:
        return HttpResponse(status=404)
    return HttpResponse(status=204)
