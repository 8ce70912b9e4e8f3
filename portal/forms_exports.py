"""Which days of whose agenda are printed or exported."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from agenda.models import Calendar
from core.day_fields import DAYS_WITHIN_REACH
from portal.forms import DateInput


class ExportForm(forms.Form):
    """A span of days of one calendar, or of all."""

    most_days = 366 * 2

    calendar = forms.ModelChoiceField(
        label=_("Whose agenda"),
        queryset=Calendar.objects.none(),
        to_field_name="uuid",
        empty_label=_("all"),
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
    )
    from_date = forms.DateField(
        label=_("First day"), widget=DateInput(), validators=DAYS_WITHIN_REACH
    )
    to_date = forms.DateField(
        label=_("Last day, included"), widget=DateInput(), validators=DAYS_WITHIN_REACH
    )

    def __init__(self, *args: Any, calendars: QuerySet[Calendar], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["calendar"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = calendars

    @property
    def days(self) -> int:
        """How many days are asked for."""
        return days_of(self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        """Refuse what ends before it begins, and more than can be given at once."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("from_date") and given.get("to_date"):
            self._check(days_of(given))
        return given

    def _check(self, days: int) -> None:
        if days < 1:
            raise forms.ValidationError(_("The end comes before the beginning."))
        if days > self.most_days:
            most = {"count": self.most_days}
            at_most = ngettext("At most %(count)d day.", "At most %(count)d days.", self.most_days)
            raise forms.ValidationError(at_most % most)


class PrintForm(ExportForm):
    """A span of days to print: one calendar, and no more than a month of paper."""

    most_days = 31

    def clean_calendar(self) -> Calendar:
        """Ask for one calendar."""
        calendar: Calendar | None = self.cleaned_data["calendar"]
        if calendar is None:
            raise forms.ValidationError(_("Choose one agenda to print."))
        return calendar


def days_of(given: dict[str, date]) -> int:
    """Count the days of a span, both ends included."""
    return (given["to_date"] - given["from_date"]).days + 1
