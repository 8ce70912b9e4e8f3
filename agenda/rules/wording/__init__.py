"""Directives as people say them, in the languages of the product.

Whole sentences of two languages differ too much to be filled into one another's frames: « un
vendredi sur deux » is "every other Friday". So each language has its own module; the functions
are the same.
"""

from collections.abc import Sequence
from datetime import date
from types import ModuleType

from agenda.rules.directives import SaidAbsence, SaidDays, SaidHours
from agenda.rules.wording import english, french

_LANGUAGES: dict[str, ModuleType] = {"fr": french, "en": english}


def hours_sentence(
    said: SaidHours, language: str, *, motives: Sequence[str] = (), today: date | None = None
) -> str:
    """Say which hours are meant; a first day gone by `today` is not told."""
    book = _book(language)
    parts = [
        book.days(said.days),
        book.what(said),
        *([book.only_for(motives)] if motives else []),
        *([book.instead_of(said.replaces)] if said.replaces else []),
        *_span(book, said.days, today),
    ]
    return ", ".join(parts)


def absence_sentence(said: SaidAbsence, language: str, *, today: date | None = None) -> str:
    """Say when somebody is away."""
    book = _book(language)
    whole = said.start is None or said.end is None
    times = book.ALL_DAY if whole else book.times(said.start, said.end)
    return ", ".join([book.days(said.days), times, *_span(book, said.days, today)])


def days_sentence(said: SaidDays, language: str) -> str:
    """Say which days are meant, their span aside."""
    return str(_book(language).days(said))


def _book(language: str) -> ModuleType:
    return _LANGUAGES.get(language[:2], english)


def _span(book: ModuleType, days: SaidDays, today: date | None) -> list[str]:
    """Return from when and until when a recurring rule counts."""
    if days.is_dated:
        return []
    begins = [] if today is not None and days.first <= today else [book.since(days.first)]
    return begins + ([book.until(days.last)] if days.last else [])
