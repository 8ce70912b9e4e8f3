"""Work for the assistant: appointments that an absence covers, or that hours leave outside."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agenda.models import Absence
from agenda.models.appointment import Appointment
from clients.models import Client
from clients.models.scope import ScopedQuerySet
from core.models import Identified
from core.privacy import YEAR, Personal


class DisplacedQuerySet(ScopedQuerySet["Displaced"]):
    """Displaced appointments, within what a person may see."""

    def open(self) -> Self:
        """Keep those that somebody still has to deal with."""
        return self.exclude(state=Displaced.State.DONE)

    def by_hours(self) -> Self:
        """Keep those that stand outside hours, and not those that an absence covers."""
        return self.filter(absence=None)


class Displaced(Identified):
    """One appointment that can't be where it is, until somebody has found another way for it.

    It lies in an absence or, where none is named, outside the hours that its calendar has by now.
    `was_at` is when the visit was to begin. An appointment under two absences stands here twice,
    and is shown once.
    """

    class State(models.TextChoices):
        TO_CALL = "to_call", _("to call")
        WAITING = "waiting", _("not reached")
        REACHED = "reached", _("reached, calls back")
        DONE = "done", _("done")

    class Outcome(models.TextChoices):
        OPEN = "", _("none yet")
        MOVED = "moved", _("moved")
        CANCELLED = "cancelled", _("cancelled")
        LIFTED = "lifted", _("stays: the time was given back")
        KEPT = "kept", _("seen to")

    absence = models.ForeignKey(
        Absence, on_delete=models.CASCADE, related_name="displaced", null=True, blank=True
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="displacements"
    )
    # A copy of the calendar's client: lists by client never go through a join.
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    was_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.TO_CALL)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default=Outcome.OPEN)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    personal: ClassVar[dict[str, Personal]] = {
        "note": Personal("says what came of ringing somebody whose visit can't be", YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"state", "outcome"})

    objects = DisplacedQuerySet.as_manager()

    class Meta:
        ordering = ["was_at", "pk"]
        indexes = [
            models.Index(
                fields=["client", "was_at"],
                condition=~Q(state="done"),
                name="displaced_to_deal_with",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["absence", "appointment"], name="displaced_once_by_an_absence"
            ),
            models.UniqueConstraint(
                fields=["appointment"],
                condition=Q(absence=None),
                name="displaced_once_by_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.was_at:%Y-%m-%d %H:%M} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state != self.State.DONE
