"""The forms of which a line's editor is made: settings, hours, steps."""

from datetime import date, time
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from calls.models import LineHours, LineSchedule, LineStep
from calls.rules.drafts import LONGEST_TEXT, DraftHours, DraftStep
from calls.rules.hours import EVERY_DAY, When
from calls.rules.routing import LAST, OF_NUMBERS, Action
from core.day_fields import DAYS_WITHIN_REACH, WEEKDAYS
from desk.forms import day_input, text_input
from desk.line_forms import time_input
from desk.line_words import weekdays_words


def select() -> forms.Select:
    """A choice of one."""
    return forms.Select(attrs={"class": "input"})


def small_number(**attributes: str) -> forms.NumberInput:
    """A small number."""
    return forms.NumberInput({"class": "input", "inputmode": "numeric", "min": "0", **attributes})


def sentence() -> forms.Textarea:
    """Something said aloud."""
    return forms.Textarea({"class": "input input-voice", "rows": "2"})


class SettingsForm(forms.ModelForm):
    """From when a version holds, and what it says beside its hours."""

    starts_on = forms.DateField(
        label=_("Holds from the"),
        widget=day_input(),
        validators=DAYS_WITHIN_REACH,
        help_text=_("From midnight on. What holds before stays as it was."),
    )
    priority = forms.TypedChoiceField(
        label=_("Priority in the queue"),
        coerce=int,
        choices=[
            (2, _("before all others")),
            (1, _("before the usual ones")),
            (0, _("usual")),
            (-1, _("after the usual ones")),
            (-2, _("after all others")),
        ],
        widget=select(),
    )
    deputies_after = forms.IntegerField(
        label=_("Deputies ring too after so many seconds of waiting"),
        min_value=0,
        max_value=3600,
        required=False,
        widget=small_number(),
        help_text=_("Empty: never while the assistant is at her desk."),
    )
    waiting_url = forms.URLField(
        label=_("Address of the recording"),
        required=False,
        max_length=200,
        assume_scheme="https",
        widget=text_input(type="url"),
    )
    seen = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)

    class Meta:
        model = LineSchedule
        fields = LineSchedule.SETTINGS
        widgets = {
            "holidays": select(),
            "waiting_sound": select(),
            "voicemail_text": sentence(),
            "voicemail_text_en": sentence(),
            "recording_notice": sentence(),
        }

    def _post_clean(self) -> None:
        """Leave the model's own rules to the service, which names all that is wrong."""

    def said(self) -> dict[str, Any]:
        """Return what a valid form says beside the hours."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class HoursForm(forms.Form):
    """On which days, from when to when, in which language."""

    name = forms.CharField(label=_("Name of these hours"), max_length=60, widget=text_input())
    kind = forms.ChoiceField(label=_("Which days"), choices=LineHours.Kind.choices, widget=select())
    weekdays = forms.MultipleChoiceField(
        label=_("Days"), choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple, required=False
    )
    starts = forms.TimeField(label=_("From"), widget=time_input(), required=False)
    ends = forms.TimeField(label=_("To"), widget=time_input(), required=False)
    first_day = forms.DateField(
        label=_("First day"), widget=day_input(), validators=DAYS_WITHIN_REACH, required=False
    )
    last_day = forms.DateField(
        label=_("Last day, included"),
        widget=day_input(),
        validators=DAYS_WITHIN_REACH,
        required=False,
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("the client’s first")), ("fr", _("French")), ("en", _("English"))],
        widget=select(),
        required=False,
    )

    @property
    def summary(self) -> str:
        """« du lundi au vendredi, 8:00–19:00 », as it stands in the fields, right or wrong."""
        kind = self["kind"].value()
        parts = [str(dict(LineHours.Kind.choices).get(kind, ""))]
        if kind == When.WEEKLY:
            chosen = set(self["weekdays"].value() or ())
            parts = [weekdays_words([int(day) for day, _name in WEEKDAYS if day in chosen])]
        if kind == When.DATES:
            parts = [self._span("first_day", "last_day")]
        if kind != When.OTHERWISE and self["starts"].value() != self["ends"].value():
            parts.append(self._span("starts", "ends"))
        return ", ".join(parts)

    def _span(self, first: str, last: str) -> str:
        return "–".join(_short(self[name].value()) for name in (first, last))

    def said(self, steps: tuple[DraftStep, ...]) -> DraftHours:
        """Return the hours that a valid form says; what its kind does not ask for is left out."""
        given, when = self.cleaned_data, When(self.cleaned_data["kind"])
        rest = when == When.OTHERWISE
        first: date | None = None if rest else given["first_day"]
        last: date | None = None if rest else given["last_day"]
        weekly = frozenset(int(day) for day in given["weekdays"])
        return DraftHours(
            name=given["name"],
            when=when,
            steps=steps,
            weekdays=weekly if when == When.WEEKLY else EVERY_DAY,
            starts=time() if rest else given["starts"] or time(),
            ends=time() if rest else given["ends"] or time(),
            first=first,
            last=last,
            language=given["language"],
        )


def _short(value: Any) -> str:
    """Give what a field holds, typed or begun with, as a grid writes it."""
    if isinstance(value, time):
        return f"{value.hour}:{value.minute:02}"
    if isinstance(value, date):
        return date_format(value, "j F")
    return str(value or "")


class StepForm(forms.Form):
    """One thing to do with a caller."""

    action = forms.ChoiceField(label=_("What"), choices=LineStep.Kind.choices, widget=select())
    seconds = forms.IntegerField(
        label=_("For how many seconds"),
        min_value=0,
        max_value=3600,
        required=False,
        widget=small_number(),
        help_text=_("Empty: as usual."),
    )
    numbers = forms.CharField(
        label=_("Numbers, one to a line"),
        required=False,
        max_length=400,
        widget=forms.Textarea({"class": "input", "rows": "2", "inputmode": "tel"}),
        help_text=_("They ring together."),
    )
    text = forms.CharField(
        label=_("Sentence"), required=False, max_length=LONGEST_TEXT, widget=sentence()
    )
    text_en = forms.CharField(
        label=_("The same in English"), required=False, max_length=LONGEST_TEXT, widget=sentence()
    )

    def said(self) -> DraftStep:
        """Return the step that a valid form says; what its action does not ask for is left out."""
        given, action = self.cleaned_data, Action(self.cleaned_data["action"])
        numbers = (one.strip() for one in given["numbers"].splitlines())
        return DraftStep(
            action=action,
            seconds=0 if action == Action.ANNOUNCE else given["seconds"] or 0,
            numbers=tuple(one for one in numbers if one) if action in OF_NUMBERS else (),
            text=given["text"].strip() if action in LAST else "",
            text_en=given["text_en"].strip() if action in LAST else "",
        )
