"""What a line did with a caller whom nobody took back, in one line."""

from collections.abc import Iterator
from copy import copy
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from agenda.reasons import clock
from calls.models import Call, CallLeg
from calls.rules.routing import LAST, Action
from clients.models import OnCallPerson
from core.phones import spoken


def before_that(call: Call) -> Call:
    """Give the call as it was routed before the first voice, in memory only."""
    kept = {name: one for name, one in call.routing.items() if name != "went_on"}
    went_on = call.routing["went_on"]
    first = copy(call)
    first.answered_by_id, first.queued_at = went_on["by"], None
    if went_on["waited"] is not None:
        first.queued_at = call.started_at
        first.left_queue_at = call.started_at + timedelta(seconds=went_on["waited"])
    first.routing = kept | {
        "steps": kept["steps"][: went_on["from"]],
        "tried": [one for one in kept.get("tried", []) if one["index"] < went_on["from"]],
        "declined": [one for one in kept.get("declined", []) if one["at"] < went_on["at"]],
        "exhausted": False,
    }
    return first


def waited_words(seconds: int) -> str:
    """« a attendu 12 s en file »"""
    return _("waited %(seconds)s s in the queue") % {"seconds": seconds}


def going_on_words(call: Call) -> str:
    """« personne ne l’a repris à 10 h 02 : a attendu 40 s en file, repris par Claire »"""
    at = datetime.fromisoformat(call.routing["went_on"]["at"])
    told = {
        "time": clock(at, ZoneInfo(call.client.timezone)),
        "what": ", ".join(_each(call)),
    }
    if not told["what"]:
        return _("taken back by nobody at %(time)s") % told
    return _("taken back by nobody at %(time)s: %(what)s") % told


def _each(call: Call) -> Iterator[str]:
    steps, first = call.routing["steps"], call.routing["went_on"]["from"]
    tried = [one["index"] for one in call.routing.get("tried", []) if one["index"] >= first]
    done = [steps[index] for index in dict.fromkeys(tried)]
    for step in done:
        yield _of_step(call, step, is_last=step is done[-1])
    yield from _end(call, done[-1]["action"] if done else "")


def _of_step(call: Call, step: dict[str, Any], *, is_last: bool) -> str:
    if step["action"] == Action.QUEUE:
        return _of_queue(call, is_last=is_last)
    if step["action"] == Action.VOICEMAIL:
        return _("voicemail")
    if step["action"] == Action.ANNOUNCE:
        return _("a sentence, then the end")
    return _of_numbers(call, step)


def _end(call: Call, last: str) -> Iterator[str]:
    """Say how it ended where nobody took him, and the last step does not tell it."""
    if call.routing.get("exhausted") and last not in LAST:
        yield _("the line’s sentence, then the end")
    elif call.left_alone_at is not None and last != Action.ANNOUNCE:
        yield _("the caller hung up")


def _of_queue(call: Call, *, is_last: bool) -> str:
    if call.is_waiting or call.queued_at is None or call.left_queue_at is None:
        return _("waits in the queue")
    waited = waited_words(int((call.left_queue_at - call.queued_at).total_seconds()))
    is_taken = is_last and call.held_at is None and call.handed_over_at is None
    if not is_taken or call.answered_by is None:
        return waited
    return ", ".join((waited, _("taken back by %(name)s") % {"name": call.answered_by.called}))


def _of_numbers(call: Call, step: dict[str, Any]) -> str:
    name = _names_on_call(step) or ", ".join(spoken(number) for number in step["numbers"])
    began = datetime.fromisoformat(call.routing["went_on"]["at"]).replace(microsecond=0)
    rung = call.legs.filter(
        role=CallLeg.Role.THIRD, number__in=step["numbers"], started_at__gte=began
    )
    if call.held_at is None and rung.exclude(answered_at=None).exists():
        return _("taken by %(name)s") % {"name": name}
    if call.is_left_to_plan and rung.exclude(state=CallLeg.State.ENDED).exists():
        return _("rings at %(name)s") % {"name": name}
    return _("%(name)s did not pick up") % {"name": name}


def _names_on_call(step: dict[str, Any]) -> str:
    people = OnCallPerson.objects.filter(pk__in=step.get("on_call", ())).order_by("name", "pk")
    return ", ".join(one.name for one in people)
