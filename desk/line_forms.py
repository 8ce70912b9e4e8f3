"""What is typed on a line's page: a moment to foresee, a caller's rule."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from calls.models import CallerRule
from core.day_fields import DAYS_WITHIN_REACH
from core.phones import parse_number
from core.wall_clock import instants_of
from desk.forms import day_input, text_input


def time_input() -> forms.TimeInput:
    """A time of day, chosen in the browser's own clock."""
    return forms.TimeInput({"class": "input", "type": "time"}, format="%H:%M")


class PreviewForm(forms.Form):
    """A moment on the line's wall, and who would call."""

    day = forms.DateField(label=_("On the day"), widget=day_input(), validators=DAYS_WITHIN_REACH)
    time = forms.TimeField(label=_("Hour"), widget=time_input())
    caller = forms.CharField(
        label=_("Caller, if you like"),
        widget=text_input(type="tel", inputmode="tel"),
        required=False,
        max_length=40,
    )

    def __init__(self, data: Any = None, *, region: str = "FR", **kwargs: Any) -> None:
        super().__init__(data, auto_id="preview-%s", **kwargs)
        self.region = region

    def clean_caller(self) -> str:
        """Give the caller in E.164, or an empty text."""
        written = self.cleaned_data["caller"]
        if not written:
            return ""
        number = parse_number(written, self.region)
        if number is None:
            raise forms.ValidationError(_("This can’t be a telephone number."))
        return number

    def instants(self, zone: ZoneInfo) -> tuple[datetime, ...]:
        """Give the instants that the clocks show so: none or two where they change."""
        return instants_of(self.cleaned_data["day"], self.cleaned_data["time"], zone)


class CallerRuleForm(forms.Form):
    """A caller whom the client never wants to hear, or always wants put through."""

    number = forms.CharField(
        label=_("Caller’s number"), widget=text_input(type="tel", inputmode="tel"), max_length=40
    )
    verdict = forms.ChoiceField(
        label=_("What"),
        choices=CallerRule.Verdict.choices,
        widget=forms.Select(attrs={"class": "input"}),
    )
    note = forms.CharField(
        label=_("Who and why"), widget=text_input(), required=False, max_length=120
    )
    everywhere = forms.BooleanField(
        label=_("on all lines of this client"), required=False, initial=True
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="caller-rule-%s", **kwargs)
