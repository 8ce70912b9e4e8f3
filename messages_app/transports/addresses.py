"""The address that a gateway calls back about one delivery, proved by a signature of ours."""

from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse


def status_address(delivery: UUID) -> str:
    """The public URL for one delivery's status callbacks."""
    signature = _signer().signature(str(delivery))
    path = reverse("twilio_messages:status", args=[delivery, signature])
    return f"{settings.PUBLIC_BASE_URL}{path}"


def is_our_address(delivery: UUID, signature: str) -> bool:
    """The signature in the path is one that we made for this delivery, with any key in force."""
    try:
        _signer().unsign(f"{delivery}:{signature}")
    except BadSignature:
        return False
    return True


def _signer() -> Signer:
    return Signer(salt="messages_app.status")
