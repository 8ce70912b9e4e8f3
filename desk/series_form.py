"""What is asked of a series of appointments."""

from datetime import time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agenda.rules.series import LONGEST_SERIES, Rhythm
from core.day_fields import DAYS_WITHIN_REACH
from desk.forms import Choices, DeskForm, day_input, text_input

RHYTHMS = (
    (1, _("every day")),
    (2, _("every 2 days")),
    (3, _("every 3 days")),
    (7, _("every week")),
    (14, _("every 2 weeks")),
    (21, _("every 3 weeks")),
    (28, _("every 4 weeks")),
)
TOLERANCES = (
    (0, _("at this very time")),
    (30, _("within half an hour")),
    (60, _("within an hour")),
    (120, _("within two hours")),
    (480, _("any time that day")),
)
_SELECT = {"class": "input"}


class SeriesForm(DeskForm):
    """How many visits, how often, from when, at what time, and how exactly."""

    scope = "series"
    motive = forms.ChoiceField(label=_("Motive"), widget=forms.Select(_SELECT))
    calendar = forms.ChoiceField(label=_("Practitioner"), widget=forms.Select(_SELECT))
    count = forms.IntegerField(
        label=_("How many visits"),
        min_value=2,
        max_value=LONGEST_SERIES,
        initial=10,
        widget=forms.NumberInput({"class": "input", "inputmode": "numeric"}),
    )
    every = forms.TypedChoiceField(
        label=_("How often"),
        coerce=int,
        choices=RHYTHMS,
        initial=7,
        widget=forms.Select(_SELECT),
    )
    first_day = forms.DateField(
        label=_("Starting on"), widget=day_input(), validators=DAYS_WITHIN_REACH
    )
    at = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput({"class": "input", "type": "time"}, format="%H:%M")
    )
    tolerance = forms.TypedChoiceField(
        label=_("How exactly"),
        coerce=int,
        choices=TOLERANCES,
        initial=60,
        widget=forms.Select(_SELECT),
    )
    note = forms.CharField(
        label=_("Note for the practitioner"), max_length=500, required=False, widget=text_input()
    )

    def __init__(
        self, data: Any = None, *, motives: Choices, calendars: Choices, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.fields["motive"].choices = motives  # type: ignore[attr-defined]
        self.fields["calendar"].choices = calendars  # type: ignore[attr-defined]

    @property
    def rhythm(self) -> Rhythm:
        """How often, as the rules read it."""
        asked = self.cleaned_data
        at: time = asked["at"].replace(second=0, microsecond=0, tzinfo=None)
        return Rhythm(asked["first_day"], at, asked["count"], asked["every"])

    @property
    def leeway(self) -> timedelta:
        """How far from the time a visit may begin."""
        return timedelta(minutes=self.cleaned_data["tolerance"])
