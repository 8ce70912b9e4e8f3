"""What the portal asks."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agenda.models import Motive
from clients.models import User
from core.day_fields import DAYS_WITHIN_REACH, INSTANTS_WITHIN_REACH


class AccountForm(forms.ModelForm):
    """How a person is named, and in which language we speak to her."""

    class Meta:
        model = User
        fields = ("full_name", "first_name", "language")
        labels = {
            "full_name": _("Name"),
            "first_name": _("Short name, as colleagues say it"),
            "language": _("Language"),
        }
        widgets = {"language": forms.Select(choices=settings.LANGUAGES)}


class DateInput(forms.DateInput):
    """The browser's own picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "input"}, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own clock, in steps of five minutes."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "input", "step": "300"}, format="%H:%M")


class MoveForm(forms.Form):
    """Where an appointment goes: one of the next free slots, or a day and a time."""

    slot = forms.CharField(required=False)
    calendar = forms.UUIDField(required=False)
    date = forms.DateField(
        label=_("Day of the visit"),
        widget=DateInput(),
        validators=DAYS_WITHIN_REACH,
        required=False,
    )
    time = forms.TimeField(label=_("Time of the visit"), widget=TimeInput(), required=False)
    expected = forms.DateTimeField(required=False, validators=INSTANTS_WITHIN_REACH)

    def clean(self) -> dict[str, Any]:
        """Ask for the one or the other."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not given.get("slot") and not (given.get("date") and given.get("time")):
            raise forms.ValidationError(_("Choose a slot, or give a day and a time."))
        return given


class BookForm(forms.Form):
    """Who comes, for what, at what time."""

    booked_for = forms.CharField(
        label=_("Who comes"), max_length=150, widget=forms.TextInput(attrs={"class": "input"})
    )
    motive = forms.ModelChoiceField(
        label=_("Purpose"),
        queryset=Motive.objects.none(),
        to_field_name="uuid",
        empty_label=None,
        widget=forms.Select(attrs={"class": "input"}),
    )
    date = forms.DateField(
        label=_("Day of the visit"), widget=DateInput(), validators=DAYS_WITHIN_REACH
    )
    time = forms.TimeField(label=_("Time of the visit"), widget=TimeInput())
    note = forms.CharField(
        label=_("Note"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"class": "input", "rows": 2}),
    )

    prefix = "book"  # beside the other form of its page, which also has days and times

    def __init__(self, *args: Any, motives: QuerySet[Motive], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["motive"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = motives


class BlockForm(forms.Form):
    """Time that gives no slot."""

    from_date = forms.DateField(
        label=_("Blocked from"), widget=DateInput(), validators=DAYS_WITHIN_REACH
    )
    from_time = forms.TimeField(label=_("at what time"), widget=TimeInput())
    to_date = forms.DateField(
        label=_("Blocked to"), widget=DateInput(), validators=DAYS_WITHIN_REACH
    )
    to_time = forms.TimeField(label=_("at what time"), widget=TimeInput())
    reason = forms.CharField(
        label=_("Reason"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"class": "input"}),
    )
    reason_shared = forms.BooleanField(label=_("My assistant may read the reason"), required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse what ends before it begins."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        names = ("from_date", "from_time", "to_date", "to_time")
        if all(given.get(name) is not None for name in names) and (
            (given["to_date"], given["to_time"]) <= (given["from_date"], given["from_time"])
        ):
            raise forms.ValidationError(_("The end comes before the beginning."))
        return given
