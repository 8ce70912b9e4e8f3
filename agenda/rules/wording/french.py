"""How a French practice says its hours."""

from collections.abc import Sequence
from datetime import date, time

from agenda.rules.directives import SaidDays, SaidHours
from agenda.rules.openings import Release, Replaces

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
ALL_DAY = "toute la journée"
_COUNTS = {2: "deux", 3: "trois", 4: "quatre"}
_INSTEAD = {
    Replaces.MORNING: "à la place du matin",
    Replaces.AFTERNOON: "à la place de l’après-midi",
    Replaces.DAY: "à la place de la journée",
}
_SPACE = "\N{NO-BREAK SPACE}"


def days(said: SaidDays) -> str:
    """Say « tous les lundis et jeudis », « un vendredi sur deux », « le jeudi 3 décembre 2026 »."""
    if said.is_dated:
        return _dates(said)
    if len(said.weekdays) == 1 and said.every > 1:
        return f"un {WEEKDAYS[said.weekdays[0]]} sur {_count(said.every)}"
    named = _weekdays(said.weekdays)
    if said.every == 1:
        return named
    rare = named if len(said.weekdays) == 7 else named.removeprefix("tous ")
    return f"{rare}, une semaine sur {_count(said.every)}"


def _dates(said: SaidDays) -> str:
    if said.last is None or said.last == said.first:
        return f"le {_day(said.first)}"
    return f"du {_day(said.first)} au {_day(said.last)}"


def _weekdays(weekdays: Sequence[int]) -> str:
    first, last = weekdays[0], weekdays[-1]
    if len(weekdays) == 7:
        return "tous les jours"
    if len(weekdays) > 2 and last - first == len(weekdays) - 1:
        return f"du {WEEKDAYS[first]} au {WEEKDAYS[last]}"
    return "tous les " + listed([f"{WEEKDAYS[n]}s" for n in weekdays])


def listed(words: Sequence[str]) -> str:
    """Say « lundis, mardis et jeudis »."""
    return " et ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def what(said: SaidHours) -> str:
    """Say « 9 h–12 h, un patient toutes les 20 minutes », « urgences 11 h–12 h, … »."""
    span, length = times(said.start, said.end), f"{said.slot_minutes} minutes"
    if not said.emergency:
        return f"{span}, un patient toutes les {length}"
    return f"urgences {span}, {_released(said.release)}, une toutes les {length}"


def _released(release: Release) -> str:
    if release.at is not None:
        return f"ouvertes à tous à {clock(release.at)} le jour même"
    if release.hours_before is not None:
        hours = "heure" if release.hours_before < 2 else "heures"
        return f"ouvertes à tous {release.hours_before} {hours} avant"
    return "jamais ouvertes à tous"


def times(start: time, end: time) -> str:
    """Say « 9 h–12 h 30 »."""
    span = f"{clock(start)}–{clock(end)}"
    return f"{span} le lendemain" if end <= start else span


def clock(at: time) -> str:
    """Say « 9 h », « 9 h 40 »."""
    minutes = f"{_SPACE}{at.minute:02}" if at.minute else ""
    return f"{at.hour}{_SPACE}h{minutes}"


def only_for(motives: Sequence[str]) -> str:
    """Say for which motives alone."""
    return "seulement pour " + listed([f"«{_SPACE}{name}{_SPACE}»" for name in motives])


def instead_of(replaces: Replaces) -> str:
    """Say « à la place du matin »."""
    return _INSTEAD[replaces]


def since(day: date) -> str:
    """Say « à partir du 1er décembre 2026 »."""
    return f"à partir du {_date(day)}"


def until(day: date) -> str:
    """Say « jusqu’au 23 décembre 2026 »."""
    return f"jusqu’au {_date(day)}"


def _day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {_date(day)}"


def _date(day: date) -> str:
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def _count(every: int) -> str:
    return _COUNTS.get(every, str(every))
