"""How each client wants to be reached."""

from typing import ClassVar

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Client, ClientMember, Correspondent
from clients.models.scope import ScopedQuerySet
from core.models import Identified
from core.privacy import YEAR, Personal
from messages_app.rules.filtering import Outcome, Urgency

URGENCIES = [(Urgency.NORMAL.value, _("normal")), (Urgency.URGENT.value, _("urgent"))]
OUTCOMES = [
    (Outcome.AT_ONCE.value, _("relayed at once")),
    (Outcome.DIGEST.value, _("kept for the digest")),
    (Outcome.LOG_ONLY.value, _("only in the portal")),
    (Outcome.PUT_THROUGH.value, _("put through")),
]
# Twilio: up to 11 letters, digits and spaces, with at least one letter.
SENDER = RegexValidator(r"^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$")


class Category(models.TextChoices):
    """What a caller wants, as the assistant says it."""

    CALL_BACK = "call_back", _("asks to be called back")
    NEW_CASE = "new_case", _("new case")
    CURRENT_CASE = "current_case", _("current case")
    COLLEAGUE = "colleague", _("colleague")
    COURT = "court", _("court or authority")
    DOCUMENTS = "documents", _("documents")
    APPOINTMENT = "appointment", _("appointment")
    AFTER_SALES = "after_sales", _("after-sales")
    BILLING = "billing", _("invoice or payment")
    OTHER = "other", _("other")


class ClientRelaySettings(Identified):
    """What a client's relays may say and when they are repeated; the defaults hold without a row.

    `detail_in_email` lets the reason of the call travel by e-mail. SMS never carry it.
    """

    client = models.OneToOneField(Client, on_delete=models.CASCADE, related_name="relay_settings")
    detail_in_email = models.BooleanField(_("the whole message in e-mails"), default=False)
    remind_after_minutes = models.PositiveSmallIntegerField(
        _("second SMS for an urgent message after (minutes)"),
        null=True,
        blank=True,
        default=15,
        validators=[MinValueValidator(1)],
    )
    sms_sender = models.CharField(
        _("sender of SMS"), max_length=11, blank=True, validators=[SENDER]
    )
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset({"sms_sender"})

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("how a client is told")
        verbose_name_plural = _("how clients are told")
        ordering = ["client"]

    def __str__(self) -> str:
        return f"{self.client_id}"


class DigestTime(Identified):
    """A wall-clock time, in the client's zone, at which kept messages leave together."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="digest_times")
    at = models.TimeField(_("at"))
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("time of a digest")
        verbose_name_plural = _("times of digests")
        ordering = ["client", "at"]
        constraints = [
            models.UniqueConstraint(fields=["client", "at"], name="one_digest_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.at:%H:%M}"


class FilterRule(Identified):
    """One line of a client's filter; the first whose stated conditions all hold decides.

    Without recipients it means every active member.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="filter_rules")
    position = models.PositiveSmallIntegerField(_("place in the order"), default=0)
    urgency = models.CharField(_("urgency"), max_length=10, choices=URGENCIES, blank=True)
    correspondent_kind = models.CharField(
        _("kind of caller"), max_length=10, choices=Correspondent.Kind, blank=True
    )
    category = models.CharField(_("category"), max_length=20, choices=Category, blank=True)
    keyword = models.CharField(_("keyword"), max_length=80, blank=True)
    outcome = models.CharField(_("what happens"), max_length=12, choices=OUTCOMES)
    by_sms = models.BooleanField(_("by SMS"), default=False)
    by_email = models.BooleanField(_("by e-mail"), default=False)
    recipients = models.ManyToManyField(
        ClientMember, blank=True, related_name="+", verbose_name=_("recipients")
    )
    personal: ClassVar[dict[str, Personal]] = {
        "keyword": Personal("relays as the client wishes", 5 * YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset(
        {"urgency", "correspondent_kind", "category", "outcome"}
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("filter rule")
        verbose_name_plural = _("filter rules")
        ordering = ["client", "position", "pk"]

    def __str__(self) -> str:
        return f"{self.client_id} {self.position} → {self.outcome}"
