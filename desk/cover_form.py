"""What is asked of somebody who hands over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import Client, User
from core.day_fields import INSTANTS_WITHIN_REACH
from desk.forms import DeskForm, text_input
from desk.queries.deputies import Deputy


def _moment_field(label: Any, help_text: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(
        {"class": "input", "type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
    )
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        required=False,
        widget=widget,
        validators=INSTANTS_WITHIN_REACH,
    )


class CoverForm(DeskForm):
    """A hand-over: to whom, which clients, from when to when."""

    scope = "cover"
    deputy = forms.ChoiceField(label=_("To whom"), widget=forms.RadioSelect)
    clients = forms.MultipleChoiceField(
        label=_("Which clients"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one client.")},
    )
    starts_at = _moment_field(_("From"), _("Empty: now, once she accepts."))
    ends_at = _moment_field(_("Until"), _("Empty: until you come back."))
    note = forms.CharField(
        label=_("What she must know"), max_length=400, required=False, widget=text_input()
    )
    tells_clients = forms.BooleanField(
        label=_("Tell these clients who answers for them meanwhile"), required=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        deputies: Sequence[Deputy],
        clients: Sequence[Client],
        now: datetime,
        in_dialog: bool = False,
        **kwargs: Any,
    ) -> None:
        initial = {
            "deputy": str(deputies[0].user.uuid) if deputies else "",
            "clients": [str(one.uuid) for one in clients],
        }
        super().__init__(data, initial=initial, **kwargs)
        self.deputies = {str(one.user.uuid): one.user for one in deputies}
        self.hers = {str(one.uuid): one for one in clients}
        self.now = now
        if in_dialog:
            # On a page of its own the desk's keys go on working instead.
            self.fields["deputy"].widget.attrs["autofocus"] = True
        choices = {
            "deputy": [
                (str(one.user.uuid), f"{one.user.called} · {one.words}") for one in deputies
            ],
            "clients": [(uuid, one.short_name or one.name) for uuid, one in self.hers.items()],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a time that is over or ends before it begins, and clients of two bureaus."""
        cleaned = super().clean() or {}
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if ends_at and ends_at <= max(starts_at or self.now, self.now):
            self.add_error("ends_at", _("This is over, or before it begins."))
        if len({one.bureau_id for one in self.chosen(cleaned)}) > 1:
            self.add_error("clients", _("Hand over the clients of one bureau at a time."))
        return cleaned

    def chosen(self, cleaned: dict[str, Any]) -> list[Client]:
        """Give the clients that are handed over."""
        return [self.hers[uuid] for uuid in cleaned.get("clients", [])]

    def deputy_chosen(self) -> User:
        """Give whom she asks."""
        return self.deputies[self.cleaned_data["deputy"]]
