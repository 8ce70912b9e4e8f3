"""The history of the directives, as the practice reads it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from agenda.models import Absence, Calendar, Motive
from agenda.queries.directives import HOURS_CHANGED
from clients.models import AuditEntry, Client
from portal.directive_wording import detail_words, what_words


@dataclass(frozen=True)
class HistoryRow:
    """One change: what, in which agenda where there are several, and where it is read whole."""

    change: AuditEntry
    what: str
    lines: list[str]
    whose: str
    href: str


def history_rows(client: Client, changes: Sequence[AuditEntry]) -> list[HistoryRow]:
    """Give the changes in words, in as many queries whatever their number."""
    motives = list(Motive.objects.filter(client=client))
    calendars = {str(one.uuid): one.name for one in Calendar.objects.filter(client=client)}
    targets = [one.target_uuid for one in changes if one.target_uuid is not None]
    rows = Absence.objects.filter(uuid__in=targets).select_related("calendar")
    absences = {str(one.uuid): one for one in rows}
    return [
        HistoryRow(
            change,
            what_words(change),
            detail_words(change, motives, absences),
            _whose(change, calendars, absences),
            _href(change),
        )
        for change in changes
    ]


def _whose(change: AuditEntry, calendars: dict[str, str], absences: dict[str, Absence]) -> str:
    if len(calendars) < 2:
        return ""
    absence = absences.get(str(change.target_uuid))
    if absence:
        return absence.calendar.name
    return calendars.get(change.detail.get("calendar") or str(change.target_uuid), "")


def _href(change: AuditEntry) -> str:
    if change.action.startswith(HOURS_CHANGED):
        return reverse("portal:directive", args=[change.uuid])
    return ""
