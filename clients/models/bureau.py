"""The bureau, the people who work in it, and the telephones that ring them."""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from core.privacy import YEAR, Personal

if TYPE_CHECKING:
    from clients.models.user import User


class Bureau(Identified):
    """One permanence: the root of clients, memberships and money."""

    name = models.CharField(_("name"), max_length=150)
    region = models.CharField(_("country of its telephone numbers"), max_length=2, default="FR")
    timezone = models.CharField(_("time zone"), max_length=64, default="Europe/Paris")
    # After each call, while it is written up, its assistant is not rung.
    wrap_up_seconds = models.PositiveSmallIntegerField(
        _("time to write up a call, in seconds"),
        default=30,
        validators=[MaxValueValidator(600)],
        help_text=_("0: the next caller may ring at once."),
    )
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset({"name", "region", "timezone"})

    class Meta:
        verbose_name = _("bureau")
        verbose_name_plural = _("bureaus")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Grant(models.TextChoices):
    """What a member of a bureau may do; one person alone holds all three."""

    ANSWER = "answer", _("answers calls")
    SUPERVISE = "supervise", _("sees every client and assigns them")
    OWN = "own", _("settings, lines and people")


class Membership(Identified):
    """A person in a bureau, with a set of grants."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    grants = models.JSONField(_("rights"), default=list)
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset({"grants"})

    class Meta:
        verbose_name = _("place in a bureau")
        verbose_name_plural = _("places in a bureau")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["bureau", "user"], name="one_membership_per_bureau")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.bureau}"

    def has(self, grant: str) -> bool:
        """Tell whether this member was given the grant."""
        return grant in self.grants


class Endpoint(Identified):
    """A telephone that rings one person: an IP phone, or any number accepted by pressing 1."""

    class Kind(models.TextChoices):
        SIP = "sip", _("IP telephone")
        NUMBER = "number", _("telephone number")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="endpoints"
    )
    # A stand-in who works at her desk, on her telephone: it rings her and nobody else.
    occupant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="borrowed_endpoints",
        verbose_name=_("stand-in at this telephone"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    address = models.CharField(_("address"), max_length=200)
    is_active = models.BooleanField(_("in use"), default=True)
    personal: ClassVar[dict[str, Personal]] = {
        "address": Personal("rings the person who answers", YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"kind"})

    class Meta:
        verbose_name = _("telephone")
        verbose_name_plural = _("telephones")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.address

    @property
    def person(self) -> "User":
        """Whom it rings."""
        return self.occupant or self.user

    @property
    def person_id(self) -> int:
        """Whom it rings, by key."""
        return self.occupant_id or self.user_id
