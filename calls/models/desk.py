"""Who is at her desk."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from core.privacy import Personal


class Presence(Identified):
    """What a person who answers said of herself last. Being on a call is known from the calls."""

    class State(models.TextChoices):
        AVAILABLE = "available", _("available")
        PAUSED = "paused", _("on a break")
        AWAY = "away", _("away")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="presence"
    )
    state = models.CharField(max_length=10, choices=State, default=State.AWAY)
    reason = models.CharField(_("reason"), max_length=80, blank=True)
    since = models.DateTimeField(default=timezone.now)
    # Her desk's last sign of life; none: it has not been open since she last came.
    seen_at = models.DateTimeField(null=True, blank=True)
    # Until then she writes up her last call and is not rung.
    wrap_up_until = models.DateTimeField(null=True, blank=True)
    # Set away by the house: her desk was silent and her telephone gone. She is told on her return.
    gone_at = models.DateTimeField(null=True, blank=True)
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset({"state", "reason"})

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.user} {self.state}"
