"""What a line does, in plain sentences: its hours, their steps, and what a caller would meet."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agenda.rules.directives import SaidDays
from agenda.rules.wording import days_sentence
from calls.queries import Foreseen
from calls.rules.drafts import Draft, DraftHours
from calls.rules.hours import EVERY_DAY, When
from calls.rules.routing import LAST, OF_PEOPLE, RING_FREE_SECONDS, Action, Directive, Plan, Step
from core.phones import spoken
from desk.wording import long_day, long_moment


@dataclass(frozen=True)
class Team:
    """Who answers a client: the first in rank, and those after her; and whether it has a roster."""

    first: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    has_roster: bool = False

    @property
    def everybody(self) -> tuple[str, ...]:
        """All of them, by rank."""
        return self.first + self.others


@dataclass(frozen=True)
class Names:
    """The names of those whom plans ring: of ours, and of the clients' on call."""

    people: Mapping[int, str] = field(default_factory=dict)
    on_call: Mapping[int, str] = field(default_factory=dict)


def clock(at: time) -> str:
    """« 8:00 », as grids write it."""
    return f"{at.hour}:{at.minute:02}"


def hours_words(one: DraftHours) -> str:
    """« Du lundi au vendredi, 8:00–18:00 »"""
    if one.when == When.OTHERWISE:
        return _("The rest of the time")
    days = _capped(_days(one))
    span = "" if one.starts == one.ends == time() else f"{clock(one.starts)}–{clock(one.ends)}"
    if span and one.ends <= one.starts:
        span = _("%(span)s the next day") % {"span": span}
    return ", ".join(part for part in (days, *_bounds(one), span) if part)


def _days(one: DraftHours) -> str:
    if one.when == When.HOLIDAYS:
        return _("public holidays")
    if one.when == When.DATES and one.first and one.last:
        said = days_sentence(SaidDays(one.first, one.last), _language())
        if one.weekdays not in (EVERY_DAY, frozenset()):
            return f"{said} ({weekdays_words(one.weekdays)})"
        return said
    return weekdays_words(one.weekdays)


def weekdays_words(chosen: Collection[int]) -> str:
    """« du lundi au vendredi », « tous les samedis »"""
    weekdays = tuple(sorted(chosen or EVERY_DAY))
    # Any day will do: only the weekdays are said.
    return days_sentence(SaidDays(_SOME_DAY, None, weekdays), _language())


_SOME_DAY = datetime(2024, 1, 1).date()  # noqa: DTZ001


def _bounds(one: DraftHours) -> Iterator[str]:
    if one.when == When.DATES:
        return
    if one.first:
        yield _("from %(day)s on") % {"day": long_day(one.first)}
    if one.last:
        yield _("up to %(day)s") % {"day": long_day(one.last)}


def steps_words(directives: Sequence[Directive], team: Team) -> str:
    """« Léa 25 s, puis Claire, puis attente 3 min, puis répondeur »"""
    return _then(_directed(one, team) for one in directives)


def draft_words(one: DraftHours, team: Team) -> str:
    """Say what is done in some hours."""
    return steps_words([step.directive(one.language) for step in one.steps], team)


def _directed(one: Directive, team: Team) -> str:
    if one.action in OF_PEOPLE:
        lasts = lasting(one.seconds or RING_FREE_SECONDS)
        return _then(f"{name} {lasts}" for name in _whose(one.action, team))
    if one.action == Action.ON_CALL and team.has_roster:
        lasts = lasting(one.seconds or RING_FREE_SECONDS)
        return (
            _after_number(_by_roster(one), lasts) if one.numbers else f"{_by_roster(one)} {lasts}"
        )
    step = Step(one.action, one.seconds, "directed", numbers=one.numbers, text=one.text)
    return thing_words(step)


def _by_roster(one: Directive) -> str:
    if not one.numbers:
        return _("whoever is on call by the roster")
    numbers = _listed([spoken(number) for number in one.numbers])
    return _("whoever is on call by the roster, otherwise %(numbers)s") % {"numbers": numbers}


def _whose(action: Action, team: Team) -> Sequence[str]:
    """Name whom an action rings, one after the other."""
    if action == Action.HOLDER:
        return team.first or [_("the assistant")]
    if action == Action.DEPUTIES:
        deputies = [_("her deputy %(names)s") % {"names": name} for name in team.others]
        return deputies or [_("her deputies")]
    return team.everybody or [_("whoever answers")]


def thing_words(step: Step, on_call: Mapping[int, str] | None = None) -> str:
    """Say what is done where no assistant is rung; `on_call` names those of the roster."""
    named = [name for one in step.on_call if (name := (on_call or {}).get(one))]
    numbers = _listed([spoken(one) for one in step.numbers])
    lasts = lasting(step.seconds) if step.seconds else ""
    plain = {
        Action.TEAM: _("the client’s own team (%(numbers)s)"),
        Action.ON_CALL: _("%(names)s on call (%(numbers)s)")
        if named
        else _("whoever is on call (%(numbers)s)"),
        Action.FORWARD: _("forwarded to %(numbers)s"),
        Action.QUEUE: _("a wait"),
        Action.VOICEMAIL: _("voicemail"),
        Action.ANNOUNCE: _("the sentence “%(text)s”, then the end"),
    }[Action(step.action)]
    said = plain % {
        "numbers": numbers,
        "text": step.text,
        "names": _all(named),
    }
    if not lasts or step.action in LAST:
        return said
    return _after_number(said, lasts) if step.action == Action.FORWARD else f"{said} {lasts}"


def _after_number(said: str, lasts: str) -> str:
    """Keep the seconds apart from the digits of a number."""
    return f"{said} ({lasts})"


def lasting(seconds: int) -> str:
    """« 25 s », « 3 min », « 1 min 30 »"""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return f"{seconds}\N{NO-BREAK SPACE}s"
    whole = f"{minutes}\N{NO-BREAK SPACE}min"
    return f"{whole}\N{NO-BREAK SPACE}{rest:02}" if rest else whole


def foreseen_words(seen: Foreseen, names: Names, zone: ZoneInfo, unanswered: str) -> str:
    """« Dimanche 3 mai à 22 h 15, un appel arriverait hors horaires : sonnerait chez … »"""
    when = _capped(long_moment(seen.at, zone))
    if seen.direction is None:
        return _("%(when)s, the line would not be this client’s: nothing would come here.") % {
            "when": when
        }
    if seen.direction.is_blocked:
        return _("%(when)s, this caller would not be let in.") % {"when": when}
    what = plan_words(seen.plan, names, unanswered)
    told = {"when": when, "where": _circumstance(seen), "what": what}
    if told["where"]:
        return _("%(when)s, a call would come %(where)s: %(what)s.") % told
    return _("%(when)s, a call would go like this: %(what)s.") % told


def _circumstance(seen: Foreseen) -> str:
    """Say in which hours a call comes, and what sets them aside."""
    direction = seen.direction
    assert direction is not None
    parts = []
    if direction.because == "crisis":
        parts.append(_("in a crisis, without the client’s own team"))
    if direction.because == "always":
        parts.append(_("from somebody who is always put through"))
    if direction.nobody_on_call:
        parts.append(_("with nobody on call by the roster"))
    hours = direction.hours
    if hours is not None:
        named = {"name": hours.name}
        parts.append(
            {
                When.OTHERWISE: _("outside hours (%(name)s)"),
                When.HOLIDAYS: _("on a public holiday (%(name)s)"),
                When.DATES: _("on a particular day (%(name)s)"),
            }.get(When(hours.kind), _("in the hours “%(name)s”"))
            % named
        )
    return ", ".join(parts)


def plan_words(
    plan: Plan, names: Names, unanswered: str, rings: Callable[[Step, Names], str] | None = None
) -> str:
    """« sonnerait chez Léa 25 s, puis chez Claire 25 s, puis attente 5 min »

    `rings` says how somebody of ours is rung, where it is not foreseen but happens now.
    """
    said = rings or _planned
    parts = [
        said(step, names) if step.user_id else thing_words(step, names.on_call)
        for step in plan.steps
    ]
    ends = bool(plan.steps) and plan.steps[-1].action in LAST
    if not ends and unanswered:
        parts.append(_("the sentence “%(text)s”, then the end") % {"text": unanswered})
    if not any(step.user_id or step.numbers for step in plan.steps):
        parts = [_("nobody would be rung"), *parts]
    return _then(parts)


def heard_words(plan: Plan, unanswered: str) -> str:
    """Say what callers meet where nobody of ours is rung."""
    parts = [thing_words(step) for step in plan.steps if step.user_id is None]
    if not plan.steps or plan.steps[-1].action not in LAST:
        parts.append(_("the sentence “%(text)s”, then the end") % {"text": unanswered})
    return _then(parts)


def _planned(step: Step, names: Names) -> str:
    told = told_of(step, names)
    if step.instead_of:
        return _("it would ring at %(name)s, who stands in for %(other)s, %(time)s") % told
    if step.because == "talking":
        return _("it would ring at %(name)s, on another call, %(time)s") % told
    return _("it would ring at %(name)s %(time)s") % told


def told_of(step: Step, names: Names) -> dict[str, str]:
    """Give who is rung by a step, in whose place, for how long."""
    return {
        "name": names.people.get(step.user_id or 0, "?"),
        "other": names.people.get(step.instead_of, "?"),
        "time": lasting(step.seconds),
    }


def settings_words(draft: Draft) -> Iterator[str]:
    """Say what a version says beside its hours: waiting, priority, voicemail, recording."""
    yield {
        "music": _("Waiting with music"),
        "silence": _("Waiting in silence"),
        "own": _("Waiting with the client’s own recording"),
    }[draft.waiting_sound]
    if draft.tells_position:
        yield _("the place in the queue is told")
    if draft.tells_wait:
        yield _("the time that it may take is told")
    if draft.deputies_after is not None:
        yield _("deputies ring too after %(time)s of waiting") % {
            "time": lasting(draft.deputies_after)
        }
    if draft.priority:
        yield _("priority %(sign)s in the queue") % {"sign": f"{draft.priority:+d}"}
    if draft.voicemail_text:
        yield _("before the tone: “%(text)s”") % {"text": draft.voicemail_text}
    if draft.records_calls:
        yield _("calls are recorded, after the notice “%(text)s”") % {
            "text": draft.recording_notice
        }


def _then(parts: Iterable[str]) -> str:
    return _(", then ").join(parts)


def _listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(some)s or %(last)s") % {"some": ", ".join(names[:-1]), "last": names[-1]}


def _all(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(some)s and %(last)s") % {"some": ", ".join(names[:-1]), "last": names[-1]}


def _capped(text: str) -> str:
    return text[:1].upper() + text[1:]


def _language() -> str:
    return get_language() or "fr"
