"""What can be done with a talk just now, and where its people are."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls.models import Call, Transfer
from calls.rules.places import Place
from calls.services import her_leg
from clients.models import User
from core.phones import spoken
from desk.shortcuts import printed_keys

Outcome = Transfer.Outcome
_NOT_TAKEN = {
    Outcome.BUSY: gettext_lazy("%(name)s is engaged: the caller comes back."),
    Outcome.NO_ANSWER: gettext_lazy("%(name)s does not answer: the caller comes back."),
    Outcome.FAILED: gettext_lazy("%(name)s could not be rung: the caller stays with you."),
    Outcome.HUNG_UP: gettext_lazy("%(name)s has hung up."),
    Outcome.LEFT: gettext_lazy("You hung up: your telephone rings again for the caller."),
    Outcome.LOST: gettext_lazy("Nobody took the caller back: ring him."),
    Outcome.CALLER_LEFT: gettext_lazy("The caller has hung up meanwhile."),
    Outcome.PUT_THROUGH: gettext_lazy("Put through to %(name)s."),
}


# Which key does a gesture; holding and taking back off hold is one.
_ACTIONS = {
    "hold": "hold",
    "resume": "hold",
    "put_through": "put_through",
    "join": "join",
    "take_back": "take_back",
}


@dataclass(frozen=True)
class Gesture:
    """One thing that may be done, with its action among the keys."""

    name: str
    label: str
    action: str
    key: str = ""


@dataclass(frozen=True)
class TalkState:
    """Where the people of a call are, in words, and the gestures that are possible now.

    `since` is the instant that the words count from.
    """

    words: str = ""
    since: datetime | None = None
    is_urgent: bool = False
    gestures: tuple[Gesture, ...] = ()
    can_transfer: bool = False

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to say or to do."""
        return bool(self.words or self.gestures or self.can_transfer)


def talk_state(user: User, call: Call) -> TalkState:
    """Give where a call's people are, and what this person may do about it."""
    last = call.transfers.select_related("colleague").order_by("-pk").first()
    if call.state != Call.State.IN_PROGRESS:
        return TalkState(words=_ended_words(last)) if last else TalkState()
    is_mine = call.answered_by_id == user.pk
    if last is not None and last.ended_at is None:
        return _under_way(user, last, is_mine)
    if call.handed_over_at is not None:
        return TalkState(words=_ended_words(last), since=call.handed_over_at)
    return _alone_together(user, call, last)


def _gesture(user: User, name: str, label: str) -> Gesture:
    action = _ACTIONS[name]
    return Gesture(name, label, action, printed_keys(user)[action])


def _alone_together(user: User, call: Call, last: Transfer | None) -> TalkState:
    may = call.answered_by_id == user.pk and her_leg(call) is not None
    if call.held_at is not None:
        wants_back = call.places.get("caller") == Place.MUSIC
        gestures = (_gesture(user, "resume", _("Take back")),) if may and wants_back else ()
        words = _("On hold") if wants_back else _ended_words(last) or _("Rings back")
        return TalkState(words, call.held_at, True, gestures, may and wants_back)
    gestures = (_gesture(user, "hold", _("Hold")),) if may else ()
    return TalkState(_ended_words(last), None, False, gestures, may)


def _under_way(user: User, transfer: Transfer, is_mine: bool) -> TalkState:
    name = name_of(transfer)
    back = _gesture(user, "take_back", _("Take back"))
    if transfer.joined_at is not None:
        leave = _gesture(user, "put_through", _("Leave them together"))
        words = _("Three together, with %(name)s") % {"name": name}
        return TalkState(words, transfer.joined_at, False, (leave, back) if is_mine else ())
    if transfer.taken_at is not None:
        gestures = (
            _gesture(user, "put_through", _("Put through")),
            _gesture(user, "join", _("Three together")),
            back,
        )
        words = _("You speak with %(name)s, the caller hears music") % {"name": name}
        return TalkState(words, transfer.taken_at, False, gestures if is_mine else ())
    words = _("%(name)s is being rung") if transfer.rang_at is None else _("%(name)s: it rings")
    return TalkState(words % {"name": name}, transfer.asked_at, True, (back,) if is_mine else ())


def _ended_words(transfer: Transfer | None) -> str:
    words = _NOT_TAKEN.get(Outcome(transfer.outcome)) if transfer and transfer.outcome else None
    return str(words) % {"name": name_of(transfer)} if words and transfer else ""


def name_of(transfer: Transfer) -> str:
    """Name whom a caller is handed to."""
    if transfer.name:
        return transfer.name
    return spoken(str(transfer.number)) if transfer.number else _("The other person")
