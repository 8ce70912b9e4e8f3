"""The link by which a recipient opens and acknowledges a message without signing in."""

from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse

from messages_app.models import Message, Relay

LINK_LIFE = timedelta(days=30)


def message_token(relay: Relay) -> str:
    """A signed text that stands for one relay for `LINK_LIFE`; it opens nothing else."""
    return _signer().sign(str(relay.pk))


def message_link(relay: Relay) -> str:
    """The public address of a message, for one recipient."""
    return f"{settings.PUBLIC_BASE_URL}{reverse('public:message', args=[message_token(relay)])}"


def relay_by_token(token: str) -> Relay | None:
    """The relay that the token stands for; None when it is forged, too old, or its relay gone.

    Nor does it open for somebody who has left the client since: the SMS may still be on a telephone
    that is no longer anybody's business.
    """
    try:
        pk = int(_signer().unsign(token, max_age=LINK_LIFE))
    except (BadSignature, ValueError):
        return None
    found = Relay.objects.select_related("message__client", "recipient__user")
    in_place = found.filter(recipient__is_active=True, recipient__user__is_active=True)
    return in_place.filter(pk=pk).first()


def message_by_token(token: str) -> Message | None:
    """The message that the token opens."""
    relay = relay_by_token(token)
    return relay.message if relay else None


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="messages_app.link")
