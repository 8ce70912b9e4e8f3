"""What waits for a human: nobody acknowledged it, nobody knows whether it left, nothing leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agenda.queries import changes_by_people
from clients.models import Client, ClientMember, User
from desk.queries.board import rounded_hue
from desk.queries.by_people import ByPerson, by_people
from desk.queries.messages import CHANNELS
from desk.queries.recordings import unheard_voicemails
from desk.queries.uncovered import Uncovered, count_uncovered, uncovered_turns
from desk.wording import long_moment
from messages_app.models import ChannelPause, Delivery, Message, Relay
from messages_app.queries.deliveries import resting_channels, unsettled_deliveries
from messages_app.queries.inbox import unacknowledged_messages
from messages_app.rules.delivery_states import DeliveryState
from messages_app.rules.relay_states import RelayState

DOUBT = _("%(channel)s to %(address)s for %(name)s: the operator can’t say whether it left.")
ASKED = _("%(channel)s to %(address)s for %(name)s: uncertain, the operator is being asked.")
NOT_ARRIVED = _("%(channel)s to %(address)s for %(name)s: it did not arrive.")
LOST = {
    DeliveryState.DEAD: _("%(channel)s to %(address)s for %(name)s: the operator refused it."),
    DeliveryState.EXPIRED: _("%(channel)s to %(address)s for %(name)s: it did not leave in time."),
}
RESTING = {
    "sms": _("No SMS leaves: the operator has refused our access since %(moment)s."),
    "email": _("No e-mail leaves: the mail server has refused our access since %(moment)s."),
}


@dataclass(frozen=True)
class OfClient:
    """Whose matter it is, and where its call or its client is shown."""

    name: str
    hue: int
    url: str


@dataclass(frozen=True)
class Telephone:
    """Somebody of the client's to call; the number is empty where none is known."""

    name: str
    number: str


@dataclass(frozen=True)
class Unsettled:
    """An SMS or e-mail that needs a decision, or whose gateway is still being asked."""

    uuid: UUID
    client: OfClient
    at: datetime
    text: str
    code: str
    bodies: Sequence[str]
    telephone: Telephone | None
    is_doubt: bool
    is_being_asked: bool


@dataclass(frozen=True)
class Unacknowledged:
    """A message that no automatic step brought home: somebody must telephone."""

    uuid: UUID
    client: OfClient
    at: datetime
    about: str
    body: str
    telephones: Sequence[Telephone]


@dataclass(frozen=True)
class Resting:
    """A gateway that refuses us, so that everything for its channel waits."""

    text: str
    code: str


@dataclass(frozen=True)
class Voicemail:
    """What a caller left on the machine and nobody has noted yet."""

    uuid: UUID
    client: OfClient
    at: datetime
    caller: str


@dataclass(frozen=True)
class FollowUp:
    """The page « to follow up »."""

    unacknowledged: Sequence[Unacknowledged]
    unsettled: Sequence[Unsettled]
    resting: Sequence[Resting]
    by_people: Sequence[ByPerson]
    voicemails: Sequence[Voicemail]
    uncovered: Sequence[Uncovered]

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits for anybody."""
        lists = (self.unacknowledged, self.unsettled, self.resting, self.by_people)
        return not (any(lists) or self.voicemails or self.uncovered)


def follow_up(user: User, now: datetime) -> FollowUp:
    """Give what waits for this person, oldest first."""
    exhausted = Relay.objects.filter(state=RelayState.EXHAUSTED).select_related("recipient__user")
    messages = unacknowledged_messages(user=user).select_related("client__bureau", "call")
    deliveries = unsettled_deliveries(user=user).order_by("-needs_human", "pk")
    return FollowUp(
        unacknowledged=[
            _unacknowledged(one)
            for one in messages.prefetch_related(Prefetch("relays", exhausted, to_attr="left"))
        ],
        unsettled=[_unsettled(one) for one in deliveries.prefetch_related("messages__call")],
        resting=[_resting(pause) for pause in resting_channels(at=now)],
        by_people=by_people(user),
        voicemails=[_voicemail(one) for one in unheard_voicemails(user)],
        uncovered=uncovered_turns(user, now),
    )


def count_to_follow_up(user: User, now: datetime) -> int:
    """Count what waits for a human; a doubt that the gateway is still asked about does not."""
    return (
        unacknowledged_messages(user=user).count()
        + unsettled_deliveries(user=user).filter(needs_human=True).count()
        + resting_channels(at=now).count()
        + changes_by_people(user).count()
        + unheard_voicemails(user).count()
        + count_uncovered(user, now)
    )


def _unacknowledged(message: Message) -> Unacknowledged:
    relays: list[Relay] = message.left  # type: ignore[attr-defined]
    about = (message.from_whom, message.about, message.subject)
    return Unacknowledged(
        uuid=message.uuid,
        client=_of_client(message.client, message),
        at=message.noted_at,
        about=" · ".join(part for part in about if part),
        body=message.body,
        telephones=[_telephone(relay.recipient) for relay in relays],
    )


def _voicemail(message: Message) -> Voicemail:
    return Voicemail(
        uuid=message.uuid,
        client=_of_client(message.client, message),
        at=message.noted_at,
        caller=message.from_whom,
    )


def _unsettled(delivery: Delivery) -> Unsettled:
    messages = list(delivery.messages.all())
    is_doubt = delivery.state == DeliveryState.UNCERTAIN
    return Unsettled(
        uuid=delivery.uuid,
        client=_of_client(delivery.client, messages[0] if len(messages) == 1 else None),
        at=delivery.claimed_at or delivery.created_at,
        text=_sentence(delivery),
        code=delivery.error_code,
        bodies=[delivery.text] if delivery.notice else [message.body for message in messages],
        telephone=_telephone_of(delivery),
        is_doubt=is_doubt,
        is_being_asked=is_doubt and not delivery.needs_human,
    )


def _sentence(delivery: Delivery) -> str:
    words = LOST.get(DeliveryState(delivery.state), NOT_ARRIVED)
    if delivery.state == DeliveryState.UNCERTAIN:
        words = DOUBT if delivery.needs_human else ASKED
    person = delivery.recipient.user.full_name if delivery.recipient else ""
    if delivery.notice is not None and delivery.notice.person is not None:
        person = delivery.notice.person.display_name
    return str(words) % {
        "channel": CHANNELS[delivery.channel],
        "address": delivery.masked_address,
        "name": person or delivery.client.short_name,
    }


def _of_client(client: Client, message: Message | None) -> OfClient:
    """Lead to the call where the message was noted, else to the client."""
    url = reverse("desk:client", args=[client.uuid])
    if message is not None and message.call is not None:
        url = f"{reverse('desk:call', args=[message.call.uuid])}?face=message"
    return OfClient(name=client.short_name or client.name, hue=rounded_hue(client), url=url)


def _telephone_of(delivery: Delivery) -> Telephone | None:
    """Whom to ring instead: the client's member, or the person whose appointment it is."""
    if delivery.recipient is not None:
        return _telephone(delivery.recipient)
    if delivery.notice is None or delivery.notice.person is None:
        return None
    person = delivery.notice.person
    number = next((str(one.number) for one in person.numbers.all()), "")
    return Telephone(name=person.display_name, number=number)


def _telephone(member: ClientMember) -> Telephone:
    return Telephone(name=member.user.full_name, number=str(member.mobile))


def _resting(pause: ChannelPause) -> Resting:
    zone = ZoneInfo(timezone.get_current_timezone_name())
    words = str(RESTING[pause.channel]) % {"moment": long_moment(pause.since, zone)}
    return Resting(text=words, code=pause.code)
