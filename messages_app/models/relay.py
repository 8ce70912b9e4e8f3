"""The duty to reach somebody about a message."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import ClientMember
from clients.models.scope import ScopedQuerySet
from core.models import Identified
from core.privacy import Personal
from messages_app.models.message import Message
from messages_app.rules.relay_states import Acknowledgement, RelayState, RelayStep

STATES = [
    (RelayState.OPEN.value, _("waiting for an acknowledgement")),
    (RelayState.ACKNOWLEDGED.value, _("acknowledged")),
    (RelayState.EXHAUSTED.value, _("nobody acknowledged")),
    (RelayState.CANCELLED.value, _("no longer owed")),
]
STEPS = [
    (RelayStep.NOTHING.value, _("nothing")),
    (RelayStep.DIGEST.value, _("digest")),
    (RelayStep.REMIND.value, _("second SMS")),
    (RelayStep.GIVE_UP.value, _("call the client")),
]
HOW = [
    (Acknowledgement.LINK.value, _("by the link")),
    (Acknowledgement.PORTAL.value, _("in the portal")),
    (Acknowledgement.PHONE.value, _("by telephone")),
]


class RelayQuerySet(ScopedQuerySet["Relay"]):
    """Relays, reached through their message."""

    client_path = "message__client"

    def open(self) -> Self:
        """Keep the duties that nobody has met yet."""
        return self.filter(state=RelayState.OPEN)

    def waiting_for(self, step: RelayStep, at: datetime) -> Self:
        """Keep the open duties whose next step is this one and is due."""
        return self.open().filter(next_step=step, next_step_at__lte=at)


class Relay(Identified):
    """The duty to reach one member about one message until it is acknowledged.

    `next_step_at` stands in the table, never in a queue: a restart forgets nothing.
    """

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="relays")
    recipient = models.ForeignKey(ClientMember, on_delete=models.CASCADE, related_name="+")
    by_sms = models.BooleanField(default=False)
    by_email = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=STATES, default=RelayState.OPEN.value)
    next_step = models.CharField(max_length=10, choices=STEPS, blank=True)
    next_step_at = models.DateTimeField(null=True, blank=True)
    exhausted_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    acknowledged_how = models.CharField(max_length=10, choices=HOW, blank=True)
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset({"state", "next_step", "acknowledged_how"})

    objects = RelayQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["next_step", "next_step_at"],
                name="relay_next_step",
                condition=Q(state="open", next_step_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["message", "recipient"], name="one_relay_per_recipient"
            ),
            models.CheckConstraint(
                condition=~Q(state="acknowledged") | Q(acknowledged_at__isnull=False),
                name="an_acknowledgement_has_its_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} → {self.recipient_id} {self.state}"
