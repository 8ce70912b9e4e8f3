"""What a line is, beside what it does: its words, its purpose, its zone, from when until when."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.db.models import Q

from clients.models import Line, User
from clients.services.audit import record_audit
from core.live import client_group, publish


@dataclass(frozen=True)
class LineSettings:
    """A line as it is wished; `timezone` empty for the client's, `valid_until` None for no end."""

    label: str
    purpose: str
    timezone: str
    greeting: str
    greeting_en: str
    unanswered_text: str
    unanswered_text_en: str
    valid_from: datetime
    valid_until: datetime | None


class LineFault(StrEnum):
    """What may be wrong with a line's settings."""

    NO_LABEL = "no_label"
    NO_GREETING = "no_greeting"
    NO_UNANSWERED_TEXT = "no_unanswered_text"
    UNKNOWN_ZONE = "unknown_zone"
    BACKWARDS = "backwards"
    # A new end that is over already.
    OVER = "over"
    # Accueil ponctuel: the line stops by itself.
    NO_END = "no_end"
    # The number is another line's in that time.
    NUMBER_TAKEN = "number_taken"


class LineRefused(ValueError):
    """A line can't be as it is wished; `faults` names all that is wrong."""

    def __init__(self, faults: list[LineFault]) -> None:
        super().__init__(", ".join(fault.value for fault in faults))
        self.faults = faults


class LineChangedMeanwhile(RuntimeError):
    """Somebody else has changed this line since it was looked at; nothing was changed."""


def settings_of(line: Line) -> LineSettings:
    """Give a line's settings as they are."""
    return LineSettings(**{name: getattr(line, name) for name in LineSettings.__annotations__})


@transaction.atomic
def change_line(
    *,
    line: Line,
    wished: LineSettings,
    by: User | None,
    at: datetime,
    seen: LineSettings | None = None,
) -> Line:
    """Give a line other words, another purpose, zone or time; what is the same is not written.

    `seen` is how whoever asks has seen it. Raises LineRefused and LineChangedMeanwhile.
    """
    line = Line.objects.select_for_update(of=("self",)).select_related("client").get(pk=line.pk)
    held = settings_of(line)
    if seen is not None and seen != held:
        raise LineChangedMeanwhile
    faults = _faults(line, wished, held, at)
    if faults:
        raise LineRefused(faults)
    before = asdict(held)
    changed = {name: value for name, value in asdict(wished).items() if before[name] != value}
    if changed:
        for name, value in changed.items():
            setattr(line, name, value)
        line.save(update_fields=list(changed))
        _tell(line, sorted(changed), by, at)
    return line


def _faults(line: Line, wished: LineSettings, held: LineSettings, at: datetime) -> list[LineFault]:
    empty = {
        LineFault.NO_LABEL: wished.label,
        LineFault.NO_GREETING: wished.greeting,
        LineFault.NO_UNANSWERED_TEXT: wished.unanswered_text,
    }
    found = [fault for fault, text in empty.items() if not text.strip()]
    if wished.timezone and not _is_zone(wished.timezone):
        found.append(LineFault.UNKNOWN_ZONE)
    return found + _faults_of_time(line, wished, held, at)


def _faults_of_time(
    line: Line, wished: LineSettings, held: LineSettings, at: datetime
) -> list[LineFault]:
    until = wished.valid_until
    if until is not None and until <= wished.valid_from:
        return [LineFault.BACKWARDS]
    if until is not None and until <= at and until != held.valid_until:
        return [LineFault.OVER]
    if until is None and wished.purpose == Line.Purpose.ONE_OFF:
        return [LineFault.NO_END]
    return [LineFault.NUMBER_TAKEN] if _is_taken(line, wished) else []


def _is_taken(line: Line, wished: LineSettings) -> bool:
    """Whether the number is another line's at an instant of that time; their rows are locked."""
    others = Line.objects.select_for_update().filter(number=line.number).exclude(pk=line.pk)
    meets = Q(valid_until=None) | Q(valid_until__gt=wished.valid_from)
    if wished.valid_until is not None:
        meets &= Q(valid_from__lt=wished.valid_until)
    return any(others.filter(meets).order_by("pk"))


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _tell(line: Line, changed: list[str], by: User | None, at: datetime) -> None:
    client = line.client
    detail = {"line": str(line.uuid), "fields": changed}
    record_audit(by=by, action="line.changed", target=line, client=client, at=at, detail=detail)
    publish(client_group(client.uuid), "line.changed", client=str(client.uuid), line=str(line.uuid))
