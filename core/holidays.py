"""Public holidays of France, under their French names.

The days are those of the package `holidays`: article L3133-1 of the Code du travail, and for
Alsace and Moselle article L3134-13, which adds Good Friday and the 26th of December.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from holidays.countries.france import France

_DAY = timedelta(days=1)


class Region(StrEnum):
    """Where a calendar's public holidays are looked up."""

    METROPOLE = "metropole"
    ALSACE_MOSELLE = "alsace_moselle"


# Both departments of Alsace and the Moselle have the same days.
_SUBDIVISIONS = {Region.METROPOLE: None, Region.ALSACE_MOSELLE: "57"}


class HolidayName(NamedTuple):
    """A public holiday and what it is called; two that meet are called by both names."""

    day: date
    name: str


def public_holidays(region: Region, first: date, until: date) -> list[HolidayName]:
    """Return the holidays from `first` up to, not including, `until`, in order."""
    years = range(first.year, (until - _DAY).year + 1)
    found = (holiday for year in years for holiday in _of_year(region, year))
    return [holiday for holiday in found if first <= holiday.day < until]


@lru_cache(maxsize=64)
def _of_year(region: Region, year: int) -> tuple[HolidayName, ...]:
    named = France(years=year, subdiv=_SUBDIVISIONS[region], language="fr", expand=False)
    return tuple(HolidayName(day, _as_written(name)) for day, name in _in_year(named, year))


def _in_year(named: France, year: int) -> Iterator[tuple[date, str]]:
    return ((day, name) for day, name in sorted(named.items()) if day.year == year)


def _as_written(name: str) -> str:
    return name.replace("'", "’").replace("; ", " et ")
