"""Who works at a colleague's telephone."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Endpoint
from core.models import Identified
from core.privacy import Personal


class StandInQuerySet(models.QuerySet["StandIn"]):
    """Stand-ins."""

    def open(self) -> "StandInQuerySet":
        """Keep those who are asked about or at work."""
        return self.filter(ended_at=None)

    def at_work(self) -> "StandInQuerySet":
        """Keep those at whose telephone she works now."""
        return self.open().filter(began_at__isnull=False)


class StandIn(Identified):
    """Somebody at a colleague's telephone: asked for, begun, ended.

    `Endpoint.occupant` is what routing reads; this says since when, and what was only asked.
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="stand_ins")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stand_ins"
    )
    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # One person, one ring: her own telephones are silent meanwhile, unless she wishes otherwise.
    rings_own = models.BooleanField(default=False)
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset()

    objects = StandInQuerySet.as_manager()

    class Meta:
        verbose_name = _("stand-in at a telephone")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"],
                condition=models.Q(ended_at=None),
                name="one_stand_in_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.endpoint_id}"

    @property
    def is_asked(self) -> bool:
        """Whether the colleague has not answered yet."""
        return self.began_at is None and self.ended_at is None
