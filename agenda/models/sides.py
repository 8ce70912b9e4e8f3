"""The sides that write in an agenda."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    """Where a change was made; the other side is told, and marks it seen.

    What the person herself does by the link that she was sent comes from neither: both are told,
    and each marks it seen for itself.
    """

    DESK = "desk", _("the desk")
    PORTAL = "portal", _("the practice")
    PUBLIC = "public", _("the person herself")

    @property
    def other(self) -> "Side":
        return Side.PORTAL if self is Side.DESK else Side.DESK
