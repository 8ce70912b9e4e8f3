"""What somebody wants a line to do, and what is wrong with it before it may hold."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from calls.rules.hours import EVERY_DAY, Hours, When
from calls.rules.routing import LAST, OF_NUMBERS, Action, Directive

# Twilio rings at most ten telephones at once.
MOST_NUMBERS = 10
LONGEST_RING = 120
LONGEST_TEXT = 300
_RINGS = set(Action) - LAST - {Action.QUEUE}


@dataclass(frozen=True)
class DraftStep:
    """One step as it is wanted; `seconds` 0 for the usual, `numbers` in E.164."""

    action: Action
    seconds: int = 0
    numbers: tuple[str, ...] = ()
    text: str = ""
    text_en: str = ""

    def directive(self, language: str = "") -> Directive:
        """Return the step as routing knows it, its sentence in a language."""
        said = self.text_en if language == "en" and self.text_en else self.text
        return Directive(self.action, self.seconds, self.numbers, said)


@dataclass(frozen=True)
class DraftHours:
    """Hours as they are wanted, with what is done in them."""

    name: str
    when: When
    steps: tuple[DraftStep, ...]
    weekdays: frozenset[int] = EVERY_DAY
    starts: time = time()
    ends: time = time()
    first: date | None = None
    last: date | None = None
    language: str = ""

    def rule(self, key: int) -> Hours:
        """Return the hours as the rules know them."""
        return Hours(key, self.when, self.weekdays, self.starts, self.ends, self.first, self.last)


@dataclass(frozen=True)
class Draft:
    """A whole version of a schedule as it is wanted, but for its day."""

    hours: tuple[DraftHours, ...]
    holidays: str = "metropole"
    priority: int = 0
    waiting_sound: str = "music"
    waiting_url: str = ""
    tells_position: bool = True
    tells_wait: bool = False
    deputies_after: int | None = None
    voicemail_text: str = ""
    voicemail_text_en: str = ""
    records_calls: bool = False
    recording_notice: str = ""


class What(StrEnum):
    """What may be wrong with a draft."""

    NO_HOURS = "no_hours"
    NO_NAME = "no_name"
    NO_STEPS = "no_steps"
    NO_DATES = "no_dates"
    DATES_BACKWARDS = "dates_backwards"
    NO_WEEKDAYS = "no_weekdays"
    # Two "rest of the time": the second would never hold.
    REST_TWICE = "rest_twice"
    NO_NUMBERS = "no_numbers"
    TOO_MANY_NUMBERS = "too_many_numbers"
    IMPOSSIBLE_NUMBER = "impossible_number"
    # Nothing comes after a voicemail or a sentence.
    AFTER_THE_END = "after_the_end"
    # The assistant is rung before her deputies, and each of them once.
    DEPUTIES_BEFORE_HOLDER = "deputies_before_holder"
    RUNG_TWICE = "rung_twice"
    WAITS_TWICE = "waits_twice"
    NO_SENTENCE = "no_sentence"
    TOO_LONG = "too_long"
    NO_RECORDING_ADDRESS = "no_recording_address"
    NO_NOTICE = "no_notice"


@dataclass(frozen=True)
class Fault:
    """Something wrong, in which hours and step, counted from 0; -1: in none of them."""

    what: What
    hours: int = -1
    step: int = -1


def faults_of(
    draft: Draft, is_possible: Callable[[str], bool], *, has_roster: bool = False
) -> list[Fault]:
    """Name all that is wrong with a draft; `is_possible` knows telephone numbers.

    Where the client has a roster, whoever is on call needs no number in the step.
    """
    found = list(_settings(draft))
    for place, one in enumerate(draft.hours):
        found += [Fault(what, place) for what in _hours(one)]
        found += [Fault(w, place, at) for at, w in _steps(one.steps, is_possible, has_roster)]
        found += [Fault(w, place, at) for at, w in _order(one.steps)]
        found += [Fault(w, place, at) for at, w in _sentences(one.steps, draft)]
    rest = [place for place, one in enumerate(draft.hours) if one.when == When.OTHERWISE]
    found += [Fault(What.REST_TWICE, place) for place in rest[1:]]
    return found


def _settings(draft: Draft) -> Iterator[Fault]:
    if not draft.hours:
        yield Fault(What.NO_HOURS)
    if draft.waiting_sound == "own" and not draft.waiting_url:
        yield Fault(What.NO_RECORDING_ADDRESS)
    if draft.records_calls and not draft.recording_notice.strip():
        yield Fault(What.NO_NOTICE)


def _hours(one: DraftHours) -> Iterator[What]:
    if not one.name.strip():
        yield What.NO_NAME
    if not one.steps:
        yield What.NO_STEPS
    if one.when == When.DATES and (one.first is None or one.last is None):
        yield What.NO_DATES
    if one.first and one.last and one.last < one.first:
        yield What.DATES_BACKWARDS
    if one.when == When.WEEKLY and not one.weekdays:
        yield What.NO_WEEKDAYS


def _steps(
    steps: Sequence[DraftStep], is_possible: Callable[[str], bool], has_roster: bool
) -> Iterator[tuple[int, What]]:
    of_numbers = OF_NUMBERS - {Action.ON_CALL} if has_roster else OF_NUMBERS
    for place, step in enumerate(steps):
        if step.action in of_numbers and not step.numbers:
            yield place, What.NO_NUMBERS
        if len(step.numbers) > MOST_NUMBERS:
            yield place, What.TOO_MANY_NUMBERS
        if not all(is_possible(number) for number in step.numbers):
            yield place, What.IMPOSSIBLE_NUMBER
        if step.action in _RINGS and step.seconds > LONGEST_RING:
            yield place, What.TOO_LONG


def _order(steps: Sequence[DraftStep]) -> Iterator[tuple[int, What]]:
    for place, step in enumerate(steps):
        before = {one.action for one in steps[:place]}
        if before & LAST:
            yield place, What.AFTER_THE_END
        if step.action == Action.HOLDER and Action.DEPUTIES in before:
            yield place, What.DEPUTIES_BEFORE_HOLDER
        if _rings_again(step.action, before):
            yield place, What.RUNG_TWICE
        if step.action == Action.QUEUE and Action.QUEUE in before:
            yield place, What.WAITS_TWICE


def _rings_again(action: Action, before: set[Action]) -> bool:
    """Whether a step means people of whom each was rung already: nobody is rung twice."""
    if action in {Action.HOLDER, Action.DEPUTIES}:
        return bool(before & {action, Action.ASSISTANTS})
    both = {Action.HOLDER, Action.DEPUTIES}
    return action == Action.ASSISTANTS and (Action.ASSISTANTS in before or both <= before)


def _sentences(steps: Sequence[DraftStep], draft: Draft) -> Iterator[tuple[int, What]]:
    for place, step in enumerate(steps):
        line_says = draft.voicemail_text if step.action == Action.VOICEMAIL else ""
        if step.action in LAST and not (step.text.strip() or line_says.strip()):
            yield place, What.NO_SENTENCE
