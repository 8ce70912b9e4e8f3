"""What the agenda knows, as screens and services ask it."""

from agenda.queries.days import DayList, DayLoad, EmergencyRange, day_list, day_loads
from agenda.queries.diaries import load_diaries
from agenda.queries.history import (
    AppointmentsOf,
    agenda_changes,
    appointments_of,
    calendars_of,
    changes_by_people,
    covered_by,
    motives_of,
    unseen_absences,
    unseen_changes,
)
from agenda.queries.slots import OpenSlot, open_slots, refusals
from agenda.queries.week import GridColumn, GridDay, GridItem, WeekGrid, week_grid

__all__ = [
    "AppointmentsOf",
    "DayList",
    "DayLoad",
    "EmergencyRange",
    "GridColumn",
    "GridDay",
    "GridItem",
    "OpenSlot",
    "WeekGrid",
    "agenda_changes",
    "appointments_of",
    "calendars_of",
    "changes_by_people",
    "covered_by",
    "day_list",
    "day_loads",
    "load_diaries",
    "motives_of",
    "open_slots",
    "refusals",
    "unseen_absences",
    "unseen_changes",
    "week_grid",
]
