"""The outbox: one row per SMS or e-mail, whatever it is about."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client, ClientMember
from clients.models.scope import ScopedQuerySet
from core.models import Identified
from core.privacy import YEAR, Personal
from messages_app.models.message import Message
from messages_app.models.notice import AppointmentNotice
from messages_app.rules.addressing import Channel, masked
from messages_app.rules.delivery_states import LOST, DeliveryState

CHANNELS = [(Channel.SMS.value, _("SMS")), (Channel.EMAIL.value, _("e-mail"))]
STATES = [
    (DeliveryState.DUE.value, _("to be sent")),
    (DeliveryState.SENDING.value, _("being sent")),
    (DeliveryState.UNCERTAIN.value, _("uncertain")),
    (DeliveryState.ACCEPTED.value, _("taken by the operator")),
    (DeliveryState.SENT.value, _("sent")),
    (DeliveryState.DELIVERED.value, _("delivered")),
    (DeliveryState.UNDELIVERED.value, _("not delivered")),
    (DeliveryState.FAILED.value, _("failed")),
    (DeliveryState.DEAD.value, _("refused")),
    (DeliveryState.CANCELLED.value, _("cancelled")),
    (DeliveryState.EXPIRED.value, _("too late")),
]


class DeliveryQuerySet(ScopedQuerySet["Delivery"]):
    """Deliveries."""

    def to_send(self, at: datetime) -> Self:
        """Keep what may leave now."""
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=at),
            Q(wanted_until=None) | Q(wanted_until__gt=at),
            state=DeliveryState.DUE,
            due_at__lte=at,
        )

    def no_longer_wanted(self, at: datetime) -> Self:
        """Keep what waits although nobody may claim it any more."""
        return self.filter(state=DeliveryState.DUE, wanted_until__lte=at)

    def too_late(self, at: datetime) -> Self:
        """Keep what was never sent and no longer makes sense."""
        return self.filter(state=DeliveryState.DUE, expires_at__lte=at)

    def abandoned(self, at: datetime) -> Self:
        """Keep what somebody claimed and never closed: its lease has run out."""
        return self.filter(state=DeliveryState.SENDING, lease_until__lte=at)

    def to_ask_about(self, at: datetime) -> Self:
        """Keep the doubts that the gateway must be asked about now."""
        return self.filter(state=DeliveryState.UNCERTAIN, needs_human=False, due_at__lte=at)

    def unsettled(self) -> Self:
        """Keep what a human must look at: doubts, and texts that reached nobody."""
        return self.filter(Q(state=DeliveryState.UNCERTAIN) | Q(needs_human=True))


class Delivery(Identified):
    """One SMS or e-mail with its frozen text; all that leaves the product leaves as one of these.

    The table is the queue. `due_at` is when the dispatcher must look at the row next: to send it
    when due, to ask the gateway about it when uncertain. A second attempt after a failure on the
    way is another row that `replaces` this one, at most one.
    """

    class Purpose(models.TextChoices):
        MESSAGE = "message", _("message")
        REMINDER = "reminder", _("second notice")
        DIGEST = "digest", _("digest")
        APPOINTMENT = "appointment", _("appointment")
        OTHER = "other", _("other")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="deliveries")
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.MESSAGE)
    recipient = models.ForeignKey(
        ClientMember, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    messages = models.ManyToManyField(Message, blank=True, related_name="deliveries")
    notice = models.ForeignKey(
        AppointmentNotice,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="deliveries",
    )
    channel = models.CharField(max_length=10, choices=CHANNELS)
    address = models.CharField(max_length=254)
    sender = models.CharField(max_length=11, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=STATES, default=DeliveryState.DUE.value)
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    # From then on nobody claims it: what it says no longer holds, or people are not written to at
    # this hour. Who wrote it may give it another time, or cancels it.
    wanted_until = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # How often the gateway was asked about a doubt, and how often it had never seen the text.
    asks = models.PositiveSmallIntegerField(default=0)
    absences = models.PositiveSmallIntegerField(default=0)
    was_sent_again = models.BooleanField(default=False)
    needs_human = models.BooleanField(default=False)
    provider_id = models.CharField(max_length=255, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    error = models.CharField(max_length=300, blank=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="replacement"
    )
    personal: ClassVar[dict[str, Personal]] = {
        "address": Personal("proves where a message went", YEAR),
        "subject": Personal("proves what was sent", YEAR),
        "text": Personal("proves what was sent", YEAR),
        "html": Personal("proves what was sent", YEAR),
        "error": Personal("settles a failure with the operator", YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset(
        {"purpose", "channel", "sender", "state", "provider_id", "error_code"}
    )

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["state", "due_at"],
                name="delivery_to_do",
                condition=Q(state__in=["due", "sending", "uncertain"]),
            ),
            models.Index(
                fields=["client"], name="delivery_for_a_human", condition=Q(needs_human=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.uuid} {self.state}"

    @property
    def masked_address(self) -> str:
        """The address as screens show it."""
        return masked(self.channel, self.address)

    @property
    def is_lost(self) -> bool:
        """Whether it reached nobody."""
        return DeliveryState(self.state) in LOST


class DeliveryEventQuerySet(ScopedQuerySet["DeliveryEvent"]):
    """Events, reached through their delivery."""

    client_path = "delivery__client"


class DeliveryEvent(models.Model):
    """What happened to a delivery besides being accepted, once; rows are only added.

    `key` names the source: our attempt, or the gateway's own id and word. A repeated callback finds
    its key taken and adds nothing.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=STATES)
    code = models.CharField(max_length=40, blank=True)
    key = models.CharField(max_length=120)
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset({"state", "code", "key"})

    objects = DeliveryEventQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "key"], name="an_event_is_told_once")
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.state} {self.at:%Y-%m-%d %H:%M:%S}"


class ChannelPause(Identified):
    """A gateway refused us, not a text: what waits for its channel waits until then.

    Somebody must mend the configuration; this row is for screens, and each new text still tries. It
    goes once no try has renewed it.
    """

    channel = models.CharField(_("channel"), max_length=10, choices=CHANNELS, unique=True)
    since = models.DateTimeField(_("refused since"))
    until = models.DateTimeField(_("waits until"))
    code = models.CharField(_("the operator’s code"), max_length=40, blank=True)
    detail = models.CharField(_("what it said"), max_length=300, blank=True)
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset({"channel", "code", "detail"})

    class Meta:
        verbose_name = _("channel that is refused")
        verbose_name_plural = _("channels that are refused")
        ordering = ["channel"]

    def __str__(self) -> str:
        return f"{self.channel} {self.until:%Y-%m-%d %H:%M}"
