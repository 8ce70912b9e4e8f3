"""Why a call went where it went, in one line: from what was kept when it was routed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from agenda.reasons import clock
from calls.models import Call, CallLeg, LineHours
from calls.rules.routing import Action
from clients.models import OnCallPerson, User
from core.phones import spoken
from desk.going_on_words import before_that, going_on_words, waited_words

Names = dict[int, str]


def routed_words(call: Call) -> str:
    """Say in one line why a call went where it went; nothing where nothing was kept of it."""
    if not call.routing.get("because"):
        return ""
    if call.routing["because"] == "blocked":
        return _("Blocked caller: nobody was rung")
    if call.routing["because"] == "unheard":
        return _("We could not be reached: the operator took the call")
    if call.routing["because"] == "exchange":
        return _by_an_exchange(call)
    if "went_on" in call.routing:
        return " · ".join((routed_words(before_that(call)), going_on_words(call)))
    names = _names(call)
    before = ", ".join(_before(call, names))
    where = _where(call, names)
    said = _("%(where)s: %(why)s") % {"where": where, "why": before} if before else where
    return " · ".join(one for one in (*_circumstances(call), said) if one)


def _by_an_exchange(call: Call) -> str:
    if call.answered_by is not None:
        return _("Put through to %(name)s by the exchange") % {"name": call.answered_by.called}
    return _("Routed by the exchange")


def _names(call: Call) -> Names:
    """Give the names of all whom the routing speaks of, in one question."""
    kept = call.routing
    rows = [*kept.get("steps", []), *kept.get("refused", [])]
    ids = {one["user_id"] for one in rows} | {one["user"] for one in kept.get("declined", [])}
    covered = {one.get("instead_of") for one in kept.get("steps", [])}
    people = User.objects.filter(pk__in={*ids, *covered, call.answered_by_id} - {None, 0})
    return {one.pk: one.called for one in people}


def _circumstances(call: Call) -> Iterator[str]:
    kept = call.routing
    if kept["because"] == "crisis":
        yield _("Crisis: the client’s own team is left out")
    if kept["because"] == "always":
        yield _("Always put through")
    if kept.get("when") == LineHours.Kind.OTHERWISE:
        yield _("Outside hours")
    elif kept.get("when") == LineHours.Kind.HOLIDAYS:
        yield _("Public holiday")
    elif kept.get("hours"):
        yield kept["hours"]
    if kept.get("nobody_on_call"):
        yield _("nobody on call by the roster")
    yield from _on_call_in_vain(call)
    if call.queued_at:
        waited = (call.left_queue_at or call.answered_at or call.ended_at or call.queued_at) - (
            call.queued_at
        )
        yield waited_words(int(waited.total_seconds()))


def _on_call_in_vain(call: Call) -> Iterator[str]:
    """Name who was on call and rung, where somebody or something else had the caller in the end."""
    if call.is_open or not call.routing.get("tried"):
        return
    until = call.routing["tried"][-1]["index"] + 1
    rung = [one for one in call.routing.get("steps", [])[:until] if one.get("on_call")]
    ids = {one for step in rung for one in step["on_call"]}
    if ids and not _is_theirs(call, rung):
        people = OnCallPerson.objects.filter(pk__in=ids).order_by("name", "pk")
        for one in people:
            yield _("%(name)s on call, did not pick up") % {"name": one.name}


def _is_theirs(call: Call, rung: list[dict[str, Any]]) -> bool:
    """Whether somebody on call by the roster took the call."""
    answered = call.legs.filter(role=CallLeg.Role.THIRD).exclude(answered_at=None)
    if call.answered_at is None:
        return False
    numbers = {number for step in rung for number in step.get("numbers", [])}
    return any(str(one.number) in numbers for one in answered)


def _where(call: Call, names: Names) -> str:
    """Say whose voice the caller heard, or what he heard instead."""
    if call.answered_by_id:
        return _by_somebody(call, names)
    if call.answered_at:
        return _by_a_third(call)
    last = _last_tried(call)
    if call.is_waiting:
        return _("Waits in the queue")
    if call.is_open and last and last.get("user_id") in names:
        return _("Rings at %(name)s") % {"name": names[last["user_id"]]}
    if call.is_open and last and last.get("on_call"):
        return _("Rings at %(name)s, on call") % {"name": _on_call_names(last)}
    if last and last.get("action") == Action.VOICEMAIL:
        return _("voicemail")
    if last and last.get("action") == Action.ANNOUNCE:
        return _("a sentence, then the end")
    return _("Nobody answered") if not call.is_open else _("Being put through")


def _by_somebody(call: Call, names: Names) -> str:
    name = names.get(call.answered_by_id or 0, "")
    steps = [one for one in call.routing.get("steps", []) if one["user_id"] == call.answered_by_id]
    covered = names.get(steps[0].get("instead_of") or 0) if steps else None
    if covered:
        return _("%(name)s, in the place of %(other)s") % {"name": name, "other": covered}
    if next(_before(call, names), None):
        return _("Put through to %(name)s") % {"name": name}
    return _("%(name)s, first in turn") % {"name": name}


def _by_a_third(call: Call) -> str:
    answered = call.legs.filter(role=CallLeg.Role.THIRD).exclude(answered_at=None).first()
    if answered is None:
        return _("Answered")
    number = str(answered.number)
    steps = [one for one in call.routing.get("steps", []) if number in one.get("numbers", [])]
    action = steps[0]["action"] if steps else ""
    written = {"number": spoken(number)}
    if action == Action.TEAM:
        return _("Taken by the client’s own team, %(number)s") % written
    if action == Action.ON_CALL:
        return _taken_on_call(steps[0], number)
    return _("Put through to %(number)s") % written


def _on_call_names(step: dict[str, Any]) -> str:
    people = OnCallPerson.objects.filter(pk__in=step["on_call"]).order_by("name", "pk")
    return ", ".join(one.name for one in people) or "?"


def _taken_on_call(step: dict[str, Any], number: str) -> str:
    """Name who of the client's roster took a call, where the number still is somebody's there."""
    people = OnCallPerson.objects.filter(pk__in=step.get("on_call", ())).order_by("pk")
    named = next((one.name for one in people if str(one.number) == number), "")
    if not named and len(people) == 1:
        # She has another number by now.
        named = people[0].name
    told = {"name": named, "number": spoken(number)}
    if named:
        return _("Taken by %(name)s, on call, %(number)s") % told
    return _("Taken by whoever is on call, %(number)s") % told


def _last_tried(call: Call) -> dict[str, Any] | None:
    steps, tried = call.routing.get("steps", []), call.routing.get("tried", [])
    index = tried[-1]["index"] if tried else 0
    return steps[index] if index < len(steps) else None


def _before(call: Call, names: Names) -> Iterator[str]:
    """Say of each who came before the voice why it is not hers."""
    zone, answered = ZoneInfo(call.client.timezone), call.answered_by_id
    said: set[int] = set()
    for user_id, because, since in _passed_over(call):
        # Who stands behind the one who answered is nobody's reason.
        if user_id in said or user_id == answered or user_id not in names:
            continue
        said.add(user_id)
        yield refusal_words(names[user_id], because, since, zone)
    yield from _numbers_in_vain(call)


def _numbers_in_vain(call: Call) -> Iterator[str]:
    """Say which telephones that are nobody's here rang before, and brought nobody."""
    words = {
        Action.TEAM: _("the client’s own team did not pick up"),
        Action.ON_CALL: _("whoever is on call did not pick up"),
    }
    for _index, step in _done_in_vain(call):
        if step.get("on_call"):
            # Whom the roster names is named by that.
            continue
        if step.get("action") in words:
            yield words[step["action"]]
        elif step.get("action") == Action.FORWARD:
            numbers = ", ".join(spoken(number) for number in step["numbers"])
            yield _("nobody picked up on %(numbers)s") % {"numbers": numbers}


def _passed_over(call: Call) -> Iterator[tuple[int, str, str]]:
    yield from _refused(call)
    yield from _rung_in_vain(call)
    for one in call.routing.get("declined", []):
        yield one["user"], "no_answer", ""


def _refused(call: Call) -> Iterator[tuple[int, str, str]]:
    """Give those who came before, by rank, and were not rung or only after who was free."""
    kept = call.routing
    order = kept.get("order", [])
    until = order.index(call.answered_by_id) if call.answered_by_id in order else len(order)
    ahead = set(order[:until])
    for one in kept.get("refused", []):
        if one["user_id"] in ahead:
            yield one["user_id"], one["because"], one.get("since", "")
    for step in kept.get("steps", []):
        if call.answered_by_id and step["because"] == "talking" and step["user_id"] in ahead:
            yield step["user_id"], "talking", ""


def _rung_in_vain(call: Call) -> Iterator[tuple[int, str, str]]:
    kept = call.routing
    skipped = {one["index"]: one["because"] for one in kept.get("skipped", [])}
    for index, step in _done_in_vain(call):
        if step["user_id"] is not None:
            yield step["user_id"], skipped.get(index, "no_answer"), ""


def _done_in_vain(call: Call) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give the steps before the one that holds now, or that brought the voice."""
    kept = call.routing
    last = kept["tried"][-1]["index"] if kept.get("tried") else 0
    until = last if call.is_open or call.answered_at else last + 1
    yield from enumerate(kept.get("steps", [])[:until])


def refusal_words(name: str, because: str, since: str, zone: ZoneInfo) -> str:
    """« Léa en pause depuis 10 h 02 »"""
    if since:
        at = clock(datetime.fromisoformat(since), zone)
        timed = {
            "paused": _("%(name)s on a break since %(time)s"),
            "away": _("%(name)s away from the desk since %(time)s"),
            "gone": _("the desk of %(name)s silent since %(time)s"),
        }
        if because in timed:
            return timed[because] % {"name": name, "time": at}
    return _untimed(because) % {"name": name}


def _untimed(because: str) -> str:
    return {
        "paused": _("%(name)s on a break"),
        "away": _("%(name)s away from the desk"),
        "gone": _("the desk of %(name)s silent"),
        "wrap_up": _("%(name)s writing up her last call"),
        "talking": _("%(name)s on another call"),
        "no_telephone": _("%(name)s without a telephone"),
        "no_longer_answers": _("%(name)s no longer answers this client"),
    }.get(because, _("%(name)s did not pick up"))
