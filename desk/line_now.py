"""What a line does at this very moment: by its hours, and by who is there or covers."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from calls.queries import Direction, candidates_of, directions_of
from calls.rules.routing import Plan, Refused, Step, ring_plan
from clients.models import Line
from desk.line_words import Names, plan_words, told_of
from desk.queries.lines import names_in, zone_of
from desk.routing_words import refusal_words


class RightNow:
    """What each of many lines does at an instant, read in a fixed number of questions."""

    def __init__(self, lines: Sequence[Line], now: datetime) -> None:
        self.directions = directions_of(lines, now)
        people = candidates_of(list({line.client for line in lines}), now)
        self.plans = {
            line.pk: ring_plan(people[line.client_id], self.directions[line.pk].directives)
            for line in lines
        }
        self.names: Names = names_in(self.plans.values())

    def words(self, line: Line, *, in_short: bool = False) -> str:
        """« Journée : Claire, qui remplace Léa, 25 s, puis attente »

        In short, what is said at the end is left out where somebody is rung before.
        """
        direction, plan = self.directions[line.pk], self.plans[line.pk]
        is_rung = any(step.user_id or step.numbers for step in plan.steps)
        unanswered = "" if in_short and is_rung else line.unanswered_in(direction.language)
        return _placed(direction, plan_words(plan, self.names, unanswered, _rings))

    def why(self, line: Line) -> list[str]:
        """« Léa en pause depuis 10 h 02 »: who is not rung though it would be her turn."""
        return list(self._why(line, self.plans[line.pk], self.directions[line.pk]))

    def is_urgent(self, line: Line) -> bool:
        """Whether nobody would be rung, or nobody is on call though somebody is asked for."""
        steps = self.plans[line.pk].steps
        is_rung = any(step.user_id or step.numbers for step in steps)
        return self.directions[line.pk].nobody_on_call or not is_rung

    def _why(self, line: Line, plan: Plan, direction: Direction) -> Iterator[str]:
        if direction.nobody_on_call:
            yield _("nobody on call by the roster")
        for one in _not_covered(plan):
            name = self.names.people.get(one.user_id, "?")
            yield refusal_words(name, one.because, one.since, zone_of(line))


def _not_covered(plan: Plan) -> Sequence[Refused]:
    """Leave out those in whose place somebody is rung: that says why already."""
    covered = {step.instead_of for step in plan.steps}
    return [one for one in plan.refused if one.user_id not in covered]


def _placed(direction: Direction, said: str) -> str:
    if direction.because == "crisis":
        return _("crisis: %(what)s") % {"what": said}
    if direction.hours is None:
        return said
    return _("%(where)s: %(why)s") % {"where": direction.hours.name, "why": said}


def _rings(step: Step, names: Names) -> str:
    told = told_of(step, names)
    if step.instead_of:
        return _("%(name)s, who stands in for %(other)s, %(time)s") % told
    if step.because == "talking":
        return _("%(name)s, on another call, %(time)s") % told
    return _("%(name)s %(time)s") % told
