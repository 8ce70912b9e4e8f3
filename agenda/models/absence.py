"""When a calendar gives no slot: absences, single and recurring, and public holidays opened."""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agenda.models.calendar import Calendar, OfCalendarQuerySet
from agenda.models.sides import Side
from agenda.rules import Recurring
from core.models import Identified
from core.periods import Period
from core.privacy import YEAR, Personal
from core.recurrences import RuleField, rule_days, rule_text


class AbsenceQuerySet(OfCalendarQuerySet["Absence"]):
    """Absences, within what a person may see."""

    def in_force(self) -> Self:
        """Leave out what was lifted."""
        return self.filter(lifted_at=None)

    def single(self) -> Self:
        """Keep those that come once."""
        return self.filter(recurrence="")

    def recurring(self) -> Self:
        """Keep those that come again and again."""
        return self.exclude(recurrence="")


class Absence(Identified):
    """Time that gives no slot; appointments already in it stay until somebody deals with them.

    A single absence lasts from `starts_at` to `ends_at`. A recurring one falls on the days of its
    recurrence from `valid_from` to `valid_until`, both included, from `start_time` to `end_time` on
    the wall of the calendar's zone (an end at or before the start is on the next day), or on the
    whole days where it names no times; its `starts_at` and `ends_at` are those of the first time.
    The reason is the practice's own: the desk reads it only where `reason_shared` says so, or
    where it wrote it.
    """

    calendar = models.ForeignKey(
        Calendar, verbose_name=_("calendar"), on_delete=models.CASCADE, related_name="absences"
    )
    starts_at = models.DateTimeField(_("beginning"))
    ends_at = models.DateTimeField(_("end"))
    recurrence = RuleField(verbose_name=_("days"), blank=True, default="")
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_until = models.DateField(_("until, included"), null=True, blank=True)
    start_time = models.TimeField(_("begins at"), null=True, blank=True)
    end_time = models.TimeField(_("ends at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    reason_shared = models.BooleanField(_("the desk may read the reason"), default=False)
    side = models.CharField(max_length=10, choices=Side, default=Side.DESK)
    blocked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    personal: ClassVar[dict[str, Personal]] = {
        "reason": Personal("says why the practitioner is away", YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"side", "valid_from", "valid_until"})

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["calendar", "ends_at"]),
            # Few among many: hours are read whenever slots are.
            models.Index(
                fields=["calendar"], condition=~Q(recurrence=""), name="recurring_absences"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="an_absence_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(recurrence="") | Q(valid_from__isnull=False),
                name="a_recurring_absence_has_a_first_day",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="a_recurring_absence_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(start_time=None, end_time=None)
                | Q(start_time__isnull=False, end_time__isnull=False),
                name="an_absence_has_both_times_or_none",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.calendar} {self.starts_at:%Y-%m-%d %H:%M}–{self.ends_at:%Y-%m-%d %H:%M}"

    def clean(self) -> None:
        if self.recurrence and self.valid_from is None:
            raise ValidationError({"valid_from": _("Give the first day.")})
        if (self.start_time is None) != (self.end_time is None):
            raise ValidationError({"end_time": _("Give both times, or none for whole days.")})

    @property
    def is_recurring(self) -> bool:
        return bool(self.recurrence)

    @property
    def period(self) -> Period:
        """The time of a single absence, or of the first time of a recurring one."""
        return Period(self.starts_at, self.ends_at)

    @property
    def recurring(self) -> Recurring:
        """What the rules need to know of a recurring absence, the days given back aside."""
        return Recurring(self.pk, self.start_time, self.end_time)

    def days_between(self, first: date, until: date) -> list[date]:
        """Return the days of a recurring absence from `first` up to, not including, `until`.

        Days given back are left out.
        """
        assert self.valid_from is not None
        days = rule_days(
            rule_text(self.recurrence),
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            first=first,
            until=until,
        )
        given_back = set(self.days_given_back.values_list("day", flat=True)) if self.pk else ()
        return [day for day in days if day not in given_back]

    def reason_for(self, side: Side | str) -> str:
        """Return the reason as far as this side may read it."""
        told_desk = self.reason_shared or self.side == Side.DESK
        may_read = side == Side.PORTAL or (side == Side.DESK and told_desk)
        return self.reason if may_read else ""


class DayGivenBack(Identified):
    """One day on which a recurring absence does not count."""

    absence = models.ForeignKey(Absence, on_delete=models.CASCADE, related_name="days_given_back")
    day = models.DateField(_("day"))
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset({"day"})

    class Meta:
        verbose_name = _("day given back")
        verbose_name_plural = _("days given back")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["absence", "day"], name="a_day_is_given_back_once")
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class HolidayOpened(Identified):
    """A public holiday on which the calendar gives slots all the same."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="holidays_opened")
    day = models.DateField(_("day"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset({"day"})

    objects = OfCalendarQuerySet.as_manager()

    class Meta:
        verbose_name = _("public holiday opened")
        verbose_name_plural = _("public holidays opened")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="a_holiday_is_opened_once")
        ]

    def __str__(self) -> str:
        return f"{self.calendar} {self.day:%Y-%m-%d}"
