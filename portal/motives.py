"""The page about the kinds of appointment, and the form of one."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from agenda.models import Motive
from agenda.queries.directives import motives_shown
from agenda.services.motives import SaidMotive
from clients.models import Client
from portal.pages import page
from portal.scope import may_change, viewer

_FIELDS = tuple(SaidMotive.__dataclass_fields__)
_NUMBERS = (
    "minutes",
    "minutes_before",
    "minutes_after",
    "notice_minutes",
    "horizon_days",
    "most_per_day",
)


class MotiveForm(forms.ModelForm):
    """What the practice says of a kind of appointment."""

    notice_hours = forms.IntegerField(
        label=_("Booked at the latest, hours before"),
        min_value=0,
        max_value=24 * 60,
        required=False,
        widget=forms.NumberInput(attrs={"class": "input"}),
    )

    class Meta:
        model = Motive
        fields = tuple(name for name in _FIELDS if name != "notice_minutes")
        labels = {
            "name": _("Name, as it is said on the telephone"),
            "minutes": _("How long it lasts, in minutes"),
            "horizon_days": _("Booked at the earliest, days before"),
            "patients": _("For whom"),
        }
        help_texts = {
            "minutes_before": _("Nothing else is booked in them."),
            "is_urgent": _(
                "Hours kept for emergencies are offered for it before they open to all."
            ),
            "horizon_days": _("Empty: as far ahead as anybody wishes."),
            "most_per_day": _("Empty: as many as fit."),
            "question": _("Your assistant asks it, for instance: have you eaten since midnight?"),
            "advice": _("Your assistant says it once the appointment is made."),
        }
        widgets = {
            "patients": forms.Select(attrs={"class": "input"}),
            "advice": forms.Textarea(attrs={"class": "input", "rows": 2}),
            "name": forms.TextInput(attrs={"class": "input"}),
            "question": forms.TextInput(attrs={"class": "input"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _NUMBERS:
            if name in self.fields:
                self.fields[name].widget.attrs |= {"class": "input"}
        if self.instance.pk:
            self.fields["notice_hours"].initial = self.instance.notice_minutes // 60

    def said(self) -> SaidMotive:
        """Return what a valid form says; a notice kept in minutes stays unless it is changed."""
        given = {name: self.cleaned_data[name] for name in _FIELDS if name != "notice_minutes"}
        hours = self.cleaned_data["notice_hours"] or 0
        untouched = self.instance.pk and "notice_hours" not in self.changed_data
        notice = self.instance.notice_minutes if untouched else hours * 60
        return SaidMotive(notice_minutes=notice, **given)


def motives_page(request: HttpRequest, client: Client) -> HttpResponse:
    """Show the kinds of appointment, in their order, and those put away."""
    found = list(motives_shown(client))
    return page(
        request,
        "portal/hours/motives.html",
        client,
        tab="hours",
        section="motives",
        motives=[motive for motive in found if motive.archived_at is None],
        archived=[motive for motive in found if motive.archived_at is not None],
        may_change=may_change(viewer(request), client),
    )


def motive_form_page(
    request: HttpRequest, client: Client, form: MotiveForm, motive: Motive | None, status: int
) -> HttpResponse:
    """Show the form of one kind of appointment."""
    return page(
        request,
        "portal/hours/motive_form.html",
        client,
        status=status,
        tab="hours",
        section="motives",
        form=form,
        motive=motive,
        may_change=True,
    )
