"""Reads when somebody can come, as callers say it and an assistant types it while they talk.

« mercredi après 17 h », « pas avant le 3 décembre », « lun ou jeu matin », « semaine prochaine »;
« mar 14 h 10 », « demain 9:40 » and « 1410 » are moments. French and English are both read, with
or without accents, whatever language the screen is in.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from agenda.rules.wishes import PartOfDay, Wishes
from core.days import FIRST, LAST

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)

_TIME = r"(\d{1,2})\s*(?:h|:|heures?\b)\s*(\d{2})?"
_MONTHS = (
    r"janv?(?:ier|uary)?",
    r"fevr?(?:ier)?|feb(?:ruary)?",
    r"mars|march",
    r"avr(?:il)?|apr(?:il)?",
    r"mai|may",
    r"juin|june?",
    r"juil(?:let)?|july?",
    r"aout|aug(?:ust)?",
    r"sept?(?:embre|ember)?",
    r"oct(?:obre|ober)?",
    r"nov(?:embre|ember)?",
    r"dec(?:embre|ember)?",
)
_MONTH = "|".join(_MONTHS)
_DATE = (
    rf"(?:(?:le\s+|the\s+)?(?P<d1>\d{{1,2}})[/.](?P<m1>\d{{1,2}})(?:[/.](?P<y1>\d{{2,4}}))?"
    rf"|(?:(?:le|au|du)\s+)?(?P<d2>\d{{1,2}})(?:er)?\s+(?P<m2>{_MONTH})\.?(?:\s+(?P<y2>\d{{4}}))?\b"
    r"|(?:le|au|du)\s+(?P<d3>\d{1,2})(?:er)?(?!\s*(?:h\b|:|\d)))"
)
_WEEKDAYS = (
    r"lun(?:dis?)?|mon(?:days?)?",
    r"mar(?:dis?)?|tue(?:sdays?)?",
    r"mer(?:credis?)?|wed(?:nesdays?)?",
    r"jeu(?:dis?)?|thu(?:rsdays?)?",
    r"ven(?:dredis?)?|fri(?:days?)?",
    r"sam(?:edis?)?|sat(?:urdays?)?",
    r"dim(?:anches?)?|sun(?:days?)?",
)
_PARTS = {
    PartOfDay.AFTERNOON: r"apres[- ]?midis?|aprems?|afternoons?",
    PartOfDay.MORNING: r"matins?|matinees?|mornings?",
    PartOfDay.LATE: r"soirs?|soirees?|evenings?",
}
# The longest first: « après-demain » holds « demain ».
_RELATIVE_DAYS = (
    (2, "apres[- ]demain|day after tomorrow"),
    (1, "demain|tomorrow"),
    (0, "aujourd'hui|today"),
)
_AFTER = r"(?:pas avant|a partir(?: de\b)?|apres|des|not before|from|after)"
_BEFORE = r"(?:avant|jusqu'a\b|jusqu'(?=au)|before|until)"
_FILLERS = re.compile(
    r"(?:\b(?:le|la|les|l|un|une|du|de|au|a|vers|plutot|ou|et|en|on|at|the|or|and|in)\b|[\s,;.'’-])+"
)


@dataclass(frozen=True)
class Said:
    """What was said: wishes, or one moment of the wall."""

    wishes: Wishes = field(default_factory=Wishes)
    moment: datetime | None = None  # without a zone: that of the calendar


def understand(text: str, *, now: datetime) -> Said | None:
    """Return what the words say, None where some of them say nothing.

    `now` is the wall's present, without a zone: days without a year, and times without a day, are
    the next.
    """
    reader = _Reader(_folded(text), now)
    return reader.said()


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower()).replace("’", "'")
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


class _Reader:
    """Takes what it understands out of the words, the longest sayings first."""

    def __init__(self, words: str, now: datetime) -> None:
        self.words, self.now, self.today = words, now, now.date()
        self.after: time | None = None
        self.before: time | None = None
        self.first: date | None = None
        self.last: date | None = None
        self.day: date | None = None
        self.at: time | None = None
        self.weekdays: set[int] = set()

    def said(self) -> Said | None:
        try:
            self._read()
        except ValueError:  # the 31st of February, or 25 o'clock
            return None
        if _FILLERS.sub("", self.words):
            return None
        moment = self._moment()
        if moment is not None:
            return Said(moment=moment)
        first, last = (self.day, self.day) if self.day else (self.first, self.last)
        return Said(Wishes(self.after, self.before, frozenset(self.weekdays), first, last))

    def _read(self) -> None:
        self._read_parts()
        self._read_relative_days()
        self._read_bounds_of_hours()
        self._read_bounds_of_days()
        if found := self._take(_DATE):
            self.day = self._date(found)
        for number, names in enumerate(_WEEKDAYS):
            if self._take(rf"\b(?:{names})\b\.?"):
                self.weekdays.add(number)
        if found := self._take(rf"(?<!\d){_TIME}(?!\d)|\b(\d{{1,2}})(\d{{2}})\b"):
            hour, minute, plain_hour, plain_minute = found.groups()
            self.at = time(int(hour or plain_hour), int(minute or plain_minute or 0))

    def _take(self, pattern: str) -> re.Match[str] | None:
        found = re.search(pattern, self.words)
        if found:
            self.words = f"{self.words[: found.start()]} {self.words[found.end() :]}"
        return found

    def _read_parts(self) -> None:
        for part, names in _PARTS.items():
            if self._take(rf"\b(?:{names})\b"):
                self.after, self.before = part.hours

    def _read_relative_days(self) -> None:
        monday = self.today - _DAY * self.today.weekday()
        for ahead, names in _RELATIVE_DAYS:
            if self._take(rf"\b(?:{names})\b"):
                self.day = self.today + _DAY * ahead
        if self._take(r"\b(?:cette semaine|this week)\b"):
            self.last = monday + _WEEK - _DAY
        if self._take(r"\b(?:(?:la )?semaine prochaine|next week)\b"):
            self.first, self.last = monday + _WEEK, monday + 2 * _WEEK - _DAY
        if found := self._take(r"\b(?:dans|in) (\d{1,2}) (?:semaines?|weeks?)\b"):
            self.first = monday + _WEEK * int(found[1])

    def _read_bounds_of_hours(self) -> None:
        if found := self._take(rf"\b(?:entre|between) {_TIME} (?:et|and) {_TIME}"):
            self.after = _time(found[1], found[2])
            self.before = _time(found[3], found[4])
        if found := self._take(rf"\b{_AFTER} {_TIME}"):
            self.after = _time(found[1], found[2])
        if found := self._take(rf"\b{_BEFORE} {_TIME}"):
            self.before = _time(found[1], found[2])

    def _read_bounds_of_days(self) -> None:
        if found := self._take(rf"\b{_AFTER}\s+{_DATE}"):
            self.first = self._date(found)
        if found := self._take(rf"\b{_BEFORE}\s*{_DATE}"):
            self.last = self._date(found)

    def _date(self, found: re.Match[str]) -> date:
        day = self._said_date(found)
        if not FIRST <= day <= LAST:
            raise ValueError
        return day

    def _said_date(self, found: re.Match[str]) -> date:
        said = found.groupdict()
        day = int(said["d1"] or said["d2"] or said["d3"])
        if said["d3"]:
            return self._next_numbered(day)
        month = int(said["m1"]) if said["m1"] else _month(said["m2"])
        year = said["y1"] or said["y2"]
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        this_year = date(self.today.year, month, day)
        return this_year if this_year >= self.today else date(self.today.year + 1, month, day)

    def _next_numbered(self, number: int) -> date:
        """Return the next day of a month that has this number."""
        ahead = (self.today + _DAY * n for n in range(62))
        found = next((day for day in ahead if day.day == number), None)
        if found is None:
            raise ValueError
        return found

    def _moment(self) -> datetime | None:
        if self.at is None:
            return None
        if self.day is not None:
            return datetime.combine(self.day, self.at)
        ahead = (datetime.combine(self.today + _DAY * n, self.at) for n in range(8))
        wanted = self.weekdays or set(range(7))
        return next(one for one in ahead if one.weekday() in wanted and one >= self.now)


def _time(hour: str, minute: str | None) -> time:
    return time(int(hour), int(minute or 0))


def _month(name: str) -> int:
    return next(n for n, names in enumerate(_MONTHS, start=1) if re.fullmatch(names, name))
