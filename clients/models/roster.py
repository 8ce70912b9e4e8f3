"""Who is on call for a client outside hours, and when."""

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client
from clients.models.scope import ScopedQuerySet
from clients.rules.rosters import MOST_WEEKS, WishedShift
from core.models import Identified
from core.number_field import NumberField
from core.privacy import YEAR, Personal


class OnCallPerson(Identified):
    """Somebody of the client's who takes turns on call, and the number that rings then."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="on_call_people")
    name = models.CharField(_("who"), max_length=80)
    number = NumberField(_("number"))
    personal: ClassVar[dict[str, Personal]] = {
        "name": Personal("says whom a caller was put through to", 5 * YEAR),
        "number": Personal("rings whom the client named", 5 * YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("person on call")
        verbose_name_plural = _("people on call")
        ordering = ["client", "name", "pk"]

    def __str__(self) -> str:
        return self.name


class OnCallShift(Identified):
    """A turn on call: from–until on the client's wall, once or every so many weeks.

    The client's roster is all of these; where two meet, what is said once goes before what repeats.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="on_call_shifts")
    person = models.ForeignKey(OnCallPerson, on_delete=models.CASCADE, related_name="shifts")
    first_day = models.DateField(_("from the"))
    starts = models.TimeField(_("at"))
    last_day = models.DateField(_("until the"))
    ends = models.TimeField(_("at"))
    # 0: once.
    every_weeks = models.PositiveSmallIntegerField(
        _("repeats"), default=0, validators=[MaxValueValidator(MOST_WEEKS)]
    )
    # The last day on which a turn may begin; none: until somebody ends it.
    repeats_until = models.DateField(_("up to the"), null=True, blank=True)
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset({"first_day", "last_day", "repeats_until"})

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("turn on call")
        verbose_name_plural = _("turns on call")
        ordering = ["client", "first_day", "starts", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gt=F("first_day"))
                | Q(last_day=F("first_day"), ends__gt=F("starts")),
                name="turn_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.first_day}"

    @property
    def wished(self) -> WishedShift:
        """The shift as the pure rules know it."""
        return WishedShift(
            self.first_day,
            self.starts,
            self.last_day,
            self.ends,
            self.every_weeks,
            self.repeats_until,
        )
