"""The secret address at which other calendar programs read a calendar."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from agenda.models.calendar import Calendar, OfCalendarQuerySet
from core.models import Identified
from core.privacy import Personal


class CalendarFeedQuerySet(OfCalendarQuerySet["CalendarFeed"]):
    """Addresses, within what a person may see."""

    def in_force(self) -> Self:
        """Leave out what was revoked, and the calendars that are archived."""
        return self.filter(
            revoked_at=None, calendar__archived_at=None, calendar__client__archived_at=None
        )


class CalendarFeed(Identified):
    """One address of one calendar, known here by the digest of its token alone.

    Whoever has the token reads the calendar; it is shown once, when it is made. `content_digest`
    stands for what was last given out, `content_changed_at` says since when it is so.
    """

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="feeds")
    token_digest = models.CharField(max_length=64, unique=True)
    with_names = models.BooleanField(default=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    last_fetched_at = models.DateTimeField(null=True, blank=True)
    content_digest = models.CharField(max_length=64, blank=True)
    content_changed_at = models.DateTimeField(null=True, blank=True)
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset({"token_digest", "content_digest"})

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        ordering = ["calendar", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar"],
                condition=Q(revoked_at=None),
                name="one_address_in_force_per_calendar",
            )
        ]

    def __str__(self) -> str:
        return f"{self.calendar} {self.created_at:%Y-%m-%d}"
