"""Whether a webhook comes from the operator.

The signature covers the public address exactly as the operator called it, so it is built from the
configured PUBLIC_BASE_URL and never from headers, which a proxy may change.
Source: twilio.com/docs/usage/security#validating-requests.
"""

from django.conf import settings
from django.http import HttpRequest
from twilio.request_validator import RequestValidator

HEADER = "X-Twilio-Signature"


def is_signed_by_twilio(request: HttpRequest) -> bool:
    """Tell whether one of the account's secrets (several while one is replaced) signed this."""
    signature = request.headers.get(HEADER, "")
    url = settings.PUBLIC_BASE_URL + request.get_full_path()
    return any(
        bool(RequestValidator(token).validate(url, request.POST, signature))
        for token in settings.TWILIO_AUTH_TOKENS
    )
