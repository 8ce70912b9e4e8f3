"""Calendars, what opens and closes them, and what is booked in them."""

from agenda.models.absence import Absence, DayGivenBack, HolidayOpened
from agenda.models.appointment import Appointment, AppointmentChange, SlotHold
from agenda.models.calendar import Calendar, Motive, OpeningRule
from agenda.models.feed import CalendarFeed
from agenda.models.series import AppointmentSeries
from agenda.models.sides import Side
from agenda.models.waiting import FreedSlot, SlotOffer, WaitingListEntry
from agenda.models.worklist import Displaced

__all__ = [
    "Absence",
    "Appointment",
    "AppointmentChange",
    "AppointmentSeries",
    "Calendar",
    "CalendarFeed",
    "DayGivenBack",
    "Displaced",
    "FreedSlot",
    "HolidayOpened",
    "Motive",
    "OpeningRule",
    "Side",
    "SlotHold",
    "SlotOffer",
    "WaitingListEntry",
]
