"""What is asked of a line on its own page: its words, its purpose, its zone, its dates."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import get_timezone_location
from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.models import Line
from clients.services.lines import LineFault, LineSettings, settings_of
from core.day_fields import WALL_WITHIN_REACH
from core.wall_clock import instants_of
from desk.forms import DeskForm, text_input
from desk.wording import locale

_MINUTE = "%Y-%m-%dT%H:%M"
# Where clients of a French house and their own callers are; any other is kept where it stands.
ZONES = (
    *("Europe/Paris", "Europe/Brussels", "Europe/Zurich", "Europe/Luxembourg", "Europe/London"),
    *("Europe/Madrid", "Europe/Lisbon", "Europe/Rome", "Europe/Berlin", "Europe/Athens"),
    *("Africa/Casablanca", "Africa/Algiers", "Africa/Tunis", "Africa/Dakar", "Africa/Abidjan"),
    *("Indian/Reunion", "Indian/Mayotte", "America/Guadeloupe", "America/Martinique"),
    *("America/Cayenne", "America/Miquelon", "Pacific/Noumea", "Pacific/Tahiti"),
    *("America/Toronto", "America/New_York", "America/Chicago", "America/Los_Angeles"),
    *("America/Sao_Paulo", "Asia/Dubai", "Asia/Singapore", "Asia/Hong_Kong", "Asia/Tokyo"),
    "Australia/Sydney",
)
_SAID: dict[LineFault, tuple[str, Promise | str]] = {
    LineFault.NO_LABEL: ("label", _("Give the line a name.")),
    LineFault.NO_GREETING: ("greeting", _("Write what is said on pick-up.")),
    LineFault.NO_UNANSWERED_TEXT: ("unanswered_text", _("Write what the caller hears.")),
    LineFault.UNKNOWN_ZONE: ("timezone", _("Nobody knows this zone.")),
    LineFault.BACKWARDS: ("valid_until", _("The line ends before it begins.")),
    LineFault.OVER: ("valid_until", _("This is over already: choose a moment to come.")),
    LineFault.NO_END: (
        "valid_until",
        _("A one-off line stops by itself: say when."),
    ),
    LineFault.NUMBER_TAKEN: (
        "valid_from",
        _("In this time the number is another line’s: end that one first, or choose other days."),
    ),
}


class _WallField(forms.DateTimeField):
    """A moment as a wall shows it; in which zone, another field says."""

    widget = forms.DateTimeInput({"class": "input", "type": "datetime-local"}, format=_MINUTE)

    def to_python(self, value: Any) -> datetime | None:
        """Read the moment without a zone."""
        if value in self.empty_values:
            return None
        try:
            return datetime.strptime(str(value).strip()[:16], _MINUTE)  # noqa: DTZ007
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"]) from error

    def prepare_value(self, value: Any) -> Any:
        """Show what is on that wall, whatever the reader's own clock."""
        return value


def _sentence(label: Any, **more: Any) -> forms.CharField:
    voice = forms.Textarea({"class": "input input-voice", "rows": "2"})
    return forms.CharField(label=label, max_length=300, widget=voice, **more)


class LineForm(DeskForm):
    """A line: how it is called, what is said on it, what it is for, when it is the client's."""

    scope = "line"
    greeting = _sentence(_("Said on pick-up"))
    greeting_en = _sentence(
        _("The same in English"),
        required=False,
        help_text=_("For the hours that are answered in English. Empty: as above."),
    )
    unanswered_text = _sentence(
        _("Said when nobody answers"), help_text=_("Where the hours say nothing else.")
    )
    unanswered_text_en = _sentence(_("The same in English"), required=False)
    label = forms.CharField(label=_("Name of the line"), max_length=80, widget=text_input())
    purpose = forms.ChoiceField(
        label=_("What it is for"),
        choices=Line.Purpose.choices,
        widget=forms.Select({"class": "input"}),
    )
    timezone = forms.ChoiceField(
        label=_("Its hours count in"), required=False, widget=forms.Select({"class": "input"})
    )
    valid_from = _WallField(label=_("The client’s from"), validators=WALL_WITHIN_REACH)
    valid_until = _WallField(
        label=_("Until"),
        required=False,
        validators=WALL_WITHIN_REACH,
        help_text=_("It then stops by itself. Empty: without end."),
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, line: Line) -> None:
        held, zone = settings_of(line), ZoneInfo(line.zone_name)
        initial = {name: getattr(held, name) for name in LineSettings.__annotations__}
        for name in ("valid_from", "valid_until"):
            initial[name] = _on_wall(initial[name], zone)
        super().__init__(data, initial=initial | {"seen": revision_of_settings(line)})
        self.line, self.held = line, held
        zones = zones_with(line.timezone, str(locale()))
        own = _("%(zone)s, as the client") % {"zone": zone_words(line.client.timezone, locale())}
        self.fields["timezone"].choices = [("", own), *zones]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Read from and until on the wall of the zone that was chosen."""
        cleaned = super().clean() or {}
        if cleaned.get("seen") != revision_of_settings(self.line):
            self.refuse_meanwhile()
        zone = ZoneInfo(cleaned.get("timezone") or self.line.client.timezone)
        for name in ("valid_from", "valid_until"):
            cleaned[name] = self._instant(name, cleaned.get(name), zone)
        return cleaned

    def _instant(self, name: str, wall: datetime | None, zone: ZoneInfo) -> datetime | None:
        held: datetime | None = getattr(self.held, name)
        if wall is None or _on_wall(held, zone) == wall:
            # Untouched: to the second, and of an hour that is shown twice, the one that it was.
            return held if wall else None
        found = instants_of(wall.date(), wall.time(), zone)
        if not found:
            skipped = _("That night the clocks go forward: this hour does not exist.")
            self.add_error(name, skipped)
        return found[0] if found else None

    def refuse_meanwhile(self) -> None:
        """Say that somebody else was faster; what was typed stays, and may be saved over it."""
        meanwhile = _("Somebody else has just changed this line. Look at it, then save again.")
        self.add_error(None, meanwhile)
        assert isinstance(self.data, QueryDict)
        said = self.data.copy()
        said["seen"] = revision_of_settings(self.line)
        self.data = said

    def wished(self) -> LineSettings:
        """Return the settings that a valid form says."""
        given = self.cleaned_data
        return LineSettings(**{name: given[name] for name in LineSettings.__annotations__})

    def show(self, faults: Sequence[LineFault]) -> None:
        """Say beside each field what is wrong with it."""
        for fault in faults:
            field, words = _SAID[fault]
            self.add_error(field, str(words))


def revision_of_settings(line: Line) -> str:
    """Name a line's settings as they are: another name, other settings."""
    held = asdict(settings_of(line))
    return sha256(json.dumps(held, cls=DjangoJSONEncoder).encode()).hexdigest()


def _on_wall(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    if at is None:
        return None
    return at.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)


@lru_cache(maxsize=64)
def zones_with(kept: str, reader: str) -> list[tuple[str, str]]:
    """Give the zones to choose from, with one that is kept, as the reader names them."""
    names = {*ZONES, kept} - {""}
    return sorted(((one, zone_words(one, reader)) for one in names), key=lambda pair: pair[1])


def zone_words(name: str, reader: str) -> str:
    """« États-Unis (New York) »"""
    said = str(get_timezone_location(ZoneInfo(name), locale=reader))
    # « heure : La Réunion »
    return said.removeprefix(Locale.parse(reader).zone_formats["region"].replace("%s", ""))
