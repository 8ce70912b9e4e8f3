"""Where her callers go while nobody is on her line: from the routing as it stands."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls.models import Presence
from calls.queries import Standing, candidates_of, directions_of, standings, telephones_of
from calls.rules.routing import Plan, ring_plan
from clients.models import Client, Line, User
from desk.line_words import heard_words
from desk.queries.alone import LeftAlone
from desk.queries.board import rounded_hue

# Whose callers hear something else than a colleague are named one by one up to here.
MOST_NAMED = 5
TAKES_NONE: dict[str, str | Promise] = {
    "paused": gettext_lazy("You are on a break since %(time)s."),
    "away": gettext_lazy("You are away."),
    "gone": gettext_lazy("You can’t be reached since %(time)s."),
    "wrap_up": gettext_lazy("You are writing up until %(until)s."),
    "busy": gettext_lazy("You are on the telephone."),
}


@dataclass(frozen=True)
class Idle:
    """What an idle desk says: whether the next call comes here, and where calls go otherwise."""

    takes_calls: bool
    words: str
    # Whose callers reach nobody, and how many clients more.
    alone: Sequence[LeftAlone] = ()
    more: int = 0
    # She may sit down at a colleague's.
    needs_telephone: bool = False


def idle(user: User, now: datetime) -> Idle:
    """Tell whether the next call opens on her desk, or who is rung for her clients instead."""
    standing = standings([user.pk], now)[user.pk]
    plans, rings = list(_plans(user, now)), bool(telephones_of(user.pk))
    why = _why_not(user, standing, plans) if rings else _("No telephone rings you.")
    if not why:
        return Idle(takes_calls=True, words=_("The next call will open here by itself."))
    alone = _alone(plans)
    words = " ".join(part for part in (why, *_where(plans, user)) if part)
    return Idle(
        takes_calls=False,
        words=words,
        alone=alone[:MOST_NAMED],
        more=max(0, len(alone) - MOST_NAMED),
        needs_telephone=not rings,
    )


def _plans(user: User, now: datetime) -> Iterator[tuple[Line, Plan]]:
    """Give what each line of her clients does at this moment. A fixed number of questions."""
    clients = Client.objects.in_service().answered_by(user)
    in_force = Line.objects.in_force(now).filter(client__in=clients)
    lines = list(in_force.select_related("client__bureau").order_by("client__name", "pk"))
    people = candidates_of(list({line.client for line in lines}), now)
    directions = directions_of(lines, now)
    for line in lines:
        yield line, ring_plan(people[line.client_id], directions[line.pk].directives)


def _why_not(user: User, standing: Standing, plans: Sequence[tuple[Line, Plan]]) -> str:
    """Say why no call rings her now; empty where one may."""
    if standing.state != Presence.State.AVAILABLE:
        told = {"time": _clock(standing.since), "until": _clock(standing.until)}
        return str(TAKES_NONE[standing.state]) % told
    rings = any(step.user_id == user.pk for _line, plan in plans for step in plan.steps)
    return "" if rings or not plans else _("No line rings you at this hour.")


def _clock(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%-H:%M}" if at else ""


def _where(plans: Sequence[tuple[Line, Plan]], user: User) -> Iterator[str]:
    """Say who is rung first, she herself while she talks."""
    first: dict[int, set[int]] = defaultdict(set)
    for line, plan in plans:
        person = _first_rung(plan)
        if person is not None:
            first[person].add(line.client_id)
    if first.pop(user.pk, None):
        yield _("A second call rings at yours.")
    yield _to_whom(first)


def _first_rung(plan: Plan) -> int | None:
    return next((step.user_id for step in plan.steps if step.user_id), None)


def _alone(plans: Sequence[tuple[Line, Plan]]) -> list[LeftAlone]:
    """Give the clients of whom a line rings nobody of ours, and what its callers hear."""
    heard: dict[int, LeftAlone] = {}
    for line, plan in plans:
        if _first_rung(plan) is None and line.client_id not in heard:
            client, words = line.client, heard_words(plan, line.unanswered_text)
            name = client.short_name or client.name
            heard[client.pk] = LeftAlone(client=name, hue=rounded_hue(client), heard=words)
    return list(heard.values())


def _to_whom(first: dict[int, set[int]]) -> str:
    """« Les appels vont à Claire. », most clients first."""
    people = User.objects.in_bulk(first)
    order = sorted(first, key=lambda one: (-len(first[one]), one))
    if not order:
        return ""
    names = get_text_list([people[one].called for one in order], _("and"))
    return _("Calls go to %(names)s.") % {"names": names}
