"""What the day and moment fields of forms take: nothing so far off that no agenda reaches it."""

from datetime import UTC, datetime, time

from django.core.validators import MaxValueValidator, MinValueValidator

from core.days import FIRST, LAST

DAYS_WITHIN_REACH = [MinValueValidator(FIRST), MaxValueValidator(LAST)]
INSTANTS_WITHIN_REACH = [
    MinValueValidator(datetime.combine(FIRST, time(), UTC)),
    MaxValueValidator(datetime.combine(LAST, time(), UTC)),
]
