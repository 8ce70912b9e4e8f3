"""Says to open desks when a gateway begins to refuse us, and when that is over."""

from datetime import datetime

from django.db import transaction

from core.layer_health import EVERYBODY
from core.live import publish
from messages_app.models import ChannelPause, Delivery
from messages_app.rules.delivery_states import DeliveryState
from messages_app.rules.retries import PAUSE_GRACE
from messages_app.rules.sending import NotSent


def rest_channel(*, channel: str, refusal: NotSent, until: datetime, at: datetime) -> None:
    """The gateway refuses us, not the text: all that waits for this channel waits longer.

    The pause is written first: its row keeps two workers from moving the same rows crosswise. One
    that the first try after it renews is still the same pause.
    """
    known = ChannelPause.objects.filter(channel=channel, until__gt=at - PAUSE_GRACE).first()
    ChannelPause.objects.update_or_create(
        channel=channel,
        defaults={
            "since": known.since if known else at,
            "until": until,
            "code": refusal.code,
            "detail": refusal.detail,
        },
    )
    waiting = Delivery.objects.filter(channel=channel, state=DeliveryState.DUE, due_at__lt=until)
    waiting.update(due_at=until)
    if known is None or known.code != refusal.code:
        _tell(channel)


@transaction.atomic
def end_pauses(*, at: datetime) -> int:
    """Forget the pauses that no try has renewed; of two who do so at once, one tells it."""
    over = ChannelPause.objects.filter(until__lte=at - PAUSE_GRACE)
    ended = [pause.channel for pause in over if over.filter(pk=pause.pk).delete()[0]]
    for channel in ended:
        _tell(channel)
    return len(ended)


def _tell(channel: str) -> None:
    """Every desk shows it, whatever its clients."""
    publish(EVERYBODY, "channel.changed", channel=channel)
