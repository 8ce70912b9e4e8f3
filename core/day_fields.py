"""What the day and moment fields of forms take: no day so far off that no agenda reaches it."""

from datetime import UTC, datetime, time

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from core.days import FIRST, LAST

DAYS_WITHIN_REACH = [MinValueValidator(FIRST), MaxValueValidator(LAST)]
INSTANTS_WITHIN_REACH = [
    MinValueValidator(datetime.combine(FIRST, time(), UTC)),
    MaxValueValidator(datetime.combine(LAST, time(), UTC)),
]
# The same for a moment on a wall, whose zone is said elsewhere.
WALL_WITHIN_REACH = [
    MinValueValidator(datetime.combine(FIRST, time())),
    MaxValueValidator(datetime.combine(LAST, time())),
]
# As Python counts them, in words.
WEEKDAYS = [
    ("0", _("Monday")),
    ("1", _("Tuesday")),
    ("2", _("Wednesday")),
    ("3", _("Thursday")),
    ("4", _("Friday")),
    ("5", _("Saturday")),
    ("6", _("Sunday")),
]
