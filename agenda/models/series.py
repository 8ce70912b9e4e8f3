"""Visits that were booked together."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from agenda.models.calendar import Motive
from clients.models import Client, Correspondent
from clients.models.scope import ScopedQuerySet
from core.models import Identified
from core.privacy import Personal


class AppointmentSeries(Identified):
    """Several visits of one person, booked all or none; appointments point to it.

    Each is moved and cancelled like any other; those to come can be cancelled together.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    motive = models.ForeignKey(Motive, on_delete=models.PROTECT, related_name="+")
    correspondent = models.ForeignKey(
        Correspondent, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("series of appointments")
        verbose_name_plural = _("series of appointments")
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.motive} {self.created_at:%Y-%m-%d}"
