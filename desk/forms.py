"""What the assistant types. Services decide; these forms only read and say what can't be read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundField
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clients.models import Correspondent
from core.day_fields import DAYS_WITHIN_REACH, INSTANTS_WITHIN_REACH
from core.phones import parse_number
from desk.shortcuts import ACTIONS, FREE, folded_key
from messages_app.models import TriageRecord
from messages_app.models.filtering import URGENCIES, Category

Choices = Sequence[tuple[Any, Any]]


def text_input(**attributes: str) -> forms.TextInput:
    """A one-line field that browsers do not fill in with somebody else's data."""
    return forms.TextInput({"class": "input", "autocomplete": "off", **attributes})


def day_input() -> forms.DateInput:
    """A day, chosen in the browser's own calendar."""
    return forms.DateInput({"class": "input", "type": "date"}, format="%Y-%m-%d")


def time_input() -> forms.TimeInput:
    """An hour, chosen in the browser's own clock."""
    return forms.TimeInput({"class": "input", "type": "time"}, format="%H:%M")


class NumberField(forms.CharField):
    """A telephone number in any writing, given in E.164; only impossible ones are refused."""

    widget = text_input(type="tel", inputmode="tel")

    def clean(self, value: Any) -> str:
        """Give the number in E.164, or an empty text."""
        text = super().clean(value)
        if not text:
            return ""
        number = parse_number(text)
        if number is None:
            raise forms.ValidationError(
                _("This can’t be a telephone number. Check the digits with the caller.")
            )
        return number


class DeskForm(forms.Form):
    """A form beside others on one page: its fields' ids begin with its own name."""

    scope = ""

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id=f"{self.scope}-%s", **kwargs)


class CallerForm(DeskForm):
    """A caller's new file."""

    scope = "caller"
    civility = forms.ChoiceField(
        label=_("Civility"),
        choices=Correspondent.Civility.choices,
        required=False,
        widget=forms.Select({"class": "input"}),
    )
    last_name = forms.CharField(label=_("Name"), max_length=120, widget=text_input())
    first_name = forms.CharField(
        label=_("First name"), max_length=80, required=False, widget=text_input()
    )
    birth_date = forms.DateField(
        label=_("Birth date"),
        required=False,
        widget=day_input(),
        validators=DAYS_WITHIN_REACH,
    )
    number = NumberField(label=_("Number"), required=False)


class BookingForm(DeskForm):
    """An appointment: a slot, a motive, a patient known or new, a note."""

    scope = "booking"
    slot = forms.CharField(
        error_messages={"required": _("Choose a slot: in the list, or in the week.")}
    )
    motive = forms.ChoiceField(label=_("Motive"), widget=forms.Select({"class": "input"}))
    patient = forms.UUIDField(label=_("Patient"), required=False)
    patient_query = forms.CharField(label=_("Patient"), max_length=120, required=False)
    civility = forms.ChoiceField(
        label=_("Civility"),
        choices=Correspondent.Civility.choices,
        required=False,
        widget=forms.Select({"class": "input"}),
    )
    first_name = forms.CharField(
        label=_("First name"), max_length=80, required=False, widget=text_input()
    )
    birth_date = forms.DateField(
        label=_("Birth date"),
        required=False,
        widget=day_input(),
        validators=DAYS_WITHIN_REACH,
    )
    number = NumberField(label=_("Number"), required=False)
    note = forms.CharField(
        label=_("Note for the practitioner"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"class": "input", "rows": 2, "autocomplete": "off"}),
    )
    override_reason = forms.CharField(
        label=_("Book all the same, because"), max_length=200, required=False, widget=text_input()
    )
    # Set once the agenda has refused: until then nobody is tempted.
    offers_override = False
    # Somebody on file has the same name: only the birth date tells who it is.
    asks_birth_date = False

    def __init__(self, data: Any = None, *, motives: Choices, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["motive"].choices = motives  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse an appointment that is nobody's."""
        cleaned = super().clean() or {}
        name = cleaned.get("patient_query", "").strip()
        if "patient" not in self.errors and not cleaned.get("patient") and not name:
            self.add_error("patient", _("Whose appointment is it? Type a name."))
        return cleaned

    @property
    def new_patient_errors(self) -> bool:
        """Whether something is wrong in what a new patient was asked."""
        return self.asks_birth_date or any(field.errors for field in self.new_patient_fields)

    @property
    def new_patient_fields(self) -> list[BoundField]:
        """What is asked of a patient who has no file yet."""
        return [self[name] for name in ("civility", "first_name", "birth_date", "number")]


class MessageForm(DeskForm):
    """What a caller wants the client to know."""

    scope = "message"
    caller_name = forms.CharField(
        label=_("Caller"), max_length=150, required=False, widget=text_input()
    )
    company = forms.CharField(
        label=_("Company"), max_length=150, required=False, widget=text_input()
    )
    callback_number = NumberField(label=_("Number to call back"), required=False)
    about = forms.CharField(
        label=_("Whom it concerns"), max_length=150, required=False, widget=text_input()
    )
    subject = forms.CharField(
        label=_("File or reference"), max_length=200, required=False, widget=text_input()
    )
    body = forms.CharField(
        label=_("Message"),
        widget=forms.Textarea({"class": "input input-voice", "rows": 4, "autocomplete": "off"}),
        error_messages={"required": _("Write what the caller wants the client to know.")},
    )
    category = forms.ChoiceField(
        label=_("Category"),
        choices=[("", "–"), *Category.choices],
        required=False,
        widget=forms.Select({"class": "input"}),
    )
    deadline_at = forms.DateTimeField(
        label=_("Before"),
        required=False,
        widget=forms.DateTimeInput(
            {"class": "input", "type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
        validators=INSTANTS_WITHIN_REACH,
    )
    urgency = forms.ChoiceField(
        label=_("Urgency"), choices=URGENCIES, initial="normal", widget=forms.RadioSelect
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a message from nobody."""
        cleaned = super().clean() or {}
        named = cleaned.get("caller_name") or cleaned.get("company")
        number = "callback_number" in self.errors or cleaned.get("callback_number")
        if not named and not number:
            self.add_error("caller_name", _("Who is calling? A name or a number is needed."))
        return cleaned


class EmergencyForm(DeskForm):
    """How an emergency was judged and what was done."""

    scope = "emergency"
    signs = forms.TypedMultipleChoiceField(
        coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple
    )
    number = NumberField(
        label=_("Number of the caller, repeated"),
        error_messages={"required": _("Ask for the number: help must be able to call back.")},
    )
    address = forms.CharField(
        label=_("Where the person is: address, floor, door code"),
        max_length=250,
        widget=text_input(),
        error_messages={"required": _("Ask for the address: help must know where to go.")},
    )
    outcome = forms.ChoiceField(
        label=_("What was done"),
        choices=TriageRecord.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what was done. In doubt: told to call 15.")},
    )

    def __init__(self, data: Any = None, *, signs: Choices, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["signs"].choices = signs  # type: ignore[attr-defined]


class MoveForm(DeskForm):
    """Where an appointment goes."""

    scope = "move"
    calendar = forms.ChoiceField(label=_("Practitioner"), widget=forms.Select({"class": "input"}))
    date = forms.DateField(label=_("Date"), widget=day_input(), validators=DAYS_WITHIN_REACH)
    time = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput({"class": "input", "type": "time"}, format="%H:%M")
    )

    def __init__(self, data: Any = None, *, calendars: Choices, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["calendar"].choices = calendars  # type: ignore[attr-defined]

    @property
    def wall_clock(self) -> datetime:
        """The day and time that were chosen, on the calendar's own clock."""
        return datetime.combine(self.cleaned_data["date"], self.cleaned_data["time"])


class KeysForm(DeskForm):
    """A person's own keys, one field for each action."""

    scope = "keys"
    letters = forms.BooleanField(
        label=_("Digits and letters are keys"),
        help_text=_("Turned off, only function keys and Ctrl combinations work."),
        required=False,
        widget=forms.CheckboxInput,
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for action, (_usual, label) in ACTIONS.items():
            widget = text_input(maxlength="2", autocapitalize="none", spellcheck="false")
            self.fields[action] = forms.CharField(
                label=capfirst(str(label)), max_length=2, widget=widget
            )

    def clean(self) -> dict[str, Any]:
        """Refuse keys that browsers keep, and one key for two actions."""
        cleaned = super().clean() or {}
        taken: dict[str, str] = {}
        for action in ACTIONS:
            key = folded_key(cleaned.get(action, ""))
            if action not in self.errors and not FREE.fullmatch(key):
                self.add_error(action, _("A digit, a letter, or F2, F4, F8, F9."))
            elif key in taken:
                self.add_error(action, _("This key already does something else."))
            taken[key] = action
            cleaned[action] = key
        return cleaned

    @property
    def key_fields(self) -> list[BoundField]:
        """The fields of the keys, in the order of the desk."""
        return [self[action] for action in ACTIONS]

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen, as the service takes it."""
        keys = {action: self.cleaned_data[action] for action in ACTIONS}
        return {"keys": keys, "letters": self.cleaned_data["letters"]}
