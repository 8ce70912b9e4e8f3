"""Who is rung for a call, in which order, for how long, what comes then, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

RING_FREE_SECONDS = 25
# She is talking: her telephone signals the second call, and the caller is given more time.
RING_BUSY_SECONDS = 60


class Action(StrEnum):
    """What a line may do with a caller."""

    # Everybody who answers the client: who is free by rank, then who is talking.
    ASSISTANTS = "assistants"
    # The first by rank; with her deputies as a step of their own.
    HOLDER = "holder"
    DEPUTIES = "deputies"
    # The client's own telephones.
    TEAM = "team"
    # Whoever is on call for the client.
    ON_CALL = "on_call"
    FORWARD = "forward"
    QUEUE = "queue"
    VOICEMAIL = "voicemail"
    # A sentence, then the end.
    ANNOUNCE = "announce"


# How long a caller waits, and how long he may speak to the machine.
_USUAL_SECONDS = {Action.QUEUE: 300, Action.VOICEMAIL: 120}
# What rings people known here.
OF_PEOPLE = {Action.ASSISTANTS, Action.HOLDER, Action.DEPUTIES}
# What rings numbers.
OF_NUMBERS = {Action.TEAM, Action.ON_CALL, Action.FORWARD}
# Nothing comes after these.
LAST = {Action.VOICEMAIL, Action.ANNOUNCE}


@dataclass(frozen=True)
class Candidate:
    """Somebody who answers the client, as things stand when the line rings.

    `presence` is available, paused, away, wrap_up or gone, `since` an instant in ISO's writing,
    empty where it is not known. `instead_of` names whom she covers, 0 where she answers in her own
    right.
    """

    user_id: int
    rank: int
    presence: str
    is_talking: bool
    endpoint_ids: tuple[int, ...]
    instead_of: int = 0
    since: str = ""


@dataclass(frozen=True)
class Directive:
    """One step of a line's hours, as it was directed.

    `seconds` is how long it rings or waits, 0 for the usual. `numbers` are E.164, for what rings
    numbers. `text` is said to the caller, in his language. `on_call` names who of the client's
    roster is at those numbers.
    """

    action: Action
    seconds: int = 0
    numbers: tuple[str, ...] = ()
    text: str = ""
    on_call: tuple[int, ...] = ()


@dataclass(frozen=True)
class OnCall:
    """Somebody of a client's roster whose turn it is, at a number in E.164."""

    person_id: int
    number: str


def with_roster(
    directives: Sequence[Directive], on_call: Sequence[OnCall]
) -> tuple[Directive, ...]:
    """Ring whoever is on call at this instant before the numbers that a step names.

    Several on call ring together. Where nobody is, or nobody answers, the step's own numbers ring.
    """
    found: list[Directive] = []
    for one in directives:
        if one.action == Action.ON_CALL and on_call:
            numbers = tuple(dict.fromkeys(turn.number for turn in on_call))
            people = tuple(dict.fromkeys(turn.person_id for turn in on_call))
            found.append(replace(one, numbers=numbers, on_call=people))
            one = replace(one, numbers=tuple(n for n in one.numbers if n not in numbers))
            if not one.numbers:
                continue
        found.append(one)
    return tuple(found)


# A line for which nothing was directed.
USUAL = (Directive(Action.ASSISTANTS),)


@dataclass(frozen=True)
class Step:
    """One step of a call's plan: telephones rung together for so many seconds, or what is done."""

    action: str
    seconds: int
    because: str
    user_id: int | None = None
    endpoint_ids: tuple[int, ...] = ()
    numbers: tuple[str, ...] = ()
    text: str = ""
    instead_of: int = 0
    on_call: tuple[int, ...] = ()


@dataclass(frozen=True)
class Refused:
    """Why somebody is not rung, and since when that is so where it is known."""

    user_id: int
    because: str
    since: str = ""


@dataclass(frozen=True)
class Plan:
    """What to do one after the other; after the last step the line's own sentence is said."""

    steps: tuple[Step, ...]
    refused: tuple[Refused, ...]


def ring_plan(candidates: Sequence[Candidate], directives: Sequence[Directive] = USUAL) -> Plan:
    """Make a plan of what was directed, with the people as they stand.

    Nobody is rung twice, whatever the directives repeat; what comes after a voicemail or an
    announcement is left out.
    """
    ordered = in_order(candidates)
    asked = any(one.action in OF_PEOPLE | {Action.QUEUE} for one in directives)
    refused = tuple(
        Refused(one.user_id, reason, one.since if reason == one.presence else "")
        for one in ordered
        if (reason := why_not_rung(one))
    )
    return Plan(steps=tuple(_steps(ordered, directives)), refused=refused if asked else ())


def in_order(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Order people by rank, who came first first."""
    return sorted(candidates, key=lambda one: (one.rank, one.user_id))


def _steps(ordered: Sequence[Candidate], directives: Sequence[Directive]) -> Iterator[Step]:
    rung: set[int] = set()
    for directive in directives:
        for step in _steps_of(directive, ordered):
            if step.user_id is None or step.user_id not in rung:
                yield step
            if step.user_id is not None:
                rung.add(step.user_id)
        if directive.action in LAST:
            return


def _steps_of(directive: Directive, ordered: Sequence[Candidate]) -> Iterator[Step]:
    if directive.action in OF_PEOPLE:
        yield from _people(directive, ordered)
    elif directive.action not in OF_NUMBERS or directive.numbers:
        yield Step(
            action=directive.action,
            seconds=directive.seconds or _USUAL_SECONDS.get(directive.action, RING_FREE_SECONDS),
            because="directed",
            numbers=directive.numbers,
            text=directive.text,
            on_call=directive.on_call,
        )


def _people(directive: Directive, ordered: Sequence[Candidate]) -> Iterator[Step]:
    chosen = _chosen(directive.action, ordered)
    rung = [one for one in chosen if not why_not_rung(one)]
    for one in rung:
        if not one.is_talking:
            yield _ring(directive, one, directive.seconds or RING_FREE_SECONDS, "available")
    if directive.action == Action.ASSISTANTS:
        for one in rung:
            if one.is_talking:
                yield _ring(directive, one, RING_BUSY_SECONDS, "talking")


def _chosen(action: Action, ordered: Sequence[Candidate]) -> Sequence[Candidate]:
    """Give those whom an action means; the holder's place may be held by several of one rank."""
    first = min((one.rank for one in ordered), default=0)
    if action == Action.HOLDER:
        return [one for one in ordered if one.rank == first]
    if action == Action.DEPUTIES:
        return [one for one in ordered if one.rank != first]
    return ordered


def _ring(directive: Directive, one: Candidate, seconds: int, because: str) -> Step:
    return Step(
        action=directive.action,
        seconds=seconds,
        because="covers" if one.instead_of and because == "available" else because,
        user_id=one.user_id,
        endpoint_ids=one.endpoint_ids,
        instead_of=one.instead_of,
    )


def why_not_rung(candidate: Candidate) -> str:
    """Name what keeps somebody from being rung, empty where nothing does."""
    if candidate.presence != "available":
        return candidate.presence
    return "" if candidate.endpoint_ids else "no_telephone"


def with_cover(
    candidates: Sequence[Candidate],
    covers: Mapping[int, int],
    stand_ins: Sequence[Candidate] = (),
) -> list[Candidate]:
    """Give each covered person's place to who covers her; `covers` is covered → who covers.

    `stand_ins` may be who covers without answering the client herself; their rank is not looked at.
    Who is covered is rung last, and only where she is at her desk nevertheless.
    """
    known = {one.user_id: one for one in (*stand_ins, *candidates)}
    placed = []
    for one in candidates:
        stand_in = known.get(covers.get(one.user_id, 0))
        if stand_in is None:
            placed.append(one)
        else:
            placed.append(replace(stand_in, rank=one.rank, instead_of=one.user_id))
            placed.append(replace(one, rank=one.rank + 1000))
    return _first_places(placed)


def _first_places(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Keep each person where she stands first."""
    best: dict[int, Candidate] = {}
    for one in sorted(candidates, key=lambda one: one.rank):
        best.setdefault(one.user_id, one)
    return list(best.values())


def covers_in(candidates: Sequence[Candidate]) -> dict[str, int]:
    """Tell who answers in whose place, as it is kept with a call: covered → who covers."""
    return {str(one.instead_of): one.user_id for one in candidates if one.instead_of}


def rest_of_plan(done: Sequence[Step], fresh: Sequence[Step]) -> tuple[Step, ...]:
    """Give what a new plan adds to the steps that a call has behind it.

    Nobody is rung again, and nothing else is done twice.
    """
    rung = {step.user_id for step in done if step.user_id is not None}
    had = [_what(step) for step in done if step.user_id is None]
    rest = []
    for step in fresh:
        if step.user_id is None and _what(step) in had:
            had.remove(_what(step))
        elif step.user_id is None or step.user_id not in rung:
            rest.append(step)
    return tuple(rest)


def after_people(directives: Sequence[Directive]) -> tuple[Directive, ...]:
    """Give what a line does once nobody of ours has taken a caller.

    Who answers is not rung again; what comes before us (the client's own team) is over as well.
    """
    ours = OF_PEOPLE | {Action.QUEUE}
    first = next((n for n, one in enumerate(directives) if one.action in ours), len(directives))
    return tuple(one for one in directives[first:] if one.action not in OF_PEOPLE)


def _what(step: Step) -> tuple[str, tuple[str, ...], str]:
    return step.action, step.numbers, step.text
