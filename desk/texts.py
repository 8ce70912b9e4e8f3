"""The line of the booking form that asks whether the person wants to be written to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from calls.models import Call
from clients.models import Correspondent
from messages_app.models import NoticeSettings
from messages_app.queries.notices import reach_of
from messages_app.rules.addressing import Channel, masked
from messages_app.rules.notices import Reach, Way

SHOWN, WANTED = "texts_shown", "texts"


@dataclass(frozen=True)
class TextsLine:
    """Whether the box is ticked, and what is known of where a text would go."""

    is_ticked: bool
    hint: str


def texts_line(call: Call, typed: Mapping[str, Any]) -> TextsLine | None:
    """The line, or None where the practice wishes no texts; what was typed comes first."""
    wishes = NoticeSettings.objects.filter(client=call.client)
    if not wishes.exclude(Q(confirmation=Way.NONE) & Q(reminder=Way.NONE)).exists():
        return None
    person = call.correspondent
    reach = reach_of(person) if person else None
    refused = person is not None and person.texts == Correspondent.Texts.REFUSED
    is_ticked = WANTED in typed if SHOWN in typed else not refused
    return TextsLine(is_ticked, _hint(person, reach))


def wants_texts(typed: QueryDict) -> bool | None:
    """What the line was left at; None where it was not shown."""
    return WANTED in typed if SHOWN in typed else None


def _hint(person: Correspondent | None, reach: Reach | None) -> str:
    if person is None or reach is None:
        return _("To the mobile or the e-mail address in the file.")
    if person.texts == Correspondent.Texts.REFUSED:
        return _("%(name)s has refused until now.") % {"name": person.listed_name}
    channel = Channel.SMS if reach.address(Channel.SMS) else Channel.EMAIL
    if not reach.address(channel):
        return _("No mobile and no e-mail address is known yet.")
    address = masked(channel, reach.address(channel))
    return _("To %(name)s, %(address)s.") % {"name": person.listed_name, "address": address}
