"""A practitioner's calendar, its motives, and the rules and absences that open and close it."""

from datetime import time, timedelta
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, StepValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agenda.rules import Patients, Release, Replaces, Visit
from clients.models import Client
from clients.models.scope import Row, ScopedQuerySet
from core.holidays import Region
from core.models import Identified
from core.privacy import YEAR, Personal
from core.recurrences import RuleField

_FIVE_MINUTES = StepValueValidator(5)
_HALF_A_DAY = MaxValueValidator(720)
_QUARTER_DAY = MaxValueValidator(360)


class OfCalendarQuerySet(ScopedQuerySet[Row]):
    """Rows of a calendar, reached through its client."""

    client_path = "calendar__client"


class CalendarQuerySet(ScopedQuerySet["Calendar"]):
    """Calendars, within what a person may see."""

    def in_service(self) -> Self:
        """Leave out what is archived."""
        return self.filter(archived_at=None)


class Calendar(Identified):
    """The agenda of one practitioner, in the zone of the place where visits happen.

    `revision` counts the changes of what opens and closes it, so that hours read before it was
    locked are known to be out of date; `agenda.services.hours` counts.
    """

    class Holidays(models.TextChoices):
        NONE = "", _("open like other days")
        METROPOLE = Region.METROPOLE.value, _("closed, France")
        ALSACE_MOSELLE = Region.ALSACE_MOSELLE.value, _("closed, Alsace and Moselle")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="calendars")
    name = models.CharField(_("name"), max_length=80)
    practitioner = models.CharField(_("practitioner"), max_length=120, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, default="Europe/Paris")
    holidays_region = models.CharField(
        _("public holidays"), max_length=16, choices=Holidays, blank=True, default=Holidays.NONE
    )
    revision = models.PositiveIntegerField(default=0, editable=False)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)
    personal: ClassVar[dict[str, Personal]] = {
        "name": Personal("says whose agenda it is", 5 * YEAR),
        "practitioner": Personal("says whom the appointment is with", 5 * YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"timezone", "holidays_region"})

    objects = CalendarQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        ordering = ["client", "position", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Motive(Identified):
    """A kind of appointment: how long, with what time around it, how many a day, for whom.

    Without a calendar it is for every calendar of the client; `most_per_day` then counts in each
    of them apart. Who is known, and who new: see `agenda.queries.acquaintance`.
    """

    class For(models.TextChoices):
        ANY = Patients.ANY.value, _("everybody")
        NEW = Patients.NEW.value, _("new patients only")
        KNOWN = Patients.KNOWN.value, _("known patients only")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="motives")
    calendar = models.ForeignKey(
        Calendar,
        on_delete=models.CASCADE,
        related_name="motives",
        null=True,
        blank=True,
        verbose_name=_("calendar"),
    )
    name = models.CharField(_("name"), max_length=80)
    minutes = models.PositiveSmallIntegerField(
        _("duration in minutes"), validators=[MinValueValidator(5), _FIVE_MINUTES, _HALF_A_DAY]
    )
    minutes_before = models.PositiveSmallIntegerField(
        _("minutes kept before"), default=0, validators=[_FIVE_MINUTES, _QUARTER_DAY]
    )
    minutes_after = models.PositiveSmallIntegerField(
        _("minutes kept after"), default=0, validators=[_FIVE_MINUTES, _QUARTER_DAY]
    )
    is_urgent = models.BooleanField(_("may use emergency hours"), default=False)
    notice_minutes = models.PositiveIntegerField(_("least notice in minutes"), default=0)
    horizon_days = models.PositiveSmallIntegerField(
        _("booked at most so many days ahead"), null=True, blank=True
    )
    most_per_day = models.PositiveSmallIntegerField(
        _("at most so many a day"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    patients = models.CharField(_("for"), max_length=10, choices=For, default=For.ANY)
    question = models.CharField(_("question to ask"), max_length=200, blank=True)
    advice = models.CharField(_("what to tell the patient"), max_length=500, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset({"name", "patients", "question", "advice"})

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("motive")
        verbose_name_plural = _("motives")
        ordering = ["client", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=5, minutes__lte=720)
                & Q(minutes_before__lte=360, minutes_after__lte=360),
                name="a_visit_lasts_a_day_at_most",
            ),
            models.CheckConstraint(
                condition=Q(most_per_day=None) | Q(most_per_day__gte=1),
                name="a_motive_taken_is_taken_once_a_day_at_least",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def visit(self) -> Visit:
        """What the rules need to know of it."""
        return Visit(
            motive=self.pk,
            length=timedelta(minutes=self.minutes),
            before=timedelta(minutes=self.minutes_before),
            after=timedelta(minutes=self.minutes_after),
            urgent=self.is_urgent,
            notice=timedelta(minutes=self.notice_minutes),
            horizon_days=self.horizon_days,
            most_per_day=self.most_per_day,
            patients=Patients(self.patients),
        )

    def is_for(self, calendar: Calendar) -> bool:
        """Say whether the calendar takes this kind of appointment."""
        return self.client_id == calendar.client_id and self.calendar_id in (None, calendar.pk)


class OpeningRule(Identified):
    """Hours that give slots, on the days of a recurrence or, without one, on every day of a span.

    Times are read on the wall of the calendar's zone; an end at or before the start is on the
    next day. Which rule has the say where several meet: see `agenda.rules.openings`.
    """

    class Kind(models.TextChoices):
        REGULAR = "regular", _("open to all")
        EMERGENCY = "emergency", _("kept for emergencies")

    class ReleasePolicy(models.TextChoices):
        NEVER = "never", _("never")
        AT = "at", _("on the day, at")
        BEFORE = "before", _("so many hours before")

    class Replaced(models.TextChoices):
        NOTHING = Replaces.NOTHING.value, _("nothing: it adds")
        MORNING = Replaces.MORNING.value, _("the morning")
        AFTERNOON = Replaces.AFTERNOON.value, _("the afternoon")
        DAY = Replaces.DAY.value, _("the day")

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="opening_rules")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.REGULAR)
    recurrence = RuleField(verbose_name=_("days"), blank=True, default="")
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until, included"), null=True, blank=True)
    start_time = models.TimeField(_("opens at"))
    end_time = models.TimeField(_("closes at"))
    slot_minutes = models.PositiveSmallIntegerField(
        _("a slot every so many minutes"),
        default=20,
        validators=[MinValueValidator(5), _FIVE_MINUTES, _HALF_A_DAY],
    )
    release = models.CharField(
        _("opens to all"), max_length=10, choices=ReleasePolicy, default=ReleasePolicy.NEVER
    )
    release_time = models.TimeField(_("at"), null=True, blank=True)
    release_hours = models.PositiveSmallIntegerField(_("hours before"), null=True, blank=True)
    replaces = models.CharField(
        _("replaces"), max_length=10, choices=Replaced, blank=True, default=Replaced.NOTHING
    )
    motives = models.ManyToManyField(
        Motive, verbose_name=_("only for"), blank=True, related_name="opening_rules"
    )
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset(
        {"kind", "valid_from", "valid_until", "release", "replaces"}
    )

    objects = OfCalendarQuerySet.as_manager()

    class Meta:
        verbose_name = _("hours")
        verbose_name_plural = _("hours")
        ordering = ["calendar", "start_time", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="a_rule_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(slot_minutes__gte=5), name="a_slot_lasts_five_minutes_at_least"
            ),
            models.CheckConstraint(
                condition=~Q(release="at", release_time=None)
                & ~Q(release="before", release_hours=None),
                name="a_release_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.calendar} {self.start_time:%H:%M}–{self.end_time:%H:%M}"

    def clean(self) -> None:
        if not self.recurrence and self.valid_until is None:
            raise ValidationError(_("Give the days of the week, or a last day."))
        if self.release == self.ReleasePolicy.AT and self.release_time is None:
            raise ValidationError({"release_time": _("Say at what time these hours open to all.")})
        if self.release == self.ReleasePolicy.BEFORE and self.release_hours is None:
            raise ValidationError({"release_hours": _("Say how many hours before.")})


def release_of(policy: str, at: time | None, hours: int | None) -> Release:
    """Return the release policy as the rules read it."""
    if policy == OpeningRule.ReleasePolicy.AT:
        return Release(at=at)
    if policy == OpeningRule.ReleasePolicy.BEFORE:
        return Release(hours_before=hours)
    return Release()
