"""Bars of a chart, from zero up, placed so that words keep their size on every screen.

Across, everything is in percent of the chart's width; upwards, in pixels of its height.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

# Where in a column its bars stand, in shares of the column: the main one and the one apart.
_LANES = ((0.12, 0.5), (0.66, 0.22))
_ALONE = (0.2, 0.6)


class Bar(NamedTuple):
    """One bar as it is given: in the first or second lane, of a kind, and of a size."""

    lane: int
    kind: str
    size: float


class Drawn(NamedTuple):
    """One bar as it is drawn."""

    kind: str
    x: str
    width: str
    y: float
    height: float


@dataclass(frozen=True)
class Column:
    """One column as it is drawn: its bars, what is said of it, what is written over and under."""

    words: str
    bars: Sequence[Drawn]
    middle: str
    top: float
    over: str = ""
    under: str = ""


class Given(NamedTuple):
    """One column as it is given; `over` and `under` are what is written there."""

    words: str
    bars: Sequence[Bar]
    over: str = ""
    under: str = ""


@dataclass(frozen=True)
class Chart:
    """Columns, from `top` units at the height down to zero."""

    columns: Sequence[Column]
    top: int
    height: int


def chart(given: Sequence[Given], *, height: int, step: int, least: int) -> Chart:
    """Draw the columns; the scale ends at a multiple of `step`, and is at least `least`."""
    greatest = max((bar.size for column in given for bar in column.bars), default=0)
    top = max(least, ceil(greatest / step) * step)
    width = 100 / max(len(given), 1)
    drawn = [
        _column(one, nth * width, width, height / top, height) for nth, one in enumerate(given)
    ]
    return Chart(drawn, top, height)


def _column(given: Given, x: float, width: float, unit: float, height: int) -> Column:
    lanes = _LANES if any(bar.lane for bar in given.bars) else (_ALONE, _ALONE)
    bars = [_bar(bar, x, width, lanes[bar.lane], unit, height) for bar in given.bars if bar.size]
    return Column(
        words=given.words,
        bars=bars,
        middle=f"{x + width * (lanes[0][0] + lanes[0][1] / 2):.2f}%",
        top=min((bar.y for bar in bars), default=height),
        over=given.over,
        under=given.under,
    )


def _bar(
    bar: Bar, x: float, width: float, lane: tuple[float, float], unit: float, height: int
) -> Drawn:
    begins, takes = lane
    tall = round(bar.size * unit, 1)
    return Drawn(
        kind=bar.kind,
        x=f"{x + width * begins:.2f}%",
        width=f"{width * takes:.2f}%",
        y=round(height - tall, 1),
        height=tall,
    )
