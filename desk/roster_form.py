"""What is asked of who writes a client's roster."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.models import OnCallPerson, OnCallShift
from clients.rules.rosters import ShiftFault, WishedShift
from clients.services.rosters import NewPerson, Who, last_change
from core.day_fields import DAYS_WITHIN_REACH
from desk.forms import DeskForm, day_input, text_input, time_input

_NEW = "new"
_REPEATS = [
    (0, _("no: this once")),
    (1, _("every week")),
    (2, _("every two weeks")),
    (3, _("every three weeks")),
    (4, _("every four weeks")),
    (5, _("every five weeks")),
    (6, _("every six weeks")),
    (8, _("every eight weeks")),
    (12, _("every twelve weeks")),
]
_SAID: dict[ShiftFault, tuple[str, Promise | str]] = {
    ShiftFault.BACKWARDS: ("last_day", _("The turn ends before it begins.")),
    ShiftFault.OVER: ("last_day", _("This turn is over already.")),
    ShiftFault.MEETS_ITSELF: (
        "every_weeks",
        _("The next turn would begin before this one is over: repeat it less often."),
    ),
    ShiftFault.TOO_SELDOM: ("every_weeks", _("At most every twelve weeks.")),
    ShiftFault.STOPS_BEFORE: ("repeats_until", _("This comes before the first turn.")),
}


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=day_input(), validators=DAYS_WITHIN_REACH, **more)


class RosterForm(DeskForm):
    """What is written of a roster, with the last change of it that she who writes has seen."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def refuse_meanwhile(self, words: str, seen: int) -> None:
        """Say what somebody else did meanwhile; what was typed stays, and may be saved over it."""
        self.add_error(None, words)
        said = QueryDict(mutable=True)
        said.update(self.data)
        said["seen"] = str(seen)
        self.data = said

    def refuse_number(self) -> None:
        """Say that nobody can be rung there."""
        self.add_error("number", _("This can’t be a telephone number."))


class PersonForm(RosterForm):
    """Somebody on call: a name, and the number that rings."""

    scope = "person"
    name = forms.CharField(label=_("Who"), max_length=80, widget=text_input())
    number = forms.CharField(
        label=_("Number"), max_length=40, widget=text_input(type="tel", inputmode="tel")
    )


class ShiftForm(RosterForm):
    """A turn: whose, from when to when, and whether it comes again."""

    scope = "turn"
    person = forms.ChoiceField(label=_("Who"), widget=forms.Select({"class": "input"}))
    name = forms.CharField(label=_("Name"), max_length=80, widget=text_input(), required=False)
    number = forms.CharField(
        label=_("Number"),
        max_length=40,
        widget=text_input(type="tel", inputmode="tel"),
        required=False,
    )
    first_day = _day(_("From the"))
    starts = forms.TimeField(label=_("at"), widget=time_input())
    last_day = _day(_("Until the"))
    ends = forms.TimeField(label=_("at"), widget=time_input())
    every_weeks = forms.TypedChoiceField(
        label=_("Comes again"),
        coerce=int,
        choices=_REPEATS,
        widget=forms.Select({"class": "input"}),
    )
    repeats_until = _day(
        _("Last day on which it may begin"), required=False, help_text=_("Empty: without end.")
    )

    def __init__(
        self,
        data: Any = None,
        *,
        people: Sequence[OnCallPerson],
        initial: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, initial=initial, **kwargs)
        self.people = {str(one.uuid): one for one in people}
        known = [(uuid, one.name) for uuid, one in self.people.items()]
        self.fields["person"].choices = [*known, (_NEW, _("somebody else…"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the name and the number of somebody new."""
        cleaned = super().clean() or {}
        if cleaned.get("person") == _NEW:
            for field in ("name", "number"):
                if field not in self.errors and not cleaned[field]:
                    self.add_error(field, _("Say who is on call, and at which number."))
        return cleaned

    def who(self) -> Who:
        """Return who is on call by a valid form."""
        given = self.cleaned_data
        known = self.people.get(given["person"])
        return known or NewPerson(given["name"], given["number"])

    def wished(self) -> WishedShift:
        """Return the turn that a valid form says; what does not come again has no last day."""
        given = self.cleaned_data
        return WishedShift(
            given["first_day"],
            given["starts"],
            given["last_day"],
            given["ends"],
            given["every_weeks"],
            given["repeats_until"] if given["every_weeks"] else None,
        )

    def show(self, faults: Sequence[ShiftFault]) -> None:
        """Say beside each field what is wrong with it."""
        for fault in faults:
            field, words = _SAID[fault]
            self.add_error(field, str(words))


def initial_of(shift: OnCallShift) -> dict[str, Any]:
    """Give what the form of a turn begins with."""
    given = {
        name: getattr(shift, name)
        for name in ("first_day", "starts", "last_day", "ends", "every_weeks", "repeats_until")
    }
    return given | {"person": str(shift.person.uuid), "seen": last_change(shift)}


def initial_of_person(person: OnCallPerson) -> dict[str, Any]:
    """Give what the form of somebody on call begins with."""
    return {"name": person.name, "number": person.number.as_national, "seen": last_change(person)}
