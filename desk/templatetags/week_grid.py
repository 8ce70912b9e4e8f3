"""What the week's grid writes: wall-clock times, lanes, the value of a slot."""

from datetime import datetime, time

from django import template

from agenda.models import Appointment
from agenda.queries import GridColumn
from agenda.queries.week import ROW_MINUTES, GridItem, GridKind, WeekGrid
from desk.slots import slot_name
from desk.wording import short_day, short_weekday

register = template.Library()

MOST_LANES = 4
STEPS = (20, 15, 10, 5)


@register.filter
def wall(moment: datetime | time) -> str:
    """Write a wall-clock reading as grids do, « 9:40 », without moving it to another zone."""
    return f"{moment.hour}:{moment.minute:02}"


register.filter(short_day)
register.filter(short_weekday)


@register.filter
def slot_value(item: GridItem, column: GridColumn) -> str:
    """Name a slot: its calendar and its instant."""
    return slot_name(str(column.calendar.uuid), item.starts_at)


@register.filter
def lane(item: GridItem) -> str:
    """Give the class of a tile's lane; beyond four side by side they lie on each other."""
    lanes = min(item.lanes, MOST_LANES)
    return f"l{min(item.lane + 1, lanes)}of{lanes}" if lanes > 1 else ""


@register.filter
def tile_state(item: GridItem, now: datetime) -> str:
    """Give the class of an appointment's tile."""
    appointment = item.appointment
    assert appointment is not None
    if appointment.status == Appointment.Status.NO_SHOW:
        return "no_show"
    if item.ends_at <= now:
        return "past"
    return "urgent" if appointment.motive and appointment.motive.is_urgent else ""


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
