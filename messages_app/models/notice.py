"""Confirmations and reminders of appointments: what each practice wishes, and what was done."""

from datetime import time
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agenda.models import Appointment, AppointmentChange, Calendar
from clients.models import Client, Correspondent, PracticalInfo
from clients.models.scope import ScopedQuerySet
from core.models import Identified
from core.privacy import YEAR, Personal
from messages_app.rules.notice_times import Timing, Unit, Window
from messages_app.rules.notices import Kind, NoticeState, NotSentBecause, Way

KINDS = [
    (Kind.CONFIRMATION.value, _("confirmation")),
    (Kind.REMINDER.value, _("reminder")),
    (Kind.CANCELLATION.value, _("cancellation")),
]
WAYS = [
    (Way.NONE.value, _("none")),
    (Way.SMS.value, _("by SMS")),
    (Way.EMAIL.value, _("by e-mail")),
    (Way.EITHER.value, _("by SMS, else by e-mail")),
    (Way.BOTH.value, _("by SMS and by e-mail")),
]
UNITS = [(Unit.DAYS.value, _("days before")), (Unit.HOURS.value, _("hours before"))]
STATES = [
    (NoticeState.WRITTEN.value, _("written")),
    (NoticeState.WITHDRAWN.value, _("withdrawn")),
    (NoticeState.NOT_SENT.value, _("not sent")),
]
REASONS = [
    (NotSentBecause.NOT_AGREED.value, _("the person has not agreed to it")),
    (NotSentBecause.REFUSED.value, _("the person does not want any")),
    (NotSentBecause.STOPPED.value, _("the person has stopped them")),
    (NotSentBecause.NO_ADDRESS.value, _("no mobile number and no e-mail address is known")),
    (NotSentBecause.NOT_WANTED.value, _("not wanted for this appointment")),
    (NotSentBecause.JUST_TOLD.value, _("booked or moved after its time: the person knows")),
    (NotSentBecause.TOO_LATE.value, _("it could no longer leave before the appointment")),
    (NotSentBecause.TOGETHER.value, _("told with the first visit of its series")),
]


class NoticeSettings(Identified):
    """What a practice wants to be sent about appointments; a calendar's own row goes before it.

    Without any row nothing is sent. Times are read on the wall of the calendar's zone. Empty
    wordings stand for the stock text.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="notice_settings")
    calendar = models.OneToOneField(
        Calendar,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="notice_settings",
        verbose_name=_("calendar"),
    )
    confirmation = models.CharField(
        _("confirmation when an appointment is made or moved"),
        max_length=10,
        choices=WAYS,
        default=Way.NONE.value,
    )
    cancellation = models.CharField(
        _("notice when an appointment is cancelled"),
        max_length=10,
        choices=WAYS,
        default=Way.NONE.value,
    )
    reminder = models.CharField(_("reminder"), max_length=10, choices=WAYS, default=Way.NONE.value)
    reminder_count = models.PositiveSmallIntegerField(
        _("how long before"), default=1, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    reminder_unit = models.CharField(
        _("days or hours"), max_length=10, choices=UNITS, default=Unit.DAYS.value
    )
    reminder_at = models.TimeField(_("at"), default=time(18))
    opens_at = models.TimeField(_("never before"), default=time(8))
    closes_at = models.TimeField(_("never after"), default=time(20))
    on_sundays = models.BooleanField(_("also on Sundays"), default=False)
    on_holidays = models.BooleanField(_("also on public holidays"), default=False)
    confirmation_wording = models.TextField(
        _("wording of the confirmation"), max_length=400, blank=True
    )
    reminder_wording = models.TextField(_("wording of the reminder"), max_length=400, blank=True)
    infos = models.ManyToManyField(
        PracticalInfo, blank=True, related_name="+", verbose_name=_("practical facts to add")
    )
    with_motive = models.BooleanField(_("name the motive"), default=False)
    exact_letters = models.BooleanField(_("keep every accent in SMS"), default=False)
    with_link = models.BooleanField(_("link to confirm or cancel"), default=True)
    cancel_hours = models.PositiveSmallIntegerField(
        _("may cancel by the link until so many hours before"),
        null=True,
        blank=True,
        default=24,
        validators=[MaxValueValidator(24 * 30)],
    )
    asks_agreement = models.BooleanField(_("only to people who have agreed"), default=True)
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset(
        {
            "confirmation",
            "cancellation",
            "reminder",
            "reminder_unit",
            "confirmation_wording",
            "reminder_wording",
        }
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("confirmations and reminders")
        verbose_name_plural = _("confirmations and reminders")
        ordering = ["client", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["client"],
                condition=Q(calendar=None),
                name="one_notice_settings_per_client",
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=models.F("opens_at")),
                name="texts_may_leave_at_some_time_of_the_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.calendar_id or ''}"

    def clean(self) -> None:
        """Refuse hours that end before they begin, and another client's calendar."""
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            raise ValidationError({"closes_at": _("The end comes before the beginning.")})
        if self.calendar and self.calendar.client_id != self.client_id:
            raise ValidationError({"calendar": _("This calendar belongs to another client.")})

    @property
    def timing(self) -> Timing:
        """When the reminder leaves."""
        return Timing(self.reminder_count, Unit(self.reminder_unit), self.reminder_at)

    @property
    def window(self) -> Window:
        """The hours at which people may be written to."""
        return Window(self.opens_at, self.closes_at, self.on_sundays, self.on_holidays)

    def way_of(self, kind: Kind) -> Way:
        """By which channels a kind of notice leaves."""
        ways = {
            Kind.CONFIRMATION: self.confirmation,
            Kind.REMINDER: self.reminder,
            Kind.CANCELLATION: self.cancellation,
        }
        return Way(ways[kind])

    def wording_of(self, kind: Kind) -> str:
        """The practice's own text, or nothing; that a visit is cancelled has no other words."""
        wordings = {
            Kind.CONFIRMATION: self.confirmation_wording,
            Kind.REMINDER: self.reminder_wording,
        }
        return wordings.get(kind, "")


class AppointmentNoticeQuerySet(ScopedQuerySet["AppointmentNotice"]):
    """Notices."""

    def standing(self) -> Self:
        """Leave out what was taken back: it counts as never decided."""
        return self.exclude(state=NoticeState.WITHDRAWN)


class AppointmentNotice(Identified):
    """What was decided about one notice of an appointment: written, and to whom, or why not.

    `change` is the booking, move or cancellation that it tells, its version: of each there is one
    standing notice of a kind, whoever sweeps. `link_digest` is the hash of the key in its link; the
    key itself stands in the text alone.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="notices")
    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="notices")
    change = models.ForeignKey(AppointmentChange, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=KINDS)
    tells_start = models.DateTimeField()
    state = models.CharField(max_length=10, choices=STATES, default=NoticeState.WRITTEN.value)
    why = models.CharField(max_length=12, choices=REASONS, blank=True)
    person = models.ForeignKey(
        Correspondent, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField()
    link_digest = models.CharField(max_length=64, null=True, blank=True, unique=True)
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset({"kind", "state", "why", "link_digest"})

    objects = AppointmentNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["decided_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["change", "kind"],
                condition=~Q(state="withdrawn"),
                name="one_notice_of_a_kind_per_version",
            )
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.kind} {self.state}"


class StoppedAddress(Identified):
    """An address that wants no more confirmations or reminders from one client."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="stopped_addresses")
    address = models.CharField(max_length=254)
    at = models.DateTimeField()
    personal: ClassVar[dict[str, Personal]] = {
        "address": Personal("respects a wish not to be written to", 3 * YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["client", "address"]
        constraints = [
            models.UniqueConstraint(fields=["client", "address"], name="an_address_stops_once")
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.pk}"
