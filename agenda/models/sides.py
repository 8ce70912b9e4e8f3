"""The two sides that write in an agenda."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    """Where a change was made; the other side is told, and marks it seen."""

    DESK = "desk", _("the desk")
    PORTAL = "portal", _("the practice")

    @property
    def other(self) -> "Side":
        return Side.PORTAL if self is Side.DESK else Side.DESK
