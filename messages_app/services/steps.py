"""Takes the next step for messages that nobody has acknowledged."""

from datetime import datetime

from django.db import transaction

from core.facts import emit
from messages_app.facts import RelayExhausted
from messages_app.models import Delivery, Relay
from messages_app.queries.filters import reachable
from messages_app.rules.addressing import Channel
from messages_app.rules.delivery_states import DeliveryState
from messages_app.rules.relay_states import RelayState, RelayStep, step_after
from messages_app.services.outbox import write_letter
from messages_app.services.relaying import remind_after, tell_screens


def take_steps(*, at: datetime) -> int:
    """Remind, then give up: each due step of each open relay, one transaction each."""
    taken = 0
    for step in (RelayStep.REMIND, RelayStep.GIVE_UP):
        due = Relay.objects.waiting_for(step, at).values_list("pk", flat=True)
        taken += sum(take_step(relay_id=pk, step=step, at=at) for pk in list(due))
    return taken


@transaction.atomic
def take_step(*, relay_id: int, step: RelayStep, at: datetime) -> bool:
    """One relay's step, if it is still due; False when somebody acknowledged or was faster."""
    waiting = Relay.objects.select_for_update(of=("self",)).waiting_for(step, at)
    relay = waiting.select_related("message__client", "recipient__user").filter(pk=relay_id).first()
    if relay is None:
        return False
    plan_next(relay, step, at)
    if step is RelayStep.REMIND:
        _remind(relay, at)
    else:
        give_up(relay, at)
    tell_screens(relay.message)
    return True


def plan_next(relay: Relay, step: RelayStep, at: datetime) -> None:
    """Write down what comes after this step, so that no crash repeats it."""
    message = relay.message
    planned = step_after(
        step, is_urgent=message.is_urgent, remind_after=remind_after(message), at=at
    )
    relay.next_step, relay.next_step_at = planned.step.value, planned.at
    relay.save(update_fields=["next_step", "next_step_at"])


def _remind(relay: Relay, at: datetime) -> None:
    """A second SMS, or an e-mail without a mobile; not while the first still waits to leave."""
    member = reachable(relay.recipient)
    channel = Channel.SMS if member.mobile else Channel.EMAIL
    waiting = Delivery.objects.filter(
        messages=relay.message,
        recipient=relay.recipient,
        channel=channel,
        state__in=[DeliveryState.DUE, DeliveryState.SENDING],
    )
    if member.address(channel) and not waiting.exists():
        write_letter(relays=[relay], channel=channel, purpose=Delivery.Purpose.REMINDER, at=at)


def give_up(relay: Relay, at: datetime) -> None:
    """Pass the duty to a human: no automatic step is left."""
    relay.state, relay.exhausted_at = RelayState.EXHAUSTED.value, at
    relay.save(update_fields=["state", "exhausted_at"])
    emit(RelayExhausted(relay.pk, relay.message.uuid, relay.message.client.uuid))
