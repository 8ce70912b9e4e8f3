"""Callers handed to somebody else, and what came of it."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call, CallLeg
from clients.models import User
from core.models import Identified
from core.number_field import NumberField
from core.privacy import YEAR, Personal


class TransferQuerySet(models.QuerySet["Transfer"]):
    """Transfers."""

    def open(self) -> Self:
        """Keep those under way."""
        return self.filter(ended_at=None)

    def spoken_in_by(self, user: "User | OuterRef | int") -> Self:
        """Keep those in which this person speaks right now, who asked for them or was rung.

        She may do so after the caller's end.
        """
        return self.open().filter(Q(by=user) | Q(colleague=user), taken_at__isnull=False)


class Transfer(Identified):
    """Somebody rung for a caller who is being talked to; at most one open for each call."""

    class Kind(models.TextChoices):
        # She speaks to them first, the caller hears music.
        ANNOUNCED = "announced", _("announced")
        DIRECT = "direct", _("direct")

    class Outcome(models.TextChoices):
        PUT_THROUGH = "put_through", _("put through")
        TAKEN_BACK = "taken_back", _("taken back")
        # Whom she rang was there, and hung up before the caller was put through.
        HUNG_UP = "hung_up", _("hung up")
        BUSY = "busy", _("busy")
        NO_ANSWER = "no_answer", _("no answer")
        FAILED = "failed", _("failed")
        CALLER_LEFT = "caller_left", _("the caller left")
        # She hung up herself meanwhile: her telephone rings again for the caller.
        LEFT = "left", _("she hung up")
        # Nobody took the caller back; since version 14 of the tables the call itself tells it.
        LOST = "lost", _("nobody took the caller back")

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="transfers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=120, blank=True)
    # Of somebody outside; a colleague's telephones are her own.
    number = NumberField(blank=True)
    colleague = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # A mobile must press 1, so that its voicemail never takes a caller.
    must_accept = models.BooleanField(default=False)
    leg = models.ForeignKey(
        CallLeg, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    rang_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    # Since when all three talk together.
    joined_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    personal: ClassVar[dict[str, Personal]] = {
        "name": Personal("says who was rung", YEAR),
        "number": Personal("says who was rung", YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"kind", "outcome"})

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        # Who talks is asked before each ring: few transfers are open at a time.
        indexes = [
            models.Index(fields=["by"], name="open_transfer_by", condition=Q(ended_at=None)),
            models.Index(fields=["colleague"], name="open_transfer_to", condition=Q(ended_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["call"], condition=Q(ended_at=None), name="one_open_transfer_per_call"
            )
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.kind} {self.outcome}".strip()
