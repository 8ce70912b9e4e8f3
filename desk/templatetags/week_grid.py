"""What the week's grid writes: its tiles, wall-clock times, the height of its rows."""

from datetime import datetime

from django import template
from django.utils.safestring import SafeString

from agenda.queries import GridColumn, GridDay
from agenda.queries.week import ROW_MINUTES, GridKind, WeekGrid
from desk import tiles as written
from desk.wording import short_weekday

register = template.Library()

STEPS = (20, 15, 10, 5)

register.filter(written.wall)
register.filter(short_weekday)


@register.filter
def scene(week: written.Week, now: datetime) -> written.Scene:
    """Give what all tiles of a week share, for `tiles`."""
    return written.scene_of(week, now)


@register.simple_tag
def tiles(column: GridColumn, day: GridDay, scene: written.Scene) -> SafeString:
    """Write the tiles of a column."""
    return written.tiles_of(column, day, scene)


@register.filter
def step(grid: WeekGrid) -> int:
    """Give the class of the rows' height: short acts need taller rows to stay easy to hit."""
    lengths = [
        item.rows * ROW_MINUTES
        for day in grid.days
        for column in day.columns
        for item in column.items
        if item.kind in (GridKind.APPOINTMENT, GridKind.FREE)
    ]
    shortest = min(lengths, default=20)
    return next((known for known in STEPS if known <= shortest), STEPS[-1])


@register.filter
def first_minute(grid: WeekGrid) -> int:
    """Give the minutes from midnight to the grid's first row."""
    return grid.first_row * ROW_MINUTES
