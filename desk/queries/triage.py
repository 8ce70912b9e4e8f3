"""The emergency face: the practice's own words, in the order in which they are read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from calls.models import Call
from clients.models import TriageGuide, TriageSign
from messages_app.models import TriageRecord


@dataclass(frozen=True)
class Sign:
    """A sentence to read aloud."""

    uuid: UUID
    wording: str
    is_ticked: bool


@dataclass(frozen=True)
class SignGroup:
    """Signs that call for the same."""

    label: str
    is_vital: bool
    signs: Sequence[Sign]


@dataclass(frozen=True)
class Triage:
    """What is read, ticked and recorded."""

    opening: str
    doubt: str
    groups: Sequence[SignGroup]
    recorded: Sequence[str]

    @property
    def has_guide(self) -> bool:
        """Whether the practice gave its own words."""
        return bool(self.groups)


def triage_of(call: Call, guide: TriageGuide | None, ticked: Collection[str] = ()) -> Triage:
    """Give the emergency face of a call; `ticked` are the signs already ticked."""
    return Triage(
        opening=guide.opening if guide else "",
        doubt=guide.doubt if guide else "",
        groups=_groups(guide, ticked) if guide else (),
        recorded=[_recorded(record) for record in _records(call)],
    )


def _records(call: Call) -> list[TriageRecord]:
    return list(TriageRecord.objects.filter(call_file__call=call).order_by("at", "pk"))


def _recorded(record: TriageRecord) -> str:
    return _("Recorded at %(time)s: %(outcome)s") % {
        "time": f"{localtime(record.at):%-H:%M}",
        "outcome": record.get_outcome_display(),
    }


def _groups(guide: TriageGuide, ticked: Collection[str]) -> list[SignGroup]:
    groups: list[SignGroup] = []
    for action, label in TriageSign.Action.choices:
        signs = [
            Sign(sign.uuid, sign.text, str(sign.uuid) in ticked)
            for sign in guide.signs.all()
            if sign.action == action
        ]
        if signs:
            vital = action == TriageSign.Action.CALL_15
            groups.append(SignGroup(str(label).capitalize(), vital, signs))
    return groups
