"""Calendars, what opens and closes them, and what is booked in them."""

from agenda.models.appointment import Appointment, AppointmentChange, SlotHold
from agenda.models.calendar import Absence, Calendar, Motive, OpeningRule
from agenda.models.sides import Side

__all__ = [
    "Absence",
    "Appointment",
    "AppointmentChange",
    "Calendar",
    "Motive",
    "OpeningRule",
    "Side",
    "SlotHold",
]
