"""What is asked of somebody who calls a crowd in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from calls.telephony.interpreter.crowd import MOST_AT_ONCE
from calls.telephony.interpreter.directory import LineChoice

LONGEST_SECONDS = 900


class CrowdForm(forms.Form):
    """How many callers, within how long, on which lines."""

    count = forms.IntegerField(
        label=_("Callers"), min_value=1, max_value=MOST_AT_ONCE, widget=forms.NumberInput
    )
    seconds = forms.IntegerField(label=_("Within seconds"), min_value=0, max_value=LONGEST_SECONDS)
    lines = forms.MultipleChoiceField(
        label=_("On the lines"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one line.")},
    )

    def __init__(self, data: Any = None, *, lines: Sequence[LineChoice]) -> None:
        initial = {"count": 10, "seconds": 60, "lines": [one.number for one in lines]}
        super().__init__(data, initial=initial, auto_id="crowd-%s")
        choices = [(one.number, f"{one.label} · {one.spoken}") for one in lines]
        cast(forms.MultipleChoiceField, self.fields["lines"]).choices = choices
        for name in ("count", "seconds"):
            self.fields[name].widget.attrs["class"] = "input"

    @property
    def fault(self) -> str:
        """All that is wrong, each beside the name of its field."""
        names = {name: self.fields[name].label for name in self.errors}
        return " ".join(
            str(_("%(field)s: %(error)s") % {"field": names[name], "error": said[0]})
            for name, said in self.errors.items()
        )
