"""What was turned away at the operator's door."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from core.privacy import YEAR, Personal


class WebhookRefusal(Identified):
    """Requests of the operator's that could not be obeyed, kept for the owner to see.

    One row for all of an hour with the same `key`; who writes it says what that is made of.
    """

    class Reason(models.TextChoices):
        SIGNATURE = "signature", _("wrong signature")
        UNKNOWN_LINE = "unknown_line", _("unknown line")
        TOKEN = "token", _("no such address of an exchange")

    at = models.DateTimeField(_("first"), db_index=True)
    last_at = models.DateTimeField(_("last"), null=True)
    times = models.PositiveIntegerField(_("times"), default=1)
    key = models.UUIDField(unique=True, null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    path = models.CharField(_("door"), max_length=300)
    called = models.CharField(_("number called"), max_length=60, blank=True)
    caller = models.CharField(_("caller"), max_length=60, blank=True)
    address = models.GenericIPAddressField(_("address of the sender"), null=True)
    personal: ClassVar[dict[str, Personal]] = {
        "caller": Personal("finds a line that was forgotten", YEAR / 12),
        "called": Personal("finds a line that was forgotten", YEAR / 12),
        "address": Personal("finds who knocks without a key", YEAR / 12),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"reason", "path"})

    class Meta:
        verbose_name = _("refused request of the operator")
        verbose_name_plural = _("refused requests of the operator")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.reason} {self.called}"
