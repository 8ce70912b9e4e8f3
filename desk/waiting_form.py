"""What is asked of somebody who would come sooner."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agenda.models import Calendar, Motive, WaitingListEntry
from agenda.rules.wishes import PartOfDay, Wishes
from core.day_fields import DAYS_WITHIN_REACH
from desk.forms import DeskForm, NumberField, day_input, text_input, time_input
from desk.queries.waiting import weekday_name
from desk.rules.said import understand


class WaitingForm(DeskForm):
    """Somebody's wish: for what, with whom, when, and how urgent."""

    scope = "waiting"
    person = forms.UUIDField(required=False)
    person_query = forms.CharField(required=False, max_length=150)
    number = NumberField(label=_("Number to ring"), required=False)
    motive = forms.ChoiceField(label=_("Motive"), widget=forms.Select({"class": "input"}))
    calendar = forms.ChoiceField(
        label=_("With"), required=False, widget=forms.Select({"class": "input"})
    )
    part = forms.ChoiceField(
        label=_("Time of day"),
        choices=WaitingListEntry.Part.choices,
        required=False,
        widget=forms.Select({"class": "input"}),
    )
    said = forms.CharField(
        label=_("When, as she says it"),
        max_length=80,
        required=False,
        widget=text_input(autocomplete="off", spellcheck="false"),
        help_text=_("“Wednesday after 17:00”, “before 9:30, not before 3 December”."),
    )
    after = forms.TimeField(label=_("Not before"), required=False, widget=time_input())
    before = forms.TimeField(label=_("Before"), required=False, widget=time_input())
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Only on"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    first_day = forms.DateField(
        label=_("From"), required=False, widget=day_input(), validators=DAYS_WITHIN_REACH
    )
    last_day = forms.DateField(
        label=_("Until, included"), required=False, widget=day_input(), validators=DAYS_WITHIN_REACH
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False, widget=text_input())
    is_urgent = forms.BooleanField(
        label=_("Urgent: asked before the others"), required=False, widget=forms.CheckboxInput
    )

    def __init__(
        self,
        data: Any = None,
        *,
        motives: Sequence[Motive],
        calendars: Sequence[Calendar],
        wall: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.wall = wall
        self.motives = {str(one.uuid): one for one in motives}
        self.calendars = {str(one.uuid): one for one in calendars}
        named = [(uuid, one.name) for uuid, one in self.calendars.items()]
        choices = {
            "motive": [(uuid, one.name) for uuid, one in self.motives.items()],
            "calendar": named if len(named) == 1 else [("", _("anybody")), *named],
            "weekdays": [(day, weekday_name(day)) for day in range(7)],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a wish of nobody's, one that ends before it begins, or that is not to be had."""
        cleaned = super().clean() or {}
        self._hear(cleaned)
        name = cleaned.get("person_query", "").strip()
        if "person" not in self.errors and not cleaned.get("person") and not name:
            self.add_error("person", _("Who waits? Type a name."))
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("This is before the first day."))
        if not _leave_an_hour(cleaned):
            self.add_error("before", _("No moment of the day is between these hours."))
        motive, calendar = self.wanted(cleaned)
        if motive and calendar and not motive.is_for(calendar):
            self.add_error("motive", _("This practitioner does not take this motive."))
        return cleaned

    def _hear(self, cleaned: dict[str, Any]) -> None:
        """Take over what was said in words; it has the say over what is chosen beside it."""
        if not cleaned.get("said"):
            return
        heard = understand(cleaned["said"], now=self.wall)
        if heard is None or heard.wishes.are_none:
            self.add_error("said", _("Not understood. Say a day, an hour, or both."))
            return
        found = wish_fields(heard.wishes)
        hours = {name: found.pop(name) for name in ("part", "after", "before")}
        cleaned |= hours if any(hours.values()) else {}
        cleaned |= {name: value for name, value in found.items() if value}

    def wanted(self, cleaned: dict[str, Any]) -> tuple[Motive | None, Calendar | None]:
        """Give the motive and the calendar that were chosen."""
        motive = self.motives.get(cleaned.get("motive", ""))
        return motive, self.calendars.get(cleaned.get("calendar", ""))


def _leave_an_hour(cleaned: dict[str, Any]) -> bool:
    """Say whether a part of the day and hours that were given have a moment in common."""
    part = PartOfDay(cleaned.get("part") or "").hours
    first = max(one or time.min for one in (part[0], cleaned.get("after")))
    last = min(one or time.max for one in (part[1], cleaned.get("before")))
    return first < last


def wish_fields(wishes: Wishes) -> dict[str, Any]:
    """Give the fields that say these wishes; hours that make a part of the day are that part."""
    part = PartOfDay.between(wishes.after, wishes.before)
    hours: tuple[time | None, time | None] = (None, None)
    if part is None:
        hours = (wishes.after, wishes.before)
    return {
        "part": part.value if part else "",
        "after": hours[0],
        "before": hours[1],
        "weekdays": sorted(wishes.weekdays),
        "first_day": wishes.first_day,
        "last_day": wishes.last_day,
    }
