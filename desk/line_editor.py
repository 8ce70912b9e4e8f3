"""Writes a version of a line's schedule: forms that grow and shrink, with scripts or without.

Every button sends the whole page, so nothing typed is lost; only « save » keeps it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from calls.rules.drafts import Draft, DraftHours, DraftStep, Fault
from calls.rules.hours import When
from calls.rules.routing import Action
from core.phones import spoken
from desk.line_editor_forms import HoursForm, SettingsForm, StepForm
from desk.line_faults import said_fault

MOST_HOURS, MOST_STEPS = 12, 8
# No more are shown unfolded.
FEW_HOURS = 3
Raw = dict[str, list[str]]


@dataclass
class RawHours:
    """Some hours as they were typed, not yet read."""

    fields: Raw
    steps: list[Raw] = field(default_factory=list)


@dataclass
class HoursPart:
    """The forms of some hours and of their steps; folded, they are shown by their summary."""

    form: HoursForm
    steps: list[StepForm]
    is_open: bool = True

    @property
    def has_errors(self) -> bool:
        """Whether something read of them is wrong."""
        forms_read = [one for one in (self.form, *self.steps) if one.is_bound]
        return any(one.errors for one in forms_read)


@dataclass
class Editor:
    """The whole editor: settings, and hours with their steps."""

    settings: SettingsForm
    parts: list[HoursPart]

    def is_valid(self) -> bool:
        """Read every form, also after one that can't be read: all errors are shown at once."""
        found = [self.settings.is_valid()]
        for part in self.parts:
            found += [part.form.is_valid(), *(step.is_valid() for step in part.steps)]
        return all(found)

    def draft(self) -> Draft:
        """Return the version that valid forms say."""
        hours = (part.form.said(tuple(step.said() for step in part.steps)) for part in self.parts)
        return Draft(hours=tuple(hours), **self.settings.said())

    def fold(self, do: str) -> None:
        """Fold the hours of a crowded line, but for those that are wrong or were just touched."""
        if len(self.parts) <= FEW_HOURS:
            return
        asked, *where = do.split(":")
        touched = int(where[0]) if where and where[0].isdecimal() and len(where[0]) < 4 else -1
        touched = {"add_hours": len(self.parts) - 1, "move_hours": touched - 1}.get(asked, touched)
        if asked == "drop_hours":
            touched = -1
        for place, part in enumerate(self.parts):
            part.is_open = place == touched or part.has_errors

    def show(self, faults: Sequence[Fault]) -> None:
        """Say beside each field what is wrong with it."""
        for fault in faults:
            name, words = said_fault(fault.what)
            form: forms.BaseForm = self.settings
            if fault.hours >= 0:
                part = self.parts[fault.hours]
                form = part.form if fault.step < 0 else part.steps[fault.step]
            form.add_error(name if name in form.fields else None, str(words))


def begun(draft: Draft, initial: dict[str, Any]) -> Editor:
    """Begin the editor with what a version says."""
    settings = {name: getattr(draft, name) for name in SettingsForm.Meta.fields}
    parts = [
        HoursPart(
            HoursForm(prefix=f"h{place}", initial=_hours_initial(one)),
            [
                StepForm(prefix=f"h{place}s{at}", initial=_step_initial(step))
                for at, step in enumerate(one.steps)
            ],
        )
        for place, one in enumerate(draft.hours)
    ]
    return Editor(SettingsForm(initial=settings | initial), parts)


def _hours_initial(one: DraftHours) -> dict[str, Any]:
    return {
        "name": one.name,
        "kind": one.when.value,
        "weekdays": [str(day) for day in sorted(one.weekdays)],
        "starts": one.starts,
        "ends": one.ends,
        "first_day": one.first,
        "last_day": one.last,
        "language": one.language,
    }


def _step_initial(step: DraftStep) -> dict[str, Any]:
    return {
        "action": step.action.value,
        "seconds": step.seconds or "",
        "numbers": "\n".join(spoken(number) for number in step.numbers),
        "text": step.text,
        "text_en": step.text_en,
    }


def typed(post: QueryDict) -> Editor:
    """Give the editor as it was sent, to be read."""
    return _bound(post, _raw(post))


def changed(post: QueryDict) -> Editor | None:
    """Give the editor after what its button asks of hours and steps; None where it asks nothing.

    Nothing is read yet: what was only just added is not wrong for being empty.
    """
    asked, *where = post.get("do", "").split(":")
    change = _CHANGES.get(asked)
    if change is None:
        return None
    raw = _raw(post)
    change(raw, [int(one) for one in where if one.isdecimal() and len(one) < 4])
    return _unread(post, raw)


def _raw(post: QueryDict) -> list[RawHours]:
    return [_raw_hours(post, place) for place in range(_count(post, "count", MOST_HOURS))]


def _unread(post: QueryDict, raw: Sequence[RawHours]) -> Editor:
    settings = {name: post.get(name, "") for name in SettingsForm.base_fields}
    parts = [
        HoursPart(
            HoursForm(prefix=f"h{place}", initial=_firsts(one.fields)),
            [
                StepForm(prefix=f"h{place}s{at}", initial=_firsts(step))
                for at, step in enumerate(one.steps)
            ],
        )
        for place, one in enumerate(raw)
    ]
    return Editor(SettingsForm(initial=settings), parts)


def _firsts(fields: Raw) -> dict[str, Any]:
    """Give what one field holds as it stands, and of several boxes all that are ticked."""
    return {
        name: values if name == "weekdays" else next(iter(values), "")
        for name, values in fields.items()
    }


def _count(post: QueryDict, name: str, most: int) -> int:
    text = post.get(name, "")
    return min(int(text), most) if text.isdecimal() and len(text) < 4 else 0


def _raw_hours(post: QueryDict, place: int) -> RawHours:
    steps = range(_count(post, f"h{place}-count", MOST_STEPS))
    return RawHours(
        {name: post.getlist(f"h{place}-{name}") for name in HoursForm.base_fields},
        [
            {name: post.getlist(f"h{place}s{at}-{name}") for name in StepForm.base_fields}
            for at in steps
        ],
    )


def _bound(post: QueryDict, raw: Sequence[RawHours]) -> Editor:
    data: MultiValueDict[str, str] = MultiValueDict()
    parts = []
    for place, one in enumerate(raw):
        _put(data, f"h{place}", one.fields)
        for at, step in enumerate(one.steps):
            _put(data, f"h{place}s{at}", step)
        forms_of_steps = [StepForm(data, prefix=f"h{place}s{at}") for at in range(len(one.steps))]
        parts.append(HoursPart(HoursForm(data, prefix=f"h{place}"), forms_of_steps))
    return Editor(SettingsForm(post), parts)


def _put(data: MultiValueDict[str, str], prefix: str, fields: Raw) -> None:
    for name, values in fields.items():
        data.setlist(f"{prefix}-{name}", values)


def _add_hours(raw: list[RawHours], where: list[int]) -> None:
    if len(raw) < MOST_HOURS:
        workdays = [str(day) for day in range(5)]
        kind = {"kind": [When.WEEKLY.value], "weekdays": workdays}
        times = {"starts": ["08:00"], "ends": ["18:00"]}
        raw.append(RawHours(kind | times, [_new_step()]))


def _new_step() -> Raw:
    return {"action": [Action.ASSISTANTS.value]}


def _drop_hours(raw: list[RawHours], where: list[int]) -> None:
    if len(where) == 1 and where[0] < len(raw):
        del raw[where[0]]


def _move_hours(raw: list[RawHours], where: list[int]) -> None:
    """Put hours one place further up; of two alike, the first counts."""
    if len(where) == 1 and 0 < where[0] < len(raw):
        raw.insert(where[0] - 1, raw.pop(where[0]))


def _add_step(raw: list[RawHours], where: list[int]) -> None:
    if len(where) == 1 and where[0] < len(raw) and len(raw[where[0]].steps) < MOST_STEPS:
        raw[where[0]].steps.append(_new_step())


def _drop_step(raw: list[RawHours], where: list[int]) -> None:
    if _is_a_step(raw, where):
        del raw[where[0]].steps[where[1]]


def _move_step(raw: list[RawHours], where: list[int]) -> None:
    if _is_a_step(raw, where) and where[1] > 0:
        steps = raw[where[0]].steps
        steps.insert(where[1] - 1, steps.pop(where[1]))


def _is_a_step(raw: list[RawHours], where: list[int]) -> bool:
    return len(where) == 2 and where[0] < len(raw) and where[1] < len(raw[where[0]].steps)


_CHANGES: dict[str, Callable[[list[RawHours], list[int]], None]] = {
    "add_hours": _add_hours,
    "drop_hours": _drop_hours,
    "move_hours": _move_hours,
    "add_step": _add_step,
    "drop_step": _drop_step,
    "move_step": _move_step,
}
