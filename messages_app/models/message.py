"""What was noted for a client."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from calls.models import Call
from clients.models import Client, Correspondent
from clients.models.scope import ScopedQuerySet
from core.models import Identified
from core.number_field import NumberField
from core.phones import spoken
from core.privacy import YEAR, Personal
from messages_app.models.filtering import OUTCOMES, URGENCIES, Category, FilterRule
from messages_app.rules.filtering import Outcome, Urgency


class MessageQuerySet(ScopedQuerySet["Message"]):
    """Messages."""

    def ready(self) -> Self:
        """Keep what the client may read: whole messages, not what a hang-up cut short."""
        return self.filter(state=Message.State.READY)

    def unread(self) -> Self:
        """Keep what nobody of the client's has opened."""
        return self.ready().filter(read_at=None)


class Message(Identified):
    """What was noted for a client, locked from the moment it is ready.

    A partial message is what a hang-up left unfinished; it is completed, then relayed. A ready one
    never changes: a correction is another message that `follows` it.
    """

    class State(models.TextChoices):
        PARTIAL = "partial", _("unfinished")
        READY = "ready", _("ready")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="messages")
    call = models.ForeignKey(
        Call, on_delete=models.SET_NULL, null=True, blank=True, related_name="messages"
    )
    correspondent = models.ForeignKey(
        Correspondent, on_delete=models.SET_NULL, null=True, blank=True, related_name="messages"
    )
    caller_name = models.CharField(_("caller"), max_length=150, blank=True)
    company = models.CharField(_("company"), max_length=150, blank=True)
    callback_number = NumberField(_("number to call back"), blank=True)
    # Caller, patient and the person a message is about are three things.
    about = models.CharField(_("whom it concerns"), max_length=150, blank=True)
    subject = models.CharField(_("file or reference"), max_length=200, blank=True)
    body = models.TextField(_("message"), blank=True)
    category = models.CharField(_("category"), max_length=20, choices=Category, blank=True)
    urgency = models.CharField(
        _("urgency"), max_length=10, choices=URGENCIES, default=Urgency.NORMAL.value
    )
    deadline_at = models.DateTimeField(_("before"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.READY)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    noted_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True, blank=True)
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    # The filter's decision and its reasons, kept as they were then.
    outcome = models.CharField(max_length=12, choices=OUTCOMES, default=Outcome.AT_ONCE.value)
    filter_rule = models.ForeignKey(
        FilterRule, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    because = models.JSONField(default=list, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    personal: ClassVar[dict[str, Personal]] = {
        "caller_name": Personal("tells the client who called", 3 * YEAR),
        "company": Personal("tells the client who called", 3 * YEAR),
        "callback_number": Personal("lets the client call back", 3 * YEAR),
        "about": Personal("tells the client whom it concerns", 3 * YEAR),
        "subject": Personal("tells the client which file it concerns", 3 * YEAR),
        "body": Personal("tells the client what was asked", 3 * YEAR),
        "because": Personal("explains how the message was filtered", 3 * YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"category", "urgency", "state", "outcome"})

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-noted_at", "-pk"]
        indexes = [
            models.Index(fields=["client", "state", "-noted_at"], name="message_inbox"),
            models.Index(
                fields=["client"],
                name="message_unread",
                condition=Q(state="ready", read_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["call"],
                name="one_unfinished_message_per_call",
                condition=Q(state="partial"),
            ),
            models.CheckConstraint(
                condition=Q(state="partial", locked_at=None)
                | Q(state="ready", locked_at__isnull=False),
                name="a_ready_message_is_locked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} ← {self.uuid} {self.noted_at:%Y-%m-%d %H:%M}"

    @property
    def is_urgent(self) -> bool:
        """Whether the client must see it today."""
        return self.urgency == Urgency.URGENT

    @property
    def from_whom(self) -> str:
        """The caller as a list shows him: name, company or number, whichever is known."""
        named = " · ".join(part for part in (self.caller_name, self.company) if part)
        return named or spoken(str(self.callback_number), self.client.bureau.region)
