"""Other people's telephone exchanges that tell of their calls."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Bureau
from core.models import Identified
from core.privacy import Personal


class CtiConnectionQuerySet(models.QuerySet["CtiConnection"]):
    """Connections."""

    def in_force(self) -> Self:
        """Leave out what was revoked."""
        return self.filter(revoked_at=None)


class CtiConnection(Identified):
    """An exchange that routes by itself and tells us what it does, by a secret address.

    The token is shown once, when it is made; what is kept is its digest.
    """

    bureau = models.ForeignKey(
        Bureau, on_delete=models.PROTECT, related_name="cti_connections", verbose_name=_("bureau")
    )
    name = models.CharField(_("name"), max_length=80)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset({"name", "token_digest"})

    objects = CtiConnectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("telephone exchange")
        verbose_name_plural = _("telephone exchanges")
        ordering = ["bureau", "name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def provider(self) -> str:
        """The operator's name of its calls: two exchanges may count theirs alike."""
        return f"cti-{self.pk}"
