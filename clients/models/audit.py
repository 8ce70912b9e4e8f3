"""Who did what, and who looked at what."""

from datetime import timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client
from clients.models.scope import ScopedQuerySet
from core.models import Identified
from core.privacy import YEAR, Personal


class AuditQuerySet(ScopedQuerySet["AuditEntry"]):
    """Entries of the audit."""

    def accesses(self) -> Self:
        """Keep who looked at what."""
        return self.exclude(hour=None)

    def acts(self) -> Self:
        """Keep who did what."""
        return self.filter(hour=None)


class AuditEntry(Identified):
    """One act of one person, written in the transaction of the act; objects are named by label.

    Looking at somebody's data is kept too, once per person, object and `hour`; acts have none.
    """

    # Of a look at a file; an act is kept as long as its detail.
    ACCESS_KEPT: ClassVar[timedelta] = YEAR

    at = models.DateTimeField(_("when"), db_index=True)
    hour = models.DateTimeField(null=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("who"),
    )
    client = models.ForeignKey(Client, on_delete=models.CASCADE, null=True, related_name="+")
    action = models.CharField(_("what"), max_length=60)
    target_label = models.CharField(_("on what"), max_length=60)
    target_uuid = models.UUIDField(_("its identifier"), null=True)
    detail = models.JSONField(_("in detail"), default=dict)
    personal: ClassVar[dict[str, Personal]] = {
        "detail": Personal("shows who changed what", 3 * YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"action", "target_label"})

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["target_uuid", "at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["by", "target_uuid", "action", "hour"],
                condition=models.Q(hour__isnull=False),
                name="an_access_once_an_hour",
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.target_label}"
