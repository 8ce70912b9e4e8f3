"""What the practice says of its hours and its absences."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, StepValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agenda.models import Motive, OpeningRule
from agenda.rules import Release, Replaces
from agenda.rules.directives import SaidAbsence, SaidDays, SaidHours, next_day
from core.day_fields import DAYS_WITHIN_REACH, WEEKDAYS
from portal.forms import DateInput, TimeInput

WEEKLY, DATES = "weekly", "dates"
_DAY = timedelta(days=1)
EVERY = [
    (1, _("every week")),
    (2, _("one week in two")),
    (3, _("one week in three")),
    (4, _("one week in four")),
]
Policy = OpeningRule.ReleasePolicy


class NumberInput(forms.NumberInput):
    """A small number."""

    def __init__(self, **attrs: str) -> None:
        super().__init__(attrs={"class": "input", "inputmode": "numeric", **attrs})


class DaysForm(forms.Form):
    """Which days are meant: weekdays every so many weeks, or single dates."""

    repeats = forms.ChoiceField(
        label=_("When"),
        choices=[(WEEKLY, _("Every week or every few weeks")), (DATES, _("On single dates"))],
        widget=forms.RadioSelect,
        initial=WEEKLY,
    )
    weekdays = forms.MultipleChoiceField(
        label=_("Days"),
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    every = forms.TypedChoiceField(
        label=_("How often"),
        choices=EVERY,
        coerce=int,
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
    )
    first = forms.DateField(label=_("From the"), widget=DateInput(), validators=DAYS_WITHIN_REACH)
    last = forms.DateField(
        label=_("Until the, included"),
        widget=DateInput(),
        validators=DAYS_WITHIN_REACH,
        required=False,
        help_text=_("Empty: until further notice, or that day alone."),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_first(self) -> date:
        """Leave the past as it was."""
        first: date = self.cleaned_data["first"]
        if first < self.today:
            raise ValidationError(_("The past stays as it was: choose today or later."))
        return first

    def clean(self) -> dict[str, Any]:
        """Ask for days, in order, at least one of which comes."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", _("The end comes before the beginning."))
        elif given.get("repeats") == WEEKLY and not given.get("weekdays"):
            self.add_error("weekdays", _("Choose at least one day."))
        elif first and last and "weekdays" in given and not self._falls_on_a_day():
            self.add_error("last", _("None of these days falls in this time."))
        return given

    def _falls_on_a_day(self) -> bool:
        days = self.said_days()
        return days.is_dated or (days.last is not None and next_day(days, days.first) <= days.last)

    def said_days(self) -> SaidDays:
        """Return the days that a valid form says."""
        given = self.cleaned_data
        first, last = given["first"], given["last"]
        if given.get("repeats") == DATES:
            return SaidDays(first, last or first)
        weekdays = tuple(sorted(int(day) for day in given["weekdays"]))
        return SaidDays(first, last, weekdays, given["every"] or 1)


class StayForm(forms.Form):
    """Whether visits that a change leaves outside hours stay; who says nothing has them moved."""

    stay = forms.BooleanField(
        label=_("Leave these visits where they are"),
        required=False,
        widget=forms.CheckboxInput({"form": "directive-form"}),
    )


class HoursForm(StayForm, DaysForm):
    """Hours that give slots."""

    kind = forms.ChoiceField(
        label=_("For whom"),
        choices=[
            (OpeningRule.Kind.REGULAR, _("everybody")),
            (OpeningRule.Kind.EMERGENCY, _("emergencies first")),
        ],
        widget=forms.RadioSelect,
        initial=OpeningRule.Kind.REGULAR,
    )
    start = forms.TimeField(label=_("From"), widget=TimeInput())
    end = forms.TimeField(label=_("To"), widget=TimeInput())
    slot_minutes = forms.IntegerField(
        label=_("A patient every … minutes"),
        widget=NumberInput(min="5", max="720", step="5"),
        validators=[MinValueValidator(5), MaxValueValidator(720), StepValueValidator(5)],
        initial=20,
    )
    release = forms.ChoiceField(
        label=_("Emergency hours open to all"),
        choices=Policy.choices,
        widget=forms.RadioSelect,
        initial=Policy.AT,
        required=False,
    )
    release_time = forms.TimeField(
        label=_("at what time, the same day"), widget=TimeInput(), required=False
    )
    release_hours = forms.IntegerField(
        label=_("how many hours before"),
        widget=NumberInput(min="0", max="720"),
        validators=[MinValueValidator(0), MaxValueValidator(720)],
        required=False,
    )
    replaces = forms.ChoiceField(
        label=_("Instead of"),
        choices=OpeningRule.Replaced.choices,
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
        help_text=_("Closes what other hours open in that part of these days."),
    )
    motives = forms.ModelMultipleChoiceField(
        label=_("Only for"),
        queryset=Motive.objects.none(),
        to_field_name="uuid",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None ticked: for every purpose."),
    )

    def __init__(self, *args: Any, motives: QuerySet[Motive], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["motives"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = motives

    def clean(self) -> dict[str, Any]:
        """Ask for the moment of the release, and for hours that hold a patient."""
        given = super().clean()
        emergency = given.get("kind") == OpeningRule.Kind.EMERGENCY
        if emergency and given.get("release") == Policy.AT and not given.get("release_time"):
            self.add_error("release_time", _("Say at what time these hours open to all."))
        if (
            emergency
            and given.get("release") == Policy.BEFORE
            and given.get("release_hours") is None
        ):
            self.add_error("release_hours", _("Say how many hours before."))
        start, end, minutes = (given.get(name) for name in ("start", "end", "slot_minutes"))
        if start and end and minutes and _minutes_between(start, end) < minutes:
            self.add_error("end", _("Not one patient has room between these times."))
        return given

    def said(self) -> SaidHours:
        """Return the hours that a valid form says."""
        given = self.cleaned_data
        emergency = given["kind"] == OpeningRule.Kind.EMERGENCY
        return SaidHours(
            days=self.said_days(),
            start=given["start"],
            end=given["end"],
            slot_minutes=given["slot_minutes"],
            emergency=emergency,
            release=self._release() if emergency else Release(),
            motives=frozenset(motive.pk for motive in given["motives"]),
            replaces=Replaces(given["replaces"]),
        )

    def _release(self) -> Release:
        given = self.cleaned_data
        if given["release"] == Policy.AT:
            return Release(at=given["release_time"])
        if given["release"] == Policy.BEFORE:
            return Release(hours_before=given["release_hours"])
        return Release()


def _minutes_between(start: time, end: time) -> int:
    """Return how long hours last; an end before the start is on the next day."""
    day = date(2000, 1, 1)
    length = datetime.combine(day, end) - datetime.combine(day, start)
    return int(length / timedelta(minutes=1)) % (24 * 60)


def days_initial(days: SaidDays, first: date) -> dict[str, Any]:
    """Give what a form about some days begins with, its first day aside."""
    return {
        "repeats": DATES if days.is_dated else WEEKLY,
        "weekdays": [str(day) for day in days.weekdays],
        "every": days.every,
        "first": next_day(days, first),
        "last": days.last,
    }


def hours_initial(said: SaidHours, first: date, motives: QuerySet[Motive]) -> dict[str, Any]:
    """Give what a form about some hours begins with, from a day on."""
    at, before = said.release.at, said.release.hours_before
    never_or_before = Policy.BEFORE if before is not None else Policy.NEVER
    return days_initial(said.days, first) | {
        "kind": OpeningRule.Kind.EMERGENCY if said.emergency else OpeningRule.Kind.REGULAR,
        "start": said.start,
        "end": said.end,
        "slot_minutes": said.slot_minutes,
        "release": Policy.AT if at is not None else never_or_before,
        "release_time": at,
        "release_hours": before,
        "replaces": said.replaces.value,
        "motives": [motive.uuid for motive in motives if motive.pk in said.motives],
    }


class EndForm(StayForm):
    """The last day on which something still counts."""

    last = forms.DateField(label=_("Last day"), widget=DateInput(), validators=DAYS_WITHIN_REACH)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_last(self) -> date:
        """Leave the past as it was."""
        last: date = self.cleaned_data["last"]
        if last < self.today - _DAY:
            raise ValidationError(_("The past stays as it was: choose yesterday or later."))
        return last


class AbsenceForm(DaysForm):
    """Time away, once or again and again; without times, whole days."""

    start = forms.TimeField(label=_("From"), widget=TimeInput(), required=False)
    end = forms.TimeField(
        label=_("To"), widget=TimeInput(), required=False, help_text=_("Empty: whole days.")
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"class": "input"}),
    )
    reason_shared = forms.BooleanField(label=_("My assistant may read the reason"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        repeats = self.fields["repeats"]
        assert isinstance(repeats, forms.ChoiceField)
        repeats.choices = [(DATES, _("Once")), (WEEKLY, _("Again and again"))]
        repeats.initial = DATES

    def clean(self) -> dict[str, Any]:
        """Ask for both times or none, and for an end after the beginning."""
        given = super().clean()
        start, end = given.get("start"), given.get("end")
        if (start is None) != (end is None) and not {"start", "end"} & set(self.errors):
            missing = "start" if start is None else "end"
            self.add_error(missing, _("Give both times, or none for whole days."))
        elif start is not None and self._ends_too_soon(given):
            self.add_error("end", _("The end comes before the beginning."))
        return given

    def _ends_too_soon(self, given: dict[str, Any]) -> bool:
        first, last = given.get("first"), given.get("last")
        once = given.get("repeats") == DATES and last in (None, first)
        return bool(given["end"] <= given["start"]) if once else False

    @property
    def is_single(self) -> bool:
        """Say whether it comes once."""
        return bool(self.cleaned_data["repeats"] == DATES)

    def said(self) -> SaidAbsence:
        """Return the recurring absence that a valid form says."""
        given = self.cleaned_data
        return SaidAbsence(self.said_days(), given["start"], given["end"])
