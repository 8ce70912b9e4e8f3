"""What the agenda knows, as screens and services ask it."""

from agenda.queries.acquaintance import is_known, visit_for
from agenda.queries.coverage import (
    covered_by,
    covered_by_holidays,
    holidays_closed,
    occurrences_of,
)
from agenda.queries.days import DayList, DayLoad, EmergencyRange, day_list, day_loads
from agenda.queries.diaries import load_diaries
from agenda.queries.history import (
    AppointmentsOf,
    agenda_changes,
    appointments_of,
    calendars_of,
    changes_by_people,
    motives_of,
    unseen_absences,
    unseen_changes,
)
from agenda.queries.rows import Closure
from agenda.queries.slots import OpenSlot, open_slots, refusals
from agenda.queries.waiting import (
    Candidate,
    entries_of,
    freed_by_cancelling,
    waiting_list,
    who_waits,
)
from agenda.queries.week import GridColumn, GridDay, GridItem, WeekGrid, week_grid
from agenda.queries.worklist import (
    Progress,
    count_displaced,
    displaced_by,
    displaced_to_deal_with,
    progress_of,
    slots_nearby,
)

__all__ = [
    "AppointmentsOf",
    "Candidate",
    "Closure",
    "DayList",
    "DayLoad",
    "EmergencyRange",
    "GridColumn",
    "GridDay",
    "GridItem",
    "OpenSlot",
    "Progress",
    "WeekGrid",
    "agenda_changes",
    "appointments_of",
    "calendars_of",
    "changes_by_people",
    "count_displaced",
    "covered_by",
    "covered_by_holidays",
    "day_list",
    "day_loads",
    "displaced_by",
    "displaced_to_deal_with",
    "entries_of",
    "freed_by_cancelling",
    "holidays_closed",
    "is_known",
    "load_diaries",
    "motives_of",
    "occurrences_of",
    "open_slots",
    "progress_of",
    "refusals",
    "slots_nearby",
    "unseen_absences",
    "unseen_changes",
    "visit_for",
    "waiting_list",
    "week_grid",
    "who_waits",
]
