"""Who did what."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client
from clients.models.scope import ScopedQuerySet
from core.models import Identified
from core.privacy import YEAR, Personal


class AuditEntry(Identified):
    """One act of one person, written in the transaction of the act; objects are named by label."""

    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    client = models.ForeignKey(Client, on_delete=models.CASCADE, null=True, related_name="+")
    action = models.CharField(max_length=60)
    target_label = models.CharField(max_length=60)
    target_uuid = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)
    personal: ClassVar[dict[str, Personal]] = {
        "detail": Personal("shows who changed what", 3 * YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"action", "target_label"})

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["target_uuid", "at"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.target_label}"
