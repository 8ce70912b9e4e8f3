"""The waiting list: who would come sooner, what became free, and what was offered to whom."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agenda.models.appointment import Appointment, AppointmentChange
from agenda.models.calendar import Calendar, Motive, OfCalendarQuerySet
from agenda.rules.wishes import PartOfDay
from clients.models import Client, Correspondent
from clients.models.scope import ScopedQuerySet
from core.models import Identified
from core.number_field import NumberField
from core.periods import Period
from core.privacy import YEAR, Personal

EVERY_WEEKDAY = 0b1111111


class WaitingListQuerySet(ScopedQuerySet["WaitingListEntry"]):
    """Entries, within what a person may see."""

    def standing(self) -> Self:
        """Keep those who still wait, also while something is offered to them."""
        states = WaitingListEntry.State
        return self.filter(state__in=(states.WAITING, states.OFFERED))

    def free_to_ask(self, at: datetime) -> Self:
        """Keep those to whom nothing is being offered at this moment."""
        busy = SlotOffer.objects.filter(answer="", expires_at__gt=at)
        return self.standing().exclude(pk__in=busy.values("entry"))


class WaitingListEntry(Identified):
    """Somebody who waits for a slot: on file, or by a name and a number.

    Without a calendar any of the practice will do. `weekdays` has a bit for each day on which she
    can come, Monday the lowest; none set means any day.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits")
        OFFERED = "offered", _("is being asked")
        BOOKED = "booked", _("has an appointment")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")

    class Part(models.TextChoices):
        ANY = PartOfDay.ANY.value, _("at any time")
        EARLY = PartOfDay.EARLY.value, _("before 10 a.m.")
        MORNING = PartOfDay.MORNING.value, _("in the morning")
        AFTERNOON = PartOfDay.AFTERNOON.value, _("in the afternoon")
        LATE = PartOfDay.LATE.value, _("after 5 p.m.")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="waiting_list")
    calendar = models.ForeignKey(
        Calendar, on_delete=models.CASCADE, related_name="waiting_list", null=True, blank=True
    )
    motive = models.ForeignKey(Motive, on_delete=models.PROTECT, related_name="+")
    correspondent = models.ForeignKey(
        Correspondent, on_delete=models.CASCADE, related_name="waiting", null=True, blank=True
    )
    name = models.CharField(_("name"), max_length=150, blank=True)
    number = NumberField(_("number"), blank=True)
    weekdays = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(EVERY_WEEKDAY)]
    )
    part = models.CharField(_("part of the day"), max_length=10, choices=Part, blank=True)
    # Hours of the wall that were said beside a part of the day, or instead of one.
    after = models.TimeField(_("not before"), null=True, blank=True)
    before = models.TimeField(_("before"), null=True, blank=True)
    first_day = models.DateField(_("from"), null=True, blank=True)
    last_day = models.DateField(_("until, included"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.SET_NULL, null=True, related_name="waited_for"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    # She has an appointment from elsewhere, was asked, and goes on waiting: not asked again.
    kept_at = models.DateTimeField(null=True, blank=True)
    personal: ClassVar[dict[str, Personal]] = {
        "name": Personal("says who waits for a slot", YEAR),
        "number": Personal("rings who waits for a slot", YEAR),
        "note": Personal("tells what somebody who waits can take", YEAR),
        "first_day": Personal("says when the person can come", YEAR),
        "last_day": Personal("says when the person can come", YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"part", "state"})

    objects = WaitingListQuerySet.as_manager()

    class Meta:
        ordering = ["-is_urgent", "created_at", "pk"]
        indexes = [
            models.Index(
                fields=["client", "created_at"],
                condition=Q(state__in=("waiting", "offered")),
                name="who_waits",
            ),
            models.Index(fields=["correspondent", "state"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(correspondent__isnull=False) | ~Q(name=""),
                name="somebody_waits",
            ),
            models.CheckConstraint(
                condition=Q(first_day=None) | Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="a_wish_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shown_name} {self.state}"

    @property
    def shown_name(self) -> str:
        """Who waits, as lists show it."""
        return self.correspondent.listed_name if self.correspondent else self.name

    @property
    def days(self) -> frozenset[int]:
        """The weekdays wished, Monday 0; none for any."""
        return frozenset(day for day in range(7) if self.weekdays >> day & 1)

    @property
    def is_standing(self) -> bool:
        return self.state in (self.State.WAITING, self.State.OFFERED)


class FreedSlotQuerySet(ScopedQuerySet["FreedSlot"]):
    """Freed slots, within what a person may see."""

    def open(self, at: datetime) -> Self:
        """Keep those not gone by that nobody has given away or put aside."""
        return self.filter(closed_at=None, ends_at__gt=at)


class FreedSlot(Identified):
    """Time that became free, and that suits somebody who waits.

    A cancellation or a move left the place of one visit, its `change`. Without one, time was given
    back or opened: a stretch that may hold several visits.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="freed_slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    change = models.OneToOneField(
        AppointmentChange,
        on_delete=models.CASCADE,
        related_name="freed_slot",
        null=True,
        blank=True,
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset()

    objects = FreedSlotQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(
                fields=["client", "starts_at"],
                condition=Q(closed_at=None),
                name="freed_and_not_given_away",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="freed_time_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return f"{self.calendar} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def period(self) -> Period:
        return Period(self.starts_at, self.ends_at)


class SlotOffer(Identified):
    """A slot that somebody who waits is being asked about, and what she answered."""

    class Answer(models.TextChoices):
        OPEN = "", _("is being asked")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        UNREACHED = "unreached", _("not reached")
        LEFT = "left", _("left")

    freed = models.ForeignKey(FreedSlot, on_delete=models.CASCADE, related_name="offers")
    entry = models.ForeignKey(WaitingListEntry, on_delete=models.CASCADE, related_name="offers")
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    expires_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer, blank=True, default=Answer.OPEN)
    answered_at = models.DateTimeField(null=True, blank=True)
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset({"answer"})

    objects = OfCalendarQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            # Each side of the race has the database's last word: one asks one person at a time,
            # and a freed slot is offered to one person at a time.
            models.UniqueConstraint(
                fields=["entry"], condition=Q(answer=""), name="asked_about_one_slot_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["freed"], condition=Q(answer=""), name="offered_to_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} {self.answer}"
