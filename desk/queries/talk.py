"""What can be done with a talk just now, and where its people are."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls.models import Call, CallLeg, Transfer
from calls.rules.places import Place
from calls.services import her_leg
from clients.models import Endpoint, User
from core.phones import spoken
from desk.shortcuts import printed_keys

Outcome = Transfer.Outcome
# What came of it: to whom the call is, and to her colleagues.
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
_TO_OTHERS = _NOT_TAKEN | {
    Outcome.FAILED: gettext_lazy("%(name)s could not be rung: the caller stays with %(by)s."),
    Outcome.LEFT: gettext_lazy("%(by)s hung up: her telephone rings again for the caller."),
}
_TO_THE_AIM = _TO_OTHERS | {
    Outcome.PUT_THROUGH: gettext_lazy("%(by)s has put the caller through to you."),
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

    `since` is the instant that the words count from; `hint` tells what her telephone would do.
    """

    words: str = ""
    since: datetime | None = None
    is_urgent: bool = False
    gestures: tuple[Gesture, ...] = ()
    can_transfer: bool = False
    hint: str = ""

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to say or to do."""
        return bool(self.words or self.gestures or self.can_transfer)


def talk_state(user: User, call: Call) -> TalkState:
    """Give where a call's people are, and what this person may do about it."""
    last = call.transfers.select_related("colleague", "by").order_by("-pk").first()
    if last is not None and last.ended_at is None:
        return _under_way(user, call, last)
    if call.is_rung_out and call.state == Call.State.RINGING:
        return TalkState(words=_ringing_out_words(call))
    if call.left_alone_at is not None:
        return TalkState(words=_("Nobody took the caller back: ring him."))
    if call.is_left_to_plan:
        words = _("Nobody took the caller back: what the line does then goes on.")
        return TalkState(words, call.held_at, is_urgent=True)
    if call.state != Call.State.IN_PROGRESS:
        return TalkState(words=_ended_words(user, last))
    if call.handed_over_at is not None and _is_by_plan(call, last):
        words = _("Nobody of ours took the caller back: whoever his line rings then has him.")
        return TalkState(words=words, since=call.handed_over_at)
    if call.handed_over_at is not None:
        return TalkState(words=_ended_words(user, last), since=call.handed_over_at)
    return _alone_together(user, call, last)


def _is_by_plan(call: Call, last: Transfer | None) -> bool:
    """Whether his line brought the caller to whom he talks with, and no transfer since."""
    went_on = call.routing.get("went_on")
    if went_on is None:
        return False
    return last is None or last.asked_at < datetime.fromisoformat(went_on["at"])


def _ringing_out_words(call: Call) -> str:
    """Say whose telephone rings: hers first, then that of whom she rings."""
    legs = {leg.role: leg for leg in call.legs.select_related("endpoint").order_by("pk")}
    known = call.correspondent
    name = {"name": known.display_name if known else spoken(str(call.caller_number))}
    hers = legs.get(CallLeg.Role.ASSISTANT)
    if CallLeg.Role.CALLER in legs:
        return _("%(name)s: it rings") % name
    if hers is not None and hers.endpoint and hers.endpoint.kind == Endpoint.Kind.NUMBER:
        return _("Your telephone rings first: pick it up and press 1.")
    if hers is None or hers.answered_at is None:
        return _("Your telephone rings first: pick it up.")
    return _("%(name)s is being rung") % name


def _gesture(user: User, name: str, label: str) -> Gesture:
    action = _ACTIONS[name]
    return Gesture(name, label, action, printed_keys(user)[action])


def _alone_together(user: User, call: Call, last: Transfer | None) -> TalkState:
    may = call.answered_by_id == user.pk and her_leg(call) is not None
    if call.held_at is not None:
        wants_back = call.places.get("caller") == Place.MUSIC
        gestures = (_gesture(user, "resume", _("Take back")),) if may and wants_back else ()
        words = _("On hold") if wants_back else _ended_words(user, last) or _("Rings back")
        return TalkState(words, call.held_at, True, gestures, may and wants_back)
    gestures = (_gesture(user, "hold", _("Hold")),) if may else ()
    return TalkState(_ended_words(user, last), None, False, gestures, may)


def _under_way(user: User, call: Call, transfer: Transfer) -> TalkState:
    words, since, is_urgent = _stage(call, transfer)
    said = words[_eyes(user, transfer)] % _names(transfer)
    is_mine = call.answered_by_id == user.pk and call.is_open
    gestures = tuple(_gesture(user, *one) for one in _possible(transfer)) if is_mine else ()
    # Not while the other's path is still a part of hers, which would end with it.
    stays = is_mine and call.places.get("third") == Place.CONSULT
    hint = _("Hanging up puts the caller through.") if stays else ""
    return TalkState(said, since, is_urgent, gestures, hint=hint)


def _possible(transfer: Transfer) -> list[tuple[str, str]]:
    back = ("take_back", _("Take back"))
    if transfer.joined_at is not None:
        return [("put_through", _("Leave them together")), back]
    if transfer.taken_at is None:
        return [back]
    return [("put_through", _("Put through")), ("join", _("Three together")), back]


def _eyes(user: User, transfer: Transfer) -> int:
    """Tell who reads: 0 she who hands on, 1 the colleague whom she rang, 2 anybody else."""
    if transfer.by_id == user.pk:
        return 0
    return 1 if transfer.colleague_id == user.pk else 2


def _stage(call: Call, transfer: Transfer) -> tuple[tuple[str, str, str], datetime, bool]:
    """Give the words for each reader, the instant they count from, and whether it presses."""
    if transfer.joined_at is not None:
        return _three(), transfer.joined_at, False
    if transfer.taken_at is None:
        return _rings(transfer), transfer.asked_at, True
    if not call.is_open:
        return _without_the_caller(), transfer.taken_at, False
    return _consults(), transfer.taken_at, False


def _three() -> tuple[str, str, str]:
    return (
        _("Three together, with %(name)s"),
        _("Three together, with %(by)s"),
        _("Three together, with %(by)s and %(name)s"),
    )


def _rings(transfer: Transfer) -> tuple[str, str, str]:
    words = _("%(name)s is being rung") if transfer.rang_at is None else _("%(name)s: it rings")
    return words, _("%(by)s rings you for this caller"), words


def _consults() -> tuple[str, str, str]:
    return (
        _("You speak with %(name)s, the caller hears music"),
        _("%(by)s speaks with you first, the caller hears music"),
        _("%(by)s speaks with %(name)s, the caller hears music"),
    )


def _without_the_caller() -> tuple[str, str, str]:
    return (
        _("The caller has hung up; you still speak with %(name)s"),
        _("The caller has hung up; %(by)s still speaks with you"),
        _("The caller has hung up; %(by)s still speaks with %(name)s"),
    )


def _ended_words(user: User, transfer: Transfer | None) -> str:
    if transfer is None or not transfer.outcome:
        return ""
    told = (_NOT_TAKEN, _TO_THE_AIM, _TO_OTHERS)[_eyes(user, transfer)]
    return str(told[Outcome(transfer.outcome)]) % _names(transfer)


def _names(transfer: Transfer) -> dict[str, str]:
    return {"name": name_of(transfer), "by": transfer.by.called}


def name_of(transfer: Transfer) -> str:
    """Name whom a caller is handed to."""
    if transfer.name:
        return transfer.name
    return spoken(str(transfer.number)) if transfer.number else _("The other person")
