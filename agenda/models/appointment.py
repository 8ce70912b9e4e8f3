"""What is booked, what is held for a moment, and the history of both sides' changes."""

from datetime import datetime, time, timedelta
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agenda.models.calendar import Calendar, Motive, OfCalendarQuerySet
from agenda.models.sides import Side
from clients.models import Client, Correspondent
from clients.models.scope import ScopedQuerySet
from core.models import Identified
from core.periods import Period
from core.privacy import YEAR, Personal

# The longest block that the database takes; bounds every search for what overlaps.
LONGEST_BLOCK = timedelta(days=1)


class AppointmentQuerySet(ScopedQuerySet["Appointment"]):
    """Appointments, within what a person may see."""

    def active(self) -> Self:
        """Leave out what was cancelled."""
        return self.exclude(status=Appointment.Status.CANCELLED)

    def blocking(self, start: datetime, end: datetime) -> Self:
        """Keep the active appointments whose block shares an instant with the period."""
        return self.active().filter(
            block_starts_at__lt=end,
            block_starts_at__gte=start - LONGEST_BLOCK,
            block_ends_at__gt=start,
        )


class Appointment(Identified):
    """A booked period of a calendar.

    The instants are what counts in the database; the wall-clock day, time and zone as agreed
    are kept beside them, because a zone's rules can change before the day comes. `correspondent`
    is the person on file; `booked_for` names who comes when that is somebody else, and `caller`
    who asked for it.
    """

    class Status(models.TextChoices):
        BOOKED = "booked", _("booked")
        CAME = "came", _("came")
        NO_SHOW = "no_show", _("did not come")
        CANCELLED = "cancelled", _("cancelled")

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="appointments")
    # A copy of the calendar's client: lists by client never go through a join.
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="appointments")
    motive = models.ForeignKey(
        Motive, on_delete=models.PROTECT, related_name="appointments", null=True, blank=True
    )
    correspondent = models.ForeignKey(
        Correspondent,
        on_delete=models.SET_NULL,
        related_name="appointments",
        null=True,
        blank=True,
    )
    caller = models.ForeignKey(
        Correspondent, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    booked_for = models.CharField(_("who comes"), max_length=150, blank=True)
    series = models.ForeignKey(
        "agenda.AppointmentSeries",
        on_delete=models.SET_NULL,
        related_name="appointments",
        null=True,
        blank=True,
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    block_starts_at = models.DateTimeField()
    block_ends_at = models.DateTimeField()
    local_day = models.DateField()
    local_time = models.TimeField()
    timezone = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=Status, default=Status.BOOKED)
    note = models.CharField(_("note for the practitioner"), max_length=500, blank=True)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    source = models.CharField(max_length=10, choices=Side, default=Side.DESK)
    override_reason = models.CharField(_("why against the rules"), max_length=200, blank=True)
    # When the person said that she will come, and to which moment: a move asks her anew.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_start = models.DateTimeField(null=True, blank=True)
    personal: ClassVar[dict[str, Personal]] = {
        "booked_for": Personal("says who comes", 5 * YEAR),
        "note": Personal("tells the practitioner why the person comes", 2 * YEAR),
        "local_day": Personal("says when the person comes", 5 * YEAR),
        "override_reason": Personal("explains a deliberate double booking", 2 * YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"timezone", "status", "source"})

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["calendar", "block_starts_at"]),
            models.Index(fields=["client", "starts_at"]),
            models.Index(fields=["correspondent", "starts_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"))
                & Q(block_starts_at__lte=F("starts_at"))
                & Q(block_ends_at__gte=F("ends_at")),
                name="a_block_holds_its_visit",
            )
        ]

    def __str__(self) -> str:
        return f"{self.local_day:%Y-%m-%d} {self.local_time:%H:%M} · {self.shown_name}"

    @property
    def shown_name(self) -> str:
        """Who comes, as lists show it."""
        if self.booked_for:
            return self.booked_for
        return self.correspondent.listed_name if self.correspondent else ""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def is_active(self) -> bool:
        return self.status != self.Status.CANCELLED

    @property
    def is_confirmed(self) -> bool:
        """Whether the person has said that she will come at this very moment."""
        return self.confirmed_at is not None and self.confirmed_start == self.starts_at

    @property
    def period(self) -> Period:
        return Period(self.starts_at, self.ends_at)

    @property
    def block(self) -> Period:
        return Period(self.block_starts_at, self.block_ends_at)

    @property
    def local_end(self) -> time:
        return self.ends_at.astimezone(self.zone).time()


class AppointmentChange(Identified):
    """One change of one appointment: who made it, on which side, and whether the other saw it.

    `before` and `after` hold what services write of the appointment: calendar, instants, status.
    """

    class Kind(models.TextChoices):
        BOOKED = "booked", _("booked")
        MOVED = "moved", _("moved")
        CANCELLED = "cancelled", _("cancelled")
        CAME = "came", _("came")
        NO_SHOW = "no_show", _("did not come")
        RESTORED = "restored", _("put back")

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="changes")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    side = models.CharField(max_length=10, choices=Side)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undoes = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, related_name="undone_by"
    )
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    # For what the person herself did: the practice sees it at `seen_at`, the desk now.
    desk_seen_at = models.DateTimeField(null=True, blank=True)
    desk_seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset({"kind", "side", "before", "after"})

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["client", "side", "seen_at"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"


class SlotHold(Identified):
    """A slot kept for one person while she talks; others don't see it as free until it expires."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="holds")
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="slot_holds"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    block_starts_at = models.DateTimeField()
    block_ends_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset()

    objects = OfCalendarQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["calendar", "expires_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "calendar"], name="one_slot_held_per_person_and_calendar"
            )
        ]

    def __str__(self) -> str:
        return f"{self.calendar} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def block(self) -> Period:
        return Period(self.block_starts_at, self.block_ends_at)
