"""What is asked of somebody who would come sooner."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agenda.models import Calendar, Motive, WaitingListEntry
from core.day_fields import DAYS_WITHIN_REACH
from desk.forms import DeskForm, NumberField, day_input, text_input
from desk.queries.waiting import weekday_name


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
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
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
        name = cleaned.get("person_query", "").strip()
        if "person" not in self.errors and not cleaned.get("person") and not name:
            self.add_error("person", _("Who waits? Type a name."))
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("This is before the first day."))
        motive, calendar = self.wanted(cleaned)
        if motive and calendar and not motive.is_for(calendar):
            self.add_error("motive", _("This practitioner does not take this motive."))
        return cleaned

    def wanted(self, cleaned: dict[str, Any]) -> tuple[Motive | None, Calendar | None]:
        """Give the motive and the calendar that were chosen."""
        motive = self.motives.get(cleaned.get("motive", ""))
        return motive, self.calendars.get(cleaned.get("calendar", ""))
