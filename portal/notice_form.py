"""What a practice says about confirmations and reminders."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.models import PracticalInfo
from messages_app.models import NoticeSettings
from messages_app.rules.notice_wording import missing_places, unknown_places
from portal.forms import TimeInput

PLACES_HELP = _(
    "Empty: our usual text. In braces, filled in when it leaves: date, time, practitioner, infos, "
    "motive, phone, link."
)
NAMES = {"date": "{date}", "time": "{time}"}


def select() -> forms.Select:
    """A list of choices as the portal shows it."""
    return forms.Select(attrs={"class": "input"})


def number(least: int, most: int) -> forms.NumberInput:
    """A small whole number."""
    return forms.NumberInput(attrs={"class": "input", "min": least, "max": most})


class NoticeForm(forms.ModelForm):
    """The settings of all calendars of a client, or of one."""

    infos = forms.ModelMultipleChoiceField(
        label=_("Add to the texts"),
        queryset=PracticalInfo.objects.none(),
        to_field_name="uuid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = NoticeSettings
        fields = (
            "confirmation",
            "cancellation",
            "reminder",
            "reminder_count",
            "reminder_unit",
            "reminder_at",
            "opens_at",
            "closes_at",
            "on_sundays",
            "on_holidays",
            "asks_agreement",
            "confirmation_wording",
            "reminder_wording",
            "with_motive",
            "exact_letters",
            "with_link",
            "cancel_hours",
        )
        labels = {
            "confirmation": _("Confirmation"),
            "cancellation": _("Cancellation"),
            "reminder": _("Reminder"),
            "reminder_count": _("How long before"),
            "reminder_unit": _("Counted in"),
            "reminder_at": _("At what time (for days)"),
            "opens_at": _("From"),
            "closes_at": _("To"),
            "on_sundays": _("Also on Sundays"),
            "on_holidays": _("Also on public holidays"),
            "asks_agreement": _("Only to people who have agreed"),
            "confirmation_wording": _("Your own confirmation"),
            "reminder_wording": _("Your own reminder"),
            "with_motive": _("Name the purpose of the visit"),
            "exact_letters": _("Keep every accent in SMS"),
            "with_link": _("A link to confirm or cancel"),
            "cancel_hours": _("The link cancels until (hours before)"),
        }
        help_texts = {
            "confirmation": _("When an appointment is made or moved."),
            "cancellation": _("When you or your assistant cancel an appointment to come."),
            "reminder": _("Never after the visit began, never for a cancelled one."),
            "asks_agreement": _("Your assistant asks, and notes the answer in the file."),
            "confirmation_wording": PLACES_HELP,
            "reminder_wording": PLACES_HELP,
            "with_motive": _("An SMS is read on other people’s screens: better not."),
            "exact_letters": _("Letters like ê or ç make an SMS hold 70 letters instead of 160."),
            "cancel_hours": _("Later, people are asked to call. Empty: never by the link."),
        }
        widgets = {
            "confirmation": select(),
            "cancellation": select(),
            "reminder": select(),
            "reminder_count": number(1, 60),
            "reminder_unit": select(),
            "reminder_at": TimeInput(),
            "opens_at": TimeInput(),
            "closes_at": TimeInput(),
            "confirmation_wording": forms.Textarea(attrs={"class": "input", "rows": 3}),
            "reminder_wording": forms.Textarea(attrs={"class": "input", "rows": 3}),
            "cancel_hours": number(0, 720),
        }

    def __init__(self, data: Any = None, *, instance: NoticeSettings) -> None:
        super().__init__(data, instance=instance)
        infos = PracticalInfo.objects.filter(client=instance.client_id).order_by("position", "pk")
        field = self.fields["infos"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = infos
        if instance.pk:
            field.initial = [info.uuid for info in instance.infos.all()]

    def clean_confirmation_wording(self) -> str:
        """Refuse what would say nothing, or show braces."""
        return self._sayable("confirmation_wording")

    def clean_reminder_wording(self) -> str:
        """Refuse what would say nothing, or show braces."""
        return self._sayable("reminder_wording")

    def _sayable(self, name: str) -> str:
        wording: str = self.cleaned_data[name].strip()
        unknown = unknown_places(wording)
        if unknown:
            raise forms.ValidationError(
                gettext("{%(name)s} means nothing here.") % {"name": unknown[0]}
            )
        missing = missing_places(wording)
        if missing:
            raise forms.ValidationError(
                gettext("It must say when: add %(place)s.") % {"place": NAMES[missing[0]]}
            )
        return wording
