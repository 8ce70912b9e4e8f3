"""The queue: who waits, who talks, what is left to do, what just ended."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from calls.models import Call
from calls.models.call import CallQuerySet
from calls.queries import Place, places_of
from calls.rules.ringing import rung_person
from clients.models import Client, CorrespondentNumber, User
from desk.queries.callbacks import DAY, Try, callbacks, tried_words, tries_of
from desk.wording import caller_words
from messages_app.models import CallFile

URGENT_AFTER = timedelta(seconds=20)  # the service level of the trade: 80 % within 20 s
RECENT = 8
SHOWN = 12
# For so long she is asked what came of a call.
ASKED_FOR = timedelta(days=30)
MOST_UNSAID = 50
LEFT_IN = ("message", "appointment", "emergency")
Names = Mapping[tuple[int, str], list[str]]


@dataclass(frozen=True)
class Queued:
    """What is known of who waits: his place, and whose telephone rings for him now."""

    position: int = 0
    has_priority: bool = False
    rings_at: str = ""
    rings_me: bool = False
    can_be_taken: bool = False


@dataclass(frozen=True)
class Queue:
    """The places of waiting callers and whose telephones ring, read once for all desks."""

    places: Mapping[int, Place] = field(default_factory=dict)
    rings: Mapping[int, User] = field(default_factory=dict)

    def of(self, call: Call, user: User) -> Queued:
        """Tell what this person's board shows of a caller."""
        place, rung = self.places.get(call.pk), self.rings.get(call.pk)
        return Queued(
            position=place.position if place else 0,
            has_priority=place.has_priority if place else False,
            rings_at=rung.called if rung else "",
            rings_me=rung is not None and rung.pk == user.pk,
            can_be_taken=place is not None and rung is None,
        )

    def order(self, call: Call) -> tuple[int, datetime]:
        """Put calls that ring first, then those who wait, in their turn."""
        place = self.places.get(call.pk)
        return (place.turn if place and call.pk not in self.rings else 0, call.started_at)


@dataclass(frozen=True)
class Card:
    """One call in the left column."""

    uuid: UUID
    url: str
    name: str
    hue: int
    detail: str
    at: datetime
    greeting: str = ""
    is_urgent: bool = False
    is_mine: bool = False
    queued: Queued = Queued()
    # Of whom is to be rung back: whether it was promised, and how it was tried.
    promised: str = ""
    tried: str = ""


@dataclass(frozen=True)
class Pop:
    """What is said aloud by a screen reader when somebody waits."""

    uuid: UUID
    text: str
    is_mine: bool
    rings_me: bool = False


@dataclass(frozen=True)
class Board:
    """The left column."""

    waiting: Sequence[Card] = field(default=())
    current: Sequence[Card] = field(default=())
    unfinished: Sequence[Card] = field(default=())
    callbacks: Sequence[Card] = field(default=())
    recent: Sequence[Card] = field(default=())
    unsaid: Sequence[Card] = field(default=())

    @property
    def can_be_taken(self) -> int:
        """How many wait whom she may take at once."""
        return sum(card.queued.can_be_taken for card in self.waiting)

    @property
    def pop(self) -> Pop | None:
        """Who rings at hers, else who has waited longest, else the call just picked up."""
        hers = (card for card in self.waiting if card.queued.rings_me)
        card = next(hers, None) or next(iter(self.waiting), None)
        if card:
            words = _("Waiting: %(client)s, %(caller)s")
            return _pop(card, words)
        card = next((one for one in self.current if one.is_mine), None)
        return _pop(card, _("In progress: %(client)s, %(caller)s")) if card else None


def _pop(card: Card, words: str) -> Pop:
    text = words % {"client": card.name, "caller": card.detail}
    return Pop(card.uuid, text, card.is_mine, card.queued.rings_me)


def board(user: User, now: datetime) -> Board:
    """Give this person's queue as it stands."""
    lost = callbacks(Client.objects.answered_by(user), now, SHOWN)
    recent = [call for call in _recent(user, now) if call not in lost]
    calls = [*_open_calls(user), *lost, *recent]
    files, unsaid = list(_unfinished(user)[:SHOWN]), list(unsaid_calls(user, now)[:MOST_UNSAID])
    shown = [*calls, *unsaid, *(file.call for file in files)]
    names = names_on_numbers(shown)
    cards = {call.pk: _card(call, user, names, now) for call in shown}
    return replace(
        board_now(user, calls, names, queue_of(calls, now), now),
        unfinished=[_where_left(cards[file.call_id], file) for file in files],
        callbacks=callback_cards(lost, cards, now),
        recent=[cards[call.pk] for call in recent],
        unsaid=tuple(cards[call.pk] for call in unsaid),
    )


def callback_cards(lost: Sequence[Call], cards: Mapping[int, Card], now: datetime) -> list[Card]:
    """Give who is to be rung back, with what was promised and tried."""
    tries = tries_of(lost)
    return [_to_ring_back(call, cards[call.pk], tries[call.pk], now) for call in lost]


def _to_ring_back(call: Call, card: Card, tries: Sequence[Try], now: datetime) -> Card:
    promised = _("promised") if call.callback_promised_at else ""
    return replace(card, promised=promised, tried=tried_words(tries, now))


def board_now(
    user: User, calls: Iterable[Call], names: Names, queue: Queue, now: datetime
) -> Board:
    """Give only who waits and who talks, of calls already read, as this person sees them."""
    in_state: dict[str, list[Card]] = defaultdict(list)
    for call in sorted(calls, key=queue.order):
        card = _card(call, user, names, now)
        # Whom we ring does not wait.
        state = Call.State.IN_PROGRESS if call.is_rung_out else _state(call)
        in_state[state].append(replace(card, queued=queue.of(call, user)))
    return Board(
        waiting=in_state[Call.State.RINGING][:SHOWN],
        current=in_state[Call.State.IN_PROGRESS][:SHOWN],
    )


def queue_of(calls: Iterable[Call], now: datetime) -> Queue:
    """Read where those who wait among these calls stand, and whose telephones ring."""
    ringing = [call for call in calls if _state(call) == Call.State.RINGING]
    rung = {call.pk: _rung(call) for call in ringing}
    people = User.objects.in_bulk({user for user in rung.values() if user is not None})
    rings = {call: people[user] for call, user in rung.items() if user in people}
    return Queue(places=places_of(ringing, now), rings=rings)


def _state(call: Call) -> str:
    """Whom nobody has taken back waits for a voice as he did when he came."""
    return Call.State.RINGING if call.is_left_to_plan else call.state


def _rung(call: Call) -> int | None:
    return call.offered_to_id if call.is_waiting else rung_person(call.routing)


def unsaid_calls(user: User, now: datetime) -> QuerySet[Call]:
    """Give the calls of her own of which she has not said what came, the latest first."""
    hers = _on_desk(user).filter(answered_by=user, state=Call.State.ENDED, disposition="")
    # Of whom she rang and did not reach nothing came but a try, which is kept.
    hers = hers.exclude(direction=Call.Direction.OUT, answered_at=None)
    return hers.filter(ended_at__gt=now - ASKED_FOR).order_by("-started_at", "-pk")


def open_calls_of(bureaus: Iterable[int]) -> QuerySet[Call]:
    """Give all calls of some bureaus that have no end yet, longest first."""
    return _linked(Call.objects.filter(bureau__in=bureaus)).open().order_by("started_at", "pk")


def _linked(calls: CallQuerySet) -> CallQuerySet:
    return calls.select_related("client", "line", "correspondent", "answered_by")


def _on_desk(user: User) -> CallQuerySet:
    return _linked(Call.objects.on_desk_of(user))


def _open_calls(user: User) -> QuerySet[Call]:
    return _linked(Call.objects.at_hand_of(user)).open().order_by("started_at", "pk")


def _recent(user: User, now: datetime) -> QuerySet[Call]:
    ended = _on_desk(user).filter(
        state=Call.State.ENDED, ending=Call.Ending.ANSWERED, started_at__gt=now - DAY
    )
    return ended.order_by("-started_at", "-pk")[:RECENT]


def cards_of(calls: Iterable[Call], user: User, now: datetime) -> list[Card]:
    """Give calls as they stand in lists."""
    shown = list(calls)
    names = names_on_numbers(shown)
    return [_card(call, user, names, now) for call in shown]


def unfinished_cards(user: User, clients: Sequence[int], now: datetime) -> list[Card]:
    """Give what was typed for these clients and not saved, each opening where it was left."""
    files = list(_unfinished(user).filter(client__in=clients)[:SHOWN])
    cards = cards_of([file.call for file in files], user, now)
    return [_where_left(card, file) for card, file in zip(cards, files, strict=True)]


def _unfinished(user: User) -> QuerySet[CallFile]:
    files = CallFile.objects.partial().filter(client__in=Client.objects.answered_by(user))
    linked = files.select_related(
        "call__client", "call__line", "call__correspondent", "call__answered_by"
    )
    return linked.order_by("-opened_at", "-pk")


def _where_left(card: Card, file: CallFile) -> Card:
    """Open the face in which something was left; a message before all, for it has to be relayed."""
    face = next((name for name in LEFT_IN if file.drafts.get(name)), "")
    if not face and file.call.ending == Call.Ending.VOICEMAIL:
        face = "message"
    return replace(card, url=f"{card.url}?face={face}") if face else card


def names_on_numbers(calls: Iterable[Call]) -> Names:
    """Give the people whom each client knows on each caller's number, in one question."""
    wanted = {(call.client_id, call.caller_number) for call in calls if call.caller_number}
    known = CorrespondentNumber.objects.filter(
        number__in={number for _client, number in wanted},
        correspondent__client__in={client for client, _number in wanted},
        correspondent__archived_at=None,
        correspondent__erased_at=None,
    )
    names: dict[tuple[int, str], list[str]] = defaultdict(list)
    for one in known.select_related("correspondent").order_by("pk"):
        person = one.correspondent
        names[person.client_id, str(one.number)].append(person.listed_name)
    # Several threads read it: no key is made by looking for it.
    return dict(names)


def names_of(call: Call, names: Names) -> list[str]:
    """Give whom the call's client knows on its caller's number, of what was read for several."""
    return names.get((call.client_id, str(call.caller_number)), [])


def _card(call: Call, user: User, names: Names, now: datetime) -> Card:
    rings = call.state == Call.State.RINGING
    return Card(
        uuid=call.uuid,
        url=reverse("desk:call", args=[call.uuid]),
        name=call.client.short_name or call.client.name,
        hue=rounded_hue(call.client),
        detail=_detail(call, user, names_of(call, names)),
        at=_at(call),
        greeting=(call.shown.get("greeting") or call.line.greeting) if rings else "",
        is_urgent=call.is_left_to_plan or (rings and call.waited_for(now) >= URGENT_AFTER),
        is_mine=call.answered_by_id == user.pk,
    )


def _at(call: Call) -> datetime:
    if call.is_left_to_plan and call.held_at is not None:
        return call.held_at
    return call.answered_at if call.is_open and call.answered_at else call.started_at


def _detail(call: Call, user: User, names: list[str]) -> str:
    parts = [caller_words(call.correspondent, str(call.caller_number), names)]
    if call.direction == Call.Direction.OUT:
        parts.append(_("outgoing call"))
    if call.ending == Call.Ending.VOICEMAIL:
        parts.append(str(call.get_ending_display()))
    if call.disposition:
        parts.append(str(call.get_disposition_display()))
    if call.is_left_to_plan:
        parts.append(_("taken back by nobody"))
    elif call.held_at is not None and call.is_open:
        parts.append(_("on hold"))
    elif call.handed_over_at is not None and call.is_open:
        parts.append(_("put through"))
    if call.answered_by is not None and call.answered_by_id != user.pk:
        parts.append(call.answered_by.called)
    return " · ".join(parts)


def rounded_hue(client: Client) -> int:
    """The client's hue on the five-degree steps of hues.css."""
    return round(client.hue / 5) * 5 % 360
